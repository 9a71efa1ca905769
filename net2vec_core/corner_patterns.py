"""Upsampled filter masks by the pattern of the four cells around each pixel.

Between four neighbouring cells the upsampled mask depends on these cells alone, and each is active or not: 16 patterns.
So the pixels at which U(B) > 1/2 are worked out once for every window (the pixels between the same four cells) and
pattern; after that, a mask is a short list of windows and patterns, and nothing is upsampled any more. A window's
pixels are bits of a few words, so that what a pattern shares with a concept is a count of bits.
"""

import math
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from net2vec_core.compiled import compiled, inlined
from net2vec_core.upsample import interpolation_matrix

PATTERNS = 16
WORD_BITS = 64
# for counting the bits of a word, two, four and eight at a time
EVERY_2ND, PAIRS, NIBBLES, BYTES = (
    np.uint64(int(digits * 8, 16)) for digits in ("55", "33", "0f", "01")
)  # fmt: skip
ONE, TWO, FOUR, HIGHEST_BYTE = (np.uint64(shift) for shift in (1, 2, 4, 56))


class CornerPatterns(NamedTuple):
    """Which pixels of each window each pattern turns on.

    Attributes:
        on: uint64 [window, pattern, word], a bit for each pixel of the window; there is a window for each cell.
        word: The word that holds each pixel of the mask grid, of all windows' words, int64 [pixel].
        bit: Its bit there, uint64 [pixel].
        width: Cells in a row of the layer's grid.
    """

    on: NDArray[np.uint64]
    word: NDArray[np.int64]
    bit: NDArray[np.uint64]
    width: int


def corner_patterns(grid: tuple[int, int], mask_shape: tuple[int, int], align_corners: bool) -> CornerPatterns:
    """The windows of a layer's grid (height, width), one for each cell, on a mask grid (height, width)."""
    rows, columns = (interpolation_matrix(*sizes, align_corners) for sizes in zip(grid, mask_shape, strict=True))
    windows = [_pixels_by_cell(matrix) for matrix in (rows, columns)]
    slots = max(map(len, windows[0])) * max(map(len, windows[1]))
    words, number = math.ceil(slots / WORD_BITS), grid[0] * grid[1]
    active = np.zeros((number, PATTERNS, words * WORD_BITS), np.uint8)
    slot = np.zeros(math.prod(mask_shape), np.int64)
    for window in range(number):
        y, x = windows[0][window // grid[1]], windows[1][window % grid[1]]
        pixels = (y[:, None] * mask_shape[1] + x).ravel()
        slot[pixels] = window * words * WORD_BITS + np.arange(len(pixels))
        upsampled = _upsampled(_corners(rows[y], window // grid[1]), _corners(columns[x], window % grid[1]))
        active[window, :, : len(pixels)] = upsampled > 0.5
    on = np.packbits(active, axis=-1, bitorder="little").view("<u8").astype(np.uint64)
    word, bit = np.divmod(slot, WORD_BITS)
    return CornerPatterns(on, word, ONE << bit.astype(np.uint64), grid[1])


@inlined
def _bits(word: np.uint64) -> np.uint64:
    """How many bits of a word are set."""
    word = word - ((word >> ONE) & EVERY_2ND)
    word = (word & PAIRS) + ((word >> TWO) & PAIRS)
    word = (word + (word >> FOUR)) & NIBBLES
    return (word * BYTES) >> HIGHEST_BYTE


@compiled
def count_image(
    filter_: NDArray[np.int64], cell: NDArray[np.int64], masks: NDArray[np.bool_], patterns: CornerPatterns
) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]:
    """The active filters of an image, their pixels within each mask [filter, mask], and in all [filter]; all int64.

    Args:
        filter_: Filters of the image's active cells, ascending [cell].
        cell: Where these are, y · width + x [cell].
        masks: bool [mask, pixel].
        patterns: Of the layer's grid and the mask grid.
    """
    shared, sizes = _overlaps(masks, patterns)
    filters = np.unique(filter_)
    intersection, predicted = np.zeros((len(filters), len(masks)), np.int64), np.zeros(len(filters), np.int64)
    found, touched = np.zeros(len(sizes), np.int64), np.zeros(len(sizes), np.int64)
    first = 0
    for index in range(len(filters)):
        number = 0
        while first < len(filter_) and filter_[first] == filters[index]:
            # a cell is the first corner of its own window and the last of the one above to the left
            for corner in range(4):
                window = _window(cell[first], corner, patterns.width)
                if window >= 0:
                    if found[window] == 0:
                        touched[number] = window
                        number += 1
                    found[window] |= 1 << corner
            first += 1
        for window in touched[:number]:
            predicted[index] += sizes[window, found[window]]
            for mask in range(len(masks)):
                intersection[index, mask] += shared[window, found[window], mask]
            found[window] = 0
    return filters, intersection, predicted


@compiled
def _window(cell: int, corner: int, width: int) -> int:
    """The window of which a cell is this corner (0 = top left, 1 = top right, …), or -1."""
    y, x = cell // width - corner // 2, cell % width - corner % 2
    return y * width + x if y >= 0 and x >= 0 else -1


@compiled
def _overlaps(masks: NDArray[np.bool_], patterns: CornerPatterns) -> tuple[NDArray[np.int32], NDArray[np.int32]]:
    """Pixels that each pattern turns on within masks bool [mask, pixel], int32 [window, pattern, mask], and in all."""
    windows, number, words = patterns.on.shape
    labelled = np.zeros((windows * words, len(masks)), np.uint64)
    for mask in range(len(masks)):
        for pixel in range(masks.shape[1]):
            if masks[mask, pixel]:
                labelled[patterns.word[pixel], mask] |= patterns.bit[pixel]
    shared, sizes = np.zeros((windows, number, len(masks)), np.int32), np.zeros((windows, number), np.int32)
    for window in range(windows):
        for pattern in range(number):
            for word in range(words):
                on = patterns.on[window, pattern, word]
                sizes[window, pattern] += np.int32(_bits(on))
                for mask in range(len(masks)):
                    shared[window, pattern, mask] += np.int32(_bits(on & labelled[window * words + word, mask]))
    return shared, sizes


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
