"""Whether concepts that belong together lie together: parts and wholes, things and their colours, categories."""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from net2vec_core.comparison import mantel
from net2vec_core.statistics import generator

MIN_SHARE = 0.5  # of a concept's pixels that must lie within the other's
PERMUTATIONS = 999
# kind of a relation: categories of the concept, and of the other within which it lies
KINDS = {
    "part of whole": (("part",), "object"),
    "thing of colour": (("object", "part", "material"), "color"),
}
SAME_CATEGORY, ALL_PAIRS = "same category", "all pairs"
COLUMNS = (
    "kind",
    "pairs",
    "candidates",
    "mean_cosine",
    "other_cosine",
    "mean_rank",
    "chance_rank",
    "rank_correlation",
    "p_value",
)


@dataclass(frozen=True)
class Relation:
    """Which concepts have which others of a kind: all arrays are by place among all concepts.

    Attributes:
        kind: Its name.
        concept: int64 [row], those that have at least one.
        candidate: int64 [column], among which it is looked for.
        related: bool [row, column].
    """

    kind: str
    concept: NDArray[np.int64]
    candidate: NDArray[np.int64]
    related: NDArray[np.bool_]


def share_matrix(cooccurrence: pd.DataFrame, concepts: pd.Index) -> NDArray[np.float64]:
    """The share of the row's pixels that lie within the column's [concept, concept]; 0 on the diagonal.

    Args:
        cooccurrence: Columns concept, other, share_within.
        concepts: Names, in the order of rows and columns.
    """
    rows, columns = (concepts.get_indexer(pd.Index(cooccurrence[name])) for name in ("concept", "other"))
    known = (rows >= 0) & (columns >= 0)
    share = np.zeros((len(concepts), len(concepts)))
    share[rows[known], columns[known]] = cooccurrence["share_within"].to_numpy(np.float64)[known]
    return share


def find_relations(categories: pd.Series, share: NDArray[np.float64]) -> list[Relation]:
    """The relations of each of KINDS, also those that no concept has.

    Args:
        categories: Each concept's category; the index holds the concepts' names.
        share: As from `share_matrix`.
    """
    found = []
    for kind, (of_concept, of_other) in KINDS.items():
        concept, candidate = (np.flatnonzero(categories.isin(names)) for names in (of_concept, [of_other]))
        related = share[np.ix_(concept, candidate)] >= MIN_SHARE
        kept = related.any(axis=1)
        found.append(Relation(kind, concept[kept], candidate, related[kept]))
    return found


def ranks(relation: Relation, cosines: NDArray[np.float64]) -> NDArray[np.int64]:
    """Each candidate's rank by its cosine with the row's concept, int64 [row, column]; equals share the lowest."""
    near = cosines[np.ix_(relation.concept, relation.candidate)]
    order = np.sort(-near, axis=1)
    rank = [np.searchsorted(row, -values) for row, values in zip(order, near, strict=True)]
    return np.array(rank, np.int64).reshape(near.shape) + 1


def relations_table(relations: list[Relation], cosines: pd.DataFrame, share: NDArray[np.float64]) -> pd.DataFrame:
    """One row a related pair: kind, concept, other, share_within, cosine, rank (1 = nearest), candidates.

    Args:
        relations: Which pairs are related.
        cosines: Rows and columns are named after concepts.
        share: As from `share_matrix`, in the same order.
    """
    names, values = cosines.index, cosines.to_numpy()
    tables = []
    for relation in relations:
        row, column = relation.related.nonzero()
        first, second = relation.concept[row], relation.candidate[column]
        table = pd.DataFrame({"concept": names[first], "other": names[second]})
        table.insert(0, "kind", relation.kind)
        table["share_within"], table["cosine"] = share[first, second], values[first, second]
        table["rank"] = ranks(relation, values)[row, column]
        tables.append(table.assign(candidates=len(relation.candidate)))
    return pd.concat(tables, ignore_index=True)


