from functools import partial

import numpy as np
import pytest
import torch

from benchmarks import plain
from build import random_scene
from net2vec_core.segmentation import RECIPES
from net2vec_core.segmentation_data import Parts
from net2vec_core.segmentation_descent import narrowed
from net2vec_core.segmentation_model import Penalty, Problem, start_weights
from net2vec_core.surface import Surface

PAPER = RECIPES["paper"]
SURFACE = Surface((5, 6), (13, 17), True, "cpu")
NO_PENALTY = Penalty()
LOSS_WEIGHTS = np.array([0.9, 0.1])


@pytest.fixture
def parts(tmp_path):
    scene = random_scene(seed=0, images=130)
    with Parts(scene.masks, scene.labels, PAPER.minibatch, tmp_path / "scratch") as of_concepts:
        of_concepts.scene = scene
        yield of_concepts


def descend(parts, kept, penalty=NO_PENALTY):
    problem = Problem(partial(parts.of, 0, train=True), LOSS_WEIGHTS, SURFACE, penalty)
    return PAPER.fit(problem, start_weights(["a"], 12, seed=0)[0], kept)


def train_images(scene):
    masks = np.array([plain.concept_mask(planes, [], 1) for planes in scene.planes])
    chosen = masks.any((1, 2)) & scene.is_train
    return scene.active[chosen], masks[chosen]


def test_subsets_equal_plain_fits_of_a_network_without_the_other_filters(parts):
    kept = np.zeros((3, 12), bool)
    kept[0, 4], kept[1, [2, 7, 9]], kept[2] = True, True, True
    fit = descend(parts, kept)
    start = start_weights(["a"], 12, seed=0)[0]
    active, masks = train_images(parts.scene)
    for weights, filters in zip(fit.weights, kept, strict=True):
        expected = plain.fit(active[:, filters], masks, start[filters], LOSS_WEIGHTS, True)
        np.testing.assert_allclose(weights[filters], expected, atol=1e-6, rtol=0)
        assert not weights[~filters].any()
    assert fit.evaluations.tolist() == [30, 30, 30]
    assert np.isnan(fit.gradient).all()


def test_a_part_is_narrowed_to_the_images_in_which_the_filters_are_active(parts):
    part = next(parts.of(0, train=True))
    kept = np.arange(12) == 4
    narrow = narrowed(part, kept, SURFACE)
    active = parts.scene.active[parts.labels.image[part.pairs]][:, 4].reshape(-1, 30)
    seen = active.any(1)
    assert 0 < seen.sum() < len(seen)
    np.testing.assert_array_equal(narrow.pairs, part.pairs[seen])
    np.testing.assert_array_equal(narrow.target, part.target[seen])
    np.testing.assert_array_equal(np.sort(narrow.cell), np.flatnonzero(active[seen]))
    assert set(narrow.filter) == {4}
    assert narrowed(part, np.ones(12, bool), SURFACE) is part
    assert not len(narrowed(part, np.zeros(12, bool), SURFACE).pairs)


@pytest.mark.parametrize(
    "penalty", [Penalty(l1=20.0), Penalty(l2=300.0), Penalty(non_negative=True), Penalty(5, 50, True)]
)
def test_penalties_equal_the_autograd_loop(parts, penalty):
    active, masks = train_images(parts.scene)
    weights = torch.tensor(start_weights(["a"], 12, seed=0)[0], requires_grad=True)
    optimiser = torch.optim.SGD([weights], lr=1e-4, momentum=0.9)
    for _ in range(30):
        for first in range(0, len(masks), 64):
            truth = torch.as_tensor(masks[first : first + 64], dtype=torch.float32)
            m = plain.prediction(active[first : first + 64], weights, truth.shape[1:], True)
            loss = -(0.9 * truth * m + 0.1 * (1 - truth) * (1 - m)).sum() / len(truth)
            loss = loss + penalty.l1 * weights.abs().sum() + penalty.l2 * (weights**2).sum()
            optimiser.zero_grad()
            loss.backward()
            optimiser.step()
            if penalty.non_negative:
                with torch.no_grad():
                    weights.clamp_(min=0)
    fitted = descend(parts, np.ones((1, 12), bool), penalty).weights[0]
    np.testing.assert_allclose(fitted, weights.detach().numpy(), atol=1e-6, rtol=0)
    without = descend(parts, np.ones((1, 12), bool)).weights[0]
    assert np.abs(fitted - without).max() > 1e-3
