"""From a layer's grid to the mask grid, or to patches of its pixels, and back."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from net2vec_core.upsample import interpolation_matrix

PATCHES_PER_CELL = 4
LARGEST_PATCH = 15  # whose pixels a byte can count
CELLS_OF_PATCH = 3  # along an axis, that what U gives there depends on; of a pixel the third has no share


class Surface(NamedTuple):
    """Bilinear upsampling U of maps [h, w]: `rows` · map · `columns`; with patches, averaged over each.

    A pixel depends on two neighbouring cells along each axis and a patch on three, so that a row of `rows` is kept as
    its few entries that are not zero.

    Attributes:
        first: The first cell that each row of pixels depends on, int64 [y].
        share: How much on it and on those that follow it, float32 [y, cell].
        columns: float32 [w, x].
        height: h.
        patch: Side of a patch, pixels.
    """

    first: NDArray[np.int64]
    share: NDArray[np.float32]
    columns: NDArray[np.float32]
    height: int
    patch: int

    @property
    def grid(self) -> tuple[int, int]:
        """Height and width of the layer's grid."""
        return self.height, len(self.columns)

    @property
    def shape(self) -> tuple[int, int]:
        """Height and width of the mask grid, in patches."""
        return len(self.first), self.columns.shape[1]

    @property
    def rows(self) -> NDArray[np.float32]:
        """The matrix float32 [y, h]."""
        y, cell = np.indices(self.share.shape)
        rows = np.zeros((len(self.first), self.height + self.share.shape[1]), np.float32)
        rows[y, self.first[:, None] + cell] = self.share
        return rows[:, : self.height]


def surface(grid: tuple[int, int], mask_shape: tuple[int, int], align_corners: bool, patch: int = 1) -> Surface:
    """U from a layer's grid (height, width) to a mask grid (height, width), or to patches of this side."""
    sizes = zip(grid, mask_shape, strict=True)
    matrices = (interpolation_matrix(*size, align_corners) for size in sizes)
    rows, columns = (matrix.reshape(len(matrix) // patch, patch, -1).mean(axis=1) for matrix in matrices)
    first = (rows > 0).argmax(axis=1)
    padded = np.pad(rows, ((0, 0), (0, CELLS_OF_PATCH)))
    share = np.take_along_axis(padded, first[:, None] + np.arange(CELLS_OF_PATCH), axis=1)
    return Surface(first, share, np.ascontiguousarray(columns.T), grid[0], patch)


def patch_side(grid: tuple[int, int], mask_shape: tuple[int, int]) -> int:
    """Side of the largest square patches, in pixels, that fill the mask grid with PATCHES_PER_CELL or more to a cell.

    Upsampled maps are linear between cells, so that patches of this size lose next to nothing.
    """
    sizes = list(zip(grid, mask_shape, strict=True))
    sides = range(LARGEST_PATCH, 1, -1)
    fine = (
        side
        for side in sides
        if all(pixels % side == 0 and pixels >= PATCHES_PER_CELL * side * cells for cells, pixels in sizes)
    )
    return next(fine, 1)
