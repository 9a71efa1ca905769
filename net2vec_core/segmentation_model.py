"""What every recipe fits: the prediction M(x; w) = σ(U(Σ_k w_k B_k(x)) + bias), and what its fit needs and gives."""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from net2vec_core.segmentation_data import Cells, Examples
from net2vec_core.surface import Surface


@dataclass(frozen=True)
class Penalty:
    """What is added to the loss, l1·Σ|w| + l2·Σw², and whether weights stay at zero or above."""

    l1: float = 0
    l2: float = 0
    non_negative: bool = False


@dataclass(frozen=True)
class Problem:
    """One concept to fit.

    Attributes:
        cells: The active cells of all images.
        examples: Its train images.
        loss_weights: (a, b), of labelled and unlabelled pixels, float64 [2].
        surface: U, onto the mask grid or onto patches of its pixels, as the recipe has it.
        penalty: Of the weights.
    """

    cells: Cells
    examples: Examples
    loss_weights: NDArray[np.float64]
    surface: Surface
    penalty: Penalty


@dataclass(frozen=True)
class Fit:
    """Fitted weights of one concept, for one or several subsets of the filters.

    Attributes:
        weights: float32 [subset, filter].
        bias: float32 [subset].
        gradient: Size of the gradient that is left, float64 [subset]; NaN where the recipe does not look at it.
        evaluations: How often all images were gone through, int64 [subset].
        converged: Whether the gradient came below the recipe's tolerance, bool [subset].
    """

    weights: NDArray[np.float32]
    bias: NDArray[np.float32]
    gradient: NDArray[np.float64]
    evaluations: NDArray[np.int64]
    converged: NDArray[np.bool_]


def loss_weights(alpha: NDArray[np.float64], pixel_level: NDArray[np.bool_]) -> NDArray[np.float64]:
    """The weights (a, b) of labelled and unlabelled pixels, float64 [concept, 2].

    They are (α, 1 − α), or (1, 1) for a concept of whole images.
    """
    weights = np.stack([alpha, 1 - alpha], axis=1)
    weights[~pixel_level] = 1
    return weights


def start_weights(names: Iterable[str], filters: int, seed: int) -> NDArray[np.float32]:
    """Weights float32 [concept, filter], uniform in ±1/√filters; a concept's depend on its name and the seed alone."""
    bound = 1 / np.sqrt(filters)
    rows = [np.random.default_rng([seed, *name.encode()]).uniform(-bound, bound, filters) for name in names]
    return np.array(rows, np.float32)
