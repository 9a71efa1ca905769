"""What the fit reads: for each concept its images' active cells and packed masks, minibatch by minibatch."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Self

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from net2vec_core.filter_masks import ActiveCells, FilterMasks
from net2vec_core.labels import Labels
from net2vec_core.storage import remove

PAIRS_PER_BLOCK = 16_384
IMAGES_READ_AT_ONCE = 64


@dataclass(frozen=True)
class Part:
    """Images of one concept that are worked on together: a minibatch, or as much of one as a block holds.

    Attributes:
        concept: Position of the concept.
        is_train: Whether these are train images (else val).
        pairs: Positions among all pairs, int64 [image].
        filter: Filters of the active cells, int64 [cell].
        cell: Positions of the active cells, int64 [cell]: image · cells of a grid + cell in its grid.
        target: The concept's masks, uint8 [image, byte], packed row by row, highest bit first.
        minibatch_images: Images of the whole minibatch.
        completes: Whether the minibatch ends with this part.
    """

    concept: int
    is_train: bool
    pairs: NDArray[np.int64]
    filter: NDArray[np.int64]
    cell: NDArray[np.int64]
    target: NDArray[np.uint8]
    minibatch_images: int
    completes: bool


@dataclass(frozen=True)
class Block:
    """Consecutive images: their active cells, and the packed masks of their pairs, uint8 [pair, byte]."""

    first_image: int
    first_pair: int
    cells: ActiveCells
    target: NDArray[np.uint8]


class Blocks:
    """The pairs of `labels` as parts of minibatches, a block of consecutive images at a time.

    A block is read from the stores once and from a scratch file after that, so memory holds one block, whatever the
    size of the data set. Minibatches follow the order of the images and do not depend on the blocks.
    """

    def __init__(self, masks: FilterMasks, labels: Labels, minibatch: int, scratch: Path) -> None:
        """Use minibatches of `minibatch` images; `scratch` is a folder that is removed when the `with` block ends."""
        self.masks, self.labels, self.scratch = masks, labels, scratch
        remove(scratch)
        self.groups = _minibatches(labels, minibatch)
        self.ranges = _image_ranges(labels, masks.images)
        self.all_parts = list(self._parts(self._read(*self.ranges[0]))) if len(self.ranges) == 1 else None

    def __iter__(self) -> Iterator[list[Part]]:
        if self.all_parts is not None:
            yield self.all_parts
            return
        for first, last in self.ranges:
            yield list(self._parts(self._load(first, last)))

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_error: object) -> None:
        remove(self.scratch)

    def _load(self, first: int, last: int) -> Block:
        path = self.scratch / f"{first}.npz"
        if not path.exists():
            block = self._read(first, last)
            self.scratch.mkdir(parents=True, exist_ok=True)
            np.savez(path, target=block.target, **vars(block.cells))
        with np.load(path, allow_pickle=False) as arrays:
            cells = ActiveCells(arrays["start"], arrays["filter"], arrays["cell"])
            return Block(first, self.labels.pairs_of_images(first, last).start, cells, arrays["target"])

    def _read(self, first: int, last: int) -> Block:
        starts = range(first, last, IMAGES_READ_AT_ONCE)
        masks = (self.labels.pair_masks(start, min(start + IMAGES_READ_AT_ONCE, last)) for start in starts)
        target = np.concatenate([np.packbits(mask.reshape(len(mask), -1), axis=1) for mask in masks])
        return Block(
            first, self.labels.pairs_of_images(first, last).start, self.masks.active_cells(first, last), target
        )

    def _parts(self, block: Block) -> Iterator[Part]:
        pairs = self.groups.iloc[block.first_pair : block.first_pair + len(block.target)]
        grid_cells = self.masks.grid[0] * self.masks.grid[1]
        for _, group in pairs.groupby(["concept", "is_train", "minibatch"]):
            last = group.iloc[-1]
            filter_, cell = _gather(block.cells, group["image"].to_numpy() - block.first_image, grid_cells)
            indices = group.index.to_numpy()
            yield Part(
                concept=int(last["concept"]),
                is_train=bool(last["is_train"]),
                pairs=indices,
                filter=filter_,
                cell=cell,
                target=block.target[indices - block.first_pair],
                minibatch_images=int(last["minibatch_images"]),
                completes=bool(last["is_last"]),
            )


def _minibatches(labels: Labels, minibatch: int) -> pd.DataFrame:
    """One row a pair: image, concept, is_train, minibatch (a number), minibatch_images, is_last (of them)."""
    pairs = pd.DataFrame({"image": labels.image, "concept": labels.concept, "is_train": labels.is_train[labels.image]})
    pairs["minibatch"] = pairs.groupby(["concept", "is_train"]).cumcount() // minibatch
    by_minibatch = pairs.groupby(["concept", "is_train", "minibatch"])
    pairs["minibatch_images"] = by_minibatch["image"].transform("size")
    pairs["is_last"] = by_minibatch.cumcount() == pairs["minibatch_images"] - 1
    return pairs


def _image_ranges(labels: Labels, images: int) -> list[tuple[int, int]]:
    """Ranges of consecutive images with at most PAIRS_PER_BLOCK pairs (an image with more is a range of its own)."""
    ranges, first = [], 0
    while first < images:
        end = labels.pairs_of_images(0, first).stop + PAIRS_PER_BLOCK
        last = images if end >= len(labels.image) else max(int(labels.image[end]), first + 1)
        ranges.append((first, last))
        first = last
    return ranges


def _gather(
    cells: ActiveCells, images: NDArray[np.int64], grid_cells: int
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Filters and cells of some images, the cells counted on through the images' grids."""
    spans = [slice(cells.start[image], cells.start[image + 1]) for image in images]
    filter_ = np.concatenate([cells.filter[span] for span in spans])
    cell = np.concatenate([cells.cell[span] + grid_cells * index for index, span in enumerate(spans)])
    return filter_, cell
