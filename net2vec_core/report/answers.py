"""The paper's three questions about a layer, answered with the run's numbers and how sure these are."""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from net2vec_core.figures.iou_by_category import mean_interval

DRAWS = 199


@dataclass(frozen=True)
class Estimate:
    """A mean over concepts with its 95 % bootstrap interval, or a number with that of chance."""

    value: float
    low: float
    high: float

    @classmethod
    def of_mean(cls, values: "pd.Series[float]") -> "Estimate":
        """The mean of one value a concept."""
        known: NDArray[np.float64] = np.asarray(values, np.float64)
        return cls(float(known.mean()), *mean_interval(known))

    @property
    def sign(self) -> int:
        """1 or −1 where the whole interval lies above or below 0, else 0."""
        return int(self.low > 0) - int(self.high < 0)


@dataclass(frozen=True)
class Gain:
    """What all filters gain over one of a kind: set IoU on val, mean over concepts, and how many gain or lose.

    A concept counts where its q-value is at most the false-discovery rate.
    """

    one: Estimate
    gain: Estimate
    better: int
    worse: int


@dataclass(frozen=True)
class Recipe:
    """What a recipe's embeddings reach: set IoU on val over all concepts.

    Attributes:
        name: The recipe.
        concepts: How many there are.
        multi: The embeddings' IoU.
        over: Gains over the paper's single filter (`single`), and the one with a threshold of its own (`fair`).
        encoded: How many are above chance.
        control: What the control network reaches; None where there is none.
    """

    name: str
    concepts: int
    multi: Estimate
    over: dict[str, Gain]
    encoded: int
    control: Estimate | None


def recipes(gains: pd.DataFrame, significance: pd.DataFrame, rate: float) -> list[Recipe]:
    """One entry a recipe, in the order of the tables `gains.csv` and `significance.csv`.

    Args:
        gains: The table of that name.
        significance: The table of that name.
        rate: The false-discovery rate up to which a gain counts.
    """
    evidence = dict(iter(significance.groupby("recipe", sort=False)))
    found = []
    for name, rows in gains.groupby("recipe", sort=False):
        control = evidence[name]["control_iou_val"].dropna()
        found.append(
            Recipe(
                name=str(name),
                concepts=len(rows),
                multi=Estimate.of_mean(rows["iou_val"]),
                over={kind: _gain(rows, kind, rate) for kind in ("single", "fair")},
                encoded=int(evidence[name]["encoded"].sum()),
                control=Estimate.of_mean(control) if len(control) else None,
            )
        )
    return found


def _gain(rows: pd.DataFrame, kind: str, rate: float) -> Gain:
    gain, sure = rows[f"{kind}_gain"], rows[f"{kind}_q_value"] <= rate
    return Gain(
        one=Estimate.of_mean(rows[f"{kind}_iou_val"]),
        gain=Estimate.of_mean(gain),
        better=int((sure & (gain > 0)).sum()),
        worse=int((sure & (gain < 0)).sum()),
    )


ALL = "all"
LEVELS = ("random_mask", "constant_mask", "permuted", "rotated", "control", "single", "")


def category_means(segmentation: pd.DataFrame, seed: int) -> pd.DataFrame:
    """Mean set IoU on val by recipe and category, ALL concepts first: columns recipe, category, concepts, score, and
    value, low, high of the mean; score is `single_iou_val` or `iou_val`.

    Args:
        segmentation: The table `segmentation.csv`.
        seed: Whose fits count.
    """
    fits = segmentation[segmentation["seed"] == seed]
    groups = pd.concat([fits.assign(category=ALL), fits]).groupby(["recipe", "category"], sort=False)
    return pd.DataFrame(
        [
            {"recipe": recipe, "category": category, "concepts": len(rows), "score": score, **vars(mean)}
            for (recipe, category), rows in groups
            for score in ("single_iou_val", "iou_val")
            for mean in [Estimate.of_mean(rows[score])]
        ]
    )


def level_means(significance: pd.DataFrame) -> pd.DataFrame:
    """Mean set IoU on val of embeddings and of chance levels: columns recipe, level, and value, low, high of the mean.

    A level is a column of `significance.csv`; one that a recipe lacks has no row.
    """
    columns = [f"{level}_iou_val".lstrip("_") for level in LEVELS]
    return pd.DataFrame(
        [
            {"recipe": recipe, "level": column, **vars(Estimate.of_mean(known))}
            for recipe, rows in significance.groupby("recipe", sort=False)
            for column in columns
            if len(known := rows[column].dropna())
        ]
    )


def example_iou(deciles: pd.DataFrame, individual: pd.DataFrame) -> pd.DataFrame:
    """How well each recipe finds a concept in its examples: columns concept, image, recipe, iou_multi.

    Args:
        deciles: The table `concept_deciles.csv`, which chooses the examples.
        individual: The table `individual_iou.csv.gz`.
    """
    examples = deciles[["concept", "image"]].drop_duplicates()
    return examples.merge(individual)[["concept", "image", "recipe", "iou_multi"]]


