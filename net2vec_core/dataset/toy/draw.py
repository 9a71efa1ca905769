"""Draws one image of the toy probe set with its labels."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageChops, ImageEnhance

from net2vec_core.dataset.records import Split
from net2vec_core.dataset.toy.canvas import Canvas
from net2vec_core.dataset.toy.colors import name_colors
from net2vec_core.dataset.toy.deck import deal
from net2vec_core.dataset.toy.indoor import bedroom, dining_room, living_room
from net2vec_core.dataset.toy.nature import beach, field, forest, mountain_snowy
from net2vec_core.dataset.toy.patterns import draw_pattern
from net2vec_core.dataset.toy.shape import SIDE
from net2vec_core.dataset.toy.tiles import tile
from net2vec_core.dataset.toy.town import street, village
from net2vec_core.dataset.toy.vocabulary import NUMBER

SCENES: dict[str, Callable[[Canvas], None]] = {
    scene.__name__: scene
    for scene in (street, village, field, beach, forest, mountain_snowy, bedroom, living_room, dining_room)
}
# Colours are named on the image at the size at which it is usually looked at, not on supersampled grain.
COLOR_SIDE = SIDE // 2


@dataclass(frozen=True)
class Drawing:
    """A drawn image: `image` uint8 [image_size, image_size, 3] (RGB), `masks` uint16 [plane, mask_size, mask_size].

    Planes are those of PLANES; a pixel holds a concept's number, 0 = none. `image_labels`: scene or texture.
    """

    image: NDArray[np.uint8]
    masks: NDArray[np.uint16]
    image_labels: tuple[int, ...]
    split: Split


def draw(index: int, *, seed: int, image_size: int, mask_size: int) -> Drawing:
    """Image `index` of the probe set with this seed; the sizes (sides in pixels) only resample what is drawn."""
    subject, split = deal(index, seed)
    canvas = Canvas(np.random.default_rng([seed, 0, index]))
    if subject in SCENES:
        SCENES[subject](canvas)
    else:
        draw_pattern(canvas, subject)
    _develop(canvas)
    image, painted = canvas.arrays()
    colors = name_colors(_resized(image, COLOR_SIDE))
    masks = np.stack([_sampled(plane, mask_size) for plane in (colors, *painted)]).astype(np.uint16)
    return Drawing(_resized(image, image_size), masks, (NUMBER[subject],), split)


def _develop(canvas: Canvas) -> None:
    """What a camera adds: exposure, saturation, grain."""
    rng = canvas.rng
    image = ImageEnhance.Brightness(canvas.image).enhance(rng.uniform(0.9, 1.1))
    image = ImageEnhance.Color(image).enhance(rng.uniform(0.85, 1.2))
    left, top = (int(start) for start in rng.integers(0, SIDE, 2))
    grain = tile("speckle").crop((left, top, left + SIDE, top + SIDE)).point([112 + level // 8 for level in range(256)])
    canvas.image = ImageChops.add(image, Image.merge("RGB", (grain, grain, grain)), 1, -128)


def _resized(image: NDArray[np.uint8], side: int) -> NDArray[np.uint8]:
    """The image averaged over boxes to another side."""
    return np.asarray(Image.fromarray(image).resize((side, side), Image.Resampling.BOX))


def _sampled(plane: NDArray[np.uint8], side: int) -> NDArray[np.uint8]:
    """The plane's values at the centres of side x side cells, never mixed."""
    centres = ((np.arange(side) + 0.5) * len(plane) / side).astype(int)
    picked: NDArray[np.uint8] = plane[np.ix_(centres, centres)]
    return picked
