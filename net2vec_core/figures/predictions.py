"""What single filters and embeddings predict for a few images: the definitions (docs/numbers.md), in NumPy."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from net2vec_core.filter_masks import IMAGES_PER_CHUNK, FilterMasks
from net2vec_core.storage import stored_together
from net2vec_core.upsample import interpolation_matrix


@dataclass(frozen=True)
class Predictor:
    """The predictions of a layer on the mask grid."""

    masks: FilterMasks
    mask_shape: tuple[int, int]
    align_corners: bool

    def filter_cells(self, images: NDArray[np.int64], filters: NDArray[np.int64]) -> NDArray[np.bool_]:
        """B_k of image images[i] and filter filters[i], bool [i, y, x] on the layer's grid."""
        cells = np.empty((len(images), *self.masks.grid), bool)
        for first, last, rows in stored_together(images, IMAGES_PER_CHUNK):
            cells[rows] = self.masks.dense(first, last)[images[rows] - first, filters[rows]]
        return cells

    def embedding_cells(
        self, images: NDArray[np.int64], concepts: NDArray[np.int64], weights: NDArray[np.float64]
    ) -> NDArray[np.float64]:
        """Σ w B of image images[i] and the weights of concept concepts[i], float64 [i, y, x] on the layer's grid.

        `weights` is [concept, filter].
        """
        cells = np.empty((len(images), *self.masks.grid))
        for first, last, rows in stored_together(images, IMAGES_PER_CHUNK):
            dense = self.masks.dense(first, last)
            for row in rows.tolist():
                cells[row] = np.tensordot(weights[concepts[row]], dense[images[row] - first], axes=1)
        return cells

    def single(self, cells: NDArray[np.bool_]) -> NDArray[np.bool_]:
        """Where one filter's mask, bool [y, x] on the layer's grid, upsampled exceeds ½."""
        return self._up(cells.astype(np.float64)) > 0.5

    def multi(self, cells: NDArray[np.float64], bias: float) -> NDArray[np.bool_]:
        """Where σ(U(Σ w B) + b) exceeds ½; `cells` are Σ w B, [y, x] on the layer's grid."""
        return self._up(cells) + bias > 0

    @cached_property
    def _matrices(self) -> list[NDArray[np.float32]]:
        sizes = zip(self.masks.grid, self.mask_shape, strict=True)
        return [interpolation_matrix(*size, self.align_corners) for size in sizes]

    def _up(self, cells: NDArray[np.float64]) -> NDArray[np.float64]:
        rows, columns = self._matrices
        result: NDArray[np.float64] = rows @ cells @ columns.T
        return result
