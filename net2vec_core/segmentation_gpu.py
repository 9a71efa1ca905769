"""The paper's recipe on a GPU: the minibatches of one number, of every concept, in a few large launches.

Concepts do not know of each other, so they descend side by side. The arithmetic is that of
`segmentation_kernels.descend`, in float32; sums over active cells are accumulated in sorted order, so that they do not
depend on which thread is first.
"""

from collections.abc import Iterator

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from net2vec_core.progress import progress
from net2vec_core.segmentation_data import FitData
from net2vec_core.segmentation_kernels import Schedule
from net2vec_core.surface import Surface

EXAMPLES_AT_ONCE = 4096  # a few buffers of 200 MB, for masks of 112 × 112


def descend(
    data: FitData,
    start: NDArray[np.float32],
    kept: NDArray[np.bool_],
    loss_weights: NDArray[np.float64],
    surface: Surface,
    schedule: Schedule,
    device: str,
) -> NDArray[np.float32]:
    """The fitted weights of many concepts, float32 [concept, subset, filter].

    Args:
        data: The images of all concepts.
        start: Start weights, float32 [concept, filter].
        kept: Filters of each subset, bool [concept, subset, filter].
        loss_weights: (a, b) of each concept, float64 [concept, 2].
        surface: U, onto pixels.
        schedule: How.
        device: Where; the packed masks of all train images and the active cells are held there.
    """
    layer, allowed = _Layer(data, len(start), surface, loss_weights, device), torch.from_numpy(kept).to(device)
    weights = torch.from_numpy(start[:, None] * kept).to(device)
    velocity = torch.zeros_like(weights)
    for _epoch in progress(range(schedule.epochs), "fitting embeddings", "epoch"):
        for concepts, examples in layer.minibatches(schedule.minibatch):
            there = torch.from_numpy(concepts).to(device)
            slope = layer.gradient(examples, weights, allowed)[there]
            weights[there], velocity[there] = _step(weights[there], velocity[there], slope, allowed[there], schedule)
    fitted: NDArray[np.float32] = weights.cpu().numpy()
    return fitted


def _step(
    weights: Tensor, velocity: Tensor, slope: Tensor, allowed: Tensor, schedule: Schedule
) -> tuple[Tensor, Tensor]:
    """Weights and velocity after a step, [concept, subset, filter]."""
    l1, l2, rate, momentum = map(float, (schedule.l1, schedule.l2, schedule.learning_rate, schedule.momentum))
    velocity = momentum * velocity + (slope + l1 * weights.sign() + 2 * l2 * weights) * allowed
    weights = weights - rate * velocity
    return (weights.clamp_min(0) if schedule.non_negative else weights), velocity


class _Layer:
    """A layer's active cells, and the train images of its concepts, on a device."""

    def __init__(
        self, data: FitData, concepts: int, surface: Surface, loss_weights: NDArray[np.float64], device: str
    ) -> None:
        of_concepts = [data.of(concept, train=True) for concept in range(concepts)]
        self.start, self.grid, self.shape, self.device = data.start, surface.grid, surface.shape, device
        self.first = np.concatenate([[0], np.cumsum([len(examples.image) for examples in of_concepts])])
        self.image = np.concatenate([examples.image for examples in of_concepts])
        self.concept = np.repeat(np.arange(concepts), np.diff(self.first))
        self.target = torch.cat([self._there(examples.target) for examples in of_concepts])
        self.filter, self.cell = (self._there(array).long() for array in data.cells[1:])
        self.rows, self.columns = self._there(surface.rows), self._there(surface.columns)
        self.loss_weights = self._there(loss_weights.astype(np.float32))

    def _there(self, array: NDArray[np.generic]) -> Tensor:
        return torch.from_numpy(np.array(array)).to(self.device)

    def minibatches(self, size: int) -> Iterator[tuple[NDArray[np.int64], NDArray[np.int64]]]:
        """The concepts that have a minibatch of each number, and the examples in it, both int64."""
        number = np.diff(self.first)
        for begin in range(0, int(number.max(initial=0)), size):
            concepts = np.flatnonzero(number > begin)
            ends = np.minimum(begin + size, number[concepts])
            ranges = [np.arange(begin, end) for end in ends]
            yield concepts, np.concatenate([self.first[c] + r for c, r in zip(concepts, ranges, strict=True)])

    def gradient(self, examples: NDArray[np.int64], weights: Tensor, allowed: Tensor) -> Tensor:
        """The gradient of the loss of the minibatches that hold these examples, [concept, subset, filter]."""
        concepts, subsets, filters = weights.shape
        total = torch.zeros(subsets, concepts * filters, dtype=torch.float64, device=self.device)
        images = np.bincount(self.concept[examples], minlength=concepts)
        for begin in range(0, len(examples), EXAMPLES_AT_ONCE):
            some = examples[begin : begin + EXAMPLES_AT_ONCE]
            place, concept, filter_ = self._active(some)
            slope = self._slope_weights(some, images)
            for subset in range(subsets):
                kept = allowed[concept, subset, filter_]
                values = weights[concept, subset, filter_] * kept
                back = self._to_cells(self._from_cells(place, values, len(some)), slope)[place] * kept
                total[subset].index_put_((concept * filters + filter_,), back.double(), accumulate=True)
        return total.float().view(subsets, concepts, filters).transpose(0, 1)

    def _active(self, examples: NDArray[np.int64]) -> tuple[Tensor, Tensor, Tensor]:
        """Of each active cell of some examples: its place among all their cells, its concept, its filter."""
        first = self.start[self.image[examples]]
        number = self.start[self.image[examples] + 1] - first
        example = np.repeat(np.arange(len(examples)), number)
        index = np.arange(len(example)) + np.repeat(first - (number.cumsum() - number), number)
        there, index_there = self._there(example), self._there(index)
        place = there * (self.grid[0] * self.grid[1]) + self.cell[index_there]
        return place, self._there(self.concept[examples])[there], self.filter[index_there]

    def _slope_weights(self, examples: NDArray[np.int64], images: NDArray[np.int64]) -> Tensor:
        """(b − (a + b)·t) / n, float32 [example, y, x]."""
        concept, shift = self._there(self.concept[examples]), torch.arange(8, dtype=torch.uint8, device=self.device)
        packed = self.target[self._there(examples)]
        bits = (packed[..., None] >> shift & 1).flatten(2)[..., : self.shape[1]]
        a, b = (self.loss_weights[concept] / self._there(images)[concept, None]).T[..., None, None].float()
        slope: Tensor = b - (a + b) * bits
        return slope

    def _from_cells(self, place: Tensor, values: Tensor, examples: int) -> Tensor:
        """The logits of some examples, float32 [example, y, x]."""
        height, width = self.grid
        sums = torch.zeros(examples * height * width, device=self.device)
        sums.index_put_((place,), values, accumulate=True)
        logits: Tensor = self.rows @ (sums.view(-1, width) @ self.columns).view(examples, height, -1)
        return logits

    def _to_cells(self, logits: Tensor, slope: Tensor) -> Tensor:
        """The gradient for Σ_k w_k B_k, float32, flat [example · cell]."""
        of_sigmoid = torch.ops.aten.sigmoid_backward(slope, logits.sigmoid_())
        back: Tensor = (self.rows.T @ of_sigmoid).view(-1, self.shape[1]) @ self.columns.T
        return back.flatten()
