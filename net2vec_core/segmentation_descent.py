"""The paper's recipe: stochastic gradient descent with momentum, images in data-set order, no convergence asked.

The gradient is written out: with z = U(Σ_k w_k B_k) and m = σ(z),

    loss = −(1/n) Σ [a·t·m + b·(1 − t)·(1 − m)]        ∂loss/∂z = (b − (a + b)·t) / n · m·(1 − m)

(a = α, b = 1 − α, n images in the minibatch).
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from net2vec_core.segmentation_kernels import Schedule, descend
from net2vec_core.segmentation_model import Fit, Penalty, Problem


@dataclass(frozen=True)
class Descent:
    """Gradient descent with momentum; the loss is a sum over pixels, so the learning rate is small."""

    learning_rate: float
    momentum: float
    minibatch: int
    epochs: int

    def patch(self, grid: tuple[int, int], mask_shape: tuple[int, int]) -> int:
        """The loss is taken over pixels."""
        del grid, mask_shape
        return 1

    def fit(self, problem: Problem, start: NDArray[np.float32], kept: NDArray[np.bool_]) -> Fit:
        """Fit subsets of the filters side by side.

        Args:
            problem: The concept.
            start: Start weights, float32 [filter].
            kept: Filters of each subset, bool [subset, filter]; the other weights are zero.
        """
        weights, (labelled, unlabelled) = start * kept, problem.loss_weights.tolist()
        schedule = self.schedule(problem.penalty)
        descend(problem.cells, problem.examples, problem.surface, weights, kept, labelled, unlabelled, schedule)
        return self.fitted(weights)

    def schedule(self, penalty: Penalty) -> Schedule:
        """How the descent goes on under a penalty."""
        l1, l2, rate, momentum = map(np.float32, (penalty.l1, penalty.l2, self.learning_rate, self.momentum))
        return Schedule(self.minibatch, self.epochs, rate, momentum, l1, l2, penalty.non_negative)

    def fitted(self, weights: NDArray[np.float32]) -> Fit:
        """A concept's weights [subset, filter] after all epochs."""
        subsets = len(weights)
        bias, unmeasured = np.zeros(subsets, np.float32), np.full(subsets, np.nan)
        return Fit(weights, bias, unmeasured, np.full(subsets, self.epochs), np.zeros(subsets, bool))
