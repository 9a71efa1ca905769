"""Which concepts lie within which others: the pixels and images that each two have in common."""

import math
from dataclasses import dataclass
from threading import Lock

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from net2vec_core.labels import Labels
from net2vec_core.parallel import ordered_map
from net2vec_core.progress import progress

IMAGES_AT_ONCE = 16


@dataclass(frozen=True)
class Cooccurrence:
    """What each two concepts have in common over all images: pixels and images, int64 [concept, concept]."""

    pixels: NDArray[np.int64]
    images: NDArray[np.int64]

    def share_within(self) -> NDArray[np.float64]:
        """The share of the row's pixels that lie within the column's, Σ|L_a ∩ L_b| / Σ|L_a|; 0 for a row of none."""
        own = np.diag(self.pixels)[:, None]
        share = np.zeros(self.pixels.shape)
        return np.divide(self.pixels, own, out=share, where=own > 0)


def count_common(labels: Labels, threads: int) -> Cooccurrence:
    """Go through the masks of all images once; memory does not grow with their number.

    Args:
        labels: The labels of the concepts.
        threads: Chunks of images that are worked on side by side.
    """
    number, images = len(labels.numbers), labels.masks.shape[0]
    pixels, together, lock = (*np.zeros((2, number, number), np.int64), Lock())

    def count(first: int) -> None:
        last = min(first + IMAGES_AT_ONCE, images)
        pairs = labels.pairs_of_images(first, last)
        masks = labels.pair_masks(first, last).reshape(pairs.stop - pairs.start, math.prod(labels.mask_shape))
        for image in range(first, last):
            here = labels.pairs_of_images(image, image + 1)
            # a product of float32 counts exactly, since a grid has at most 2**24 pixels
            inside = masks[here.start - pairs.start : here.stop - pairs.start].astype(np.float32)
            places = np.ix_(labels.concept[here], labels.concept[here])
            common = (inside @ inside.T).astype(np.int64)
            with lock:
                pixels[places] += common
                together[places] += 1

    starts = range(0, images, IMAGES_AT_ONCE)
    for _ in ordered_map(count, progress(starts, "counting common pixels", "chunk of images"), threads):
        pass
    return Cooccurrence(pixels, together)


def cooccurrence_table(names: list[str], found: Cooccurrence) -> pd.DataFrame:
    """One row for each concept and each other that some image holds with it: concept, other, share_within, images."""
    first, second = (found.images * ~np.eye(len(names), dtype=bool)).nonzero()
    columns = pd.Index(names, dtype="str")
    return pd.DataFrame(
        {
            "concept": columns[first],
            "other": columns[second],
            "share_within": found.share_within()[first, second],
            "images": found.images[first, second],
        }
    )
