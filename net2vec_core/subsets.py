"""Scores of embeddings with few filters, and how many filters a concept needs."""

from collections.abc import Sequence

import numpy as np
import pandas as pd
from numpy.typing import NDArray

SHARES = (0.8, 0.9)
ROUNDING = 1e-9  # 0.7 − 0.5 is four fifths of 0.75 − 0.5


def subset_table(
    concepts: pd.DataFrame,
    sizes: Sequence[int],
    train: NDArray[np.float64],
    val: NDArray[np.float64],
    floor: float,
) -> pd.DataFrame:
    """One row a concept and number of filters.

    Columns concept, category, filters, score_train, score_val, filters_80, filters_90.

    Args:
        concepts: Columns name, category.
        sizes: Numbers of filters, ascending; the last is all.
        train: Scores [concept, size].
        val: The same on val.
        floor: The score of chance, above which shares of the full score are taken.
    """
    number = len(sizes)
    table = concepts[["name", "category"]].rename(columns={"name": "concept"})
    table = table.loc[table.index.repeat(number)].reset_index(drop=True)
    table["filters"] = np.tile(sizes, len(concepts))
    table["score_train"], table["score_val"] = train.ravel(), val.ravel()
    for share in SHARES:
        needed = filters_needed(sizes, val, share, floor)
        table[f"filters_{share * 100:.0f}"] = needed.repeat(number).reset_index(drop=True)
    return table


def filters_needed(sizes: Sequence[int], scores: NDArray[np.float64], share: float, floor: float) -> pd.Series:
    """The smallest size whose score reaches a share of the last one's height above `floor`, Int64 [concept].

    Missing where the full score itself is not above it.
    """
    height = scores - floor
    full = height[:, -1]
    reached = height >= share * full[:, None] - ROUNDING
    needed = np.array(sizes)[reached.argmax(axis=1)]
    return pd.Series(needed).where(full > 0).astype("Int64")


def filters_needed_table(subsets: pd.DataFrame) -> pd.DataFrame:
    """How many concepts need at most so many filters, cumulated by layer, task and category.

    Args:
        subsets: Tables of all layers, with columns network, layer, task.

    Returns:
        Columns network, layer, task, category (`all` for all of them), share, filters, concepts, concepts_share.
    """
    keys = ["network", "layer", "task"]
    both = pd.concat([subsets, subsets.assign(category="all")])
    groups = both.groupby([*keys, "category"], sort=False)
    named = [(dict(zip([*keys, "category"], map(str, names), strict=True)), group) for names, group in groups]
    return pd.concat([table for names, group in named for table in _cumulated(names, group)])


def _cumulated(names: dict[str, str], group: pd.DataFrame) -> list[pd.DataFrame]:
    sizes, concepts = np.sort(group["filters"].unique()), group.drop_duplicates("concept")
    tables = []
    for share in SHARES:
        needed = concepts[f"filters_{share * 100:.0f}"].dropna().to_numpy(np.int64)
        within = (needed[:, None] <= sizes).sum(axis=0)
        rows = {"share": share, "filters": sizes, "concepts": within, "concepts_share": within / len(concepts)}
        tables.append(pd.DataFrame(names | rows))
    return tables
