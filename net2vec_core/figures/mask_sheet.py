"""A contact sheet of a data set: each concept's masks on some of its images, from the smallest to the largest."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from net2vec_core.figures.sheet import GAP, HEADER, MARGIN, STEP, TILE, Sheet, color_of
from net2vec_core.figures.spotlight import outlined, spotlight
from net2vec_core.figures.style import SOFT, category_color, in_order, shorten
from net2vec_core.labels import Labels

MAX_CONCEPTS = 60
IMAGES = 5  # of a concept
LABEL = 150  # pixels, for its name
BLOCK = LABEL + IMAGES * STEP
BLOCKS = 2  # of rows, side by side


def mask_sheet(
    concepts: pd.DataFrame, labels: Labels, thumbnail: Callable[[int], NDArray[np.uint8]], title: str
) -> Sheet:
    """The sheet of at most MAX_CONCEPTS concepts, evenly chosen, category by category.

    Args:
        concepts: Columns name, category, train_images, val_images; in the order of `labels`.
        labels: Their labels.
        thumbnail: Gives an image, uint8 [TILE, TILE, 3].
        title: Of the sheet.
    """
    chosen = _chosen(concepts)
    rows = -(-len(chosen) // BLOCKS)
    width = 2 * MARGIN + BLOCKS * BLOCK + (BLOCKS - 1) * MARGIN - GAP
    words = f"{len(chosen)} of {len(concepts)} concepts: images from the smallest mask to the largest, with its pixels"
    sheet = Sheet(width, HEADER + rows * STEP + MARGIN - GAP, title, words)
    for number, concept in enumerate(chosen):
        block, row = divmod(number, rows)
        place = MARGIN + block * (BLOCK + MARGIN), HEADER + row * STEP
        _draw(sheet, place, concepts.iloc[concept], concept, labels, thumbnail)
    return sheet


def _chosen(concepts: pd.DataFrame) -> list[int]:
    order = {category: place for place, category in enumerate(in_order(concepts["category"]))}
    places = np.argsort(concepts["category"].map(order).to_numpy(), kind="stable")
    spread = np.linspace(0, len(places) - 1, min(MAX_CONCEPTS, len(places))).round().astype(int)
    return [int(place) for place in places[spread]]


def _draw(
    sheet: Sheet,
    place: tuple[int, int],
    about: pd.Series,
    concept: int,
    labels: Labels,
    thumbnail: Callable[[int], NDArray[np.uint8]],
) -> None:
    x, y = place
    color = category_color(about["category"])
    sheet.words(x, y + TILE // 2 - 14, shorten(about["name"], 20), 13, "lm", bold=True, color=color)
    sheet.words(x, y + TILE // 2 + 4, shorten(about["category"], 24), 11, "lm", color=SOFT)
    images = f"{about['train_images']:,} train, {about['val_images']:,} val"
    sheet.words(x, y + TILE // 2 + 20, images, 11, "lm", color=SOFT)
    pairs = _pairs(labels, concept)
    masks = labels.masks_of(labels.image[pairs], labels.concept[pairs])
    for tile, (pair, mask) in enumerate(zip(pairs.tolist(), masks, strict=True)):
        pixels = thumbnail(int(labels.image[pair]))
        pixels = outlined(spotlight(pixels, mask), mask, color_of(color))
        sheet.tile(x + LABEL + tile * STEP, y, pixels, f"{labels.pixels[pair]:,}")


def _pairs(labels: Labels, concept: int) -> NDArray[np.int64]:
    """The pairs of a concept that are shown: evenly spread from the smallest mask to the largest."""
    pairs = np.flatnonzero(labels.concept == concept)
    by_size: NDArray[np.int64] = pairs[np.argsort(labels.pixels[pairs], kind="stable")]
    spread = np.linspace(0, len(by_size) - 1, min(IMAGES, len(by_size))).round().astype(int)
    chosen: NDArray[np.int64] = by_size[spread]
    return chosen


def sheet_path(run: Path) -> Path:
    """Where the sheet of a run's data set lies."""
    return run / "figures" / "dataset" / "masks.jpg"
