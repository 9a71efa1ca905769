"""What the fit reads: for each concept its images' active cells and packed masks, minibatch by minibatch."""

import itertools
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Self

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from net2vec_core.filter_masks import FilterMasks
from net2vec_core.labels import Labels
from net2vec_core.progress import progress
from net2vec_core.storage import remove
from net2vec_core.surface import patch_counts

BLOCK_BYTES = 512 * 2**20
IMAGES_READ_AT_ONCE = 64

Cells = tuple[NDArray[np.int32], NDArray[np.int32]]


@dataclass(frozen=True)
class Part:
    """Images of one concept that are worked on together: a minibatch, or as much of one as a block holds.

    Attributes:
        concept: Position of the concept.
        is_train: Whether these are train images (else val).
        pairs: Positions among all pairs, int64 [image].
        filter: Filters of the active cells, int32 [cell].
        cell: Positions of the active cells, int32 [cell]: image · cells of a grid + cell in its grid.
        target: The concept's masks, uint8 [image, byte], packed row by row, highest bit first.
        counts: Their pixels in each patch of the mask grid, uint8 [image, patch]; [image, 0] where they are not wanted.
        minibatch_images: Images of the whole minibatch.
        completes: Whether the minibatch ends with this part.
    """

    concept: int
    is_train: bool
    pairs: NDArray[np.int64]
    filter: NDArray[np.int32]
    cell: NDArray[np.int32]
    target: NDArray[np.uint8]
    counts: NDArray[np.uint8]
    minibatch_images: int
    completes: bool


class Parts:
    """The parts of every concept, read from the stores once.

    Where they are few they stay in memory; else they lie in scratch files, one for each concept, split and block of
    consecutive images, so that memory holds a block of about BLOCK_BYTES, whatever the size of the data set.
    Minibatches follow the order of the images and do not depend on the blocks.
    """

    def __init__(
        self, masks: FilterMasks, labels: Labels, minibatch: int, scratch: Path, patch: int | None = None
    ) -> None:
        """Read what a fit needs.

        Args:
            masks: Of the layer.
            labels: Of the concepts.
            minibatch: Images in a minibatch.
            scratch: Folder that exists in the `with` block only.
            patch: Side of the patches whose pixels are counted, where they are wanted.
        """
        self.masks, self.labels, self.scratch, self.patch = masks, labels, scratch, patch
        self.groups = _minibatches(labels, minibatch)
        self.parts: dict[tuple[int, bool], list[Part]] = defaultdict(list)
        self.files: dict[tuple[int, bool], list[Path]] = defaultdict(list)

    def of(self, concept: int, train: bool) -> Iterator[Part]:
        """The parts of a concept in train or in val, images in order."""
        yield from self.parts[concept, train]
        for path in self.files[concept, train]:
            yield from _load(path)

    def __enter__(self) -> Self:
        remove(self.scratch)
        try:
            self._read()
        except BaseException:
            remove(self.scratch)
            raise
        return self

    def __exit__(self, *_error: object) -> None:
        remove(self.scratch)

    def _read(self) -> None:
        per_block = _pairs_per_block(self.masks, self.labels, self.patch)
        ranges = _image_ranges(self.labels, self.masks.images, per_block)
        for first, last in progress(ranges, "reading masks", "blocks of images"):
            parts = self._read_parts(first, last)
            for key, of_key in itertools.groupby(parts, key=lambda part: (part.concept, part.is_train)):
                if len(ranges) == 1:
                    self.parts[key] += of_key
                else:
                    path = self.scratch / f"{key[0]}-{'train' if key[1] else 'val'}-{first}"
                    _save(path, list(of_key))
                    self.files[key].append(path)

    def _read_parts(self, first: int, last: int) -> Iterator[Part]:
        """The parts of the pairs of images first to last - 1, sorted by concept, train before val, and image."""
        chosen = self.labels.pairs_of_images(first, last)
        images = _read_images(self.masks, self.labels, first, last, self.patch)
        for _, group in self.groups.iloc[chosen].groupby(["concept", "is_val", "minibatch"]):
            end, pairs = group.iloc[-1], group.index.to_numpy()
            filter_, cell = _gather(images.cells, group["image"].tolist(), self.masks.grid[0] * self.masks.grid[1])
            yield Part(
                concept=int(end["concept"]),
                is_train=not end["is_val"],
                pairs=pairs,
                filter=filter_,
                cell=cell,
                target=images.target[pairs - chosen.start],
                counts=images.counts[pairs - chosen.start],
                minibatch_images=int(end["minibatch_images"]),
                completes=bool(end["is_last"]),
            )


_NUMBERS = ("concept", "is_train", "minibatch_images", "completes")
_ARRAYS = {"pairs": np.int64, "filter": np.int32, "cell": np.int32, "target": np.uint8, "counts": np.uint8}


