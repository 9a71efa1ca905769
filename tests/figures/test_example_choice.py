import numpy as np
import pandas as pd
import pytest
from PIL import Image

from build import random_scene
from net2vec_core.counts import iou
from net2vec_core.figures.example_choice import Sources, choose_concepts, choose_images, gather_examples
from net2vec_core.figures.predictions import Predictor


def individual(values):
    return pd.DataFrame({"image": np.arange(len(values)), "iou_single": 0.0, "iou_multi": values})


def test_images_are_the_median_and_the_upper_decile_not_the_best():
    values = np.random.default_rng(0).permutation(np.arange(101) / 101)
    chosen = choose_images(individual(values))
    assert chosen["rank"].tolist() == ["val image of median IoU", "val image at the upper decile of IoU"]
    np.testing.assert_allclose(chosen["iou_multi"], [50 / 101, 90 / 101])


@pytest.mark.parametrize(("images", "expected"), [(1, [0]), (2, [0, 1]), (3, [1, 2])])
def test_few_images_are_shown_once_each(images, expected):
    assert choose_images(individual(np.arange(images) / 10))["image"].tolist() == expected


def test_of_each_category_the_best_and_the_median_concept():
    scores = pd.DataFrame(
        {
            "concept": list("abcdef"),
            "category": ["part", "color", "part", "part", "texture", "texture"],
            "multi": [0.1, 0.2, 0.3, 0.2, 0.0, 0.0],
        }
    )
    assert choose_concepts(scores)["concept"].tolist() == ["b", "c", "d", "f", "e"]


@pytest.fixture
def sources(tmp_path):
    """A random layer of three concepts; concept 3 is a label of whole images."""
    scene = random_scene(5, density=0.3)
    scene.planes[scene.planes == 3] = 0
    scene.image_level = [[3] if image % 4 == 0 else [] for image in range(40)]
    for image in range(40):
        Image.new("RGB", (20, 10), (image, 0, 0)).save(tmp_path / f"{image}.png")
    labels = scene.labels
    names = np.array(["x^2$", "sky", "whole"])
    pairs = pd.DataFrame({"image": labels.image, "concept": names[labels.concept], "iou_single": 0.0})
    pairs["iou_multi"] = np.random.default_rng(0).random(len(pairs))
    weights = pd.DataFrame(np.random.default_rng(1).normal(size=(3, 12)), index=names)
    images = pd.DataFrame({"path": [str(tmp_path / f"{image}.png") for image in range(40)]})
    return Sources(pairs, weights, labels, Predictor(scene.masks, labels.mask_shape, True), images, 16)


@pytest.fixture
def scores(sources):
    names = sources.weights.index
    table = {
        "concept": names,
        "category": ["part", "part", "scene"],
        "single_filter": [2, 0, 1],
        "multi": [0.3, 0.1, 0],
    }
    return pd.DataFrame(table)


def test_examples_are_val_images_with_their_own_masks(sources, scores):
    examples = gather_examples(scores, sources)
    assert [example.concept for example in examples] == ["x^2$", "x^2$", "sky", "sky", "whole", "whole"]
    for example in examples:
        image = int(example.pixels[0, 0, 0])
        assert not sources.labels.is_train[image]
        assert example.pixels.shape == (16, 16, 3)
        number = list(sources.weights.index).index(example.concept) + 1
        expected = (sources.labels.masks[image] == number).any(0) if number < 3 else np.ones((13, 17), bool)
        np.testing.assert_array_equal(example.labelled, expected)
        np.testing.assert_array_equal(example.single, sources.predictor.single(image, [2, 0, 1][number - 1]))
        rows = sources.individual.query("image == @image and concept == @example.concept")
        assert rows["iou_multi"].tolist() == [example.iou_multi]


def test_the_iou_shown_is_that_of_the_masks_shown(sources, scores):
    for row in sources.individual.itertuples():
        mask = sources.predictor.multi(row.image, sources.weights.loc[row.concept].to_numpy())
        concept = list(sources.weights.index).index(row.concept)
        pairs = sources.labels.pairs_of_images(row.image, row.image + 1)
        held = sources.labels.concept[pairs] == concept
        labelled = sources.labels.pair_masks(row.image, row.image + 1)[held][0]
        sources.individual.loc[row.Index, "iou_multi"] = iou((mask & labelled).sum(), (mask | labelled).sum())
    for example in gather_examples(scores, sources):
        both, either = (example.multi & example.labelled).sum(), (example.multi | example.labelled).sum()
        assert example.iou_multi == pytest.approx(both / either)
