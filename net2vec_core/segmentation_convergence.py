"""Recipes that converge: the weighted logistic loss, which is convex, and soft IoU with a bias; both by L-BFGS.

The losses are taken over patches of pixels (`surface.patch_side`): z is the mean of U(Σ_k w_k B_k) + bias over a patch,
t the share of its pixels that are labelled. With m = σ(z),

    logistic   Σ [a·t·log(1 + exp(−z)) + b·(1 − t)·log(1 + exp(z))] / Σ [a·t + b·(1 − t)]
               ∂/∂z ∝ (a·t + b·(1 − t))·m − a·t
    iou        1 − I/J        I = Σ t·m        J = Σ [t + m − t·m]
               ∂/∂z = −(J·t − I·(1 − t)) / J² · m·(1 − m)

over all train images of the concept at once.
"""

from abc import ABC, abstractmethod
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import Bounds, minimize

from net2vec_core.segmentation_kernels import count_active, logistic, patch_counts, soft_counts
from net2vec_core.segmentation_model import Fit, Penalty, Problem
from net2vec_core.surface import patch_side

EVALUATIONS = 100
START_BIAS = -1.0

Values = NDArray[np.float64]


@dataclass(frozen=True)
class Convergence:
    """Minimise a loss until no scaled slope exceeds the tolerance, or EVALUATIONS are spent.

    Weights are scaled by the square root of how often their filter is active, so that rare filters are found as fast as
    common ones; the slopes are those of the scaled weights.
    """

    loss: "type[Loss]"
    tolerance: float

    def patch(self, grid: tuple[int, int], mask_shape: tuple[int, int]) -> int:
        """Side of the patches of pixels over which the loss is taken."""
        return patch_side(grid, mask_shape)

    def fit(self, problem: Problem, start: NDArray[np.float32], kept: NDArray[np.bool_]) -> Fit:
        """Fit subsets of the filters.

        Args:
            problem: The concept.
            start: Start weights, float32 [filter].
            kept: Filters of each subset, bool [subset, filter]; the other weights are zero.
        """
        loss = self.loss(problem, len(start))
        fits = [_minimise(loss, start, filters, problem.penalty, self.tolerance) for filters in kept]
        weights, bias, gradient, evaluations = zip(*fits, strict=True)
        left = np.array(gradient)
        return Fit(np.array(weights), np.array(bias, np.float32), left, np.array(evaluations), left <= self.tolerance)


class Loss(ABC):
    """A loss over all train images of a concept, as a function of weights and bias."""

    has_bias: bool

    def __init__(self, problem: Problem, filters: int) -> None:
        surface, images = problem.surface, problem.examples.image
        self.problem, self.filters = problem, filters
        counts = patch_counts(problem.examples.target, surface.patch, surface.shape)
        self.counts = counts.reshape(len(images), -1)
        self.patches = self.counts.size
        self.labelled = float(self.counts.sum(dtype=np.int64)) / surface.patch**2
        cells = len(images) * surface.grid[0] * surface.grid[1]
        self.scale = 1 / np.sqrt((count_active(problem.cells, images, filters) + 1) / cells)

    @abstractmethod
    def at(self, weights: NDArray[np.float32], bias: float) -> tuple[float, Values, float]:
        """The loss, its gradient for the weights, float64 [filter], and for the bias."""


class Logistic(Loss):
    """The logistic loss, labelled and unlabelled pixels weighted as in the paper's loss."""

    has_bias = False

    def at(self, weights: NDArray[np.float32], bias: float) -> tuple[float, Values, float]:
        """The loss and its gradient; there is no bias."""
        del bias
        (a, b), gradient = self.problem.loss_weights.tolist(), np.zeros(self.filters)
        cells, images, surface = self.problem.cells, self.problem.examples.image, self.problem.surface
        loss = logistic(cells, images, self.counts, surface, weights, a, b, gradient)
        total = a * self.labelled + b * (self.patches - self.labelled)
        return loss / total, gradient / total, 0.0


class SoftIou(Loss):
    """1 − soft IoU over all images at once."""

    has_bias = True

    def at(self, weights: NDArray[np.float32], bias: float) -> tuple[float, Values, float]:
        """The loss and its gradient."""
        slopes = np.zeros((2, self.filters + 1))  # of Σ t·m and of Σ m
        cells, images, surface = self.problem.cells, self.problem.examples.image, self.problem.surface
        found = soft_counts(cells, images, self.counts, surface, weights, np.float32(bias), slopes)
        intersection, predicted = found
        union = predicted + self.labelled - intersection
        gradient = -(slopes[0] * union - intersection * (slopes[1] - slopes[0])) / union**2
        return 1 - intersection / union, gradient[:-1], float(gradient[-1])


def _minimise(
    loss: Loss, start: NDArray[np.float32], kept: NDArray[np.bool_], penalty: Penalty, tolerance: float
) -> tuple[NDArray[np.float32], float, float, int]:
    """Weights float32 [filter], bias, the largest scaled slope that is left, and evaluations.

    With |w| in the loss, each weight is the difference of two variables that are not negative, and so smooth.
    """
    signs = np.array([1, -1] if penalty.l1 and not penalty.non_negative else [1])[:, None]
    lower = 0.0 if penalty.l1 or penalty.non_negative else -np.inf
    scale, shape = loss.scale[kept], (len(signs), int(kept.sum()))
    size = shape[0] * shape[1]

    def weights_of(variables: Values) -> NDArray[np.float32]:
        weights = np.zeros(len(kept), np.float32)
        weights[kept] = (signs * variables[:size].reshape(shape)).sum(0) * scale
        return weights

    def penalised(variables: Values) -> tuple[float, Values]:
        weights = weights_of(variables)
        value, slope, slope_of_bias = loss.at(weights, float(variables[size:].sum()))
        value += penalty.l2 * float(np.square(weights, dtype=np.float64).sum())
        value += penalty.l1 * float((variables[:size].reshape(shape) * scale).sum())
        smooth = (slope + 2 * penalty.l2 * weights)[kept]
        slopes = ((signs * smooth + penalty.l1) * scale).ravel()
        return value, np.append(slopes, slope_of_bias) if loss.has_bias else slopes

    first = np.maximum(signs * start[kept] / scale, lower).ravel()
    limits = np.full(size, lower)
    if loss.has_bias:
        first, limits = np.append(first, START_BIAS), np.append(limits, -np.inf)
    result = minimize(
        penalised,
        first,
        jac=True,
        method="L-BFGS-B",
        bounds=Bounds(limits, np.inf),
        options={"gtol": tolerance, "ftol": 0, "maxfun": EVALUATIONS, "maxiter": EVALUATIONS},
    )
    left = np.abs(np.maximum(result.x - result.jac, limits) - result.x).max()
    return weights_of(result.x), float(result.x[size:].sum()), float(left), int(result.nfev)
