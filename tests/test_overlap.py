import numpy as np
import pandas as pd

from net2vec_core.overlap import TOP_FILTERS, filter_overlap


def test_filters_are_counted_for_the_concepts_that_use_them():
    names = ["tree", "sky", "car"]
    weights = pd.DataFrame(np.zeros((3, 20), np.float32), index=names)
    weights.loc["tree", :7] = -1
    weights.loc["sky", 7:14] = 1
    weights.loc["sky", 0] = 5
    weights.loc["car", 12:] = 1
    table = filter_overlap(pd.Series([3, 3, 19], index=names), weights).set_index("filter")
    assert table["best_for"].sum() == 3
    assert table.loc[3, "best_for"] == 2
    assert table.loc[3, "concepts"] == "tree; sky"
    assert table.loc[0, "top_concepts"] == "tree; sky"
    assert table.loc[13, "top_concepts"] == "sky; car"
    assert table.loc[5, "top_for"] == 1
    assert table["top_for"].sum() == 3 * TOP_FILTERS


def test_fewer_filters_than_the_top():
    weights = pd.DataFrame([[1.0, -2.0]], index=["only"])
    assert filter_overlap(pd.Series([1], index=["only"]), weights)["top_for"].tolist() == [1, 1]
