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

from net2vec_core.filter_masks import ActiveCells, FilterMasks
from net2vec_core.labels import Labels
from net2vec_core.progress import progress
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
        filter: Filters of the active cells, int32 [cell].
        cell: Positions of the active cells, int32 [cell]: image · cells of a grid + cell in its grid.
        target: The concept's masks, uint8 [image, byte], packed row by row, highest bit first.
        minibatch_images: Images of the whole minibatch.
        completes: Whether the minibatch ends with this part.
    """

    concept: int
    is_train: bool
    pairs: NDArray[np.int64]
    filter: NDArray[np.int32]
    cell: NDArray[np.int32]
    target: NDArray[np.uint8]
    minibatch_images: int
    completes: bool


class Parts:
    """The parts of every concept, read from the stores once.

    Where they are few they stay in memory; else they lie in scratch files, one for each concept and block of
    consecutive images, so that memory holds a block, whatever the size of the data set. Minibatches follow the order of
    the images and do not depend on the blocks.
    """

    def __init__(self, masks: FilterMasks, labels: Labels, minibatch: int, scratch: Path) -> None:
        """Use minibatches of `minibatch` images; `scratch` is a folder that is removed when the `with` block ends."""
        remove(scratch)
        self.scratch = scratch
        ranges = _image_ranges(labels, masks.images)
        self.in_memory = len(ranges) == 1
        self.parts: dict[int, list[Part]] = defaultdict(list)
        self.files: dict[int, list[Path]] = defaultdict(list)
        groups = _minibatches(labels, minibatch)
        for first, last in progress(ranges, "reading masks", "blocks of images"):
            self._keep(_read_parts(masks, labels, groups, first, last), first)

    def of(self, concept: int) -> Iterator[Part]:
        """The parts of a concept: train before val within a block, images in order."""
        yield from self.parts[concept]
        for path in self.files[concept]:
            yield from _load(path)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_error: object) -> None:
        remove(self.scratch)

    def _keep(self, parts: Iterator[Part], block: int) -> None:
        for concept, of_concept in itertools.groupby(parts, key=lambda part: part.concept):
            if self.in_memory:
                self.parts[concept] += of_concept
            else:
                path = self.scratch / f"{concept}-{block}.npz"
                _save(path, list(of_concept))
                self.files[concept].append(path)


def _save(path: Path, parts: list[Part]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    arrays = {f"{number}.{name}": value for number, part in enumerate(parts) for name, value in vars(part).items()}
    np.savez(path, allow_pickle=False, **arrays)


def _load(path: Path) -> Iterator[Part]:
    names = Part.__dataclass_fields__
    with np.load(path, allow_pickle=False) as arrays:
        for number in range(len(arrays.files) // len(names)):
            values = {name: arrays[f"{number}.{name}"] for name in names}
            yield Part(**{name: value if value.ndim else value.item() for name, value in values.items()})


def _read_parts(masks: FilterMasks, labels: Labels, groups: pd.DataFrame, first: int, last: int) -> Iterator[Part]:
    """The parts of the pairs of images first to last - 1, sorted by concept, train before val, and image."""
    cells = masks.active_cells(first, last)
    target = _read_targets(labels, first, last)
    chosen = labels.pairs_of_images(first, last)
    for _, group in groups.iloc[chosen].groupby(["concept", "is_val", "minibatch"]):
        end = group.iloc[-1]
        filter_, cell = _gather(cells, group["image"].to_numpy() - first, masks.grid[0] * masks.grid[1])
        pairs = group.index.to_numpy()
        yield Part(
            concept=int(end["concept"]),
            is_train=not end["is_val"],
            pairs=pairs,
            filter=filter_,
            cell=cell,
            target=target[pairs - chosen.start],
            minibatch_images=int(end["minibatch_images"]),
            completes=bool(end["is_last"]),
        )


def _read_targets(labels: Labels, first: int, last: int) -> NDArray[np.uint8]:
    starts = range(first, last, IMAGES_READ_AT_ONCE)
    masks = (labels.pair_masks(start, min(start + IMAGES_READ_AT_ONCE, last)) for start in starts)
    pixels = labels.mask_shape[0] * labels.mask_shape[1]
    return np.concatenate([np.packbits(mask.reshape(len(mask), pixels), axis=1) for mask in masks])


def _minibatches(labels: Labels, minibatch: int) -> pd.DataFrame:
    """One row a pair: image, concept, is_val, minibatch (a number), minibatch_images, is_last (of them)."""
    pairs = pd.DataFrame({"image": labels.image, "concept": labels.concept, "is_val": ~labels.is_train[labels.image]})
    pairs["minibatch"] = pairs.groupby(["concept", "is_val"]).cumcount() // minibatch
    by_minibatch = pairs.groupby(["concept", "is_val", "minibatch"])
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
) -> tuple[NDArray[np.int32], NDArray[np.int32]]:
    """Filters and cells of some images, the cells counted on through the images' grids."""
    spans = [slice(cells.start[image], cells.start[image + 1]) for image in images]
    filter_ = np.concatenate([cells.filter[span] for span in spans])
    cell = np.concatenate([cells.cell[span] + grid_cells * index for index, span in enumerate(spans)])
    return filter_.astype(np.int32), cell.astype(np.int32)
