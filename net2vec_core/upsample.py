"""Bilinear upsampling as two small matrices, one for rows and one for columns."""

import numpy as np
from numpy.typing import NDArray


def interpolation_matrix(source: int, target: int, align_corners: bool) -> NDArray[np.float32]:
    """The float32 matrix [target, source] that stretches `source` samples to `target` by linear interpolation.

    A map x of shape [h, w] becomes `rows @ x @ columns.T`, which is what `torch.nn.functional.interpolate` gives in
    mode `bilinear` with the same `align_corners`.
    """
    position = _source_positions(source, target, align_corners)
    below = np.minimum(position.astype(int), source - 1)
    above = np.minimum(below + 1, source - 1)
    share = position - below
    matrix = np.zeros((target, source))
    index = np.arange(target)
    np.add.at(matrix, (index, below), 1 - share)
    np.add.at(matrix, (index, above), share)
    return matrix.astype(np.float32)


def _source_positions(source: int, target: int, align_corners: bool) -> NDArray[np.float64]:
    index = np.arange(target, dtype=np.float64)
    if align_corners:
        return index * (source - 1) / max(target - 1, 1)
    return np.clip((index + 0.5) * source / target - 0.5, 0, source - 1)
