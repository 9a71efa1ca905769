"""What single filters and embeddings predict for a few images: the definitions (docs/numbers.md), in NumPy."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from net2vec_core.filter_masks import FilterMasks
from net2vec_core.upsample import interpolation_matrix


@dataclass(frozen=True)
class Predictor:
    """The predictions of a layer on the mask grid, each a bool [y, x]."""

    masks: FilterMasks
    mask_shape: tuple[int, int]
    align_corners: bool

    def single(self, image: int, filter_: int) -> NDArray[np.bool_]:
        """Where one filter's upsampled mask exceeds ½."""
        return self._up(self._cells(image)[filter_]) > 0.5

    def multi(self, image: int, weights: NDArray[np.float64]) -> NDArray[np.bool_]:
        """Where σ(U(Σ w B)) exceeds ½, that is, the upsampled sum is positive; `weights` is [filter]."""
        return self._up(np.einsum("k,kyx->yx", weights, self._cells(image))) > 0

    def _cells(self, image: int) -> NDArray[np.float64]:
        return np.asarray(self.masks.dense(image, image + 1)[0], np.float64)

    def _up(self, cells: NDArray[np.float64]) -> NDArray[np.float64]:
        sizes = zip(cells.shape, self.mask_shape, strict=True)
        rows, columns = (interpolation_matrix(*size, self.align_corners) for size in sizes)
        result: NDArray[np.float64] = rows @ cells @ columns.T
        return result
