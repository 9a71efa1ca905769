"""Whether the filters that segment a concept are those that tell which images hold it."""

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import stats

from net2vec_core.embedding import unit_vectors
from net2vec_core.overlap import used_filters
from net2vec_core.statistics import q_values


def task_agreement(
    segmentation: pd.DataFrame, classification: pd.DataFrame, categories: pd.Series, top_filters: int
) -> pd.DataFrame:
    """One row a concept that has both embeddings: how alike its weights [filter] are.

    Args:
        segmentation: Embeddings, one row a concept (its name is the index), one column a filter.
        classification: The same.
        categories: Each concept's category; the index holds the concepts' names.
        top_filters: How many filters of largest absolute weight an embedding uses.

    Returns:
        Columns concept, category, cosine, rank_correlation (Spearman's over the filters; NaN where all weights of an
        embedding are equal), p_value (two-sided, of the correlation), q_value (Benjamini–Hochberg over the concepts),
        shared_top (share of the filters used that both use), chance_shared (what unrelated embeddings come to).
    """
    names = segmentation.index[segmentation.index.isin(classification.index)]
    first, second = segmentation.loc[names], classification.loc[names]
    table = pd.DataFrame({"concept": names, "category": categories[names].to_numpy()})
    table["cosine"] = (unit_vectors(first) * unit_vectors(second)).sum(axis=1)
    tests = [_spearman(*weights) for weights in zip(first.to_numpy(), second.to_numpy(), strict=True)]
    table[["rank_correlation", "p_value"]] = np.array(tests, np.float64).reshape(-1, 2)
    known = table["p_value"].notna()
    table["q_value"] = pd.Series(q_values(table.loc[known, "p_value"].to_numpy()), index=table.index[known])
    number, filters = min(top_filters, first.shape[1]), first.shape[1]
    used = used_filters(first, number) & used_filters(second, number)
    return table.assign(shared_top=used.sum(axis=1).to_numpy() / number, chance_shared=number / filters)


def _spearman(first: NDArray[np.float32], second: NDArray[np.float32]) -> tuple[float, float]:
    """Spearman's correlation and its two-sided p-value; NaN where one of the two is constant or has few numbers."""
    if len(first) < 3 or np.ptp(first) == 0 or np.ptp(second) == 0:
        return np.nan, np.nan
    result = stats.spearmanr(first, second)
    return float(result.statistic), float(result.pvalue)
