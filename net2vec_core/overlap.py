"""Filters shared by concepts."""

import numpy as np
import pandas as pd

from net2vec_core.top_filters import largest

SEPARATOR = "; "


def used_filters(weights: pd.DataFrame, number: int) -> pd.DataFrame:
    """Which filters each embedding uses, bool [concept, filter]: those of largest absolute weight.

    Args:
        weights: Embeddings, one row a concept (its name is the index), one column a filter.
        number: How many filters; where there are fewer, an embedding uses all.
    """
    return pd.DataFrame(largest(weights.to_numpy(), [number])[:, 0], index=weights.index, columns=weights.columns)


def filter_overlap(best_filter: pd.Series, used: pd.DataFrame) -> pd.DataFrame:
    """One row a filter: for which concepts it is the best single filter, and whose embedding uses it.

    Args:
        best_filter: Each concept's best single filter; the index holds the concepts' names.
        used: Which filters each embedding uses, bool [concept, filter].

    Returns:
        Columns filter, best_for (number of concepts), concepts (their names), top_for (number of concepts whose
        embedding uses it), top_concepts (their names).
    """
    table = pd.DataFrame({"filter": np.arange(used.shape[1])})
    table["best_for"], table["concepts"] = _users(table["filter"], best_filter)
    concept, filter_ = used.to_numpy().nonzero()
    table["top_for"], table["top_concepts"] = _users(table["filter"], pd.Series(filter_, index=used.index[concept]))
    return table


def _users(filters: pd.Series, used: pd.Series) -> tuple[pd.Series, pd.Series]:
    """For each filter how many concepts (the index of `used`) use it, and which."""
    by_filter = used.index.to_series().groupby(used.to_numpy())
    return filters.map(by_filter.size()).fillna(0).astype(int), filters.map(by_filter.agg(SEPARATOR.join)).fillna("")


def overlap_histogram(overlap: pd.DataFrame) -> pd.DataFrame:
    """How many filters have how many concepts, in bins (0], (0, 1], (1, 2], (2, 4], (4, 8], …

    Args:
        overlap: Columns best_for and top_for, one row a filter.

    Returns:
        Columns kind (best, top), concepts (a bin's right edge), filters (number), share (of all filters).
    """
    tables = []
    for kind in ("best", "top"):
        concepts = overlap[f"{kind}_for"].to_numpy()
        doublings = int(np.ceil(np.log2(max(1, concepts.max()))))
        edges = np.concatenate([[0], 2 ** np.arange(doublings + 1)])
        filters = np.bincount(np.searchsorted(edges, concepts), minlength=len(edges))
        table = pd.DataFrame({"kind": kind, "concepts": edges, "filters": filters})
        tables.append(table.assign(share=filters / len(concepts)))
    return pd.concat(tables, ignore_index=True)


def shared_filters(used: pd.DataFrame) -> pd.DataFrame:
    """One row a pair of concepts whose embeddings use a common filter, those that share most first.

    Args:
        used: Which F of K filters each embedding uses, bool [concept, filter].

    Returns:
        Columns concept, other, shared (number of filters that both use), shared_filters (their numbers), share (of F),
        by_chance (number that two random choices of F filters have in common: F² / K).
    """
    uses, names, filters = used.to_numpy(np.int64), used.index, used.shape[1]
    number = int(uses[0].sum())
    shared = np.triu(uses @ uses.T, k=1)
    first, second = shared.nonzero()
    pairs = zip(first, second, strict=True)
    table = pd.DataFrame({"concept": names[first], "other": names[second], "shared": shared[first, second]})
    table["shared_filters"] = [SEPARATOR.join(map(str, np.flatnonzero(uses[a] & uses[b]))) for a, b in pairs]
    table["share"] = table["shared"] / number
    table["by_chance"] = number**2 / filters
    return table.sort_values("shared", ascending=False, kind="stable", ignore_index=True)
