"""The label store: masks and occurrences, that is, which image holds which concept with how many pixels."""

import itertools
import logging
import math
import multiprocessing
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

import numpy as np
import pandas as pd
import zarr
from numpy.typing import NDArray

from net2vec_core.dataset.images import UnreadableError
from net2vec_core.dataset.records import SPLITS, Concept, Reader, Record
from net2vec_core.errors import UserError, shorten
from net2vec_core.parallel import end_with_parent
from net2vec_core.progress import progress
from net2vec_core.storage import COMPRESSOR, new_store, open_store, stored_together, write_table

IMAGES_PER_CHUNK = 64
_reader: Reader  # of a worker process
_skip: bool

Occurrences = list[tuple[int, int]]
_Result = tuple[Path, tuple[Record, Occurrences] | UnreadableError]
logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class DatasetFiles:
    """What is written of a data set.

    Attributes:
        labels: Store of `masks` uint16 [image, plane, y, x], 0 = none; all concepts lie in its attributes.
        images: Table of image, path, split, height, width (pixels).
        occurrences: Table of image, concept, pixels (of the mask grid; all of them for a label of the whole image).
        skipped: Table of image (a path) and reason, of the images that are left out.
    """

    labels: Path
    images: Path
    occurrences: Path
    skipped: Path


def write_labels(
    reader: Reader,
    mask_size: int,
    files: DatasetFiles,
    made_from: dict[str, Any],
    skip: bool,
    workers: int,
    objects: str | None = None,
) -> None:
    """Read every record of a data set and write its masks, its images and which image holds which concept.

    Args:
        reader: The data set; its records are read by `workers` processes, a chunk at a time.
        mask_size: Side of the mask grid, pixels.
        files: What is written.
        made_from: What the store depends on.
        skip: Whether images that cannot be read are left out.
        workers: Number of processes.
        objects: Where the data of the store lie (`storage.new_store`).

    Raises:
        UserError: if a record cannot be read and is not skipped, a split is empty, or a name cannot be printed.
    """
    for concept in reader.concepts:
        _require_printable(concept)
    names = {concept.number: concept.name for concept in reader.concepts}
    image_rows: list[tuple[Any, ...]] = []
    occurrence_rows: list[tuple[Any, ...]] = []
    skipped: list[tuple[str, str]] = []
    in_masks: set[int] = set()
    with new_store(files.labels, "dataset", made_from, objects) as group:
        masks = _create_masks(group, len(reader.images), mask_size)
        for records in _in_chunks(_kept(_read_all(reader, skip, workers), skipped)):
            first = len(image_rows)
            _write_masks(masks, first, [record.masks for record, _ in records])
            for image, (record, found) in enumerate(records, start=first):
                in_masks |= set(np.unique(record.masks).tolist())
                image_rows.append((image, str(record.image), record.split, record.height, record.width))
                occurrence_rows += [(image, names[number], pixels) for number, pixels in found]
        _report(skipped, len(reader.images))
        masks.resize((len(image_rows), *masks.shape[1:]))
        group.attrs["concepts"] = [[c.number, c.name, c.category, c.number in in_masks] for c in reader.concepts]
        image_table = pd.DataFrame(image_rows, columns=["image", "path", "split", "height", "width"])
        _require_splits(image_table)
        write_table(image_table, files.images)
        write_table(pd.DataFrame(occurrence_rows, columns=["image", "concept", "pixels"]), files.occurrences)
        write_table(pd.DataFrame(skipped, columns=["image", "reason"]), files.skipped)


def _require_printable(concept: Concept) -> None:
    for text in (concept.name, concept.category):
        if any(unicodedata.category(character) == "Cc" for character in text):
            raise UserError(
                f"concept {concept.number}: {shorten(repr(text))} holds a line break or another control character; name"
                " it otherwise"
            )


