"""Filter masks B_k = [A_k > T_k]: bit-packed in their store, read dense or as a list of active cells."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol, cast

import numpy as np
import zarr
from numpy.typing import NDArray

from net2vec_core.activations import Activations, read_images
from net2vec_core.errors import UserError
from net2vec_core.progress import progress
from net2vec_core.storage import COMPRESSOR, new_store, open_store

IMAGES_PER_CHUNK = 64


@dataclass(frozen=True)
class ActiveCells:
    """Where the filters of some images are active, sorted by image.

    Attributes:
        start: int64 [image + 1]; the cells of image i are start[i] to start[i + 1] − 1.
        filter: int64 [cell].
        cell: int64 [cell], y · width + x.
    """

    start: NDArray[np.int64]
    filter: NDArray[np.int64]
    cell: NDArray[np.int64]

    def of_image(self, image: int) -> tuple[NDArray[np.int32], NDArray[np.int32]]:
        """Filters and cells of one image, each int32 [cell]."""
        here = slice(self.start[image], self.start[image + 1])
        return self.filter[here].astype(np.int32), self.cell[here].astype(np.int32)


class Masks(Protocol):
    """Masks of a layer's cells, stored or worked out when they are read."""

    @property
    def images(self) -> int:
        """Number of images."""

    @property
    def filters(self) -> int:
        """Number of masks of an image."""

    def active_cells(self, start: int, stop: int) -> ActiveCells:
        """The active cells of images start to stop - 1, of each image by mask, then by cell."""


@dataclass(frozen=True)
class _Reordered:
    """The bits of images in another order; image i is what was image order[i]."""

    bits: zarr.Array[Any]
    order: NDArray[np.int64]

    @property
    def shape(self) -> tuple[int, ...]:
        return self.bits.shape

    def __getitem__(self, images: slice) -> NDArray[np.uint8]:
        return cast(NDArray[np.uint8], self.bits.oindex[self.order[images]])


@dataclass(frozen=True)
class FilterMasks:
    """The filter masks of a layer: `bits` uint8 [image, filter, byte], each mask row by row, highest bit first."""

    bits: zarr.Array[Any] | _Reordered
    grid: tuple[int, int]

    @property
    def images(self) -> int:
        """Number of images."""
        return self.bits.shape[0]

    @property
    def filters(self) -> int:
        """Number of filters."""
        return self.bits.shape[1]

    def reordered(self, order: NDArray[np.int64]) -> "FilterMasks":
        """The same masks, those of image order[i] as image i."""
        return FilterMasks(_Reordered(cast(zarr.Array[Any], self.bits), order), self.grid)

    def dense(self, start: int, stop: int) -> NDArray[np.bool_]:
        """The masks of images start to stop - 1: bool [image, filter, y, x]."""
        packed = cast(NDArray[np.uint8], self.bits[start:stop])
        unpacked = np.unpackbits(packed, axis=-1, count=self.grid[0] * self.grid[1])
        return unpacked.view(bool).reshape(*packed.shape[:2], *self.grid)

    def active_cells(self, start: int, stop: int) -> ActiveCells:
        """The active cells of images start to stop - 1."""
        packed = cast(NDArray[np.uint8], self.bits[start:stop])
        image, filter_, byte = packed.nonzero()
        active, bit = np.unpackbits(packed[image, filter_, byte][:, None], axis=1).nonzero()
        per_image = np.bincount(image[active], minlength=len(packed))
        return ActiveCells(np.concatenate([[0], per_image.cumsum()]), filter_[active], byte[active] * 8 + bit)


@dataclass(frozen=True)
class ThresholdedActivations:
    """Masks [A_k > T] made from activations when they are read, one for each pair of a filter and a threshold.

    Attributes:
        shards: The activations.
        filter: int64 [mask].
        threshold: Of the activations' dtype [mask].
    """

    shards: Sequence[Activations]
    filter: NDArray[np.int64]
    threshold: NDArray[np.floating[Any]]

    @property
    def images(self) -> int:
        """Number of images."""
        return sum(shard.shape[0] for shard in self.shards)

    @property
    def filters(self) -> int:
        """Number of masks of an image."""
        return len(self.filter)

    def active_cells(self, start: int, stop: int) -> ActiveCells:
        """The active cells of images start to stop - 1, of each image by mask, then by cell."""
        activations = read_images(self.shards, start, stop)
        active = activations[:, self.filter] > self.threshold[:, None, None]
        image, mask, cell = active.reshape(*active.shape[:2], -1).nonzero()
        per_image = np.bincount(image, minlength=len(active))
        return ActiveCells(np.concatenate([[0], per_image.cumsum()]), mask, cell)


def write_filter_masks(
    shards: Sequence[Activations],
    thresholds: NDArray[np.float64],
    store: Path,
    made_from: dict[str, Any],
    objects: str | None = None,
) -> None:
    """Compare activations [image, filter, y, x], in shards, with their filters' thresholds, and store the bits.

    `objects` is where the data lie (`storage.new_store`).

    Raises:
        UserError: if there are not as many thresholds as filters.
    """
    _, filters, height, width = shards[0].shape
    if len(thresholds) != filters:
        raise UserError(
            f"{store}: {len(thresholds)} thresholds for {filters} filters; run `snakemake` to make them anew"
        )
    images = sum(shard.shape[0] for shard in shards)
    limit = thresholds.astype(shards[0].dtype)[:, None]
    with new_store(store, "filter_masks", made_from, objects) as group:
        group.attrs["grid"] = [height, width]
        shape = (images, filters, -(-height * width // 8))
        chunks = (min(images, IMAGES_PER_CHUNK), *shape[1:])
        bits = group.create_array(
            "bits", shape=shape, chunks=chunks, dtype="uint8", fill_value=0, compressors=COMPRESSOR
        )
        parts = _parts([shard.shape[0] for shard in shards])
        for shard, first, last, position in progress(parts, "thresholding", "chunk of images"):
            activations = cast(NDArray[Any], shards[shard][first:last])
            active = activations.reshape(last - first, filters, -1) > limit
            bits[position : position + last - first] = np.packbits(active, axis=-1)


def _parts(sizes: list[int]) -> list[tuple[int, int, int, int]]:
    """(shard, first and last + 1 image in it, position among all images); none crosses a chunk of the bits."""
    parts, position = [], 0
    for shard, size in enumerate(sizes):
        first = 0
        while first < size:
            last = min(size, first + IMAGES_PER_CHUNK - position % IMAGES_PER_CHUNK)
            parts.append((shard, first, last, position))
            position, first = position + last - first, last
    return parts


def open_filter_masks(store: Path, made_from: dict[str, Any]) -> FilterMasks:
    """The filter masks in a store."""
    group = open_store(store, "filter_masks", made_from)
    height, width = cast(list[int], group.attrs["grid"])
    return FilterMasks(cast(zarr.Array[Any], group["bits"]), (height, width))
