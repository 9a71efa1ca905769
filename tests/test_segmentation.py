import errno
import tracemalloc

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from benchmarks import plain
from build import filter_masks_from, labels_from, random_scene
from net2vec_core import segmentation_data
from net2vec_core.segmentation import RECIPES, fit, score
from net2vec_core.segmentation_data import Parts
from net2vec_core.segmentation_model import Penalty, loss_weights, start_weights
from net2vec_core.surface import Surface

PAPER = RECIPES["paper"]
MODES = {"corners": True, "centres": False}


def fitted(scene, start, weights_of_loss, surface, scratch, threads=1):
    with Parts(scene.masks, scene.labels, PAPER.minibatch, scratch) as parts:
        return fit_and_score(parts, start, weights_of_loss, scene.labels, surface, threads)


def fit_and_score(parts, start, weights_of_loss, labels, surface, threads):
    everything = np.ones((len(start), 1, start.shape[1]), bool)
    fits = fit(parts, start, everything, weights_of_loss, surface, PAPER, Penalty(), threads)
    weights = np.concatenate([of_concept.weights for of_concept in fits])
    return weights, score(parts, weights, np.zeros(len(start), np.float32), labels, surface, threads)


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
    surface = Surface((7, 7), (28, 28), MODES[mode], "cpu")
    with Parts(filter_masks_from(active), labels, PAPER.minibatch, tmp_path / "scratch") as parts:
        alpha = pixel_level(golden["alpha"])
        weights, counts = fit_and_score(parts, golden["segmentation_w0"], alpha, labels, surface, threads=2)
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
    surface = Surface((5, 6), (13, 17), align_corners, "cpu")
    weights, counts = fitted(scene, start, alpha, surface, tmp_path / "scratch")
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
    weights, _ = fitted(scene, start, both, Surface((5, 6), (13, 17), True, "cpu"), tmp_path / "scratch")
    np.testing.assert_allclose(weights, plain_weights(scene, start, both, True), atol=1e-6, rtol=0)


def test_the_way_of_a_gpu_gives_the_same_weights(tmp_path):
    scene = random_scene(seed=5, images=90)
    start, alpha = start_weights(["a", "b", "c"], 12, seed=1), pixel_level([0.9, 0.9, 0.9])
    # a device that is not plainly "cpu" takes the way of a GPU, on any machine
    here, there = (Surface((5, 6), (13, 17), True, device) for device in ("cpu", "cpu:0"))
    ours, theirs = (fitted(scene, start, alpha, surface, tmp_path / "scratch")[0] for surface in (here, there))
    np.testing.assert_allclose(ours, theirs, atol=1e-6, rtol=0)


def test_parts_and_threads_change_nothing(tmp_path, monkeypatch):
    scene = random_scene(seed=2, images=160)
    start, alpha = start_weights(["a", "b", "c"], 12, seed=1), pixel_level([0.9, 0.9, 0.9])
    surface = Surface((5, 6), (13, 17), True, "cpu")
    whole, counts = fitted(scene, start, alpha, surface, tmp_path / "scratch")
    monkeypatch.setattr(segmentation_data, "BLOCK_BYTES", 5000)
    cut, cut_counts = fitted(scene, start, alpha, surface, tmp_path / "scratch", threads=3)
    np.testing.assert_allclose(cut, whole, atol=1e-7, rtol=0)
    np.testing.assert_array_equal(cut_counts.intersection, counts.intersection)
    assert not (tmp_path / "scratch").exists()


def test_concepts_in_one_job_change_nothing(tmp_path):
    scene = random_scene(seed=3, images=80)
    start, alpha = start_weights(["a", "b", "c"], 12, seed=1), pixel_level([0.9, 0.8, 0.7])
    surface = Surface((5, 6), (13, 17), True, "cpu")
    together, _ = fitted(scene, start, alpha, surface, tmp_path / "scratch")
    for concept in range(3):
        scene.numbers = [concept + 1]
        alone, _ = fitted(scene, start[[concept]], alpha[[concept]], surface, tmp_path / "scratch")
        np.testing.assert_array_equal(alone[0], together[concept])


