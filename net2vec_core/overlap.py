"""Filters shared by concepts."""

import numpy as np
import pandas as pd

TOP_FILTERS = 8
SEPARATOR = "; "


def filter_overlap(best_filter: pd.Series, weights: pd.DataFrame) -> pd.DataFrame:
    """One row a filter: for which concepts it is the best single filter, and whose embedding uses it most.

    Args:
        best_filter: Each concept's best single filter; the index holds the concepts' names.
        weights: Embeddings, one row a concept (its name is the index), one column a filter.

    Returns:
        Columns filter, best_for (number of concepts), concepts (their names), top_for (number of concepts among whose
        TOP_FILTERS filters of largest absolute weight it is), top_concepts (their names).
    """
    table = pd.DataFrame({"filter": np.arange(weights.shape[1])})
    table["best_for"], table["concepts"] = _users(table["filter"], best_filter)
    largest = np.argsort(-weights.abs().to_numpy(), axis=1, kind="stable")[:, :TOP_FILTERS]
    top = pd.Series(largest.ravel(), index=weights.index.repeat(largest.shape[1]))
    table["top_for"], table["top_concepts"] = _users(table["filter"], top)
    return table


def _users(filters: pd.Series, used: pd.Series) -> tuple[pd.Series, pd.Series]:
    """For each filter how many concepts (the index of `used`) use it, and which."""
    by_filter = used.index.to_series().groupby(used.to_numpy())
    return filters.map(by_filter.size()).fillna(0).astype(int), filters.map(by_filter.agg(SEPARATOR.join)).fillna("")
