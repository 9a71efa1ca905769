import numpy as np
import pandas as pd
import pytest

from net2vec_core.task_agreement import task_agreement

NAMES = ["a", "b, c", "d"]
CATEGORIES = pd.Series(["object", "part", "color"], index=NAMES)


def vectors(seed):
    return pd.DataFrame(np.random.default_rng(seed).normal(size=(3, 400)).astype(np.float32), index=NAMES)


def test_the_same_weights_agree():
    table = task_agreement(vectors(0), vectors(0) * 3, CATEGORIES, 8)
    for column in ("cosine", "rank_correlation", "shared_top"):
        assert table[column].tolist() == pytest.approx([1, 1, 1])
    assert (table["q_value"] < 1e-9).all()
    assert table["chance_shared"].tolist() == [8 / 400] * 3


def test_unrelated_weights_do_not():
    table = task_agreement(vectors(0), vectors(1), CATEGORIES, 8)
    assert (table[["cosine", "rank_correlation"]].abs() < 0.2).all(axis=None)
    assert (table["q_value"] > 0.05).all()
    assert (table["shared_top"] <= 0.25).all()


def test_concepts_of_one_task_are_left_out_and_constant_weights_have_no_rank_correlation():
    second = vectors(1).iloc[1:]
    second.loc["d"] = 1.0
    table = task_agreement(vectors(0), second, CATEGORIES, 8)
    assert table["concept"].tolist() == ["b, c", "d"]
    assert table["category"].tolist() == ["part", "color"]
    assert table.loc[1, ["rank_correlation", "p_value", "q_value"]].isna().all()
    assert np.isfinite(table.loc[0, "q_value"])
