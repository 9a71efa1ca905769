import pandas as pd
import pytest

from net2vec_core.errors import UserError
from net2vec_core.storage import write_table
from net2vec_core.summary import summary


def test_means_and_numbers_of_each_recipe(tmp_path):
    chance = {"single_iou_val": 0.1, "constant_mask_iou_val": 0.2, "permuted_iou_val": 0.15}
    rows = {
        "concept": ["a", "b", "a", "b"],
        "recipe": ["paper", "paper", "iou", "iou"],
        "iou_val": [0.2, 0.4, 0.5, 0.7],
    }
    marks = {"encoded": [True, False, True, True], "permuted_encoded": [False, False, False, True]}
    for layer in ("x", "y"):
        folder = tmp_path / "net" / layer
        write_table(pd.DataFrame(rows | marks).assign(**chance), folder / "significance.csv")
        write_table(pd.DataFrame(rows).assign(fair_iou_val=[0.3, 0.5] * 2), folder / "gains.csv")
    table = summary(tmp_path).set_index(["network", "layer", "recipe"])
    assert list(table.index) == [("net", layer, recipe) for layer in "xy" for recipe in ("paper", "iou")]
    assert table["iou_val"].tolist() == pytest.approx([0.3, 0.6] * 2)
    assert table["fair_iou_val"].tolist() == pytest.approx([0.4] * 4)
    assert table["encoded"].tolist() == [1, 2] * 2
    assert table["permuted_encoded"].tolist() == [0, 1] * 2
    assert (table["concepts"] == 2).all()


def test_a_run_that_segments_nothing_is_named(tmp_path):
    (tmp_path / "config.yaml").write_text("dataset: {reader: imagefolder, path: classes}")
    write_table(pd.DataFrame({"concept": ["a"]}), tmp_path / "net" / "x" / "classification.csv")
    with pytest.raises(UserError, match="segments nothing"):
        summary(tmp_path)


def test_an_unfinished_run_is_named(tmp_path):
    with pytest.raises(UserError, match="has no finished layers"):
        summary(tmp_path / "none")
