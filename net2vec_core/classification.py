"""Classification embeddings: for each concept the weights that tell from a layer's filters whether an image holds it.

The prediction is f(x; w, b) = σ(b + Σ_k w_k a_k(x)) with a_k the mean of filter k's activations over all positions; the
loss is logistic. The bias is the weight of one more feature that is always 1. Many concepts, and for each several
subsets of the filters, are fitted in one tensor program; weights outside a subset are held at zero by a mask.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from net2vec_core.classification_data import PADDING, Draws
from net2vec_core.classification_store import FULL, SINGLE, Classification
from net2vec_core.progress import progress
from net2vec_core.top_filters import largest

CONCEPTS_AT_ONCE = 32


@dataclass(frozen=True)
class Recipe:
    """How embeddings are fitted: gradient descent with momentum, at a tenth of the rate after `full_rate_epochs`."""

    learning_rate: float
    momentum: float
    minibatch: int
    epochs: int
    full_rate_epochs: int

    def rate(self, epoch: int) -> float:
        """The learning rate of an epoch."""
        return self.learning_rate if epoch < self.full_rate_epochs else self.learning_rate / 10


RECIPES = {"paper": Recipe(learning_rate=0.1, momentum=0.9, minibatch=64, epochs=30, full_rate_epochs=15)}


def features_of(pooled: NDArray[np.float32], device: str) -> Tensor:
    """Pooled activations [image, filter] with the bias's feature as the last, float32 [image, filter + 1]."""
    return torch.from_numpy(np.pad(pooled, ((0, 0), (0, 1)), constant_values=1)).to(device)


def start_weights(names: Sequence[str], filters: int, seed: int) -> NDArray[np.float32]:
    """Weights float32 [concept, filter + 1], uniform in ±1/√filters as torch's linear layer has them, the bias last.

    A concept's depend on its name and the seed alone.
    """
    bound = 1 / np.sqrt(filters)
    rows = [np.random.default_rng([seed, *name.encode()]).uniform(-bound, bound, filters + 1) for name in names]
    return np.array(rows, np.float32)


def fit(
    features: Tensor,
    holds: NDArray[np.bool_],
    draw: Callable[[int], NDArray[np.int64]],
    start: NDArray[np.float32],
    kept: NDArray[np.bool_],
    recipe: Recipe,
) -> NDArray[np.float32]:
    """Fit the weights of several concepts, and of several subsets of filters for each.

    Args:
        features: float32 [image, filter + 1], from `features_of`.
        holds: Which image holds which concept, bool [concept, image].
        draw: The images of an epoch, int64 [concept, image], rows ending in PADDING.
        start: Start weights, float32 [concept, filter + 1].
        kept: Weights that are not held at zero, bool [concept, size, filter + 1].
        recipe: Optimiser.

    Returns:
        The weights, float32 [concept, size, filter + 1].
    """
    mask = torch.from_numpy(kept).to(features)
    weights = torch.from_numpy(start).to(features)[:, None] * mask
    velocity = torch.zeros_like(weights)
    for epoch in range(recipe.epochs):
        for concepts, images in _minibatches(draw(epoch), recipe.minibatch):
            truth = np.take_along_axis(holds[concepts], images, axis=1)
            slope = _gradient(features, images, truth, weights[concepts]) * mask[concepts]
            velocity[concepts] = recipe.momentum * velocity[concepts] + slope
            weights[concepts] -= recipe.rate(epoch) * velocity[concepts]
    fitted: NDArray[np.float32] = weights.cpu().numpy()
    return fitted


def _minibatches(drawn: NDArray[np.int64], size: int) -> Iterator[tuple[NDArray[np.int64], NDArray[np.int64]]]:
    """The concepts that have images left, and their next images, int64 [concept, image]."""
    for first in range(0, drawn.shape[1], size):
        concepts = np.flatnonzero(drawn[:, first] != PADDING)
        yield concepts, drawn[concepts, first : first + size]


