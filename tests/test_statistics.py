import itertools

import numpy as np
import pytest

from net2vec_core.statistics import (
    ImageCounts,
    bootstrap_interval,
    generator,
    paired_answers_p_value,
    paired_p_value,
    q_values,
)


def counts(intersection, union):
    return ImageCounts(np.array(intersection), np.array(union))


def random_counts(rng, images, quality):
    union = rng.integers(50, 200, images)
    return ImageCounts((union * np.clip(rng.normal(quality, 0.1, images), 0, 1)).astype(np.int64), union)


def test_interval_holds_the_score_and_narrows_with_more_images():
    rng = np.random.default_rng(0)
    few, many = random_counts(rng, 20, 0.4), random_counts(rng, 2000, 0.4)
    (low, high), (near_low, near_high) = (bootstrap_interval(sample, generator("c")) for sample in (few, many))
    assert low < few.iou() < high
    assert near_high - near_low < (high - low) / 5


def test_interval_covers_the_truth_as_often_as_it_says():
    rng = np.random.default_rng(1)
    population = random_counts(rng, 20_000, 0.4)
    covered = 0
    for trial in range(200):
        chosen = rng.integers(0, 20_000, 60)
        sample = ImageCounts(population.intersection[chosen], population.union[chosen])
        low, high = bootstrap_interval(sample, generator(str(trial)))
        covered += low <= population.iou() <= high
    assert 0.88 <= covered / 200 <= 0.99


def test_one_image_gives_no_interval():
    assert np.isnan(bootstrap_interval(counts([3], [5]), generator("c"))).all()


def test_p_value_equals_trying_every_swap():
    first, second = counts([5, 9, 2, 7, 1], [10, 11, 9, 8, 6]), counts([3, 8, 2, 1, 2], [9, 12, 7, 9, 8])
    observed = first.iou() - second.iou()
    differences = []
    for swap in itertools.product([False, True], repeat=5):
        swap = np.array(swap)
        ours = [np.where(swap, getattr(second, name), getattr(first, name)).sum() for name in ("intersection", "union")]
        theirs = [
            np.where(swap, getattr(first, name), getattr(second, name)).sum() for name in ("intersection", "union")
        ]
        differences.append(ours[0] / ours[1] - theirs[0] / theirs[1])
    differences = np.array(differences)
    # two-sided: twice the smaller tail
    tails = [(differences >= observed - 1e-12).mean(), (differences <= observed + 1e-12).mean()]
    assert paired_p_value(first, second, generator("c")) == pytest.approx(min(1, 2 * min(tails)))


def test_equal_predictions_are_not_told_apart_and_different_ones_are():
    rng = np.random.default_rng(2)
    good, bad = random_counts(rng, 60, 0.6), random_counts(rng, 60, 0.3)
    assert paired_p_value(good, good, generator("c")) == 1
    assert paired_p_value(good, bad, generator("c")) < 0.001


def test_one_image_tells_nothing_apart():
    assert paired_p_value(counts([5], [5]), counts([0], [5]), generator("c")) == 1


@pytest.mark.parametrize("seed", range(8))
def test_p_value_of_answers_is_that_of_all_swaps(seed):
    first, second = np.random.default_rng(seed).random((2, 11)) < np.array([[0.8], [0.4]])
    swapped = paired_p_value(ImageCounts.of_answers(first), ImageCounts.of_answers(second), generator("c"))
    assert paired_answers_p_value(first, second) == pytest.approx(swapped)


def test_same_answers_are_not_told_apart():
    answers = np.array([True, False, True])
    assert paired_answers_p_value(answers, answers) == 1
    assert paired_answers_p_value(answers[:0], answers[:0]) == 1
    assert paired_answers_p_value(np.ones(40, bool), np.zeros(40, bool)) == pytest.approx(2**-39)


def test_accuracy_is_the_iou_of_answers():
    assert ImageCounts.of_answers(np.array([True, False, True, True])).iou() == 0.75


def test_p_values_are_uniform_when_nothing_differs():
    rng = np.random.default_rng(3)
    values = [
        paired_p_value(random_counts(rng, 12, 0.5), random_counts(rng, 12, 0.5), generator(str(trial)))
        for trial in range(150)
    ]
    assert np.mean(np.array(values) < 0.1) < 0.19
    assert np.mean(np.array(values) < 0.5) > 0.35


def test_q_values_by_hand():
    np.testing.assert_allclose(q_values(np.array([0.01, 0.04, 0.03, 0.5])), [0.04, 0.16 / 3, 0.16 / 3, 0.5])


def test_random_numbers_depend_on_the_name_alone():
    assert generator("tree").random() == generator("tree").random()
    assert generator("tree").random() != generator("three").random()
