"""Segmentation embeddings: for each concept the weights with which a layer's filters, combined, segment it.

The prediction is M(x; w) = σ(U(Σ_k w_k B_k(x))). Filter masks are almost empty, so the sum runs over active cells only;
U is two small matrices; and the gradient is written out: with z = Σ_k w_k B_k and m = σ(U z),

    loss = −(1/n) Σ [a·t·m + b·(1 − t)·(1 − m)]        ∂loss/∂(U z) = (b − (a + b)·t) / n · m·(1 − m)

(a = α, b = 1 − α), which goes back through the same matrices, and to w by a sum over active cells.
"""

import itertools
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from net2vec_core.counts import PairCounts
from net2vec_core.labels import Labels
from net2vec_core.parallel import ordered_map
from net2vec_core.progress import progress
from net2vec_core.segmentation_data import Part, Parts
from net2vec_core.storage import new_store
from net2vec_core.surface import Surface

BIT_OF_BYTE = np.unpackbits(np.arange(256, dtype=np.uint8)[:, None], axis=1).astype(bool)


@dataclass(frozen=True)
class Recipe:
    """How embeddings are fitted: stochastic gradient descent with momentum, images in data-set order."""

    learning_rate: float
    momentum: float
    minibatch: int
    epochs: int


RECIPES = {"paper": Recipe(learning_rate=1e-4, momentum=0.9, minibatch=64, epochs=30)}


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


def predict(weights: NDArray[np.float32], part: Part, surface: Surface) -> Tensor:
    """M(x; w) for the images of a part, float32 [image, y, x] on the mask grid; `weights` is float32 [filter]."""
    size = len(part.pairs) * surface.grid[0] * surface.grid[1]
    cells = np.bincount(part.cell, weights[part.filter], minlength=size)
    return surface.up(cells.astype(np.float32)).sigmoid_()


def gradient(
    weights: NDArray[np.float32], part: Part, loss_weights: NDArray[np.float64], surface: Surface
) -> NDArray[np.float64]:
    """What a part's images add to the gradient of their minibatch's loss, float64 [filter]."""
    predicted = predict(weights, part, surface)
    slope = _slope(part, loss_weights, surface).view(predicted.shape)
    # grad · m · (1 − m) in one pass over the pixels
    torch.ops.aten.sigmoid_backward.grad_input(slope, predicted, grad_input=slope)
    cells = surface.down(slope)
    return np.bincount(part.filter, cells[part.cell], minlength=len(weights)).astype(np.float64)


def _slope(part: Part, loss_weights: NDArray[np.float64], surface: Surface) -> Tensor:
    """(b − (a + b)·t) / n, float32 [image, pixel], looked up eight pixels at a time by the bytes of the masks."""
    labelled, unlabelled = loss_weights / part.minibatch_images
    table = np.where(BIT_OF_BYTE, -labelled, unlabelled).astype(np.float32)
    if surface.device == "cpu":
        slope = torch.from_numpy(table.take(part.target, axis=0))  # torch's own look-up is slower
    else:
        target = torch.from_numpy(part.target).to(surface.device, torch.int32)
        slope = torch.from_numpy(table).to(surface.device)[target]
    return slope.flatten(1)[:, : surface.mask_shape[0] * surface.mask_shape[1]].contiguous()


def descend(
    parts: Parts,
    concept: int,
    start: NDArray[np.float32],
    loss_weights: NDArray[np.float64],
    surface: Surface,
    recipe: Recipe,
) -> NDArray[np.float32]:
    """Fit the weights float32 [filter] of one concept by gradient descent with momentum."""
    weights, velocity, total = start.copy(), np.zeros_like(start), np.zeros(len(start))
    rate, momentum = np.float32(recipe.learning_rate), np.float32(recipe.momentum)
    for _epoch in range(recipe.epochs):
        for part in parts.of(concept, train=True):
            total += gradient(weights, part, loss_weights, surface)
            if part.completes:
                velocity = momentum * velocity + total.astype(np.float32)
                weights = weights - rate * velocity
                total[:] = 0
    return weights


def fit(
    parts: Parts,
    start: NDArray[np.float32],
    loss_weights: NDArray[np.float64],
    surface: Surface,
    recipe: Recipe,
    threads: int,
) -> NDArray[np.float32]:
    """Fit the weights of many concepts.

    Args:
        parts: The images of all concepts.
        start: Start weights, float32 [concept, filter].
        loss_weights: (a, b) of each concept, float64 [concept, 2].
        surface: U.
        recipe: Optimiser.
        threads: Concepts that are fitted side by side.

    Returns:
        The weights, float32 [concept, filter]. They do not depend on `threads`, nor on which concepts share a call.
    """
    torch.set_num_threads(1)  # the threads work on concepts of their own

    def fit_one(concept: int) -> NDArray[np.float32]:
        return descend(parts, concept, start[concept], loss_weights[concept], surface, recipe)

    concepts = progress(range(len(start)), "fitting embeddings", "concepts")
    return np.array(list(ordered_map(fit_one, concepts, threads)))


def score(parts: Parts, weights: NDArray[np.float32], labels: Labels, surface: Surface, threads: int) -> PairCounts:
    """The counts of every pair of `labels` for the embeddings `weights` [concept, filter]; predicted = M > 0.5."""
    intersection, union = np.zeros((2, len(labels.image)), np.int64)

    def count(concept: int) -> None:
        for part in itertools.chain(parts.of(concept, train=True), parts.of(concept, train=False)):
            active = predict(weights[concept], part, surface) > 0.5
            predicted = np.packbits(active.flatten(1).cpu().numpy(), axis=1)
            intersection[part.pairs] = np.bitwise_count(predicted & part.target).sum(1)
            union[part.pairs] = np.bitwise_count(predicted | part.target).sum(1)

    concepts = progress(range(len(weights)), "scoring embeddings", "concepts")
    for _ in ordered_map(count, concepts, threads):
        pass
    return PairCounts(labels.image, labels.concept, intersection, union)


def write_segmentation(
    store: Path, weights: NDArray[np.float32], counts: PairCounts, attributes: dict[str, Any], made_from: dict[str, Any]
) -> None:
    """Store the `weights` [concept, filter] of a batch of concepts and, under `counts`, their counts by image."""
    with new_store(store, "segmentation", made_from) as group:
        group.update_attributes(attributes)
        group.create_array("weights", data=weights)
        counts.save(group.create_group("counts"))