@given(st.integers(0, 50), st.integers(1, 40), st.integers(1, 9))
@settings(max_examples=20)
def test_every_pair_is_in_one_part_and_minibatches_are_full(tmp_path_factory, seed, per_block, minibatch):
    scene = random_scene(seed=seed, images=30)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(segmentation_data, "BLOCK_BYTES", per_block * 100)
        with Parts(scene.masks, scene.labels, minibatch, tmp_path_factory.mktemp("scratch")) as of_concepts:
            parts = [part for concept in range(3) for train in (True, False) for part in of_concepts.of(concept, train)]
    labels = scene.labels
    assert sorted(pair for part in parts for pair in part.pairs) == list(range(len(labels.image)))
    for concept in range(3):
        images, filled = [], 0
        for part in (part for part in parts if part.concept == concept and part.is_train):
            images += labels.image[part.pairs].tolist()
            filled += len(part.pairs)
            assert part.completes == (filled == part.minibatch_images)
            filled = 0 if part.completes else filled
        expected = labels.image[(labels.concept == concept) & labels.is_train[labels.image]]
        assert images == expected.tolist(), "train images come in the order of the data set"
        assert filled == 0


def test_images_without_any_concept_are_passed_over(tmp_path, monkeypatch):
    scene = random_scene(seed=4, images=150)
    scene.planes[5:140] = 0
    monkeypatch.setattr(segmentation_data, "BLOCK_BYTES", 1000)
    start, alpha = start_weights(["a", "b", "c"], 12, seed=1), pixel_level([0.9, 0.8, 0.7])
    surface = Surface((5, 6), (13, 17), True, "cpu")
    weights, _ = fitted(scene, start, alpha, surface, tmp_path / "scratch")
    np.testing.assert_allclose(weights, plain_weights(scene, start, alpha, True), atol=1e-6, rtol=0)


def test_scratch_files_go_even_when_the_disk_fills_up(tmp_path, monkeypatch):
    scene = random_scene(seed=6, images=60)
    monkeypatch.setattr(segmentation_data, "BLOCK_BYTES", 1000)
    saved = []

    def save_some(path, _parts):
        if len(saved) == 3:
            raise OSError(errno.ENOSPC, "No space left on device")
        saved.append(path)
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(b"something")

    monkeypatch.setattr(segmentation_data, "_save", save_some)
    with pytest.raises(OSError, match="No space left"), Parts(scene.masks, scene.labels, 8, tmp_path / "scratch"):
        pass
    assert len(saved) == 3
    assert not (tmp_path / "scratch").exists()


def test_memory_does_not_grow_with_the_images(tmp_path, monkeypatch):
    monkeypatch.setattr(segmentation_data, "BLOCK_BYTES", 50_000)
    peaks = []
    for images in (300, 1200):
        scene = random_scene(seed=8, images=images)
        masks, labels = scene.masks, scene.labels
        with Parts(masks, labels, 8, tmp_path / "scratch") as parts:
            tracemalloc.start()
            parts._read()
            peaks.append(tracemalloc.get_traced_memory()[1])
            tracemalloc.stop()
    assert peaks[1] < 1.5 * peaks[0]


def test_start_weights_depend_on_seed_and_name_alone():
    one, two = start_weights(["a", "b"], 16, seed=0), start_weights(["b"], 16, seed=0)
    np.testing.assert_array_equal(one[1], two[0])
    assert not np.array_equal(start_weights(["b"], 16, seed=1), two)
    assert np.abs(one).max() <= 0.25
    assert one.dtype == np.float32


def test_surface_down_is_the_transpose_of_up():
    rng = np.random.default_rng(0)
    surface = Surface((4, 5), (11, 9), False, "cpu")
    cells, pixels = rng.random((3, 20), np.float32), torch.from_numpy(rng.random((3, 11, 9), np.float32))
    left = float((surface.up(cells) * pixels).sum())
    assert left == pytest.approx(float((surface.down(pixels) * cells.ravel()).sum()), rel=1e-5)
