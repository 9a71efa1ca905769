"""A layer in a randomly rotated basis: Network Dissection's control of single filters (Bau et al., CVPR 2017, 3.2).

A rotation keeps all that the filters tell together, and takes away what each of them tells alone.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.linalg import schur
from scipy.stats import special_ortho_group

from net2vec_core.activations import Activations
from net2vec_core.errors import UserError

FILTERS_AT_ONCE = 64


def random_rotation(filters: int, seed: int, power: float) -> NDArray[np.float64]:
    """Q^power [filter, filter], Q drawn uniformly from the rotations of the filters (orthogonal, determinant 1)."""
    rotation = special_ortho_group.rvs(filters, random_state=np.random.default_rng(seed))
    return rotation_power(np.asarray(rotation), power)


def rotation_power(rotation: NDArray[np.float64], power: float) -> NDArray[np.float64]:
    """A rotation whose planes are turned by `power` of their angles: real, orthogonal, and Q^a·Q^b = Q^(a + b).

    The planes are the blocks [[cos θ, −sin θ], [sin θ, cos θ]] of the real Schur form, −π < θ < π.
    """
    if float(power).is_integer():  # without rounding, so that at power 0 thresholds and masks stay as they are
        return np.linalg.matrix_power(rotation, int(power))
    blocks, basis = schur(rotation, output="real")
    first = np.flatnonzero(np.diagonal(blocks, -1))
    angle = power * np.arctan2(blocks[first + 1, first], blocks[first, first])
    turned = np.eye(len(rotation))
    turned[first, first] = turned[first + 1, first + 1] = np.cos(angle)
    turned[first + 1, first] = np.sin(angle)
    turned[first, first + 1] = -np.sin(angle)
    result: NDArray[np.float64] = basis @ turned @ basis.T
    return result


@dataclass(frozen=True)
class RotatedActivations:
    """A shard of activations, turned when it is read: A'_k(x) = Σ_j Q_kj A_j(x) in float32, of the shard's dtype.

    Attributes:
        shard: The activations.
        rotation: Q, float32 [filter, filter].
    """

    shard: Activations
    rotation: NDArray[np.float32]

    @property
    def shape(self) -> tuple[int, ...]:
        """Images, filters, height and width."""
        return self.shard.shape

    @property
    def chunks(self) -> tuple[int, ...]:
        """The part of each axis that is read at once."""
        return self.shard.chunks

    @property
    def dtype(self) -> np.dtype[Any]:
        """Of the shard."""
        return self.shard.dtype

    @property
    def ndim(self) -> int:
        """4, which Dask asks for."""
        return len(self.shape)

    def __getitem__(self, index: Any) -> NDArray[Any]:
        """The values at slices of the axes.

        Raises:
            UserError: if some are beyond the dtype.
        """
        images, filters, *cells = index if isinstance(index, tuple) else (index, slice(None))
        start, stop, _ = images.indices(self.shape[0])
        rows = self.rotation[filters]
        turned = np.empty((stop - start, len(rows), *self.shape[2:]), self.dtype)
        for first in range(start, stop, self.chunks[0]):
            last = min(first + self.chunks[0], stop)
            self._turn(first, last, rows, turned[first - start : last - start])
        if not np.isfinite(turned).all():
            raise UserError("rotated activations are beyond float16; set `compute.activation_dtype: float32`")
        return turned[:, :, *cells]

    def _turn(self, first: int, last: int, rows: NDArray[np.float32], turned: NDArray[Any]) -> None:
        # Products of one size, whatever is asked for: each value has the same bits for thresholds and for masks.
        stored = self.shard[first:last].astype(np.float32).reshape(last - first, self.shape[1], -1)
        with np.errstate(over="ignore"):
            for row in range(0, len(rows), FILTERS_AT_ONCE):
                group = slice(row, row + FILTERS_AT_ONCE)
                turned[:, group] = np.matmul(rows[group], stored).reshape(turned[:, group].shape)
