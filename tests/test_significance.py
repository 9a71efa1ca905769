import numpy as np
import pandas as pd
import pytest

from net2vec_core.counts import PairCounts
from net2vec_core.significance import Chance, Val, gain_table, significance_table

CONCEPTS = pd.DataFrame({"name": ["found", "noise", "every, where"], "category": "object", "val_images": 40})
IMAGES = 60  # the first 20 are train
VAL = Val(CONCEPTS, np.arange(IMAGES) >= 20)


def counts(*means, seed=0):
    """Counts of IoU around these means, one a concept, in all images."""
    rng = np.random.default_rng(seed)
    image, concept = np.repeat(np.arange(IMAGES), len(means)), np.tile(np.arange(len(means)), IMAGES)
    share = np.clip(np.array(means)[concept] + rng.normal(0, 0.1, len(image)), 0, 1)
    return PairCounts(image, concept, (share * 1000).astype(np.int64), np.full(len(image), 1000))


def table(embeddings, control=None, rotated=None):
    chance = Chance(counts(0.2, 0.2, 0.5, seed=1), counts(0.2, 0.2, 0.2, seed=2), rotated, control)
    return significance_table(VAL, embeddings, chance, np.array([0.1, 0.2, 0.3]), 0.05)


def test_a_concept_counts_as_encoded_where_it_beats_both_kinds_of_chance():
    evidence = table(counts(0.6, 0.2, 0.45)).set_index("concept")
    assert evidence["encoded"].tolist() == [True, False, False], "the last beats permuted labels alone"
    assert evidence.loc["found", "p_value"] == pytest.approx(1e-4)
    assert evidence["iou_val"].to_numpy() == pytest.approx([0.6, 0.2, 0.45], abs=0.05)
    assert evidence["constant_mask_iou_val"].to_numpy() == pytest.approx([0.2, 0.2, 0.5], abs=0.05)
    assert not evidence["permuted_encoded"].any()
    assert evidence[["control_iou_val", "control_p_value", "control_q_value", "rotated_iou_val"]].isna().all(axis=None)


def test_worse_than_chance_is_no_evidence():
    assert table(counts(0.05, 0.05, 0.05))["p_value"].min() > 0.9


def test_the_control_network_is_one_more_comparison():
    evidence = table(counts(0.6, 0.2, 0.5), control=counts(0.3, 0.2, 0.9, seed=3), rotated=counts(0.1, 0.1, 0.1))
    assert (evidence["control_q_value"] <= 0.05).tolist() == [True, False, False]
    assert evidence["rotated_iou_val"].to_numpy() == pytest.approx([0.1] * 3, abs=0.05)


def test_noise_gives_no_more_than_the_false_discovery_rate():
    number = 200
    concepts = pd.DataFrame({"name": [f"c{n}" for n in range(number)], "category": "object", "val_images": 40})
    val = Val(concepts, np.arange(IMAGES) >= 20)
    noise = [counts(*[0.3] * number, seed=seed) for seed in range(3)]
    evidence = significance_table(val, noise[0], Chance(noise[1], noise[2], None, None), np.zeros(number), 0.05)
    assert evidence["encoded"].sum() <= 2
    assert evidence["permuted_encoded"].sum() <= 2


def test_gains_over_each_kind_of_single_filter():
    embeddings = counts(0.6, 0.3, 0.5)
    gains = gain_table(VAL, embeddings, {"single": counts(0.1, 0.3, 0.9, seed=5), "fair": embeddings})
    np.testing.assert_allclose(gains["single_gain"], [0.5, 0, -0.4], atol=0.06)
    assert (gains["single_q_value"] <= 0.05).tolist() == [True, False, True]
    assert (gains["fair_gain"] == 0).all()
    assert (gains["fair_p_value"] == 1).all()
