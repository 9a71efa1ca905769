"""How sure a number is: bootstrap intervals, paired tests, and correction for many tests."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal, Self

import numpy as np
from numpy.typing import NDArray
from scipy import stats

from net2vec_core.counts import PairCounts, iou

Alternative = Literal["two-sided", "greater"]
RESAMPLES = 2000
PERMUTATIONS = 9999
CONFIDENCE = 0.95
VALUES_AT_ONCE = 2**22
ROUNDING = 1e-12


@dataclass(frozen=True)
class ImageCounts:
    """Pixels of one prediction of one concept, image by image: int64 arrays [image]."""

    intersection: NDArray[np.int64]
    union: NDArray[np.int64]

    def iou(self) -> float:
        """Set IoU over these images."""
        return float(iou(self.intersection.sum(), self.union.sum()))

    @classmethod
    def of_answers(cls, correct: NDArray[np.bool_]) -> Self:
        """Right and wrong answers, bool [image], as masks of one pixel: their set IoU is the accuracy."""
        return cls(correct.astype(np.int64), np.ones(len(correct), np.int64))


def images_of_concepts(counts: PairCounts, images: NDArray[np.bool_], concepts: int) -> list[ImageCounts]:
    """The counts of each concept in the chosen images, bool [image]."""
    chosen = images[counts.image]
    order = np.argsort(counts.concept[chosen], kind="stable")
    ends = np.bincount(counts.concept[chosen], minlength=concepts).cumsum()[:-1]
    intersection, union = (np.split(values[chosen][order], ends) for values in (counts.intersection, counts.union))
    return [ImageCounts(*values) for values in zip(intersection, union, strict=True)]


def generator(name: str) -> np.random.Generator:
    """Random numbers that depend on a concept's name alone, not on which others are computed with it."""
    return np.random.default_rng([*name.encode()])


def bootstrap_interval(counts: ImageCounts, rng: np.random.Generator) -> tuple[float, float]:
    """The 95 % percentile bootstrap interval of a set IoU, images being drawn anew; NaN for fewer than two images."""
    images = len(counts.union)
    if images < 2:
        return np.nan, np.nan
    result = stats.bootstrap(
        (counts.intersection, counts.union),
        lambda intersection, union, axis: iou(intersection.sum(axis), union.sum(axis)),
        paired=True,
        vectorized=True,
        n_resamples=RESAMPLES,
        batch=max(1, VALUES_AT_ONCE // images),
        confidence_level=CONFIDENCE,
        method="percentile",
        rng=rng,
    )
    return float(result.confidence_interval.low), float(result.confidence_interval.high)


def paired_p_value(
    first: ImageCounts, second: ImageCounts, rng: np.random.Generator, alternative: Alternative = "two-sided"
) -> float:
    """The p-value of the difference of two predictions' set IoU over the same images; `greater`: the first is better.

    A permutation test: were both predictions as good, either could have made either mask of an image. Exact where the
    images allow fewer than PERMUTATIONS ways of swapping, else drawn; never below 1 / (PERMUTATIONS + 1).
    """
    images = len(first.union)
    if images < 2:
        return 1.0  # too few to tell; both ways of swapping one image give a difference of the same size
    is_exact = 2**images <= PERMUTATIONS
    differences = np.concatenate([_differences(first, second, swaps) for swaps in _swaps(images, is_exact, rng)])
    observed = first.iou() - second.iou()
    as_seen = 0 if is_exact else 1  # what was seen is one of the ways, which drawn ones need not hold
    larger, smaller = (
        (int((sign * (differences - observed) >= -ROUNDING).sum()) + as_seen) / (len(differences) + as_seen)
        for sign in (1, -1)
    )
    return larger if alternative == "greater" else min(1.0, 2 * min(larger, smaller))


def _swaps(images: int, is_exact: bool, rng: np.random.Generator) -> Iterator[NDArray[np.float64]]:
    """Which images are swapped, 0 or 1 [way, image]: all ways, or as many drawn as PERMUTATIONS says, some at once."""
    ways, at_once = np.arange(2**images if is_exact else PERMUTATIONS), max(1, VALUES_AT_ONCE // images)
    for start in range(0, len(ways), at_once):
        some = ways[start : start + at_once]
        every = (some[:, None] >> np.arange(images)) & 1 if is_exact else rng.integers(0, 2, (len(some), images))
        yield every.astype(np.float64)


def _differences(first: ImageCounts, second: ImageCounts, swaps: NDArray[np.float64]) -> NDArray[np.float64]:
    """The difference of the two set IoUs for each way of swapping."""
    one, other = (np.stack([counts.intersection, counts.union]).astype(np.float64) for counts in (first, second))
    moved = (swaps @ (other - one).T).T
    (ours, our_union), (theirs, their_union) = one.sum(1)[:, None] + moved, other.sum(1)[:, None] - moved
    return iou(ours, our_union) - iou(theirs, their_union)


def paired_answers_p_value(first: NDArray[np.bool_], second: NDArray[np.bool_]) -> float:
    """The two-sided p-value of the difference of two classifiers' accuracy, bool [image]: which answers are right.

    The same permutation test in closed form, over all ways of swapping (McNemar's exact test).
    """
    better, worse = int((first & ~second).sum()), int((second & ~first).sum())
    return float(stats.binomtest(better, better + worse).pvalue) if better + worse else 1.0


def q_values(p_values: NDArray[np.float64]) -> NDArray[np.float64]:
    """Benjamini–Hochberg: the false-discovery rate at which each test would count as a discovery."""
    adjusted: NDArray[np.float64] = stats.false_discovery_control(p_values, method="bh")
    return adjusted
