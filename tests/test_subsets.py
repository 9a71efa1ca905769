import numpy as np
import pandas as pd

from net2vec_core.subsets import filters_needed, filters_needed_table, subset_table

SIZES = [1, 4, 16]
CONCEPTS = pd.DataFrame({"name": ["a", "b", "c"], "category": ["object", "part", "part"]})
VAL = np.array([[0.4, 0.45, 0.5], [0.1, 0.45, 0.5], [0.3, 0.2, 0.0]])


def test_filters_needed_is_the_smallest_size_that_reaches_the_share():
    assert filters_needed(SIZES, VAL, 0.8, 0).tolist() == [1, 4, pd.NA]
    assert filters_needed(SIZES, VAL, 0.9, 0).tolist() == [4, 4, pd.NA]
    accuracy = np.array([[0.6, 0.7, 0.75], [0.7, 0.71, 0.75], [0.4, 0.6, 0.5]])
    assert filters_needed(SIZES, accuracy, 0.8, 0.5).tolist() == [4, 1, pd.NA], "of the height above one half"


def test_one_row_a_concept_and_size():
    table = subset_table(CONCEPTS, SIZES, VAL / 2, VAL, 0)
    assert table["concept"].tolist() == ["a"] * 3 + ["b"] * 3 + ["c"] * 3
    assert table["filters"].tolist() == SIZES * 3
    np.testing.assert_array_equal(table["score_val"], VAL.ravel())
    np.testing.assert_array_equal(table["score_train"], VAL.ravel() / 2)
    assert table["filters_80"].tolist()[:6] == [1, 1, 1, 4, 4, 4]


def test_concepts_are_cumulated_by_category():
    tables = [
        subset_table(CONCEPTS, SIZES, VAL, VAL, 0).assign(network="n", layer=layer, task="segmentation")
        for layer in "xy"
    ]
    needed = filters_needed_table(pd.concat(tables))
    one = needed[(needed["layer"] == "x") & (needed["share"] == 0.8)].set_index(["category", "filters"])
    assert one.loc["all", "concepts"].tolist() == [1, 2, 2]
    assert one.loc["part", "concepts"].tolist() == [0, 1, 1]
    np.testing.assert_allclose(one.loc["part", "concepts_share"], [0, 0.5, 0.5])
    assert len(needed) == 2 * 3 * 2 * 3
