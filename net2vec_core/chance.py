"""What no look at an image can do: chance levels of set IoU, and images paired with the masks of others."""

import numpy as np
from numpy.typing import NDArray

from net2vec_core.counts import PairCounts, iou
from net2vec_core.labels import Labels
from net2vec_core.progress import progress

IMAGES_READ_AT_ONCE = 64


def order_within_splits(is_train: NDArray[np.bool_], seed: int) -> NDArray[np.int64]:
    """A random order of the images, int64 [image], in which train images stand for train images and val for val."""
    rng, order = np.random.default_rng(seed), np.arange(len(is_train))
    for split in (is_train, ~is_train):
        images = np.flatnonzero(split)
        order[images] = rng.permutation(images)
    return order


def best_constant_masks(labels: Labels) -> NDArray[np.bool_]:
    """For each concept the mask that is best where all images must get the same, bool [concept, y, x].

    The pixels are taken in the order of how often the concept covers them in train, as many as give the largest set IoU
    there; no other mask gives a larger one. All pixels of a kind are among the choices.
    """
    often, images = _coverage(labels)
    flat = often.reshape(len(often), -1)
    order = np.argsort(-flat, axis=1, kind="stable")
    covered = np.take_along_axis(flat, order, axis=1).cumsum(axis=1)
    taken = np.arange(1, flat.shape[1] + 1)
    scores = covered / (flat.sum(axis=1)[:, None] + images[:, None] * taken - covered)
    size = scores.argmax(axis=1)
    rank = np.argsort(order, axis=1)
    masks: NDArray[np.bool_] = (rank <= size[:, None]).reshape(often.shape)
    return masks


def _coverage(labels: Labels) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """How many train images each concept covers at each pixel, int64 [concept, y, x], and is in, int64 [concept]."""
    often = np.zeros((len(labels.numbers), *labels.mask_shape), np.int64)
    starts = range(0, len(labels.is_train), IMAGES_READ_AT_ONCE)
    for start in progress(starts, "chance levels", "chunk of images"):
        end = min(start + IMAGES_READ_AT_ONCE, len(labels.is_train))
        pairs = labels.pairs_of_images(start, end)
        on_train = labels.is_train[labels.image[pairs]]
        for concept, mask in zip(labels.concept[pairs][on_train], labels.pair_masks(start, end)[on_train], strict=True):
            often[concept] += mask
    images = np.bincount(labels.concept[labels.is_train[labels.image]], minlength=len(often))
    return often, images


def count_constant_masks(labels: Labels, masks: NDArray[np.bool_]) -> PairCounts:
    """The counts of every pair for its concept's constant mask, bool [concept, y, x]."""
    intersection = np.zeros(len(labels.image), np.int64)
    for start in range(0, len(labels.is_train), IMAGES_READ_AT_ONCE):
        end = min(start + IMAGES_READ_AT_ONCE, len(labels.is_train))
        pairs = labels.pairs_of_images(start, end)
        labelled = labels.pair_masks(start, end)
        intersection[pairs] = (labelled & masks[labels.concept[pairs]]).sum(axis=(1, 2))
    union = labels.pixels + masks.sum(axis=(1, 2))[labels.concept] - intersection
    return PairCounts(labels.image, labels.concept, intersection, union)


def random_mask_iou(labels: Labels) -> NDArray[np.float64]:
    """Set IoU on val of masks as large as the labelled ones, their pixels drawn at random, float64 [concept].

    An image of whose N pixels n are labelled is expected to give n²/N to the intersection and 2n − n²/N to the union.
    """
    on_val = ~labels.is_train[labels.image]
    area = labels.mask_shape[0] * labels.mask_shape[1]
    concept, pixels = labels.concept[on_val], labels.pixels[on_val].astype(np.float64)
    expected = np.bincount(concept, pixels**2 / area, minlength=len(labels.numbers))
    labelled = np.bincount(concept, pixels, minlength=len(labels.numbers))
    return iou(expected, 2 * labelled - expected)
