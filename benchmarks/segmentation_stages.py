"""Fits, recipes and subsets, one thread each."""

import os
import tempfile
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from benchmarks import plain
from benchmarks.data import FILTERS, GRID, MASK, Data, make
from benchmarks.measure import Check, Measured, timed
from net2vec_core.segmentation import RECIPES, fit
from net2vec_core.segmentation_data import FitData
from net2vec_core.segmentation_model import Fit, Penalty, loss_weights, start_weights
from net2vec_core.surface import surface
from net2vec_core.top_filters import largest

EPOCHS = 30
BASELINE_CONCEPTS = 3  # of the fits; the plain loop takes seconds for each
SUBSETS = [1, 2, 3, 4, 6, 8, 12, 16, 24, 32, 48, 64, 96, 128, 256, 512]

Weights = NDArray[np.float32]


class _Fits:
    """All that a fit of the made-up data needs."""

    def __init__(self) -> None:
        self.data: Data = make()
        labels = self.data.labels
        concepts = range(len(labels.numbers))
        self.labels, self.start = labels, start_weights(map(str, labels.numbers), FILTERS, seed=0)
        coverage = np.array([labels.pixels[labels.concept == concept].mean() for concept in concepts])
        self.loss_weights = loss_weights(1 - coverage / (MASK[0] * MASK[1]), np.ones(len(concepts), bool))

    def fit(self, recipe: str, kept: NDArray[np.bool_] | None = None) -> list[Fit]:
        how = RECIPES[recipe]
        onto = surface(GRID, MASK, True, how.patch(GRID, MASK))
        kept = np.ones((len(self.start), 1, FILTERS), bool) if kept is None else kept
        scratch = Path(tempfile.gettempdir()) / f"net2vec-benchmark-{os.getpid()}"
        with FitData(self.data.masks, self.labels, scratch) as data:
            return fit(data, self.start, kept, self.loss_weights, onto, how, Penalty(), threads=1)

    def plain(self, concept: int) -> Weights:
        """By the plain dense loop."""
        chosen = self.data.concepts[:, concept].any((1, 2))
        targets = torch.from_numpy(self.data.concepts[chosen, concept]).float()
        active = torch.from_numpy(self.data.active[chosen]).float()
        return plain.fit(active, targets, self.start[concept], self.loss_weights[concept], True)


def fits() -> Measured:
    """The paper's recipe, from the stores to weights."""
    torch.set_num_threads(1)
    all_ = _Fits()
    found, seconds, cpu = timed(lambda: all_.fit("paper"), warm=True)
    measured = Measured("segmentation fits, `paper`", seconds, cpu)
    expected, _, some = timed(lambda: np.array([all_.plain(concept) for concept in range(BASELINE_CONCEPTS)]))
    pairs = np.bincount(all_.labels.concept)
    measured.baseline_cpu_seconds = some * pairs.sum() / pairs[:BASELINE_CONCEPTS].sum()
    measured.limit_cpu_seconds = _sigmoids(int(pairs.sum()) * EPOCHS)
    measured.limit = "torch's sigmoid alone on the same pixels"
    difference = max(np.abs(f.weights[0] - e).max() for f, e in zip(found, expected, strict=False))
    measured.note = f"baseline of {BASELINE_CONCEPTS} concepts, scaled by pairs"
    measured.checks = [
        Check("times less CPU time than the plain baseline", measured.baseline_cpu_seconds / cpu, 25, True),
        Check("times the sigmoid", cpu / measured.limit_cpu_seconds, 6, False),
        Check("largest difference of a weight", float(difference), 1e-5, False),
    ]
    return measured


def _sigmoids(images: int) -> float:
    """CPU time of torch's sigmoid on so many images of the mask grid, in batches that stay in the cache."""
    logits, batch = torch.randn(16, *MASK), 16
    out = torch.empty_like(logits)
    _, _, cpu = timed(lambda: [torch.sigmoid(logits, out=out) for _ in range(250)], warm=True)
    return cpu * images / (250 * batch)


def recipes() -> Measured:
    """The recipes that converge, each beside the paper's."""
    all_ = _Fits()
    _, _, paper = timed(lambda: all_.fit("paper"), warm=True)
    times = {name: timed(partial(all_.fit, name), warm=True) for name in ("logistic", "iou")}
    evaluations = {name: np.mean([f.evaluations for f in found]) for name, (found, _, _) in times.items()}
    spent = np.sum([time[1:] for time in times.values()], axis=0)
    measured = Measured("recipes `logistic` and `iou`", *spent.tolist())
    measured.note = ", ".join(f"{name}: {number:.0f} evaluations" for name, number in evaluations.items())
    measured.checks = [
        Check(f"`{name}`, times the CPU time of `paper`", cpu / paper, 2, False) for name, (_, _, cpu) in times.items()
    ]
    return measured


def subsets() -> Measured:
    """Sixteen numbers of filters side by side."""
    all_ = _Fits()
    full, _, one = timed(lambda: all_.fit("paper"), warm=True)
    kept = largest(np.concatenate([found.weights for found in full]), SUBSETS)
    _, seconds, cpu = timed(lambda: all_.fit("paper", kept), warm=True)
    measured = Measured(f"{len(SUBSETS)} subset sizes, `paper`", seconds, cpu)
    measured.checks = [Check(f"full fits that {len(SUBSETS)} subset sizes cost", cpu / one, len(SUBSETS), False)]
    return measured


STAGES: dict[str, Any] = {"fits": fits, "recipes": recipes, "subsets": subsets}
