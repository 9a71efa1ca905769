"""Upsampled filter masks by the pattern of the four cells around each pixel.

Between four neighbouring cells the upsampled mask depends on these cells alone, and each is active or not: 16 patterns.
So the pixels at which U(B) > 1/2 are worked out once for every window (the pixels between the same four cells) and
pattern; after that, a mask is a short list of windows and patterns, and nothing is upsampled any more.
"""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from net2vec_core.upsample import interpolation_matrix

PATTERNS = 16


@dataclass(frozen=True)
class CornerPatterns:
    """The pixels of each window, and which of them each pattern turns on.

    Attributes:
        pixels: int64 [window, slot], pixels of the mask grid, y · width + x; the grid's size where a slot is empty.
        active: float32 0 or 1 [window, pattern, slot].
    """

    pixels: NDArray[np.int64]
    active: NDArray[np.float32]

    @classmethod
    def between(cls, grid: tuple[int, int], mask_shape: tuple[int, int], align_corners: bool) -> "CornerPatterns":
        """The windows of a layer's grid (height, width), one for each cell, on a mask grid (height, width)."""
        rows, columns = (interpolation_matrix(*sizes, align_corners) for sizes in zip(grid, mask_shape, strict=True))
        windows = [_pixels_by_cell(matrix) for matrix in (rows, columns)]
        slots = max(map(len, windows[0])) * max(map(len, windows[1]))
        number = grid[0] * grid[1]
        pixels = np.full((number, slots), mask_shape[0] * mask_shape[1])
        active = np.zeros((number, PATTERNS, slots), np.float32)
        for window in range(number):
            y, x = windows[0][window // grid[1]], windows[1][window % grid[1]]
            filled = slice(len(y) * len(x))
            pixels[window, filled] = (y[:, None] * mask_shape[1] + x).ravel()
            upsampled = _upsampled(_corners(rows[y], window // grid[1]), _corners(columns[x], window % grid[1]))
            active[window, :, filled] = upsampled > 0.5
        return cls(pixels, active)

    def sizes(self) -> NDArray[np.int64]:
        """Pixels that each pattern turns on, int64 [window, pattern]."""
        sizes: NDArray[np.int64] = self.active.sum(axis=2).astype(np.int64)
        return sizes

    def overlaps(self, masks: NDArray[np.bool_]) -> NDArray[np.int64]:
        """Pixels that each pattern turns on within masks bool [mask, y, x]: int64 [window, pattern, mask]."""
        by_pixel = np.zeros((math.prod(masks.shape[1:]) + 1, len(masks)), np.float32)  # the last row fills empty slots
        by_pixel[:-1] = masks.reshape(len(masks), len(by_pixel) - 1).T
        overlaps: NDArray[np.int64] = np.matmul(self.active, by_pixel[self.pixels]).astype(np.int64)
        return overlaps


def corner_patterns(masks: NDArray[np.bool_]) -> NDArray[np.uint8]:
    """The pattern at each window of filter masks bool [..., y, x]: uint8 [..., window]."""
    height, width = masks.shape[-2:]
    padded = np.zeros((*masks.shape[:-2], height + 1, width + 1), np.uint8)
    padded[..., :height, :width] = masks
    corners = [padded[..., y : y + height, x : x + width] for y in (0, 1) for x in (0, 1)]
    pattern: NDArray[np.uint8] = corners[0] + 2 * corners[1] + 4 * corners[2] + 8 * corners[3]
    return pattern.reshape(*masks.shape[:-2], height * width)


def _pixels_by_cell(matrix: NDArray[np.float32]) -> list[NDArray[np.int64]]:
    """For each cell of an axis the pixels at it or between it and the next, from the matrix [pixel, cell]."""
    first = (matrix > 0).argmax(axis=1)
    return [np.flatnonzero(first == cell) for cell in range(matrix.shape[1])]


def _corners(weights: NDArray[np.float32], cell: int) -> NDArray[np.float32]:
    """The weights [pixel, 2] of a cell and the next, from rows [pixel, cell] of an interpolation matrix."""
    return np.pad(weights, ((0, 0), (0, 1)))[:, cell : cell + 2]


def _upsampled(rows: NDArray[np.float32], columns: NDArray[np.float32]) -> NDArray[np.float32]:
    """The upsampled patterns [pattern, pixel] of a window, from its corners' weights [pixel, 2] along y and x."""
    bits = (np.arange(PATTERNS)[:, None] >> np.arange(4)) & 1
    cells = bits.reshape(PATTERNS, 2, 2).astype(np.float32)
    return (rows @ (cells @ columns.T)).reshape(PATTERNS, -1)