def relation_summary(
    relations: list[Relation], categories: pd.Series, cosines: pd.DataFrame, share: NDArray[np.float64]
) -> pd.DataFrame:
    """One row a kind, one for concepts of the same category, and one for all pairs: columns COLUMNS.

    Args:
        relations: Which pairs are related.
        categories: Each concept's category; the index holds the concepts' names.
        cosines: Rows and columns are named after concepts, in the same order.
        share: As from `share_matrix`, in the same order.
    """
    values, category = cosines.to_numpy(), pd.factorize(categories)[0]
    rows = [_summary(relation, values, category) for relation in relations]
    rows += [_of_categories(values, category), _of_all_pairs(values, share)]
    return pd.DataFrame(rows, columns=list(COLUMNS))


def _summary(relation: Relation, cosines: NDArray[np.float64], category: NDArray[np.int64]) -> dict[str, float | str]:
    """What a relation's pairs have in common; numbers are left out where there are none, or nothing beside them."""
    pairs, candidates = int(relation.related.sum()), len(relation.candidate)
    row: dict[str, float | str] = {"kind": relation.kind, "pairs": pairs, "candidates": candidates}
    if not pairs:
        return row
    row |= {"mean_rank": float(ranks(relation, cosines)[relation.related].mean()), "chance_rank": (candidates + 1) / 2}
    return row | _contrast(relation, cosines, category)


def _of_categories(cosines: NDArray[np.float64], category: NDArray[np.int64]) -> dict[str, float | str]:
    """Concepts of one category against those of several; names are dealt anew among all concepts."""
    everyone = np.arange(len(category))
    same = (category[:, None] == category) & ~np.eye(len(category), dtype=bool)
    relation = Relation(SAME_CATEGORY, everyone, everyone, same)
    pairs = int(same.sum()) // 2
    row: dict[str, float | str] = {"kind": SAME_CATEGORY, "pairs": pairs}
    return row | (_contrast(relation, cosines, np.zeros_like(category)) if pairs else {})


def _of_all_pairs(cosines: NDArray[np.float64], share: NDArray[np.float64]) -> dict[str, float | str]:
    """Whether concepts have the higher cosines, the more of their pixels they share."""
    pairs = len(cosines) * (len(cosines) - 1) // 2
    row: dict[str, float | str] = {"kind": ALL_PAIRS, "pairs": pairs}
    if not pairs:
        return row
    correlation, p_value = mantel(cosines, (share + share.T) / 2, generator(ALL_PAIRS))
    mean = float(cosines[np.triu_indices(len(cosines), 1)].mean())
    return row | {"mean_cosine": mean, "rank_correlation": correlation, "p_value": p_value}


def _contrast(relation: Relation, cosines: NDArray[np.float64], dealt: NDArray[np.int64]) -> dict[str, float | str]:
    """The mean cosine of related pairs, that of the rows' other candidates, and how likely such a difference is.

    The one-sided p-value is the share of PERMUTATIONS in which a difference as large comes about when the names of
    concepts of equal `dealt` [concept] are dealt to the vectors anew.
    """
    near = cosines[np.ix_(relation.concept, relation.candidate)]
    others = ~relation.related & (relation.concept[:, None] != relation.candidate)
    row: dict[str, float | str] = {"mean_cosine": float(near[relation.related].mean())}
    if not others.any():
        return row
    weights = relation.related / relation.related.sum() - others / others.sum()
    found, rng = np.vdot(weights, near), generator(relation.kind)
    orders = (_deal(dealt, rng) for _ in range(PERMUTATIONS))
    shuffled = np.array(
        [np.vdot(weights, cosines[np.ix_(order[relation.concept], order[relation.candidate])]) for order in orders]
    )
    as_large = shuffled >= found - 1e-12  # the same pairs in another order add up with another rounding
    p_value = float((1 + as_large.sum()) / (1 + PERMUTATIONS))
    return row | {"other_cosine": float(near[others].mean()), "p_value": p_value}


def _deal(group: NDArray[np.int64], rng: np.random.Generator) -> NDArray[np.int64]:
    """A random order of all places in which each holds one of its own group."""
    order = np.empty(len(group), np.int64)
    order[np.argsort(group, kind="stable")] = np.lexsort([rng.random(len(group)), group])
    return order
