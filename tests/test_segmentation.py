import errno
import itertools
import os
import tracemalloc

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from benchmarks import plain
from build import filter_masks_from, labels_from, random_scene
from net2vec_core.segmentation import RECIPES, fit, score
from net2vec_core.segmentation_data import FitData
from net2vec_core.segmentation_model import Penalty, loss_weights, start_weights
from net2vec_core.surface import surface

PAPER = RECIPES["paper"]
MODES = {"corners": True, "centres": False}


def fitted(scene, start, weights_of_loss, pixels, scratch, threads=1):
    with FitData(scene.masks, scene.labels, scratch, threads) as data:
        return fit_and_score(data, start, weights_of_loss, scene.labels, pixels, threads)


def fit_and_score(data, start, weights_of_loss, labels, pixels, threads):
    everything = np.ones((len(start), 1, start.shape[1]), bool)
    fits = fit(data, start, everything, weights_of_loss, pixels, PAPER, Penalty(), threads)
    weights = np.concatenate([of_concept.weights for of_concept in fits])
    return weights, score(data, weights, np.zeros(len(start), np.float32), labels, pixels, threads)


def pixel_level(alpha):
    return loss_weights(np.asarray(alpha), np.ones(len(alpha), bool))


def plain_weights(scene, start, weights_of_loss, align_corners):
    rows = []
    for concept, number in enumerate(scene.numbers):
        masks = np.array(
            [plain.concept_mask(*image, number) for image in zip(scene.planes, scene.image_level, strict=True)]
        )
        chosen = masks.any((1, 2)) & scene.is_train
        rows.append(
            plain.fit(scene.active[chosen], masks[chosen], start[concept], weights_of_loss[concept], align_corners)
        )
    return np.array(rows)


@pytest.mark.parametrize("mode", MODES)
def test_golden_weights_and_counts(golden, mode, tmp_path):
    active = golden["activations"] > golden["threshold_0.05"][None, :, None, None]
    labels = labels_from(golden["masks"], [[]] * 150, golden["split"] == "train", [1, 2, 3, 4])
    pixels = surface((7, 7), (28, 28), MODES[mode])
    with FitData(filter_masks_from(active), labels, tmp_path / "scratch") as data:
        alpha = pixel_level(golden["alpha"])
        weights, counts = fit_and_score(data, golden["segmentation_w0"], alpha, labels, pixels, threads=2)
    np.testing.assert_allclose(weights, golden[f"segmentation_w_{mode}_epochs30"], atol=1e-5, rtol=0)
    for name in ("intersection", "union"):
        expected = golden[f"segmentation_{name}_{mode}"][counts.concept, counts.image]
        np.testing.assert_array_equal(getattr(counts, name), expected)


def test_golden_alpha(golden):
    labels = labels_from(golden["masks"], [[]] * 150, golden["split"] == "train", [1, 2, 3, 4])
    train = labels.is_train[labels.image]
    coverage = [labels.pixels[(labels.concept == concept) & train].mean() / 28**2 for concept in range(4)]
    np.testing.assert_allclose(1 - np.array(coverage), golden["alpha"], atol=1e-12)


@pytest.mark.parametrize("align_corners", [True, False])
def test_equals_the_dense_autograd_loop(tmp_path, align_corners):
    scene = random_scene(seed=0, images=130)
    start = start_weights(["a", "b", "c"], 12, seed=0)
    alpha = pixel_level([0.9, 0.7, 0.95])
    pixels = surface((5, 6), (13, 17), align_corners)
    weights, counts = fitted(scene, start, alpha, pixels, tmp_path / "scratch")
    np.testing.assert_allclose(weights, plain_weights(scene, start, alpha, align_corners), atol=1e-6, rtol=0)
    for image, concept, intersection, union in zip(*vars(counts).values(), strict=True):
        truth = plain.concept_mask(scene.planes[image], [], scene.numbers[concept])
        predicted = plain.prediction(scene.active[[image]], torch.tensor(weights[concept]), truth.shape, align_corners)
        predicted = predicted[0].numpy() > 0.5
        assert (intersection, union) == ((predicted & truth).sum(), (predicted | truth).sum())


def test_concepts_of_whole_images_weigh_all_pixels_alike(tmp_path):
    scene = random_scene(seed=1, images=70)
    scene.image_level = [[9] if image % 2 else [] for image in range(70)]
    scene.numbers = [9]
    both = loss_weights(np.zeros(1), np.zeros(1, bool))
    assert both.tolist() == [[1, 1]]
    start = start_weights(["whole"], 12, seed=0)
    weights, _ = fitted(scene, start, both, surface((5, 6), (13, 17), True), tmp_path / "scratch")
    np.testing.assert_allclose(weights, plain_weights(scene, start, both, True), atol=1e-6, rtol=0)


def test_threads_change_nothing(tmp_path):
    scene = random_scene(seed=2, images=160)
    start, alpha = start_weights(["a", "b", "c"], 12, seed=1), pixel_level([0.9, 0.9, 0.9])
    pixels = surface((5, 6), (13, 17), True)
    whole, counts = fitted(scene, start, alpha, pixels, tmp_path / "scratch")
    several, several_counts = fitted(scene, start, alpha, pixels, tmp_path / "scratch", threads=3)
    np.testing.assert_array_equal(several, whole)
    np.testing.assert_array_equal(several_counts.intersection, counts.intersection)
    assert not (tmp_path / "scratch").exists()


