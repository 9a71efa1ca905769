import numpy as np
import pytest
import torch

from benchmarks import plain
from build import random_scene
from net2vec_core import segmentation_gpu
from net2vec_core.segmentation import RECIPES
from net2vec_core.segmentation import fit as fit_all
from net2vec_core.segmentation_data import FitData
from net2vec_core.segmentation_model import Penalty, Problem, start_weights
from net2vec_core.surface import surface

PAPER = RECIPES["paper"]
SURFACE = surface((5, 6), (13, 17), True)
NO_PENALTY = Penalty()
LOSS_WEIGHTS = np.array([0.9, 0.1])


@pytest.fixture
def data(tmp_path):
    scene = random_scene(seed=0, images=130)
    with FitData(scene.masks, scene.labels, tmp_path / "scratch") as data:
        data.scene = scene
        yield data


def descend(data, kept, penalty=NO_PENALTY):
    problem = Problem(data.cells, data.of(0, train=True), LOSS_WEIGHTS, SURFACE, penalty)
    return PAPER.fit(problem, start_weights(["a"], 12, seed=0)[0], kept)


def train_images(scene):
    masks = np.array([plain.concept_mask(planes, [], 1) for planes in scene.planes])
    chosen = masks.any((1, 2)) & scene.is_train
    return scene.active[chosen], masks[chosen]


def test_subsets_equal_plain_fits_of_a_network_without_the_other_filters(data):
    kept = np.zeros((3, 12), bool)
    kept[0, 4], kept[1, [2, 7, 9]], kept[2] = True, True, True
    fit = descend(data, kept)
    start = start_weights(["a"], 12, seed=0)[0]
    active, masks = train_images(data.scene)
    for weights, filters in zip(fit.weights, kept, strict=True):
        expected = plain.fit(active[:, filters], masks, start[filters], LOSS_WEIGHTS, True)
        np.testing.assert_allclose(weights[filters], expected, atol=1e-6, rtol=0)
        assert not weights[~filters].any()
    assert fit.evaluations.tolist() == [30, 30, 30]
    assert np.isnan(fit.gradient).all()


@pytest.mark.parametrize(
    "penalty", [Penalty(l1=20.0), Penalty(l2=300.0), Penalty(non_negative=True), Penalty(5, 50, True)]
)
def test_penalties_equal_the_autograd_loop(data, penalty):
    active, masks = train_images(data.scene)
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
    fitted = descend(data, np.ones((1, 12), bool), penalty).weights[0]
    np.testing.assert_allclose(fitted, weights.detach().numpy(), atol=1e-6, rtol=0)
    without = descend(data, np.ones((1, 12), bool)).weights[0]
    assert np.abs(fitted - without).max() > 1e-3


@pytest.mark.parametrize("penalty", [NO_PENALTY, Penalty(5, 50, True)])
def test_the_way_of_a_gpu_gives_the_same_weights(data, penalty, monkeypatch):
    monkeypatch.setattr(segmentation_gpu, "EXAMPLES_AT_ONCE", 50)
    start = start_weights(["a", "b", "c"], 12, seed=0)
    kept = np.random.default_rng(0).random((3, 2, 12)) < 0.5
    kept[:, 1] = True
    of_loss = np.array([[0.9, 0.1], [0.7, 0.3], [1.0, 1.0]])
    here, there = (
        [fit.weights for fit in fit_all(data, start, kept, of_loss, SURFACE, PAPER, penalty, 1, device)]
        for device in ("cpu", "cpu:0")  # a device that is not plainly "cpu" takes the way of a GPU, on any machine
    )
    np.testing.assert_allclose(there, here, atol=1e-6, rtol=0)


def test_the_way_of_a_gpu_takes_concepts_without_train_images(tmp_path):
    scene = random_scene(seed=0, images=40)
    scene.planes[scene.is_train] = 0
    start, kept = start_weights(["a", "b", "c"], 12, seed=0), np.ones((3, 1, 12), bool)
    with FitData(scene.masks, scene.labels, tmp_path / "scratch") as data:
        fits = fit_all(data, start, kept, np.ones((3, 2)), SURFACE, PAPER, NO_PENALTY, 1, "cpu:0")
    np.testing.assert_array_equal([fit.weights[0] for fit in fits], start)