def _save(path: Path, parts: list[Part]) -> None:
    """Write parts one after the other: numbers and the sizes of the arrays, int64, then the arrays."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("wb") as file:
        for part in parts:
            arrays = [getattr(part, name) for name in _ARRAYS]
            head = [*(getattr(part, name) for name in _NUMBERS), *(array.size for array in arrays)]
            file.write(b"".join(array.tobytes() for array in (np.array(head, np.int64), *arrays)))


def _load(path: Path) -> Iterator[Part]:
    content, place = path.read_bytes(), 0
    while place < len(content):
        head = np.frombuffer(content, np.int64, len(_NUMBERS) + len(_ARRAYS), place).tolist()
        place += 8 * len(head)
        arrays = {}
        for (name, dtype), size in zip(_ARRAYS.items(), head[len(_NUMBERS) :], strict=True):
            arrays[name] = np.frombuffer(content, dtype, size, place)
            place += arrays[name].nbytes
        images = len(arrays["pairs"])
        masks = {name: arrays[name].reshape(images, -1) for name in ("target", "counts")}
        concept, is_train, minibatch_images, completes = head[: len(_NUMBERS)]
        yield Part(
            concept=concept,
            is_train=bool(is_train),
            minibatch_images=minibatch_images,
            completes=bool(completes),
            **arrays | masks,
        )


@dataclass(frozen=True)
class _Images:
    """The active cells of images, and of their pairs the packed masks and the pixels in each patch."""

    cells: dict[int, Cells]
    target: NDArray[np.uint8]
    counts: NDArray[np.uint8]


def _read_images(masks: FilterMasks, labels: Labels, first: int, last: int, patch: int | None) -> _Images:
    """What the fit needs of images first to last - 1; those without a concept are passed over."""
    cells: dict[int, Cells] = {}
    targets, counts = [np.zeros((0, 0), np.uint8)], [np.zeros((0, 0), np.uint8)]
    for start in range(first, last, IMAGES_READ_AT_ONCE):
        end = min(start + IMAGES_READ_AT_ONCE, last)
        images = np.unique(labels.image[labels.pairs_of_images(start, end)]).tolist()
        if images:
            active = masks.active_cells(start, end)
            cells |= {image: active.of_image(image - start) for image in images}
            mask = labels.pair_masks(start, end)
            targets.append(np.packbits(mask.reshape(len(mask), -1), axis=1))
            counts.append(patch_counts(mask, patch) if patch else np.zeros((len(mask), 0), np.uint8))
    return _Images(cells, *(np.concatenate(arrays[1:] or arrays) for arrays in (targets, counts)))


def _pairs_per_block(masks: FilterMasks, labels: Labels, patch: int | None) -> int:
    """How many pairs fit into BLOCK_BYTES, each with its mask and, twice, its image's active cells."""
    some = min(IMAGES_READ_AT_ONCE, masks.images)
    cells_per_image = len(masks.active_cells(0, some).cell) / max(some, 1)
    mask_bytes = labels.mask_shape[0] * labels.mask_shape[1] * (1 / 8 + (1 / patch**2 if patch else 0))
    bytes_per_pair = mask_bytes + 2 * 8 * cells_per_image
    return max(1, int(BLOCK_BYTES / bytes_per_pair))


def _minibatches(labels: Labels, minibatch: int) -> pd.DataFrame:
    """One row a pair: image, concept, is_val, minibatch (a number), minibatch_images, is_last (of them)."""
    pairs = pd.DataFrame({"image": labels.image, "concept": labels.concept, "is_val": ~labels.is_train[labels.image]})
    pairs["minibatch"] = pairs.groupby(["concept", "is_val"]).cumcount() // minibatch
    by_minibatch = pairs.groupby(["concept", "is_val", "minibatch"])
    pairs["minibatch_images"] = by_minibatch["image"].transform("size")
    pairs["is_last"] = by_minibatch.cumcount() == pairs["minibatch_images"] - 1
    return pairs


def _image_ranges(labels: Labels, images: int, pairs_per_block: int) -> list[tuple[int, int]]:
    """Ranges of consecutive images with at most so many pairs (an image with more is a range of its own)."""
    ranges, first = [], 0
    while first < images:
        end = labels.pairs_of_images(0, first).stop + pairs_per_block
        last = images if end >= len(labels.image) else max(int(labels.image[end]), first + 1)
        ranges.append((first, last))
        first = last
    return ranges


def _gather(cells: dict[int, Cells], images: list[int], grid_cells: int) -> Cells:
    """Filters and cells of some images, the cells counted on through the images' grids."""
    filter_ = np.concatenate([cells[image][0] for image in images])
    cell = np.concatenate([cells[image][1] + grid_cells * index for index, image in enumerate(images)])
    return filter_, cell.astype(np.int32)