def test_concepts_in_one_job_change_nothing(tmp_path):
    scene = random_scene(seed=3, images=80)
    start, alpha = start_weights(["a", "b", "c"], 12, seed=1), pixel_level([0.9, 0.8, 0.7])
    pixels = surface((5, 6), (13, 17), True)
    together, _ = fitted(scene, start, alpha, pixels, tmp_path / "scratch")
    for concept in range(3):
        scene.numbers = [concept + 1]
        alone, _ = fitted(scene, start[[concept]], alpha[[concept]], pixels, tmp_path / "scratch")
        np.testing.assert_array_equal(alone[0], together[concept])


@given(st.integers(0, 50), st.integers(1, 3))
@settings(max_examples=20)
def test_every_pair_is_an_example_with_its_mask_and_its_cells(tmp_path_factory, seed, threads):
    scene = random_scene(seed=seed, images=150)
    scene.planes[5 : 5 + seed] = 0
    labels = scene.labels
    seen = []
    with FitData(scene.masks, labels, tmp_path_factory.mktemp("scratch"), threads) as data:
        start, filter_, cell = data.cells
        for concept, train in itertools.product(range(3), (True, False)):
            examples, pairs = data.of(concept, train), data.pairs(concept, train)
            seen += pairs.tolist()
            expected = (labels.concept == concept) & (labels.is_train[labels.image] == train)
            np.testing.assert_array_equal(pairs, np.flatnonzero(expected), "in the order of the data set")
            np.testing.assert_array_equal(examples.image, labels.image[pairs])
            masks = np.unpackbits(examples.target, axis=-1, count=17, bitorder="little")
            truth = (scene.planes[examples.image] == scene.numbers[concept]).any(1)
            np.testing.assert_array_equal(masks.astype(bool), truth)
        for image in np.unique(labels.image):
            here = slice(start[image], start[image + 1])
            expected = scene.active[image].reshape(12, -1).nonzero()
            np.testing.assert_array_equal([filter_[here], cell[here]], expected)
    assert sorted(seen) == list(range(len(labels.image)))


def test_images_without_any_concept_are_passed_over(tmp_path):
    scene = random_scene(seed=4, images=250)
    scene.planes[5:240] = 0
    start, alpha = start_weights(["a", "b", "c"], 12, seed=1), pixel_level([0.9, 0.8, 0.7])
    pixels = surface((5, 6), (13, 17), True)
    weights, _ = fitted(scene, start, alpha, pixels, tmp_path / "scratch")
    np.testing.assert_allclose(weights, plain_weights(scene, start, alpha, True), atol=1e-6, rtol=0)
    with FitData(scene.masks, scene.labels, tmp_path / "scratch") as data:
        per_image = np.diff(data.cells.start)
    assert per_image[:5].all()
    assert not per_image[5:240].any()


def test_a_concept_without_train_images_keeps_its_start(tmp_path):
    scene = random_scene(seed=4, images=40)
    scene.planes[scene.is_train] = 0
    start, alpha = start_weights(["a", "b", "c"], 12, seed=1), pixel_level([0.9, 0.8, 0.7])
    weights, _ = fitted(scene, start, alpha, surface((5, 6), (13, 17), True), tmp_path / "scratch")
    np.testing.assert_array_equal(weights, start)


def test_scratch_files_go_even_when_the_disk_fills_up(tmp_path, monkeypatch):
    scene = random_scene(seed=6, images=60)

    def fails(_file, content, _offset):
        raise OSError(errno.ENOSPC, f"No space left on device for {len(content)} bytes")

    monkeypatch.setattr(os, "pwrite", fails)
    with pytest.raises(OSError, match="No space left"), FitData(scene.masks, scene.labels, tmp_path / "scratch"):
        pass
    assert not (tmp_path / "scratch").exists()


def test_a_system_that_takes_less_than_it_is_given_is_asked_again(tmp_path, monkeypatch):
    scene, write = random_scene(seed=6, images=60), os.pwrite
    with FitData(scene.masks, scene.labels, tmp_path / "scratch") as data:
        expected = data.of(1, train=True).target.copy()
    monkeypatch.setattr(os, "pwrite", lambda file, content, place: write(file, content[:7], place))
    with FitData(scene.masks, scene.labels, tmp_path / "scratch") as data:
        np.testing.assert_array_equal(data.of(1, train=True).target, expected)


def test_memory_does_not_grow_with_the_images(tmp_path):
    peaks = []
    for images in (300, 1200):
        scene = random_scene(seed=8, images=images, size=(40, 48))
        masks, labels = scene.masks, scene.labels
        data = FitData(masks, labels, tmp_path / "scratch")
        tracemalloc.start()
        with data:
            peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
    assert peaks[1] < 1.5 * peaks[0]


def test_start_weights_depend_on_seed_and_name_alone():
    one, two = start_weights(["a", "b"], 16, seed=0), start_weights(["b"], 16, seed=0)
    np.testing.assert_array_equal(one[1], two[0])
    assert not np.array_equal(start_weights(["b"], 16, seed=1), two)
    assert np.abs(one).max() <= 0.25
    assert one.dtype == np.float32
