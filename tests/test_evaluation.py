import numpy as np
import pandas as pd
import pytest
import torch
from hypothesis import example, given
from hypothesis import strategies as st

from build import filter_masks_from, labels_from, random_scene
from net2vec_core.annotations import Annotations
from net2vec_core.evaluation import (
    BINS,
    ELSEWHERE,
    INSIDE,
    OUTSIDE,
    STEPS,
    PixelCounts,
    bins,
    count_pixels,
    evaluation_table,
)
from net2vec_core.single_filter import FilterCounts

SIZE = (14, 18)


def plain_logits(active, weights, bias):
    cells = torch.from_numpy(np.einsum("k,nkyx->nyx", weights, active.astype(float)))[:, None]
    up = torch.nn.functional.interpolate(cells, SIZE, mode="bilinear", align_corners=True)
    return up[:, 0].numpy() + bias


def plain_average_precision(scores, labels):
    """Threshold by threshold, from the highest score down."""
    total, recall = 0.0, 0.0
    for threshold in sorted(set(scores.tolist()), reverse=True):
        found = labels[scores >= threshold]
        total += (found.sum() / labels.sum() - recall) * found.mean()
        recall = found.sum() / labels.sum()
    return total


def scene_with_embeddings(seed, recipes=2):
    scene = random_scene(seed=seed, images=45, size=SIZE)
    scene.planes[16:32] = 0  # a whole chunk of images that is annotated by labels that are not studied
    rng = np.random.default_rng(seed)
    images = rng.random((45, 2)) < 0.6
    annotated = Annotations(images, np.array([0, 1, 1]))
    images[scene.labels.image, annotated.category[scene.labels.concept]] = True
    weights = rng.normal(size=(recipes, 3, 12)).astype(np.float32)
    return scene, annotated, weights, rng.normal(scale=0.3, size=(recipes, 3)).astype(np.float32)


def test_scores_equal_those_from_all_pixels_sorted():
    scene, annotated, weights, bias = scene_with_embeddings(seed=1)
    found = count_pixels(scene.masks, scene.labels, annotated, weights, bias, True, threads=2)
    for recipe, concept in np.ndindex(2, 3):
        logits = plain_logits(scene.active, weights[recipe, concept].astype(float), bias[recipe, concept])
        labelled = (scene.planes == scene.numbers[concept]).any(1)
        judged = annotated.of_concepts()[:, concept] & ~scene.is_train
        holds = judged & labelled.any((1, 2))
        assert 0 < holds.sum() < judged.sum()
        for scores, chosen in ((found[recipe].iou_positives(), holds), (found[recipe].iou_annotated(), judged)):
            predicted, inside = logits[chosen] > 0, labelled[chosen]
            assert scores[concept] == (predicted & inside).sum() / (predicted | inside).sum()
        assert found[recipe].prevalence()[concept] == labelled[judged].mean()
        ranked = bins(logits[judged].astype(np.float32)).ravel()
        expected = plain_average_precision(ranked, labelled[judged].ravel())
        assert found[recipe].average_precision()[concept] == pytest.approx(expected, rel=1e-12)
        exact = plain_average_precision(logits[judged].ravel().round(9), labelled[judged].ravel())
        assert found[recipe].average_precision()[concept] == pytest.approx(exact, abs=0.002)


def test_threads_and_the_number_of_recipes_change_nothing():
    scene, annotated, weights, bias = scene_with_embeddings(seed=2)
    both = count_pixels(scene.masks, scene.labels, annotated, weights, bias, False, threads=3)
    for recipe in range(2):
        alone = count_pixels(scene.masks, scene.labels, annotated, weights[[recipe]], bias[[recipe]], False, threads=1)
        np.testing.assert_array_equal(both[recipe].pixels, alone[0].pixels)


