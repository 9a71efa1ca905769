"""From a layer's grid to the mask grid and back, on the CPU or a GPU."""

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from net2vec_core.upsample import interpolation_matrix


class Surface:
    """Bilinear upsampling U and its transpose.

    Attributes:
        grid: Height and width of the layer's grid.
        mask_shape: Height and width of the mask grid.
        device: Where the pixels of the mask grid live.
    """

    def __init__(self, grid: tuple[int, int], mask_shape: tuple[int, int], align_corners: bool, device: str) -> None:
        self.grid, self.mask_shape, self.device = grid, mask_shape, device
        sizes = zip(grid, mask_shape, strict=True)
        self.rows, self.columns = (torch.from_numpy(interpolation_matrix(*s, align_corners)).to(device) for s in sizes)

    def up(self, cells: NDArray[np.float32]) -> Tensor:
        """U of maps float32 [map, cell], in any shape: float32 [map, y, x] on the mask grid."""
        height, width = self.grid
        by_columns = torch.from_numpy(cells).to(self.device).view(-1, width) @ self.columns.T
        return torch.matmul(self.rows, by_columns.view(-1, height, self.mask_shape[1]))

    def down(self, pixels: Tensor) -> NDArray[np.float32]:
        """Uᵀ of maps float32 [map, y, x] on the mask grid: float32, flat [map · cell]."""
        by_rows = torch.matmul(self.rows.T, pixels)
        cells: NDArray[np.float32] = (by_rows.view(-1, self.mask_shape[1]) @ self.columns).flatten().cpu().numpy()
        return cells
