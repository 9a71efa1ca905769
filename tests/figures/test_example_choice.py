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
    weights, bias = np.random.default_rng(1).normal(size=(3, 12)), np.array([0.0, 0.8, -0.6])
    images = pd.DataFrame({"path": [str(tmp_path / f"{image}.png") for image in range(40)]})
    predictor = Predictor(scene.masks, labels.mask_shape, True)
    return Sources(pairs, pd.Index(names), weights, bias, labels, predictor, images, 16, "stretch")


@pytest.fixture
def scores(sources):
    table = {
        "concept": sources.concepts,
        "category": ["part", "part", "scene"],
        "single_filter": [2, 0, 1],
        "encoded": [True, False, True],
        "multi": [0.3, 0.1, 0],
    }
    return pd.DataFrame(table)


def mask_of(sources, image, concept):
    """An embedding's mask in an image."""
    predictor = sources.predictor
    cells = predictor.embedding_cells(np.array([image]), np.array([concept]), sources.weights)[0]
    return predictor.multi(cells, sources.bias[concept])


def test_examples_are_val_images_with_their_own_masks(sources, scores):
    examples = gather_examples(scores, sources)
    assert [example.concept for example in examples] == ["x^2$", "x^2$", "sky", "sky", "whole", "whole"]
    encoded = dict(zip(scores["concept"], scores["encoded"], strict=True))
    assert [example.encoded for example in examples] == [encoded[example.concept] for example in examples]
    for example in examples:
        image = int(example.pixels[0, 0, 0])
        assert not sources.labels.is_train[image]
        assert example.pixels.shape == (16, 16, 3)
        concept = sources.concepts.get_loc(example.concept)
        held = (sources.labels.masks[image] == concept + 1).any(0)
        np.testing.assert_array_equal(example.labelled, held if concept < 2 else np.ones((13, 17), bool))
        cells = sources.predictor.filter_cells(np.array([image]), np.array([2, 0, 1])[[concept]])[0]
        np.testing.assert_array_equal(example.single, sources.predictor.single(cells))
        np.testing.assert_array_equal(example.multi, mask_of(sources, image, concept))
        rows = sources.individual.query("image == @image and concept == @example.concept")
        assert rows["iou_multi"].tolist() == [example.iou_multi]


def test_the_iou_shown_is_that_of_the_masks_shown(sources, scores):
    for row in sources.individual.itertuples():
        concept = sources.concepts.get_loc(row.concept)
        mask, labelled = (
            mask_of(sources, row.image, concept),
            sources.labels.masks_of(*np.array([[row.image], [concept]])),
        )
        sources.individual.loc[row.Index, "iou_multi"] = iou((mask & labelled).sum(), (mask | labelled).sum())
    for example in gather_examples(scores, sources):
        both, either = (example.multi & example.labelled).sum(), (example.multi | example.labelled).sum()
        assert example.iou_multi == pytest.approx(both / either)
