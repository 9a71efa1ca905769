"""A data set held in memory, which worker processes can be sent."""

from pathlib import Path

import numpy as np

from net2vec_core.dataset.images import UnreadableError
from net2vec_core.dataset.records import Concept, Record
from net2vec_core.errors import UserError

CONCEPTS = (
    Concept(2, "NA", "part"),
    Concept(5, "sky, blue", "object"),
    Concept(300, 'the "cat"', "object"),
    Concept(65535, "7", "texture"),
    Concept(9, "street", "scene"),
    Concept(11, "unused", "color"),
)
PLANES = 3
MASK_NUMBERS = [2, 5, 300, 65535]


class MemoryReader:
    """Random masks of boxes, in as many planes as an image uses, and labels of the whole image.

    `broken` names an image that fails, `unreadable` those that cannot be read.
    """

    concepts = CONCEPTS

    def __init__(self, images=150, size=12, val_share=0.3, broken=None, unreadable=(), seed=0):
        rng = np.random.default_rng(seed)
        self.size, self.broken, self.unreadable = size, broken, unreadable
        self.masks = np.zeros((images, PLANES, size, size), np.uint16)
        for masks in self.masks:
            for plane in masks[: rng.integers(0, PLANES + 1)]:
                for _ in range(rng.integers(1, 4)):
                    top, left, height, width = rng.integers(0, size, 4)
                    plane[top : top + height, left : left + width] = rng.choice(MASK_NUMBERS)
        self.image_labels = [tuple(sorted({9, 5} if rng.random() < 0.2 else {9})) for _ in range(images)]
        self.image_labels[1] = ()
        self.splits = ["val" if share < val_share else "train" for share in rng.random(images)]

        self.images = [Path(f"images/{image}, ü.png") for image in range(images)]

    def read(self, image):
        if image == self.broken:
            raise UserError(f"image {image} is broken")
        if image in self.unreadable:
            raise UnreadableError(f"image {image}, it cannot be read")
        used = self.masks[image, : self.planes_of(image)]
        return Record(self.images[image], self.splits[image], 20, 30 + image, used, self.image_labels[image])

    def planes_of(self, image):
        return int(self.masks[image].any((1, 2)).nonzero()[0].max(initial=-1)) + 1
