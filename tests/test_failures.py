import numpy as np
import pandas as pd
import pytest

from build import random_scene
from net2vec_core.counts import PairCounts
from net2vec_core.failures import COLUMNS, MIN_CONCEPTS, failures_table, gain_trends, overshoot, with_coverage


def scores(**columns):
    """A segmentation table of so many concepts as the columns have rows."""
    number = len(next(iter(columns.values())))
    table = pd.DataFrame(
        {
            "concept": [f"concept {i}" for i in range(number)],
            "category": "object",
            "recipe": "paper",
            "seed": 0,
            "train_images": np.arange(number) + 1,
            "val_images": 4,
            "iou_val": 0.5,
            "single_filter": 3,
            "single_iou_val": 0.1,
            "gain": 0.0,
            "q_value": 1.0,
            "mean_coverage": 0.1,
            "overshoot": 2.0,
        }
    )
    return table.assign(**columns)


def test_failures_are_the_losses_the_worst_first():
    table = scores(gain=[0.1, -0.2, 0.0, -0.3, -0.2], q_value=[0.01, 0.05, 0.01, 0.2, 0.0501])
    found = failures_table(table, 0.05)
    assert list(found.columns) == COLUMNS
    assert found["concept"].tolist() == ["concept 3", "concept 1", "concept 4"]
    assert found["significant"].tolist() == [False, True, False]
    assert failures_table(table, 0.2)["significant"].tolist() == [True, True, True]


def test_without_losses_there_is_no_row_but_every_column():
    found = failures_table(scores(gain=[0.0, 0.1]), 0.05)
    assert list(found.columns) == COLUMNS
    assert found.empty


def test_a_concepts_coverage_is_found_by_its_name():
    concepts = pd.DataFrame({"name": ["b", "whole", "a, c"], "mean_coverage": [0.2, 1, 0.3]})
    table = scores(concept=["a, c", "b", "a, c"])
    assert with_coverage(table, concepts)["mean_coverage"].tolist() == [0.3, 0.2, 0.3]


def test_overshoot_is_predicted_over_labelled_pixels_of_val_images():
    scene = random_scene(6)
    labels = scene.labels
    rng = np.random.default_rng(0)
    predicted = rng.random((len(labels.image), *labels.mask_shape)) < 0.4
    truth = labels.pair_masks(0, 40)
    counts = PairCounts(labels.image, labels.concept, (predicted & truth).sum((1, 2)), (predicted | truth).sum((1, 2)))
    expected = []
    for concept in range(3):
        chosen = [i for i in range(len(truth)) if labels.concept[i] == concept and not labels.is_train[labels.image[i]]]
        expected.append(sum(predicted[i].sum() for i in chosen) / sum(truth[i].sum() for i in chosen))
    np.testing.assert_allclose(overshoot(counts, labels), expected)
    known = overshoot(counts.of_concepts(np.array([0, 1])), labels)
    np.testing.assert_allclose(known, [*expected[:2], np.nan])


def plain_spearman(first, second):
    """Pearson's correlation of the ranks; equal values share their mean rank."""

    def ranks(values):
        return np.array([np.mean([np.sum(values < v) + 1, np.sum(values <= v)]) for v in values])

    return np.corrcoef(ranks(np.asarray(first)), ranks(np.asarray(second)))[0, 1]


def test_planted_trends_are_found():
    rng = np.random.default_rng(0)
    number = 30
    coverage, images = rng.random(number), rng.permutation(number) + 1
    table = pd.concat(
        [
            scores(gain=coverage**3, mean_coverage=coverage, train_images=images),
            scores(gain=-np.log(images), mean_coverage=coverage, train_images=images).assign(recipe="iou"),
        ]
    )
    found = gain_trends(table)
    of_all = found[found["category"] == "all"].set_index(["recipe", "against"])
    assert of_all.loc[("paper", "mean_coverage"), "rank_correlation"] == pytest.approx(1)
    assert of_all.loc[("iou", "train_images"), "rank_correlation"] == pytest.approx(-1)
    assert of_all.loc[("paper", "mean_coverage"), "p_value"] < 1e-9
    unrelated = of_all.loc[("paper", "train_images")]
    assert unrelated["rank_correlation"] == pytest.approx(plain_spearman(coverage, images))
    assert unrelated["p_value"] > 0.01


def test_equal_gains_share_their_rank():
    rng = np.random.default_rng(1)
    gain, images = rng.integers(0, 4, 40) / 4, rng.integers(1, 6, 40)
    found = gain_trends(scores(gain=gain, train_images=images))
    row = found[(found["category"] == "all") & (found["against"] == "train_images")]
    assert row["rank_correlation"].tolist() == pytest.approx([plain_spearman(gain, images)])


def test_categories_of_enough_concepts_have_trends_of_their_own():
    categories = ["part"] * MIN_CONCEPTS + ["color"] * (MIN_CONCEPTS - 1)
    rng = np.random.default_rng(0)
    table = scores(category=categories, gain=rng.random(len(categories)), mean_coverage=rng.random(len(categories)))
    found = gain_trends(table)
    assert found["category"].tolist() == ["all", "all", "part", "part"]
    assert found["concepts"].tolist() == [9, 9, 5, 5]
    part = table[table["category"] == "part"]
    expected = [plain_spearman(part["gain"], part[against]) for against in ("train_images", "mean_coverage")]
    assert found["rank_correlation"].tolist()[2:] == pytest.approx(expected)


def test_a_trend_that_cannot_be_known_is_empty():
    found = gain_trends(scores(gain=[0.1, 0.2, 0.3, 0.4], mean_coverage=[0.5] * 4))
    unknown = found[found["against"] == "mean_coverage"]
    assert unknown[["rank_correlation", "p_value"]].isna().all(axis=None)
    assert gain_trends(scores(gain=[0.1, 0.2]))["rank_correlation"].isna().all()
