import itertools

import numpy as np
import pandas as pd
import pytest

from net2vec_core.overlap import filter_overlap, used_filters
from net2vec_core.report.answers import (
    ALL,
    Estimate,
    category_means,
    common_by_chance,
    common_filters,
    example_iou,
    filters_needed,
    histogram_by_chance,
    level_means,
    recipes,
    sharing,
    sums,
)


def gains_and_evidence():
    gains = pd.DataFrame(
        {
            "recipe": ["paper"] * 3 + ["iou"] * 3,
            "iou_val": [0.2, 0.3, 0.1, 0.4, 0.4, 0.4],
            "single_iou_val": [0.1, 0.1, 0.2] * 2,
            "single_gain": [0.1, 0.2, -0.1, 0.3, 0.3, 0.2],
            "single_q_value": [0.01, 0.2, 0.05, 0.01, 0.01, 0.06],
            "fair_iou_val": [0.3, 0.2, 0.2] * 2,
            "fair_gain": [-0.1, 0.1, -0.1, 0.1, 0.2, 0.2],
            "fair_q_value": [0.01, 0.01, 0.5, 0.01, 0.01, 0.01],
        }
    )
    evidence = pd.DataFrame(
        {
            "recipe": ["paper"] * 3 + ["iou"] * 3,
            "encoded": [True, False, False, True, True, False],
            "control_iou_val": [0.1, 0.2, np.nan, np.nan, np.nan, np.nan],
        }
    )
    return gains, evidence


def test_recipes_are_means_over_concepts_with_those_that_gain_and_lose():
    paper, iou = recipes(*gains_and_evidence(), rate=0.05)
    assert (paper.name, paper.concepts, iou.name) == ("paper", 3, "iou")
    assert paper.multi.value == pytest.approx(0.2)
    assert paper.over["single"].gain.value == pytest.approx(0.2 / 3)
    assert (paper.over["single"].better, paper.over["single"].worse) == (1, 1)  # 0.05 counts, 0.2 does not
    assert (paper.over["fair"].better, paper.over["fair"].worse) == (1, 1)
    assert (iou.over["single"].better, iou.over["single"].worse) == (2, 0)
    assert (paper.encoded, iou.encoded) == (1, 2)
    assert paper.control.value == pytest.approx(0.15)
    assert iou.control is None


def test_an_estimate_has_the_bootstrap_interval_of_its_mean():
    values = np.random.default_rng(0).normal(1, 2, 400)
    found = Estimate.of_mean(pd.Series(values))
    assert found.value == pytest.approx(values.mean())
    half_width = 1.96 * values.std() / 20
    assert found.low == pytest.approx(values.mean() - half_width, abs=0.02)
    assert found.high == pytest.approx(values.mean() + half_width, abs=0.02)


@pytest.mark.parametrize(
    ("low", "high", "sign"), [(0.1, 0.3, 1), (-0.1, 0.1, 0), (-0.2, -0.1, -1), (np.nan, np.nan, 0)]
)
def test_a_sign_needs_the_whole_interval(low, high, sign):
    assert Estimate(0.1, low, high).sign == sign


def test_filters_needed_are_quartiles_over_concepts():
    subsets = pd.DataFrame(
        {
            "concept": [*"abcde", *"abcde", "a"],
            "task": ["segmentation"] * 10 + ["classification"],
            "filters": [1] * 5 + [64] * 5 + [99],
            "filters_80": [1, 4, 16, 64, np.nan] * 2 + [1],
        }
    )
    found = filters_needed(subsets)
    assert (found.filters, found.concepts, found.median, found.quartiles) == (64, 4, 4, (1, 16))
    assert filters_needed(subsets.assign(filters_80=np.nan)) is None


def test_common_filters_are_the_mean_over_pairs():
    weights = pd.DataFrame(np.random.default_rng(1).normal(size=(9, 30)))
    used = used_filters(weights, 5)
    overlap = filter_overlap(
        pd.Series(np.arange(9) % 4, index=weights.index.astype(str)), used.set_axis(list("abcdefghi"))
    )
    found = sharing(overlap, 9, 5)
    masks = used.to_numpy()
    assert found.common == pytest.approx(np.mean([(a & b).sum() for a, b in itertools.combinations(masks, 2)]))
    assert found.used == masks.any(0).sum()
    assert found.shared == (masks.sum(0) > 1).sum()
    assert found.most == masks.sum(0).max()
    assert (found.best, found.filters, found.top) == (4, 30, 5)