def _create_masks(group: zarr.Group, images: int, size: int) -> zarr.Array[Any]:
    shape = (images, 1, size, size)
    chunks = (min(images, IMAGES_PER_CHUNK) or 1, 1, size, size)
    return group.create_array("masks", shape=shape, chunks=chunks, dtype="uint16", fill_value=0, compressors=COMPRESSOR)


def _write_masks(array: zarr.Array[Any], first: int, masks: list[NDArray[np.uint16]]) -> None:
    """Write the masks of the images from `first` on; the array gets as many planes as the image that needs most."""
    planes = max(1, *(len(of_image) for of_image in masks))
    chunk = np.zeros((len(masks), planes, *array.shape[2:]), np.uint16)
    for place, of_image in zip(chunk, masks, strict=True):
        place[: len(of_image)] = of_image
    if planes > array.shape[1]:
        array.resize((array.shape[0], planes, *array.shape[2:]))
    array[first : first + len(masks), :planes] = chunk


def _kept(results: Iterable[_Result], skipped: list[tuple[str, str]]) -> Iterator[tuple[Record, Occurrences]]:
    """The records that could be read; image and reason of the others are added to `skipped`."""
    for image, result in results:
        if isinstance(result, UnreadableError):
            skipped.append((str(image), str(result)))
        else:
            yield result


def _in_chunks(records: Iterator[tuple[Record, Occurrences]]) -> Iterator[list[tuple[Record, Occurrences]]]:
    while chunk := list(itertools.islice(records, IMAGES_PER_CHUNK)):
        yield chunk


def _report(skipped: list[tuple[str, str]], images: int) -> None:
    if skipped and len(skipped) == images:
        raise UserError(f"none of the data set's {images} images can be read; the first: {skipped[0][1]}")
    if skipped:
        logger.warning("%d of %d images are left out, since they cannot be read", len(skipped), images)


def _read_all(reader: Reader, skip: bool, workers: int) -> Iterator[_Result]:
    images = range(len(reader.images))
    # a fork would copy the threads that zarr has started
    with ProcessPoolExecutor(workers, multiprocessing.get_context("forkserver"), _start_worker, (reader, skip)) as pool:
        for first in progress(images[::IMAGES_PER_CHUNK], "reading the data set", "chunk of images"):
            chunk = images[first : first + IMAGES_PER_CHUNK]
            results = pool.map(_read, chunk, chunksize=math.ceil(len(chunk) / workers / 2))
            yield from zip([reader.images[image] for image in chunk], results, strict=True)


def _start_worker(reader: Reader, skip: bool) -> None:
    # once a worker, since a large data set's reader takes long to send
    global _reader, _skip
    _reader, _skip = reader, skip
    end_with_parent()


def _read(image: int) -> tuple[Record, Occurrences] | UnreadableError:
    try:
        record = _reader.read(image)
    except UnreadableError as error:
        if _skip:
            return error
        raise
    return record, count_pixels(record.masks, record.image_labels)


def count_pixels(masks: NDArray[np.uint16], image_labels: Sequence[int]) -> Occurrences:
    """(concept number, pixels) of one image: `masks` [plane, y, x], a concept's mask being the union over the planes.

    A label of the whole image covers every pixel.
    """
    counts = {int(number): int((masks == number).any(0).sum()) for number in np.unique(masks) if number}
    counts |= dict.fromkeys(image_labels, masks.shape[1] * masks.shape[2])
    return sorted(counts.items())


def _require_splits(images: pd.DataFrame) -> None:
    for split in SPLITS:
        if not (images["split"] == split).any():
            raise UserError(
                f"the data set has no image of split `{split}`; concepts are learned on train, scored on val"
            )


