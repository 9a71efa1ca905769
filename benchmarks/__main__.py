"""`python -m benchmarks`: CPU time of the fits and of the single filters against plain baselines, in one run."""

import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import numpy as np
import torch

from benchmarks import plain
from benchmarks.data import FILTERS, GRID, MASK, Data, make
from net2vec_core.corner_patterns import corner_patterns
from net2vec_core.segmentation import RECIPES, fit
from net2vec_core.segmentation_data import FitData
from net2vec_core.segmentation_model import Penalty, loss_weights, start_weights
from net2vec_core.single_filter import count_best_filters, count_filters
from net2vec_core.surface import Surface, surface

FIT_AT_LEAST = 10
SINGLE_FILTER_AT_LEAST = 50
BASELINE_CONCEPTS = 2  # of the single filters, whose baseline takes about a minute a concept

Result = TypeVar("Result")


def main() -> None:
    torch.set_num_threads(1)
    data = make()
    pairs = data.concepts.any((2, 3))
    print(
        f"{data.active.shape[0]} images, {FILTERS} filters on {GRID[0]}×{GRID[1]} ({data.active.mean():.2%} of cells "
        f"active), masks {MASK[0]}×{MASK[1]}, {pairs.shape[1]} concepts with {pairs.sum(0).min()} images or more; "
        f"torch {torch.__version__}, NumPy {np.__version__}"
    )
    pixels = surface(GRID, MASK, True)
    _report("segmentation fits", *_fits(data, pixels), FIT_AT_LEAST)
    _report("single filters", *_single_filters(data), SINGLE_FILTER_AT_LEAST)


def _fits(data: Data, pixels: Surface) -> tuple[float, float, str]:
    labels = data.labels
    start = start_weights(map(str, labels.numbers), FILTERS, seed=0)
    coverage = np.array([labels.pixels[labels.concept == concept].mean() for concept in range(len(start))])
    alpha = 1 - coverage / (MASK[0] * MASK[1])
    weights_of_loss = loss_weights(alpha, np.ones(len(start), bool))
    with tempfile.TemporaryDirectory() as folder:

        def ours() -> Any:
            with FitData(data.masks, labels, Path(folder) / "scratch") as parts:
                everything = np.ones((len(start), 1, FILTERS), bool)
                fits = fit(parts, start, everything, weights_of_loss, pixels, RECIPES["paper"], Penalty(), threads=1)
                return np.concatenate([of_concept.weights for of_concept in fits])

        weights, seconds = _cpu_time(ours)
    dense = torch.from_numpy(data.active).float()

    def baseline() -> Any:
        return np.array([_plain_fit(data, dense, start, weights_of_loss, concept) for concept in range(len(start))])

    expected, plain_seconds = _cpu_time(baseline)
    return seconds, plain_seconds, f"largest difference of a weight {np.abs(weights - expected).max():.1e}"


def _plain_fit(data: Data, dense: torch.Tensor, start: Any, weights_of_loss: Any, concept: int) -> Any:
    chosen = data.concepts[:, concept].any((1, 2))
    targets = torch.from_numpy(data.concepts[chosen, concept]).float()
    return plain.fit(dense[torch.from_numpy(chosen)], targets, start[concept], weights_of_loss[concept], True)


def _single_filters(data: Data) -> tuple[float, float, str]:
    def ours() -> Any:
        patterns = corner_patterns(GRID, MASK, True)
        counts = count_filters(data.masks, data.labels, patterns, threads=1)
        count_best_filters(data.masks, data.labels, patterns, counts.best_filter(), threads=1)
        return counts

    counts, seconds = _cpu_time(ours)
    dense = torch.from_numpy(data.active).float()
    some = data.concepts[:, :BASELINE_CONCEPTS]
    (intersection, _), some_seconds = _cpu_time(lambda: plain.single_filter_counts(dense, some, True))
    plain_seconds = some_seconds * data.concepts.any((2, 3)).sum() / some.any((2, 3)).sum()
    wrong = np.abs(counts.intersection[:BASELINE_CONCEPTS, :, 0] - intersection.sum(0)).max()
    note = f"largest difference of a count {wrong}; baseline measured on {BASELINE_CONCEPTS} concepts, scaled by pairs"
    return seconds, plain_seconds, note


def _cpu_time(work: Callable[[], Result]) -> tuple[Result, float]:
    before = time.process_time()
    result = work()
    return result, time.process_time() - before


def _report(what: str, seconds: float, plain_seconds: float, note: str, at_least: float) -> None:
    ratio = plain_seconds / seconds
    verdict = "holds" if ratio >= at_least else "MISSED"
    print(f"{what}: {seconds:.1f} CPU s, plain baseline {plain_seconds:.1f} CPU s, ratio {ratio:.1f}; {note}")
    print(f"  at least {at_least} times less CPU time: {verdict}")


main()