def test_concepts_that_choose_at_random_share_f_squared_over_k():
    drawn = common_by_chance(40, 8, 64)
    assert drawn.mean() == pytest.approx(8 * 8 / 64, rel=0.02)


def test_concepts_that_all_use_the_same_filters_share_more_than_by_chance():
    overlap = pd.DataFrame({"top_for": [10, 10, *[0] * 30], "best_for": [10, *[0] * 31]})
    assert sharing(overlap, 10, 2).sign == 1
    assert sharing(overlap, 10, 2).common == 2


def test_one_concept_shares_nothing():
    assert common_filters(np.array([1, 0]), 1) == 0


def test_sums_count_answers_that_come_first():
    table = pd.DataFrame(
        {
            "rank": [1, 2, 1, 1],
            "expected_rank": [1, 1, 4, np.nan],
            "shuffled_rank": [3.0, 3.0, 5.0, np.nan],
        }
    )
    found = sums(table)
    assert (found.expected, found.first, found.rank, found.shuffled) == (2, 1, 2.5, 4.0)
    assert sums(table[table["expected_rank"].isna()]) is None


def test_means_by_category_have_all_concepts_first():
    fits = pd.DataFrame(
        {
            "category": ["object", "color", "object", "object"],
            "recipe": ["paper"] * 3 + ["iou"],
            "seed": [0, 0, 0, 1],
            "iou_val": [0.1, 0.2, 0.6, 0.9],
            "single_iou_val": [0.1, 0.1, 0.1, 0.1],
        }
    )
    found = category_means(fits, seed=0)
    multi = found[found["score"] == "iou_val"].set_index(["recipe", "category"])
    assert multi.index.tolist() == [("paper", ALL), ("paper", "object"), ("paper", "color")]
    np.testing.assert_allclose(multi["value"], [0.3, 0.35, 0.2])
    assert multi["concepts"].tolist() == [3, 2, 1]
    assert multi["low"].isna().tolist() == [False, False, True]
    assert (multi["low"].iloc[1], multi["high"].iloc[1]) == pytest.approx((0.1, 0.6))


def test_levels_that_a_recipe_lacks_have_no_row():
    levels = ("random_mask", "constant_mask", "permuted", "rotated", "control", "single")
    table = pd.DataFrame({"recipe": ["paper", "paper", "iou"], "iou_val": [0.2, 0.4, 0.5]})
    table = table.assign(**{f"{level}_iou_val": [0.1, 0.1, np.nan] for level in levels})
    found = level_means(table)
    assert found[found["recipe"] == "iou"]["level"].tolist() == ["iou_val"]
    assert found["value"].tolist() == pytest.approx([0.1] * 6 + [0.3, 0.5])


def test_examples_have_the_iou_of_every_recipe():
    deciles = pd.DataFrame({"concept": ["a", "a", "a"], "decile": [0, 10, 20], "image": [3, 3, 5]})
    individual = pd.DataFrame(
        {
            "image": [3, 5, 3, 5, 4],
            "concept": ["a"] * 5,
            "recipe": ["paper", "paper", "iou", "iou", "iou"],
            "iou_single": 0.0,
            "iou_multi": [0.1, 0.2, 0.3, 0.4, 0.9],
        }
    )
    found = example_iou(deciles, individual)
    assert found[found["recipe"] == "iou"][["image", "iou_multi"]].values.tolist() == [[3, 0.3], [5, 0.4]]
    assert len(found) == 4


def test_a_histogram_by_chance_has_as_many_filters_and_their_binomial_shares():
    histogram = pd.DataFrame(
        {"kind": ["best", "top", "top", "top"], "concepts": [0, 0, 1, 2], "filters": [40, 20, 14, 6]}
    )
    found = histogram_by_chance(histogram, concepts=10, top=4)
    assert found["concepts"].tolist() == [0, 1, 2]
    assert found["value"].sum() == pytest.approx(40)
    none, one = 0.9**10, 10 * 0.1 * 0.9**9  # each concept uses a filter with probability 4 / 40
    np.testing.assert_allclose(found["value"], [40 * none, 40 * one, 40 * (1 - none - one)], rtol=0.05)
    assert ((found["low"] < found["value"]) & (found["value"] < found["high"])).all()
