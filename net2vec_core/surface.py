"""From a layer's grid to the mask grid and back, on the CPU or a GPU."""

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from net2vec_core.upsample import interpolation_matrix

PATCHES_PER_CELL = 4
LARGEST_PATCH = 15  # whose pixels a byte can count


class Surface:
    """Bilinear upsampling U and its transpose; with patches, what U gives is averaged over each.

    Attributes:
        grid: Height and width of the layer's grid.
        shape: Height and width of the mask grid, in patches.
        device: Where the pixels of the mask grid live.
        patch: Side of a patch, pixels.
    """

    def __init__(
        self, grid: tuple[int, int], mask_shape: tuple[int, int], align_corners: bool, device: str, patch: int = 1
    ) -> None:
        self.grid, self.device, self.patch = grid, device, patch
        self.shape = mask_shape[0] // patch, mask_shape[1] // patch
        sizes = zip(grid, mask_shape, strict=True)
        matrices = (interpolation_matrix(*size, align_corners) for size in sizes)
        averaged = (matrix.reshape(len(matrix) // patch, patch, -1).mean(axis=1) for matrix in matrices)
        self.rows, self.columns = (torch.from_numpy(matrix).to(device) for matrix in averaged)

    def up(self, cells: NDArray[np.float32]) -> Tensor:
        """U of maps float32 [map, cell], in any shape: float32 [map, y, x] on the mask grid."""
        height, width = self.grid
        by_columns = torch.from_numpy(cells).to(self.device).view(-1, width) @ self.columns.T
        return torch.matmul(self.rows, by_columns.view(-1, height, self.shape[1]))

    def down(self, pixels: Tensor) -> NDArray[np.float32]:
        """Uᵀ of maps float32 [map, y, x] on the mask grid: float32, flat [map · cell]."""
        by_rows = torch.matmul(self.rows.T, pixels)
        cells: NDArray[np.float32] = (by_rows.view(-1, self.shape[1]) @ self.columns).flatten().cpu().numpy()
        return cells


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


def patch_counts(masks: NDArray[np.bool_], side: int) -> NDArray[np.uint8]:
    """How many pixels of each patch of `side` × `side` lie in masks bool [mask, y, x]: uint8 [mask, patch]."""
    number, height, width = masks.shape
    by_rows = np.add.reduce(masks.view(np.uint8).reshape(number, height // side, side, width), axis=2, dtype=np.uint8)
    counts: NDArray[np.uint8] = sum(by_rows[..., column::side] for column in range(1, side)) + by_rows[..., ::side]
    return counts.reshape(number, -1)
