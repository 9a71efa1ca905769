"""Segmentation embeddings: for each concept the weights with which a layer's filters, combined, segment it."""

from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from net2vec_core.counts import PairCounts
from net2vec_core.labels import Labels
from net2vec_core.parallel import ordered_map
from net2vec_core.progress import progress
from net2vec_core.segmentation_convergence import Convergence, Logistic, SoftIou
from net2vec_core.segmentation_data import FitData
from net2vec_core.segmentation_descent import Descent
from net2vec_core.segmentation_kernels import count_pixels
from net2vec_core.segmentation_model import Fit, Penalty, Problem
from net2vec_core.surface import Surface

JUST_ABOVE = np.float32(2.0**-23)  # the logit up to which σ(z) is 1/2 in float32, and nothing is predicted


class Recipe(Protocol):
    """How embeddings are fitted."""

    def patch(self, grid: tuple[int, int], mask_shape: tuple[int, int]) -> int:
        """Side of the patches of pixels over which the loss is taken; 1 for single pixels."""

    def fit(self, problem: Problem, start: NDArray[np.float32], kept: NDArray[np.bool_]) -> Fit:
        """Fit subsets bool [subset, filter] of the filters of one concept from start weights float32 [filter]."""


RECIPES: dict[str, Recipe] = {
    "paper": Descent(learning_rate=1e-4, momentum=0.9, minibatch=64, epochs=30),
    "logistic": Convergence(Logistic, tolerance=1e-3),
    "iou": Convergence(SoftIou, tolerance=5e-4),
}


def fit(
    data: FitData,
    start: NDArray[np.float32],
    kept: NDArray[np.bool_],
    loss_weights: NDArray[np.float64],
    surface: Surface,
    recipe: Recipe,
    penalty: Penalty,
    threads: int,
    device: str = "cpu",
) -> list[Fit]:
    """Fit the weights of many concepts.

    Args:
        data: The images of all concepts.
        start: Start weights, float32 [concept, filter].
        kept: Filters of each subset, bool [concept, subset, filter].
        loss_weights: (a, b) of each concept, float64 [concept, 2].
        surface: U, onto what the recipe takes its loss over.
        recipe: How.
        penalty: Of the weights.
        threads: Concepts that are fitted side by side.
        device: Where the paper's recipe descends; those that converge do so on the CPU, one concept at a time.

    Returns:
        The fit of each concept. They do not depend on `threads`, nor on which concepts share a call.
    """
    if device != "cpu" and isinstance(recipe, Descent):
        from net2vec_core.segmentation_gpu import descend  # what needs no GPU does not wait for torch

        schedule = recipe.schedule(penalty)
        return [*map(recipe.fitted, descend(data, start, kept, loss_weights, surface, schedule, device))]
    cells = data.cells

    def fit_one(concept: int) -> Fit:
        problem = Problem(cells, data.of(concept, train=True), loss_weights[concept], surface, penalty)
        return recipe.fit(problem, start[concept], kept[concept])

    concepts = progress(range(len(start)), "fitting embeddings", "concept")
    return list(ordered_map(fit_one, concepts, threads))


def score(
    data: FitData,
    weights: NDArray[np.float32],
    bias: NDArray[np.float32],
    labels: Labels,
    surface: Surface,
    threads: int,
) -> PairCounts:
    """The counts of every pair of `labels`, predicted being M > 0.5.

    `weights` are float32 [concept, filter], `bias` is float32 [concept].
    """
    counts, cells = np.zeros((2, len(labels.image)), np.int64), data.cells

    def count(concept: int) -> None:
        for train in (True, False):
            examples = data.of(concept, train)
            found = count_pixels(cells, examples, surface, weights[concept], bias[concept], JUST_ABOVE)
            counts[:, data.pairs(concept, train)] = found

    concepts = progress(range(len(weights)), "scoring embeddings", "concept")
    for _ in ordered_map(count, concepts, threads):
        pass
    return PairCounts(labels.image, labels.concept, *counts)