def _gradient(features: Tensor, images: NDArray[np.int64], truth: NDArray[np.bool_], weights: Tensor) -> Tensor:
    """The gradient of a minibatch's mean loss, [concept, size, filter + 1]."""
    drawn = images != PADDING
    share = torch.from_numpy(drawn / drawn.sum(1, keepdims=True)).to(features)[..., None]
    seen = features[torch.from_numpy(images).to(features.device)]
    predicted = torch.bmm(seen, weights.mT).sigmoid_()
    error = (predicted - torch.from_numpy(truth).to(features)[..., None]) * share
    return torch.bmm(error.mT, seen)


def are_correct(
    features: Tensor, holds: NDArray[np.bool_], drawn: NDArray[np.int64], weights: NDArray[np.float32]
) -> NDArray[np.bool_]:
    """Whether one concept's fits, `weights` [size, filter + 1], are right about its images: bool [image, size].

    `holds` is bool [image], `drawn` int64 [image], ending in PADDING.
    """
    images = drawn[drawn != PADDING]
    scores = features[torch.from_numpy(images).to(features.device)] @ torch.from_numpy(weights).to(features).T
    correct: NDArray[np.bool_] = (scores > 0).cpu().numpy() == holds[images, None]
    return correct


def classify(
    pooled: NDArray[np.float32], draws: Draws, sizes: Sequence[int], recipe: Recipe, device: str
) -> Classification:
    """Fit and score the embeddings of all concepts, with all filters and with the `sizes` filters of largest weight.

    Args:
        pooled: Mean activations, float32 [image, filter].
        draws: Images of every concept.
        sizes: Numbers of filters, the first of them 1.
        recipe: Optimiser.
        device: Where to compute.
    """
    torch.set_num_threads(1)  # the minibatches are small: more threads cost more time than they save
    features = features_of(pooled, device)
    starts = range(0, len(draws.names), CONCEPTS_AT_ONCE)
    fits = [
        _classify_batch(features, draws.of(slice(first, first + CONCEPTS_AT_ONCE)), sizes, recipe)
        for first in progress(starts, "fitting embeddings", "batch of concepts")
    ]
    return Classification.concatenate(fits)


def _classify_batch(features: Tensor, draws: Draws, sizes: Sequence[int], recipe: Recipe) -> Classification:
    start = start_weights(draws.names, features.shape[1] - 1, draws.seed)
    everything = np.ones((len(start), 1, start.shape[1]), bool)
    full = fit(features, draws.holds, draws.epoch, start, everything, recipe)
    kept = np.pad(largest(full[:, 0, :-1], sizes), ((0, 0), (0, 0), (0, 1)), constant_values=True)  # the bias, too
    fits = np.concatenate([full, fit(features, draws.holds, draws.epoch, start, kept, recipe)], axis=1)
    last_epoch, val = draws.epoch(recipe.epochs - 1), draws.val()
    on_train, on_val = (
        [are_correct(features, *concept) for concept in zip(draws.holds, drawn, fits, strict=True)]
        for drawn in (last_epoch, val)
    )
    accuracy = np.stack([[_share(correct) for correct in split] for split in (on_train, on_val)], axis=-1)
    concept, position = (val != PADDING).nonzero()
    return Classification(
        weights=full[:, 0, :-1],
        bias=full[:, 0, -1],
        single_filter=kept[:, 0].argmax(1),
        accuracy=accuracy[:, 0],
        subset_scores=accuracy[:, 1:],
        image=val[concept, position],
        concept=concept,
        correct=np.concatenate(on_val)[:, [FULL, SINGLE]],
    )


def _share(correct: NDArray[np.bool_]) -> NDArray[np.float64]:
    """Accuracy of each size over bool [image, size]; NaN where there is no image."""
    share: NDArray[np.float64] = correct.mean(0) if len(correct) else np.full(correct.shape[1], np.nan)
    return share
