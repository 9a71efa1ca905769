"""Made-up data with the statistics of a real layer: filters active in half a per cent of their cells, in patches."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from net2vec_core.filter_masks import FilterMasks
from net2vec_core.labels import Labels

IMAGES, CONCEPTS, FILTERS, GRID, MASK = 640, 10, 512, (13, 13), (112, 112)
SHARE_OF_IMAGES = 0.85
ACTIVE_FILTERS = 170
CELLS_EACH = 2.5


@dataclass(frozen=True)
class Data:
    """A layer's filter masks bool [image, filter, y, x] and concept masks bool [image, concept, y, x]."""

    active: NDArray[np.bool_]
    concepts: NDArray[np.bool_]

    @property
    def masks(self) -> FilterMasks:
        packed = np.packbits(self.active.reshape(*self.active.shape[:2], -1), axis=-1)
        return FilterMasks(packed, GRID)  # type: ignore[arg-type]

    @property
    def labels(self) -> Labels:
        """One plane a concept; every image is a train image."""
        numbers = np.arange(1, CONCEPTS + 1)
        planes = self.concepts * numbers[:, None, None].astype(np.uint16)
        pixels = self.concepts.sum((2, 3))
        image, concept = pixels.nonzero()
        is_train = np.ones(len(planes), bool)
        return Labels(planes, numbers, is_train, image, concept, pixels[image, concept])  # type: ignore[arg-type]


def make(seed: int = 0) -> Data:
    """The data of this seed."""
    rng = np.random.default_rng(seed)
    active = np.zeros((IMAGES, FILTERS, *GRID), bool)
    concepts = np.zeros((IMAGES, CONCEPTS, *MASK), bool)
    for image in range(IMAGES):
        for filter_ in rng.choice(FILTERS, ACTIVE_FILTERS, replace=False):
            rows, columns = _patch(rng, GRID, np.sqrt(CELLS_EACH))
            active[image, filter_, rows, columns] = True
        for concept in np.flatnonzero(rng.random(CONCEPTS) < SHARE_OF_IMAGES):
            rows, columns = _patch(rng, MASK, rng.uniform(8, 60))
            concepts[image, concept, rows, columns] = True
    return Data(active, concepts)


def _patch(rng: np.random.Generator, shape: tuple[int, int], size: float) -> tuple[slice, slice]:
    height, width = (1 + rng.poisson(size - 1) for _ in range(2))
    top, left = rng.integers(0, shape[0]), rng.integers(0, shape[1])
    return slice(top, top + height), slice(left, left + width)


def photographs(folder: Path, images: int, side: int) -> list[Path]:
    """JPEG files of this side, pixels, that are as smooth as photographs."""
    rng, paths = np.random.default_rng(0), [folder / f"{number}.jpg" for number in range(images)]
    for path in paths:
        coarse = Image.fromarray(rng.integers(0, 256, (side // 8, side // 8, 3), np.uint8))
        coarse.resize((side, side), Image.Resampling.BICUBIC).save(path, quality=90)
    return paths
