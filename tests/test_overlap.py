import itertools

import numpy as np
import pandas as pd

from net2vec_core.overlap import filter_overlap, overlap_histogram, shared_filters, used_filters


def test_filters_are_counted_for_the_concepts_that_use_them():
    names = ["tree", "sky", "car"]
    weights = pd.DataFrame(np.zeros((3, 20), np.float32), index=names)
    weights.loc["tree", :7] = -1
    weights.loc["sky", 7:14] = 1
    weights.loc["sky", 0] = 5
    weights.loc["car", 12:] = 1
    used = used_filters(weights, 8)
    table = filter_overlap(pd.Series([3, 3, 19], index=names), used).set_index("filter")
    assert table["best_for"].sum() == 3
    assert table.loc[3, "best_for"] == 2
    assert table.loc[3, "concepts"] == "tree; sky"
    assert table.loc[0, "top_concepts"] == "tree; sky"
    assert table.loc[13, "top_concepts"] == "sky; car"
    assert table.loc[5, "top_for"] == 1
    assert table["top_for"].sum() == 3 * 8
    fewer = filter_overlap(pd.Series([3, 3, 19], index=names), used_filters(weights, 1)).set_index("filter")
    assert fewer.loc[0, "top_concepts"] == "tree; sky"
    assert fewer["top_for"].sum() == 3


def test_fewer_filters_than_the_top():
    weights = pd.DataFrame([[1.0, -2.0]], index=["only"])
    used = used_filters(weights, 8)
    assert filter_overlap(pd.Series([1], index=["only"]), used)["top_for"].tolist() == [1, 1]
    assert shared_filters(used).empty


def test_bins_of_the_histogram_double():
    overlap = pd.DataFrame({"best_for": [0, 0, 0, 1, 2, 3, 4, 5, 8, 8], "top_for": [0] * 9 + [1]})
    table = overlap_histogram(overlap)
    best = table[table["kind"] == "best"]
    assert best["concepts"].tolist() == [0, 1, 2, 4, 8]
    assert best["filters"].tolist() == [3, 1, 1, 2, 3]
    assert best["share"].tolist() == [0.3, 0.1, 0.1, 0.2, 0.3]
    assert table[table["kind"] == "top"]["filters"].tolist() == [9, 1]


def test_every_filter_is_in_one_bin():
    concepts = np.random.default_rng(0).integers(0, 700, 500)
    table = overlap_histogram(pd.DataFrame({"best_for": concepts, "top_for": 0}))
    assert table.groupby("kind")["filters"].sum().tolist() == [500, 500]
    best = table[table["kind"] == "best"].set_index("concepts")["filters"]
    for above, edge in itertools.pairwise([-1, 0, *(2**doubling for doubling in range(11))]):
        assert best[edge] == ((concepts > above) & (concepts <= edge)).sum()


def test_pairs_are_listed_by_how_many_filters_they_share():
    used = pd.DataFrame(np.zeros((4, 10), bool), index=["a", "b; c", "d", "e"])
    for name, filters in {"a": [0, 1, 2], "b; c": [2, 4, 5], "d": [1, 2, 3], "e": [6, 7, 8]}.items():
        used.loc[name, filters] = True
    assert shared_filters(used).to_dict("list") == {
        "concept": ["a", "a", "b; c"],
        "other": ["d", "b; c", "d"],
        "shared": [2, 1, 1],
        "shared_filters": ["1; 2", "2", "2"],
        "share": [2 / 3, 1 / 3, 1 / 3],
        "by_chance": [0.9] * 3,
    }


def test_random_embeddings_share_as_many_filters_as_by_chance():
    weights = pd.DataFrame(np.random.default_rng(0).normal(size=(60, 64)))
    table = shared_filters(used_filters(weights, 8))
    assert abs(table["shared"].sum() / (60 * 59 / 2) - table["by_chance"].iloc[0]) < 0.05
