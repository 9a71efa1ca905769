"""Where one filter is better than the embedding, and which concepts gain: those with many images, or large ones?"""

from collections.abc import Iterable

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import stats

from net2vec_core.counts import PairCounts
from net2vec_core.labels import Labels

AGAINST = ("train_images", "mean_coverage")
ALL = "all"
MIN_CONCEPTS = 5
COLUMNS = [
    "concept",
    "category",
    "recipe",
    "seed",
    "train_images",
    "val_images",
    "mean_coverage",
    "iou_val",
    "single_filter",
    "single_iou_val",
    "gain",
    "q_value",
    "significant",
    "overshoot",
]


def overshoot(counts: PairCounts, labels: Labels) -> NDArray[np.float64]:
    """Predicted over labelled pixels, over the val images that hold each concept, float64 [concept].

    The predicted ones are Σ(|M ∪ L| + |M ∩ L| − |L|), since |M ∪ L| = |M| + |L| − |M ∩ L|.

    Args:
        counts: Counts by image of the embeddings, for any of the concepts of `labels`; the others give NaN.
        labels: The labels of the concepts.
    """
    pairs = pd.DataFrame({"image": labels.image, "concept": labels.concept, "pixels": labels.pixels})
    pairs = pairs[~labels.is_train[labels.image]].merge(pd.DataFrame(vars(counts)), on=["image", "concept"])
    sums = pairs.groupby("concept")[["intersection", "union", "pixels"]].sum()
    predicted = sums["union"] + sums["intersection"] - sums["pixels"]
    share = predicted / sums["pixels"].where(sums["pixels"] > 0)
    return share.reindex(np.arange(len(labels.numbers))).to_numpy(np.float64)


def with_coverage(scores: pd.DataFrame, concepts: pd.DataFrame) -> pd.DataFrame:
    """The segmentation table with column mean_coverage, taken from a table with columns name and mean_coverage."""
    return scores.assign(mean_coverage=scores["concept"].map(concepts.set_index("name")["mean_coverage"]))


def failures_table(scores: pd.DataFrame, rate: float) -> pd.DataFrame:
    """The fits that the concept's best single filter beats, the worst first, with COLUMNS.

    Args:
        scores: The segmentation table with columns mean_coverage and overshoot.
        rate: The false-discovery rate up to which a loss is significant.
    """
    lost = scores[scores["gain"] < 0].sort_values("gain", kind="stable")
    return lost.assign(significant=lost["q_value"] <= rate)[COLUMNS].reset_index(drop=True)


def gain_trends(scores: pd.DataFrame) -> pd.DataFrame:
    """Spearman's correlation of the gain with train_images and mean_coverage, for all concepts and by category.

    Args:
        scores: The segmentation table of one seed, with column mean_coverage.

    Returns:
        Columns recipe, category (ALL, or one of at least MIN_CONCEPTS concepts), concepts (their number), against,
        rank_correlation and p_value (NaN where all have the same value, or there are fewer than three).
    """
    groups = [
        (recipe, category, rows)
        for recipe, of_recipe in scores.groupby("recipe", sort=False)
        for category, rows in _groups(of_recipe)
    ]
    trends = [
        (recipe, category, len(rows), against, *_spearman(rows["gain"], rows[against]))
        for recipe, category, rows in groups
        for against in AGAINST
    ]
    return pd.DataFrame(trends, columns=["recipe", "category", "concepts", "against", "rank_correlation", "p_value"])


def _groups(scores: pd.DataFrame) -> Iterable[tuple[str, pd.DataFrame]]:
    yield ALL, scores
    for category, rows in scores.groupby("category"):
        if len(rows) >= MIN_CONCEPTS:
            yield str(category), rows


def _spearman(first: pd.Series, second: pd.Series) -> tuple[float, float]:
    if len(first) < 3 or first.nunique() == 1 or second.nunique() == 1:
        return np.nan, np.nan
    result = stats.spearmanr(first, second)
    return float(result.statistic), float(result.pvalue)
