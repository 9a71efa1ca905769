"""The paper's recipe: stochastic gradient descent with momentum, images in data-set order, no convergence asked.

The gradient is written out: with z = Σ_k w_k B_k and m = σ(U z),

    loss = −(1/n) Σ [a·t·m + b·(1 − t)·(1 − m)]        ∂loss/∂(U z) = (b − (a + b)·t) / n · m·(1 − m)

(a = α, b = 1 − α, n images in the minibatch).
"""

from dataclasses import dataclass, replace

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from net2vec_core.segmentation_data import Part
from net2vec_core.segmentation_model import Fit, Penalty, Problem, predict, to_filters
from net2vec_core.surface import Surface

BIT_OF_BYTE = np.unpackbits(np.arange(256, dtype=np.uint8)[:, None], axis=1).astype(bool)


@dataclass(frozen=True)
class Descent:
    """Gradient descent with momentum; the loss is a sum over pixels, so the learning rate is small."""

    learning_rate: float
    momentum: float
    minibatch: int
    epochs: int

    def patch(self, grid: tuple[int, int], mask_shape: tuple[int, int]) -> None:
        """The loss is taken over pixels."""

    def fit(self, problem: Problem, start: NDArray[np.float32], kept: NDArray[np.bool_]) -> Fit:
        """Fit subsets of the filters side by side.

        Args:
            problem: The concept.
            start: Start weights, float32 [filter].
            kept: Filters of each subset, bool [subset, filter]; the other weights are zero.
        """
        weights = start * kept
        velocity, total = np.zeros_like(weights), np.zeros(weights.shape)
        for _epoch in range(self.epochs):
            for part in problem.images():
                for subset, filters in enumerate(kept):
                    total[subset] += gradient(weights[subset], narrowed(part, filters, problem.surface), problem)
                if part.completes:
                    slope = (total + penalty_gradient(weights, problem.penalty)).astype(np.float32) * kept
                    velocity = np.float32(self.momentum) * velocity + slope
                    weights = weights - np.float32(self.learning_rate) * velocity
                    if problem.penalty.non_negative:
                        weights = weights.clip(min=0)
                    total[:] = 0
        subsets = len(kept)
        bias, unmeasured = np.zeros(subsets, np.float32), np.full(subsets, np.nan)
        return Fit(weights, bias, unmeasured, np.full(subsets, self.epochs), np.zeros(subsets, bool))


def narrowed(part: Part, kept: NDArray[np.bool_], surface: Surface) -> Part:
    """A part without other filters than these, bool [filter], and without images in which none of them is active.

    Such images do not move the weights: their logits are zero, whatever the weights are.
    """
    if kept.all():
        return part
    grid_cells = surface.grid[0] * surface.grid[1]
    active = kept[part.filter]
    image, cell = np.divmod(part.cell[active], np.int32(grid_cells))
    seen = np.zeros(len(part.pairs), bool)
    seen[image] = True
    place = seen.cumsum(dtype=np.int32) - 1
    return replace(
        part,
        pairs=part.pairs[seen],
        filter=part.filter[active],
        cell=place[image] * np.int32(grid_cells) + cell,
        target=part.target[seen],
    )


def gradient(weights: NDArray[np.float32], part: Part, problem: Problem) -> NDArray[np.float64]:
    """What a part's images add to the gradient of their minibatch's loss, float64 [filter]."""
    if not len(part.pairs):
        return np.zeros(len(weights))
    predicted = predict(weights, 0, part, problem.surface)
    slope = _slope(part, problem.loss_weights, problem.surface).view(predicted.shape)
    # grad · m · (1 − m) in one pass over the pixels
    torch.ops.aten.sigmoid_backward.grad_input(slope, predicted, grad_input=slope)
    return to_filters(slope, part, problem.surface, len(weights))


def _slope(part: Part, loss_weights: NDArray[np.float64], surface: Surface) -> Tensor:
    """(b − (a + b)·t) / n, float32 [image, pixel], looked up eight pixels at a time by the bytes of the masks."""
    labelled, unlabelled = loss_weights / part.minibatch_images
    table = np.where(BIT_OF_BYTE, -labelled, unlabelled).astype(np.float32)
    if surface.device == "cpu":
        slope = torch.from_numpy(table.take(part.target, axis=0))  # torch's own look-up is slower
    else:
        target = torch.from_numpy(part.target).to(surface.device, torch.int32)
        slope = torch.from_numpy(table).to(surface.device)[target]
    return slope.flatten(1)[:, : surface.shape[0] * surface.shape[1]].contiguous()


def penalty_gradient(weights: NDArray[np.float32], penalty: Penalty) -> NDArray[np.float32]:
    """The gradient of l1·Σ|w| + l2·Σw², 0 for |w| at zero."""
    slope: NDArray[np.float32] = penalty.l1 * np.sign(weights) + 2 * penalty.l2 * weights
    return slope
