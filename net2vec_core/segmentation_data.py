"""What a fit reads: the active cells of every image and, sorted by concept, the masks of every pair, in scratch files.

The files are mapped into memory, so that the operating system holds as much of them there as it has room for.
"""

import math
import os
from pathlib import Path
from typing import Any, NamedTuple, Self

import numpy as np
from numpy.typing import NDArray

from net2vec_core.filter_masks import FilterMasks
from net2vec_core.labels import Labels
from net2vec_core.parallel import ordered_map
from net2vec_core.progress import progress
from net2vec_core.storage import remove

IMAGES_READ_AT_ONCE = 64


class Cells(NamedTuple):
    """Where the filters of all images are active, sorted by image.

    Attributes:
        start: int64 [image + 1]; the cells of image i are start[i] to start[i + 1] − 1.
        filter: int32 [cell].
        cell: int32 [cell], y · width + x.
    """

    start: NDArray[np.int64]
    filter: NDArray[np.int32]
    cell: NDArray[np.int32]


class Examples(NamedTuple):
    """The images of one concept in one split, in the order of the data set.

    Attributes:
        image: int64 [example].
        target: The concept's masks, uint8 [example, y, byte]; each row of pixels in whole bytes, lowest bit first.
    """

    image: NDArray[np.int64]
    target: NDArray[np.uint8]


class FitData:
    """The active cells and the examples of every concept, read from the stores once; they last for a `with` block."""

    def __init__(self, masks: FilterMasks, labels: Labels, scratch: Path, threads: int = 1) -> None:
        """Read what a fit needs.

        Args:
            masks: Of the layer.
            labels: Of the concepts.
            scratch: Folder that exists in the `with` block only.
            threads: That read side by side.
        """
        self.masks, self.labels, self.scratch, self.threads = masks, labels, scratch, threads
        self.start = np.zeros(masks.images + 1, np.int64)
        is_val = ~labels.is_train[labels.image]
        self.order = np.lexsort((labels.image, is_val, labels.concept))
        # concept 0 in train, concept 0 in val, concept 1 in train, …
        number = np.bincount(2 * labels.concept + is_val, minlength=2 * len(labels.numbers))
        self.ends = np.concatenate([[0], number.cumsum()])
        self.row_bytes = -(-labels.mask_shape[1] // 8)

    @property
    def cells(self) -> Cells:
        """The active cells of all images; of those without a concept none."""
        number = int(self.start[-1])
        return Cells(self.start, *(self._map(name, "int32", (number,)) for name in ("filter", "cell")))

    def of(self, concept: int, train: bool) -> Examples:
        """The images of a concept in train or in val."""
        first, last = self._rows(concept, train)
        shape = (last - first, self.labels.mask_shape[0], self.row_bytes)
        return Examples(self.labels.image[self.pairs(concept, train)], self._map("target", "uint8", shape, first))

    def pairs(self, concept: int, train: bool) -> NDArray[np.int64]:
        """The positions of these images among all pairs."""
        return self.order[slice(*self._rows(concept, train))]

    def _rows(self, concept: int, train: bool) -> tuple[int, int]:
        group = 2 * concept + (0 if train else 1)
        return int(self.ends[group]), int(self.ends[group + 1])

    def _map(self, name: str, dtype: str, shape: tuple[int, ...], first: int = 0) -> NDArray[Any]:
        if not all(shape):  # nothing cannot be mapped
            return np.frombuffer(b"", dtype).reshape(shape)
        offset = first * math.prod(shape[1:]) * np.dtype(dtype).itemsize
        return np.asarray(np.memmap(self.scratch / name, dtype, "r", offset, shape))

    def __enter__(self) -> Self:
        remove(self.scratch)
        try:
            self._write()
        except BaseException:
            remove(self.scratch)
            raise
        return self

    def __exit__(self, *_error: object) -> None:
        remove(self.scratch)

    def _write(self) -> None:
        self.scratch.mkdir(parents=True)
        place = np.argsort(self.order)
        starts = progress(range(0, self.masks.images, IMAGES_READ_AT_ONCE), "reading masks", "chunk of images")
        files = ((self.scratch / name).open("wb") for name in ("filter", "cell", "target"))
        filters, cells, target = files
        with filters, cells, target:
            for start, part, masks in ordered_map(self._read, starts, self.threads):
                pairs = self.labels.pairs_of_images(start, start + IMAGES_READ_AT_ONCE)
                self.start[start + 1 : start + len(part.start)] = self.start[start] + part.start[1:]
                filters.write(part.filter.tobytes())
                cells.write(part.cell.tobytes())
                _write_rows(target.fileno(), masks, place[pairs])

    def _read(self, start: int) -> tuple[int, Cells, NDArray[np.uint8]]:
        """The active cells of a chunk of images from `start` on, and the masks of its pairs, uint8 [pair, y, byte]."""
        end = min(start + IMAGES_READ_AT_ONCE, self.masks.images)
        pairs = self.labels.pairs_of_images(start, end)
        if pairs.start == pairs.stop:
            empty = np.zeros(0, np.int32)
            return start, Cells(np.zeros(end - start + 1, np.int64), empty, empty), np.zeros((0, 0, 0), np.uint8)
        active = self.masks.active_cells(start, end)
        number, holds_some = np.diff(active.start), np.zeros(end - start, bool)
        holds_some[self.labels.image[pairs] - start] = True
        kept = np.repeat(holds_some, number)
        starts = np.concatenate([[0], (number * holds_some).cumsum()])
        filters, cell = active.filter[kept].astype(np.int32), active.cell[kept].astype(np.int32)
        packed = np.packbits(self.labels.pair_masks(start, end), axis=-1, bitorder="little")
        return start, Cells(starts, filters, cell), packed


def _write_rows(file: int, rows: NDArray[np.uint8], places: NDArray[np.int64]) -> None:
    """Write rows [row, …] to their places, in rows, of a file; neighbours together."""
    order = np.argsort(places)
    for together in np.split(order, np.flatnonzero(np.diff(places[order]) != 1) + 1):
        if len(together):
            content = rows[together].tobytes()
            place = int(places[together[0]]) * (len(content) // len(together))
            written = 0
            while written < len(content):  # the system may take a part of it
                written += os.pwrite(file, content[written:], place + written)
