import numpy as np
import pytest
import torch

from benchmarks import plain
from build import filter_masks_from, labels_from, random_scene
from net2vec_core.annotations import Annotations
from net2vec_core.corner_patterns import corner_patterns
from net2vec_core.single_filter import (
    FilterCounts,
    count_best_filters,
    count_filters,
    read_single_filter,
    write_single_filter,
)

MODES = {"corners": True, "centres": False}


@pytest.mark.parametrize("mode", MODES)
def test_golden_counts_exactly(golden, mode):
    active = golden["activations"] > golden["threshold_0.05"][None, :, None, None]
    image_level = [[int(number)] if number else [] for number in golden["image_level"]]
    is_train = golden["split"] == "train"
    labels = labels_from(golden["masks"], image_level, is_train, [1, 2, 3, 4, 5])
    patterns = corner_patterns((7, 7), (28, 28), MODES[mode])
    counts = count_filters(filter_masks_from(active), labels, patterns, threads=2)
    for name in ("intersection", "union"):
        expected = golden[f"single_{name}_{mode}"]
        by_split = np.stack([expected[is_train].sum(0), expected[~is_train].sum(0)], axis=-1)
        # index 0 is no concept in the reference; the fifth one is a concept of whole images
        np.testing.assert_array_equal(getattr(counts, name)[: by_split.shape[0] - 1], by_split[1:])


# Sizes for which no upsampled value is one half exactly: there, rounding decides, and torch's differs from ours.
@pytest.mark.parametrize(("align_corners", "size"), [(True, (14, 18)), (False, (13, 17))])
def test_counts_equal_upsampling_every_filter_for_every_concept(align_corners, size):
    scene = random_scene(seed=3, size=size)
    patterns = corner_patterns((5, 6), size, align_corners)
    counts = count_filters(scene.masks, scene.labels, patterns, threads=1)
    concept_masks = np.array(
        [[plain.concept_mask(planes, [], number) for number in scene.numbers] for planes in scene.planes]
    )
    intersection, union = plain.single_filter_counts(scene.active, concept_masks, align_corners)
    for split, chosen in enumerate([scene.is_train, ~scene.is_train]):
        np.testing.assert_array_equal(counts.intersection[..., split], intersection[chosen].sum(0))
        np.testing.assert_array_equal(counts.union[..., split], union[chosen].sum(0))


def test_counts_by_image_add_up_to_the_best_filters():
    scene = random_scene(seed=4, images=150)
    patterns = corner_patterns((5, 6), (13, 17), True)
    counts = count_filters(scene.masks, scene.labels, patterns, threads=2)
    best = count_best_filters(scene.masks, scene.labels, patterns, counts.best_filter(), threads=2)
    for concept, filter_ in enumerate(counts.best_filter()):
        for split, chosen in enumerate([scene.is_train, ~scene.is_train]):
            here = (best.concept == concept) & chosen[best.image]
            assert best.intersection[here].sum() == counts.intersection[concept, filter_, split]
            assert best.union[here].sum() == counts.union[concept, filter_, split]


def test_images_without_any_concept_count_for_nothing():
    scene = random_scene(seed=7, images=60)
    scene.planes[5:55] = 0
    patterns = corner_patterns((5, 6), (13, 17), True)
    counts = count_filters(scene.masks, scene.labels, patterns, 1)
    for name in ("active", "planes", "is_train"):
        setattr(scene, name, np.concatenate([getattr(scene, name)[:5], getattr(scene, name)[55:]]))
    scene.image_level = [[]] * 10
    fewer = count_filters(scene.masks, scene.labels, patterns, 1)
    np.testing.assert_array_equal(counts.intersection, fewer.intersection)
    np.testing.assert_array_equal(counts.union, fewer.union)


def test_threads_change_nothing():
    scene = random_scene(seed=5, images=200)
    patterns = corner_patterns((5, 6), (13, 17), True)
    one, three = (count_filters(scene.masks, scene.labels, patterns, threads) for threads in (1, 3))
    np.testing.assert_array_equal(one.intersection, three.intersection)
    np.testing.assert_array_equal(one.union, three.union)


def test_best_filter_is_chosen_on_train_the_first_of_equals():
    intersection = np.array([[[1, 9], [3, 0], [3, 5]]])
    union = np.array([[[10, 10], [10, 10], [10, 10]]])
    assert FilterCounts(intersection, union).best_filter().tolist() == [1]


def test_store_round_trip(tmp_path):
    scene = random_scene(seed=6)
    patterns = corner_patterns((5, 6), (13, 17), True)
    annotated = Annotations(np.ones((40, 1), bool), np.zeros(3, np.int64))
    counts = count_filters(scene.masks, scene.labels, patterns, 1, annotated)
    best = count_best_filters(scene.masks, scene.labels, patterns, counts.best_filter(), 1)
    write_single_filter(tmp_path / "s.zarr", counts, best, {})
    read_counts, read_best = read_single_filter(tmp_path / "s.zarr", {})
    for name in ("intersection", "union", "false_alarms"):
        np.testing.assert_array_equal(getattr(read_counts, name), getattr(counts, name))
    for name in ("image", "concept", "intersection", "union"):
        np.testing.assert_array_equal(getattr(read_best, name), getattr(best, name))


def test_false_alarms_are_pixels_predicted_in_annotated_images_without_the_concept():
    scene = random_scene(seed=8, images=50, size=(14, 18))
    scene.planes[16:32] = 0  # a whole chunk of images that is annotated by labels that are not studied
    images = np.random.default_rng(0).random((50, 2)) < 0.5
    category = np.array([0, 1, 1])
    images[scene.labels.image, category[scene.labels.concept]] = True
    patterns = corner_patterns((5, 6), (14, 18), True)
    annotated = Annotations(images, category)
    counts = count_filters(scene.masks, scene.labels, patterns, 2, annotated)
    predicted = plain_predictions(scene, (14, 18))
    for concept, number in enumerate(scene.numbers):
        labelled = (scene.planes == number).any(1)[:, None]
        for split, chosen in enumerate([scene.is_train, ~scene.is_train]):
            here = chosen & annotated.of_concepts()[:, concept]
            union = (predicted | labelled)[here].sum((0, 2, 3))
            np.testing.assert_array_equal(counts.union_annotated()[concept, :, split], union)
            there = here & ~labelled.any((1, 2, 3))
            np.testing.assert_array_equal(counts.false_alarms[concept, :, split], predicted[there].sum((0, 2, 3)))
    assert counts.false_alarms.any(axis=(1, 2)).all()
    without = count_filters(scene.masks, scene.labels, patterns, 2)
    np.testing.assert_array_equal(without.union_annotated(), counts.union)


def plain_predictions(scene, size):
    up = torch.nn.functional.interpolate(
        torch.from_numpy(scene.active).double(), size, mode="bilinear", align_corners=True
    )
    return up.numpy() > 0.5
