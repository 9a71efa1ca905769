"""Segmentation embeddings: for each concept the weights with which a layer's filters, combined, segment it."""

import itertools
from functools import partial
from typing import Protocol

import numpy as np
import torch
from numpy.typing import NDArray

from net2vec_core.counts import PairCounts
from net2vec_core.labels import Labels
from net2vec_core.parallel import ordered_map
from net2vec_core.progress import progress
from net2vec_core.segmentation_convergence import Convergence, Logistic, SoftIou
from net2vec_core.segmentation_data import Parts
from net2vec_core.segmentation_descent import Descent
from net2vec_core.segmentation_model import Fit, Penalty, Problem, predict
from net2vec_core.surface import Surface


class Recipe(Protocol):
    """How embeddings are fitted."""

    @property
    def minibatch(self) -> int:
        """Images that are worked on together."""

    def patch(self, grid: tuple[int, int], mask_shape: tuple[int, int]) -> int | None:
        """Side of the patches of pixels over which the loss is taken; None for single pixels."""

    def fit(self, problem: Problem, start: NDArray[np.float32], kept: NDArray[np.bool_]) -> Fit:
        """Fit subsets bool [subset, filter] of the filters of one concept from start weights float32 [filter]."""


RECIPES: dict[str, Recipe] = {
    "paper": Descent(learning_rate=1e-4, momentum=0.9, minibatch=64, epochs=30),
    "logistic": Convergence(Logistic, tolerance=1e-3),
    "iou": Convergence(SoftIou, tolerance=5e-4),
}


def fit(
    parts: Parts,
    start: NDArray[np.float32],
    kept: NDArray[np.bool_],
    loss_weights: NDArray[np.float64],
    surface: Surface,
    recipe: Recipe,
    penalty: Penalty,
    threads: int,
) -> list[Fit]:
    """Fit the weights of many concepts.

    Args:
        parts: The images of all concepts.
        start: Start weights, float32 [concept, filter].
        kept: Filters of each subset, bool [concept, subset, filter].
        loss_weights: (a, b) of each concept, float64 [concept, 2].
        surface: U, onto what the recipe takes its loss over.
        recipe: How.
        penalty: Of the weights.
        threads: Concepts that are fitted side by side.

    Returns:
        The fit of each concept. They do not depend on `threads`, nor on which concepts share a call.
    """
    torch.set_num_threads(1)  # the threads work on concepts of their own

    def fit_one(concept: int) -> Fit:
        images = partial(parts.of, concept, train=True)
        problem = Problem(images, loss_weights[concept], surface, penalty)
        return recipe.fit(problem, start[concept], kept[concept])

    concepts = progress(range(len(start)), "fitting embeddings", "concepts")
    return list(ordered_map(fit_one, concepts, threads))


def score(
    parts: Parts,
    weights: NDArray[np.float32],
    bias: NDArray[np.float32],
    labels: Labels,
    surface: Surface,
    threads: int,
) -> PairCounts:
    """The counts of every pair of `labels`, predicted being M > 0.5.

    `weights` are float32 [concept, filter], `bias` is float32 [concept].
    """
    intersection, union = np.zeros((2, len(labels.image)), np.int64)

    def count(concept: int) -> None:
        for part in itertools.chain(parts.of(concept, train=True), parts.of(concept, train=False)):
            active = predict(weights[concept], float(bias[concept]), part, surface) > 0.5
            predicted = np.packbits(active.flatten(1).cpu().numpy(), axis=1)
            intersection[part.pairs] = np.bitwise_count(predicted & part.target).sum(1)
            union[part.pairs] = np.bitwise_count(predicted | part.target).sum(1)

    concepts = progress(range(len(weights)), "scoring embeddings", "concepts")
    for _ in ordered_map(count, concepts, threads):
        pass
    return PairCounts(labels.image, labels.concept, intersection, union)