@dataclass(frozen=True)
class Needed:
    """How many of all filters a concept needs for 80 % of its full IoU: median and quartiles over `concepts`."""

    filters: int
    concepts: int
    median: int
    quartiles: tuple[int, int]


def filters_needed(subsets: pd.DataFrame) -> Needed | None:
    """From the segmentation rows of `subsets.csv`; None where no concept has a number."""
    rows = subsets[subsets["task"] == "segmentation"]
    needed = rows.drop_duplicates("concept")["filters_80"].dropna()
    if needed.empty:
        return None
    low, median, high = np.percentile(needed, [25, 50, 75], method="inverted_cdf").astype(int).tolist()
    return Needed(int(rows["filters"].max()), len(needed), median, (low, high))


@dataclass(frozen=True)
class Sharing:
    """How concepts share a layer's filters, beside concepts that choose theirs at random.

    Attributes:
        filters: K, all filters.
        top: F, how many of largest absolute weight a concept uses.
        concepts: How many there are.
        used: Filters that at least one concept uses.
        shared: Filters that several use.
        most: How many concepts use the most shared filter.
        best: Distinct best single filters of all concepts.
        common: How many of their filters two concepts have in common, mean over all pairs.
        chance: The same by random choice: its mean, and 95 % of DRAWS.
    """

    filters: int
    top: int
    concepts: int
    used: int
    shared: int
    most: int
    best: int
    common: float
    chance: Estimate

    @property
    def sign(self) -> int:
        """1 or −1 where concepts share more or less than by chance, else 0."""
        return int(self.common > self.chance.high) - int(self.common < self.chance.low)


def sharing(overlap: pd.DataFrame, concepts: int, top: int) -> Sharing:
    """From `filter_overlap.csv`, for so many concepts that use `top` filters each."""
    users, top = overlap["top_for"].to_numpy(), min(top, len(overlap))
    drawn = common_by_chance(concepts, top, len(overlap))
    return Sharing(
        filters=len(overlap),
        top=top,
        concepts=concepts,
        used=int((users > 0).sum()),
        shared=int((users > 1).sum()),
        most=int(users.max()),
        best=int((overlap["best_for"] > 0).sum()),
        common=common_filters(users, concepts),
        chance=Estimate(float(drawn.mean()), *np.percentile(drawn, [2.5, 97.5]).tolist()),
    )


def common_filters(users: NDArray[np.int64], concepts: int) -> float:
    """How many filters two concepts have in common, mean over all pairs, from the number of users of each filter."""
    pairs = concepts * (concepts - 1) / 2
    return float((users * (users - 1)).sum() / 2 / pairs) if pairs else 0.0


def common_by_chance(concepts: int, top: int, filters: int) -> NDArray[np.float64]:
    """The same for concepts that each draw `top` of all filters at random, float64 [draw]."""
    rng = np.random.default_rng(0)
    return np.array([common_filters(_users(rng, concepts, top, filters), concepts) for _ in range(DRAWS)])


def histogram_by_chance(histogram: pd.DataFrame, concepts: int, top: int) -> pd.DataFrame:
    """How many filters so many concepts would use by random choice: columns concepts, and value, low, high (95 %).

    Args:
        histogram: The table `overlap_histogram.csv`; its bins are taken, the last without an upper end.
        concepts: How many concepts choose.
        top: How many filters each chooses.
    """
    bins = histogram[histogram["kind"] == "top"]
    edges, filters = bins["concepts"].to_numpy(), int(bins["filters"].sum())
    rng = np.random.default_rng(0)
    places = [np.searchsorted(edges[:-1], _users(rng, concepts, min(top, filters), filters)) for _ in range(DRAWS)]
    counts = np.stack([np.bincount(place, minlength=len(edges)) for place in places])
    low, high = np.percentile(counts, [2.5, 97.5], axis=0)
    return pd.DataFrame({"concepts": edges, "value": counts.mean(axis=0), "low": low, "high": high})


def _users(rng: np.random.Generator, concepts: int, top: int, filters: int) -> NDArray[np.int64]:
    drawn = np.argpartition(rng.random((concepts, filters)), top - 1, axis=1)[:, :top]
    return np.bincount(drawn.ravel(), minlength=filters)


@dataclass(frozen=True)
class Sums:
    """How often the expected answer is the nearest to its sum, and its mean rank beside that of shuffled names."""

    expected: int
    first: int
    rank: float
    shuffled: float


def sums(analogies: pd.DataFrame) -> Sums | None:
    """From `analogies.csv`; None where no answer is expected."""
    rows = analogies[analogies["rank"] == 1].dropna(subset=["expected_rank"])
    if rows.empty:
        return None
    ranks = rows["expected_rank"]
    return Sums(len(rows), int((ranks == 1).sum()), float(ranks.mean()), float(rows["shuffled_rank"].mean()))
