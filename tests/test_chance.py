import itertools

import numpy as np
import pytest

from build import labels_from, random_scene
from net2vec_core.chance import best_constant_masks, count_constant_masks, order_within_splits, random_mask_iou


def test_images_stand_for_images_of_their_split():
    is_train = np.random.default_rng(0).random(200) < 0.6
    order = order_within_splits(is_train, seed=0)
    np.testing.assert_array_equal(np.sort(order), np.arange(200))
    np.testing.assert_array_equal(is_train[order], is_train)
    assert (order == np.arange(200)).mean() < 0.05
    assert (order_within_splits(is_train, seed=1) != order).any()
    np.testing.assert_array_equal(order_within_splits(is_train, seed=0), order)


def small_labels():
    rng = np.random.default_rng(3)
    masks = np.zeros((12, 1, 2, 3), np.uint16)
    masks[:, 0] = rng.random((12, 2, 3)) < [[0.9, 0.5, 0.2], [0.7, 0.3, 0.05]]
    masks[0] = 1
    return labels_from(masks, [[]] * 12, np.arange(12) < 8, [1]), masks[:, 0] == 1


def set_iou(masks, mask):
    held = masks[masks.any((1, 2))]
    return (held & mask).sum() / (held | mask).sum()


def test_no_other_mask_is_better_on_train():
    labels, masks = small_labels()
    best = best_constant_masks(labels)[0]
    every = [np.array(pixels).reshape(2, 3) for pixels in itertools.product([False, True], repeat=6)]
    assert set_iou(masks[:8], best) == pytest.approx(max(set_iou(masks[:8], mask) for mask in every))
    assert not best.all()


def test_counts_of_constant_masks_equal_a_loop():
    scene = random_scene(seed=1, images=70)
    labels = scene.labels
    constant = best_constant_masks(labels)
    counts = count_constant_masks(labels, constant)
    for image, concept, intersection, union in zip(*vars(counts).values(), strict=True):
        mask = (scene.planes[image] == scene.numbers[concept]).any(0)
        assert (intersection, union) == ((mask & constant[concept]).sum(), (mask | constant[concept]).sum())


def test_random_masks_give_what_drawing_them_gives():
    labels, masks = small_labels()
    rng = np.random.default_rng(0)
    intersection = union = 0
    for mask in masks[8:]:
        for _ in range(4000):
            drawn = rng.permutation(mask.ravel()).reshape(mask.shape)
            intersection, union = intersection + (mask & drawn).sum(), union + (mask | drawn).sum()
    assert random_mask_iou(labels)[0] == pytest.approx(intersection / union, abs=0.01)
