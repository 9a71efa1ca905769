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
    weights = np.random.default_rng(0).normal(size=scene.active.shape[1])
    for image in range(6):
        total = np.tensordot(weights, scene.active[image], axes=1)
        expected = 1 / (1 + np.exp(-stretched(total, align_corners))) > 0.5
        np.testing.assert_array_equal(predictor.multi(image, weights), expected)
        for filter_ in range(3):
            one = stretched(scene.active[image, filter_], align_corners)
            sure = abs(one - 0.5) > 1e-6  # at ½ itself rounding decides
            np.testing.assert_array_equal(predictor.single(image, filter_)[sure], (one > 0.5)[sure])


def test_without_active_cells_nothing_is_predicted():
    scene = random_scene(3, images=2, density=0)
    predictor = Predictor(scene.masks, SIZE, True)
    assert not predictor.multi(1, np.ones(12)).any()
    assert not predictor.single(1, 0).any()