@pytest.fixture
def halves():
    """Images of one concept in the left half; image 0, 1 are train, of the others every second holds it."""
    planes = np.zeros((42, 1, *SIZE), np.uint16)
    planes[::2, 0, :, :9] = 7
    active = np.zeros((42, 3, *SIZE), bool)
    active[:, 0] = planes[:, 0] == 7
    active[:, 1] = True
    active[:, 2] = np.random.default_rng(0).random((42, *SIZE)) < 0.5
    labels = labels_from(planes, [[]] * 42, np.arange(42) < 2, [7])
    return filter_masks_from(active), labels, Annotations(np.ones((42, 1), bool), np.array([0]))


def scores_of(weights, halves, bias=0.0):
    weights = np.array([[weights]], np.float32)
    counts = count_pixels(*halves, weights, np.full((1, 1), bias, np.float32), True, threads=1)[0]
    return [score[0] for score in (counts.iou_positives(), counts.iou_annotated(), counts.average_precision())]


def test_a_perfect_embedding_is_perfect(halves):
    assert scores_of([1, 0, 0], halves) == [1, 1, 1]


def test_an_embedding_that_fires_everywhere_is_seen(halves):
    iou_val, iou_all, average_precision = scores_of([0, 1, 0], halves)
    assert iou_val == 0.5
    assert iou_all == 0.25
    assert average_precision == 0.25, "the prevalence"


def test_an_embedding_that_never_fires_scores_nothing(halves):
    assert scores_of([0, 0, 0], halves) == [0, 0, 0.25]
    assert scores_of([1, 0, 0], halves, bias=-2) == [0, 0, 1]


def test_noise_comes_to_the_prevalence(halves):
    assert scores_of([0, 0, 1], halves)[2] == pytest.approx(0.25, abs=0.01)


def test_an_average_precision_without_any_pixel_of_the_concept_is_unknown():
    pixels = np.zeros((1, 3, BINS), np.int64)
    pixels[0, ELSEWHERE, 5] = 9
    assert np.isnan(PixelCounts(pixels).average_precision()).all()


@given(st.lists(st.floats(-(2.0**60), 2.0**60, width=32), min_size=2))
@example([-(2.0**60), 2.0**60])  # where z / (1 + |z|) rounds to ±1
def test_bins_keep_the_order_and_the_sign(logits):
    logits = np.sort(np.array(logits, np.float32))
    found = bins(logits)
    assert (np.diff(found) >= 0).all()
    assert found.min() >= 0
    assert found.max() < BINS
    sure = np.abs(logits) > 1e-6
    np.testing.assert_array_equal(found[sure] >= STEPS, logits[sure] > 0)


def test_a_logit_of_zero_is_not_predicted():
    assert bins(np.array([0.0, -0.0, 1e-8], np.float32)).tolist() == [STEPS - 1] * 3


def test_table():
    pixels = np.zeros((2, 3, BINS), np.int64)
    pixels[:, INSIDE, -1] = 6
    pixels[:, OUTSIDE, 0], pixels[:, ELSEWHERE, 0] = 4, 10
    pixels[1, ELSEWHERE, STEPS] = 10
    filters = FilterCounts(
        np.array([[[1, 1], [3, 2]], [[4, 3], [0, 0]]]), np.full((2, 2, 2), 10), np.array([[[0, 0], [5, 10]]] * 2)
    )
    concepts = pd.DataFrame({"name": ["tree", "a, b"], "category": ["object", "part"], "val_images": [2, 1]})
    table = evaluation_table(concepts, np.array([5, 4]), filters, {("paper", 3): PixelCounts(pixels)})
    assert table.to_dict("list") == {
        "concept": ["tree", "a, b"],
        "category": ["object", "part"],
        "recipe": ["paper"] * 2,
        "seed": [3] * 2,
        "images": [5, 4],
        "positive_images": [2, 1],
        "prevalence": [0.3, 0.2],
        "iou_val": [1, 1],
        "iou_all": [1, 6 / 16],
        "average_precision": [1, 1],
        "single_filter": [1, 0],
        "single_iou_all": [0.1, 0.3],
    }