@dataclass(frozen=True)
class Labels:
    """The labels of the studied concepts; a pair is an image that holds a concept.

    Attributes:
        masks: uint16 [image, plane, y, x], concept numbers, 0 = none.
        numbers: int64 [concept], the number that each studied concept has in `masks`.
        is_train: bool [image]; the other images are val.
        image: int64 [pair], ascending.
        concept: int64 [pair], position in `numbers`.
        pixels: int64 [pair], of the mask grid.
    """

    masks: zarr.Array[Any]
    numbers: NDArray[np.int64]
    is_train: NDArray[np.bool_]
    image: NDArray[np.int64]
    concept: NDArray[np.int64]
    pixels: NDArray[np.int64]

    @property
    def mask_shape(self) -> tuple[int, int]:
        """Height and width of the mask grid, pixels."""
        return self.masks.shape[2], self.masks.shape[3]

    def pairs_of_images(self, start: int, stop: int) -> slice:
        """The pairs of images start to stop - 1."""
        first, last = np.searchsorted(self.image, [start, stop])
        return slice(int(first), int(last))

    def pair_masks(self, start: int, stop: int) -> NDArray[np.bool_]:
        """The masks of the pairs of images start to stop - 1: bool [pair, y, x]."""
        from net2vec_core.label_masks import draw  # what reads no masks does not wait for Numba

        planes, pairs = cast(NDArray[np.uint16], self.masks[start:stop]), self.pairs_of_images(start, stop)
        # a label of the whole image lies in no plane
        number = np.where(self.pixels[pairs] == math.prod(self.mask_shape), 0, self.numbers[self.concept[pairs]])
        drawn = draw(planes.reshape(*planes.shape[:2], -1), self.image[pairs] - start, number)
        return drawn.reshape(-1, *self.mask_shape)

    def masks_of(self, images: NDArray[np.int64], concepts: NDArray[np.int64]) -> NDArray[np.bool_]:
        """The masks of some pairs, each of an image [pair] and a concept in it [pair]: bool [pair, y, x].

        Images that are stored together are read together.
        """
        result = np.empty((len(images), *self.mask_shape), bool)
        for first, last, rows in stored_together(images, IMAGES_PER_CHUNK):
            planes = cast(NDArray[np.uint16], self.masks[first:last])
            for row in rows.tolist():
                pairs = self.pairs_of_images(images[row], images[row] + 1)
                pair = pairs.start + int(np.flatnonzero(self.concept[pairs] == concepts[row])[0])
                self._draw(pair, planes[images[row] - first], result[row])
        return result

    def _draw(self, pair: int, planes: NDArray[np.uint16], mask: NDArray[np.bool_]) -> None:
        """Write a pair's mask, given the planes of its image, to `mask` [y, x]."""
        if self.pixels[pair] == mask.size:  # a label of the whole image lies in no plane
            mask[:] = True
        else:
            (planes == self.numbers[self.concept[pair]]).any(0, out=mask)


def read_vocabulary(store: Path, made_from: dict[str, Any]) -> pd.DataFrame:
    """All concepts that the data set knows: concept_id, name, category, pixel_level (whether some mask holds it)."""
    rows = cast(list[list[Any]], open_store(store, "dataset", made_from).attrs["concepts"])
    return pd.DataFrame(rows, columns=["concept_id", "name", "category", "pixel_level"])


def open_masks(store: Path, made_from: dict[str, Any]) -> zarr.Array[Any]:
    """The masks of the label store: uint16 [image, plane, y, x], concept numbers, 0 = none."""
    return cast(zarr.Array[Any], open_store(store, "dataset", made_from)["masks"])


def open_labels(
    store: Path, images: pd.DataFrame, occurrences: pd.DataFrame, concepts: pd.DataFrame, made_from: dict[str, Any]
) -> Labels:
    """The label store, narrowed to the concepts of a table with columns `concept_id` and `name`."""
    position = dict(zip(concepts["name"], range(len(concepts)), strict=True))
    pairs = occurrences[occurrences["concept"].isin(position)]
    return Labels(
        masks=open_masks(store, made_from),
        numbers=concepts["concept_id"].to_numpy(np.int64),
        is_train=(images["split"] == "train").to_numpy(bool),
        image=pairs["image"].to_numpy(np.int64),
        concept=pairs["concept"].map(position).to_numpy(np.int64),
        pixels=pairs["pixels"].to_numpy(np.int64),
    )
