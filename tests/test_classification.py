import numpy as np
import pytest

from benchmarks import plain
from net2vec_core import classification as module
from net2vec_core.classification import (
    RECIPES,
    are_correct,
    classify,
    features_of,
    fit,
    start_weights,
)
from net2vec_core.classification_data import PADDING, Draws
from net2vec_core.top_filters import largest

PAPER = RECIPES["paper"]


def random_task(images=150, filters=10, shares=(0.5, 0.2, 0.9), seed=0):
    """Noise, and concepts that have nothing to do with it."""
    rng = np.random.default_rng(seed)
    holds = rng.random((len(shares), images)) < np.array(shares)[:, None]
    names = [f"concept {number}" for number in range(len(shares))]
    return rng.random((images, filters), np.float32), Draws(names, holds, np.arange(images) % 3 != 0, seed)


def fitted(pooled, draws, sizes=(1,)):
    return classify(pooled, draws, sizes, PAPER, "cpu")


def everything(start):
    return np.ones((len(start), 1, start.shape[1]), bool)


def plain_weights(pooled, draws, concept, start):
    rows = [draws.epoch(epoch)[concept] for epoch in range(30)]
    return plain.classify(pooled, draws.holds[concept], [row[row != PADDING] for row in rows], start)


def test_golden_weights_and_accuracies(golden):
    holds = np.array([(golden["masks"] == concept).any((1, 2, 3)) for concept in (1, 2, 3, 4)])
    holds = np.concatenate([holds, [golden["image_level"] == 5]])
    features = features_of(golden["activations"].mean((2, 3)), "cpu")
    start = np.column_stack([golden["classification_w0"], golden["classification_b0"]])
    schedule = golden["classification_schedule"].astype(np.int64)
    weights = fit(features, holds, lambda epoch: schedule[:, epoch], start, everything(start), PAPER)
    np.testing.assert_allclose(weights[:, 0, :-1], golden["classification_w"], atol=1e-5, rtol=0)
    np.testing.assert_allclose(weights[:, 0, -1], golden["classification_b"], atol=1e-5, rtol=0)
    for concept in range(5):
        drawn = schedule[concept, -1], golden["classification_val"][concept].astype(np.int64)
        correct = [are_correct(features, holds[concept], images, weights[concept]).mean() for images in drawn]
        assert correct == golden["classification_accuracy_train_val"][concept].tolist()


def test_equals_the_autograd_loop():
    pooled, draws = random_task(images=400)
    fits = fitted(pooled, draws)
    start = start_weights(draws.names, 10, seed=0)
    for concept in range(3):
        expected = plain_weights(pooled, draws, concept, start[concept])
        np.testing.assert_allclose(np.append(fits.weights[concept], fits.bias[concept]), expected, atol=1e-5, rtol=0)


def test_a_subset_is_a_fit_of_its_filters_alone():
    pooled, draws = random_task()
    start = start_weights(draws.names, 10, seed=0)
    of_filters = largest(np.random.default_rng(3).normal(size=start[:, :-1].shape), [1, 3, 10])
    kept = np.pad(of_filters, ((0, 0), (0, 0), (0, 1)), constant_values=True)
    weights = fit(features_of(pooled, "cpu"), draws.holds, draws.epoch, start, kept, PAPER)
    assert (weights[~kept] == 0).all()
    for concept, size in np.ndindex(3, 3):
        filters = kept[concept, size]
        expected = plain_weights(pooled[:, filters[:-1]], draws, concept, start[concept, filters])
        np.testing.assert_allclose(weights[concept, size, filters], expected, atol=1e-5, rtol=0)


def test_all_filters_as_a_subset_are_the_full_fit():
    fits = fitted(*random_task(), sizes=(1, 10))
    np.testing.assert_array_equal(fits.subset_scores[:, 1], fits.accuracy)


def test_the_same_task_gives_the_same_bits():
    one, two = (fitted(*random_task(), (1, 4)) for _ in range(2))
    for name, values in vars(one).items():
        np.testing.assert_array_equal(values, vars(two)[name])


def test_concepts_fitted_together_change_rounding_alone(monkeypatch):
    pooled, draws = random_task(shares=np.linspace(0.1, 0.9, 7))
    together = fitted(pooled, draws, (1, 4))
    monkeypatch.setattr(module, "CONCEPTS_AT_ONCE", 1)
    alone = fitted(pooled, draws, (1, 4))
    np.testing.assert_allclose(alone.weights, together.weights, atol=1e-6)
    np.testing.assert_array_equal(alone.concept, together.concept)
    np.testing.assert_array_equal(alone.image, together.image)
    np.testing.assert_array_equal(alone.single_filter, together.single_filter)


def test_a_filter_that_is_the_concept_is_found_and_suffices():
    pooled, draws = random_task(images=300, shares=(0.5, 0.3, 0.6))
    pooled[:, 2:5] = 10 * draws.holds.T
    fits = fitted(pooled, draws)
    assert fits.single_filter.tolist() == [2, 3, 4]
    np.testing.assert_array_equal(fits.accuracy, 1)
    np.testing.assert_array_equal(fits.subset_scores, 1)
    assert fits.correct.all()


def test_a_sum_of_filters_needs_them_all():
    pooled, draws = random_task(images=600, filters=6, shares=(0.5,))
    rng = np.random.default_rng(1)
    pooled[:] = 10 * rng.random(pooled.shape)
    draws.holds[0] = pooled[:, :4].sum(1) > 20
    fits = fitted(pooled, draws, sizes=(1, 4))
    assert fits.accuracy[0, 1] > 0.85
    assert fits.subset_scores[0, 1, 1] > 0.85
    assert fits.subset_scores[0, 0, 1] < 0.8


def test_noise_is_guessed():
    fits = fitted(*random_task(images=900, shares=[0.5] * 20))
    assert fits.accuracy[:, 1].mean() == pytest.approx(0.5, abs=0.02)
    assert fits.subset_scores[:, 0, 1].mean() == pytest.approx(0.5, abs=0.02)


def test_scores_are_those_of_the_stored_weights_on_the_drawn_images():
    pooled, draws = random_task()
    fits = fitted(pooled, draws)
    predicted = pooled @ fits.weights.T + fits.bias > 0
    np.testing.assert_array_equal((draws.holds == predicted.T)[fits.concept, fits.image], fits.correct[:, 0])
    assert [answers.mean(0).tolist() for answers in fits.answers()] == np.stack(
        [fits.accuracy[:, 1], fits.subset_scores[:, 0, 1]], axis=1
    ).tolist()


@pytest.mark.parametrize("share", [0, 1])
def test_a_concept_that_cannot_be_balanced_has_no_score(share):
    pooled, draws = random_task(shares=(0.5, share))
    fits = fitted(pooled, draws)
    assert np.isnan(fits.accuracy[1]).all()
    np.testing.assert_array_equal(fits.weights[1], start_weights(draws.names, 10, seed=0)[1, :-1])
    assert np.isfinite(fits.accuracy[0]).all()
    assert set(fits.concept) == {0}


def test_start_weights_depend_on_seed_and_name_alone():
    one, two = start_weights(["a", "b"], 16, seed=0), start_weights(["b"], 16, seed=0)
    np.testing.assert_array_equal(one[1], two[0])
    assert not np.array_equal(start_weights(["b"], 16, seed=1), two)
    assert np.abs(one).max() <= 0.25
    assert (one.shape, one.dtype) == ((2, 17), np.float32)
