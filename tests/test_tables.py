import numpy as np
import pandas as pd
import pytest

from net2vec_core.classification_store import Classification
from net2vec_core.counts import PairCounts
from net2vec_core.single_filter import FilterCounts
from net2vec_core.tables import (
    classification_table,
    individual_iou_table,
    segmentation_table,
    single_filter_table,
)

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
    table = individual_iou_table(concepts, best, {"paper": embedding, "iou": best})
    assert table["concept"].tolist() == (["tree"] * 4 + ["a, b"] * 2) * 2
    assert table["recipe"].tolist() == ["paper"] * 6 + ["iou"] * 6
    assert table["iou_single"].tolist() == [0.5, 0.25, 0.5, 0.5, 0.5, 0] * 2
    assert table["iou_multi"].tolist() == [0.75, 0.5, 0.5, 5 / 6, 0.9, 1, 0.5, 0.25, 0.5, 0.5, 0.5, 0]


def classified(correct, concept):
    concept, correct = np.array(concept), np.array(correct, bool)
    accuracy = [
        correct[concept == number].mean(0) if (concept == number).any() else [np.nan, np.nan] for number in (0, 1)
    ]
    on_val = np.array(accuracy)
    return Classification(
        weights=np.zeros((2, 3), np.float32),
        bias=np.zeros(2, np.float32),
        single_filter=np.array([2, 0]),
        accuracy=np.stack([[0.9, 0.8], on_val[:, 0]], axis=1),
        subset_scores=np.stack([[0.6, 0.5], on_val[:, 1]], axis=1)[:, None],
        image=np.arange(len(concept)),
        concept=concept,
        correct=correct,
    )


def test_classification_table(concepts):
    fits = classified([[1, 0]] * 7 + [[1, 1], [1, 0], [0, 1]], [0] * 8 + [1] * 2)
    table = classification_table(concepts, {("paper", 0): fits, ("paper", 1): fits})
    assert table["concept"].tolist() == ["tree", "a, b"] * 2
    assert table["seed"].tolist() == [0, 0, 1, 1]
    first = table[table["seed"] == 0]
    assert first["accuracy_train"].tolist() == [0.9, 0.8]
    assert first["accuracy_val"].tolist() == [1, 0.5]
    assert first["accuracy_val_low"].tolist() == [1, 0]
    assert first["accuracy_val_high"].tolist() == [1, 1]
    assert first["single_filter"].tolist() == [2, 0]
    assert first["single_accuracy_val"].tolist() == [1 / 8, 0.5]
    assert first["gain"].tolist() == [7 / 8, 0]
    assert first["p_value"].tolist() == pytest.approx([2**-6, 1])
    assert first["q_value"].tolist() == pytest.approx([2**-5, 1])


def test_a_concept_without_val_images_has_no_accuracy(concepts):
    table = classification_table(concepts, {("paper", 0): classified([[1, 0], [1, 1]], [1, 1])})
    unknown = ["accuracy_val", "accuracy_val_low", "accuracy_val_high", "single_accuracy_val", "gain"]
    assert table.loc[0, unknown].isna().all()
    assert table.loc[0, "p_value"] == 1
