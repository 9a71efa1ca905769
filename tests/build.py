"""Small label stores and filter masks in memory, and random data for them."""

from dataclasses import dataclass

import numpy as np

from net2vec_core.filter_masks import FilterMasks
from net2vec_core.labels import Labels, count_pixels


def labels_from(masks, image_level, is_train, numbers):
    """Labels of masks uint16 [image, plane, y, x] and, for each image, a list of concept numbers of the whole image."""
    position = {number: index for index, number in enumerate(numbers)}
    rows = [
        (image, position[number], pixels)
        for image in range(len(masks))
        for number, pixels in count_pixels(masks[image], image_level[image])
        if number in position
    ]
    image, concept, pixels = np.array(sorted(rows), np.int64).reshape(-1, 3).T
    return Labels(masks, np.array(numbers), np.asarray(is_train), image, concept, pixels)


def filter_masks_from(active):
    """Filter masks from bool [image, filter, y, x]."""
    return FilterMasks(np.packbits(active.reshape(*active.shape[:2], -1), axis=-1), active.shape[2:])


@dataclass
class Scene:
    """A random probe set: filter masks and label planes that have something to do with each other."""

    active: np.ndarray
    planes: np.ndarray
    image_level: list
    is_train: np.ndarray
    numbers: list

    @property
    def masks(self):
        return filter_masks_from(self.active)

    @property
    def labels(self):
        return labels_from(self.planes, self.image_level, self.is_train, self.numbers)


def random_scene(seed, images=40, filters=12, grid=(5, 6), size=(13, 17), concepts=3, planes=2, density=0.08):
    rng = np.random.default_rng(seed)
    active = rng.random((images, filters, *grid)) < density
    label_planes = np.zeros((images, planes, *size), np.uint16)
    for image in range(images):
        for plane in range(planes):
            number = rng.integers(0, concepts + 1)
            top, left = rng.integers(0, size[0] - 4), rng.integers(0, size[1] - 4)
            label_planes[image, plane, top : top + rng.integers(2, 9), left : left + rng.integers(2, 9)] = number
    is_train = np.arange(images) % 3 != 0
    return Scene(active, label_planes, [[] for _ in range(images)], is_train, list(range(1, concepts + 1)))
