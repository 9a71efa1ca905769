import numpy as np
import pytest
import torch

from build import random_scene
from net2vec_core.figures.predictions import Predictor

SIZE = (13, 17)


def stretched(maps, align_corners):
    maps = torch.from_numpy(np.asarray(maps, np.float64))[None, None]
    return torch.nn.functional.interpolate(maps, SIZE, mode="bilinear", align_corners=align_corners)[0, 0].numpy()


@pytest.mark.parametrize("align_corners", [True, False])
def test_predictions_are_those_of_the_definition(align_corners):
    scene = random_scene(3, images=6, density=0.3)
    predictor = Predictor(scene.masks, SIZE, align_corners)
    rng = np.random.default_rng(0)
    weights, bias = rng.normal(size=(2, scene.active.shape[1])), [0.0, -0.7]
    for image in range(6):
        for concept in range(2):
            cells = predictor.embedding_cells(np.array([image]), np.array([concept]), weights)[0]
            total = np.tensordot(weights[concept], scene.active[image], axes=1)
            expected = 1 / (1 + np.exp(-stretched(total, align_corners) - bias[concept])) > 0.5
            np.testing.assert_array_equal(predictor.multi(cells, bias[concept]), expected)
        for filter_ in range(3):
            cells = predictor.filter_cells(np.array([image]), np.array([filter_]))[0]
            one = stretched(scene.active[image, filter_], align_corners)
            sure = abs(one - 0.5) > 1e-6  # at ½ itself rounding decides
            np.testing.assert_array_equal(predictor.single(cells)[sure], (one > 0.5)[sure])


def test_cells_of_many_images_come_in_the_order_asked_for():
    scene = random_scene(4, images=150, density=0.3)  # in three stored chunks
    predictor = Predictor(scene.masks, SIZE, True)
    rng = np.random.default_rng(1)
    images, filters = rng.integers(0, 150, 40), rng.integers(0, 12, 40)
    np.testing.assert_array_equal(predictor.filter_cells(images, filters), scene.active[images, filters])
    weights, concepts = rng.normal(size=(3, 12)), rng.integers(0, 3, 40)
    expected = np.einsum("ik,ikyx->iyx", weights[concepts], scene.active[images])
    np.testing.assert_allclose(predictor.embedding_cells(images, concepts, weights), expected, atol=1e-12)


def test_without_active_cells_nothing_is_predicted_but_by_the_bias():
    scene = random_scene(3, images=2, density=0)
    predictor = Predictor(scene.masks, SIZE, True)
    image, first = np.array([1]), np.array([0])
    assert not predictor.single(predictor.filter_cells(image, first)[0]).any()
    cells = predictor.embedding_cells(image, first, np.ones((1, 12)))[0]
    assert not predictor.multi(cells, 0).any()
    assert predictor.multi(cells, 0.1).all()
