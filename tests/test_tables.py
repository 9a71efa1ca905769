import numpy as np
import pandas as pd
import pytest

from net2vec_core.counts import PairCounts
from net2vec_core.single_filter import FilterCounts
from net2vec_core.tables import individual_iou_table, segmentation_table, single_filter_table

IS_TRAIN = np.array([True, False, True, False, False])


@pytest.fixture
def concepts():
    return pd.DataFrame(
        {
            "name": ["tree", "a, b"],
            "category": ["object", "part"],
            "train_images": [2, 1],
            "val_images": [2, 2],
        }
    )


@pytest.fixture
def best():
    return PairCounts(
        *(np.array(v) for v in ([0, 1, 2, 3, 3, 4], [0, 0, 0, 0, 1, 1], [4, 1, 2, 3, 5, 0], [8, 4, 4, 6, 10, 2]))
    )


@pytest.fixture
def embedding(best):
    return PairCounts(best.image, best.concept, np.array([6, 2, 2, 5, 9, 2]), np.array([8, 4, 4, 6, 10, 2]))


@pytest.fixture
def filters():
    intersection = np.array([[[6, 4], [1, 1]], [[0, 0], [2, 5]]])
    union = np.array([[[12, 10], [9, 9]], [[5, 5], [8, 12]]])
    return FilterCounts(intersection, union)


def test_single_filter_table(concepts, filters, best):
    table = single_filter_table(concepts, filters, best, IS_TRAIN)
    assert table["filter"].tolist() == [0, 1]
    assert table["iou_train"].tolist() == [0.5, 0.25]
    assert table["iou_val"].tolist() == [0.4, 5 / 12]
    assert ((table["iou_val_low"] <= table["iou_val"]) & (table["iou_val"] <= table["iou_val_high"])).all()


def test_segmentation_table_counts_train_and_val_apart(concepts, filters, best, embedding):
    single = single_filter_table(concepts, filters, best, IS_TRAIN)
    table = segmentation_table(concepts, single, best, {("paper", 0): embedding, ("paper", 1): best}, IS_TRAIN)
    assert table["concept"].tolist() == ["tree", "a, b"] * 2
    assert table["seed"].tolist() == [0, 0, 1, 1]
    first = table[table["seed"] == 0]
    assert first["iou_train"].tolist() == [8 / 12, 0]
    assert first["iou_val"].tolist() == [0.7, 11 / 12]
    assert first["gain"].tolist() == pytest.approx([0.3, 0.5])
    second = table[table["seed"] == 1]
    assert second["gain"].tolist() == pytest.approx([0, 0])
    assert second["p_value"].tolist() == [1, 1]


def test_a_concepts_numbers_do_not_depend_on_the_others(concepts, filters, best, embedding):
    single = single_filter_table(concepts, filters, best, IS_TRAIN)
    both = segmentation_table(concepts, single, best, {("paper", 0): embedding}, IS_TRAIN)
    alone = [PairCounts(c.image[:4], c.concept[:4], c.intersection[:4], c.union[:4]) for c in (best, embedding)]
    one = segmentation_table(concepts.iloc[:1], single.iloc[:1], alone[0], {("paper", 0): alone[1]}, IS_TRAIN)
    pd.testing.assert_frame_equal(one.drop(columns="q_value"), both.iloc[:1].drop(columns="q_value"))


def test_individual_iou_has_every_pair(concepts, best, embedding):
    table = individual_iou_table(concepts, best, embedding)
    assert table["concept"].tolist() == ["tree"] * 4 + ["a, b"] * 2
    assert table["iou_single"].tolist() == [0.5, 0.25, 0.5, 0.5, 0.5, 0]
    assert table["iou_multi"].tolist() == [0.75, 0.5, 0.5, 5 / 6, 0.9, 1]
