"""Shapes: what paint covers, as a mask of canvas pixels.

Coordinates are image sides, x to the right and y downwards from the upper left corner of a canvas SIDE pixels wide.
"""

import math
from dataclasses import dataclass

import numpy as np
from PIL import Image, ImageChops, ImageDraw, ImageFilter, ImageOps

from net2vec_core.dataset.toy.outlines import Outline
from net2vec_core.dataset.toy.tiles import tile

SIDE = 448
BLUR_SIDE = 64


@dataclass(frozen=True)
class Shape:
    """What paint covers: a grey mask (255 = fully) and the pixel of the canvas where its upper left corner lies."""

    mask: Image.Image
    left: int
    top: int

    @property
    def bounds(self) -> tuple[int, int, int, int]:
        """Left, upper, right and lower pixel edge."""
        return self.left, self.top, self.left + self.mask.width, self.top + self.mask.height

    def softened(self, blur: float) -> "Shape":
        """The same shape with its border blurred (in image sides)."""
        margin = round(2 * blur * SIDE)
        wide = ImageOps.expand(self.mask, margin) if margin else self.mask
        return Shape(blurred(wide, blur * SIDE), self.left - margin, self.top - margin)

    def ragged(self, rng: np.random.Generator, tile_name: str, reach: int) -> "Shape":
        """The same shape with a border frayed by the grain of a tile, about `reach` pixels in and out."""
        wide = ImageOps.expand(self.mask, reach)
        soft = wide.filter(ImageFilter.BoxBlur(reach))
        left, top = (int(start) for start in rng.integers(0, SIDE, 2))
        grain = tile(tile_name).crop((left, top, left + wide.width, top + wide.height))
        frayed = ImageChops.add(soft, grain, 1, -128).convert("1", dither=Image.Dither.NONE).convert("L")
        return Shape(frayed, self.left - reach, self.top - reach)


def rasterise(*outlines: Outline) -> Shape | None:
    """The union of polygons as a shape, clipped to the canvas; None where nothing is left."""
    corners = np.concatenate([np.asarray(outline) for outline in outlines]) * SIDE
    left, top = (min(max(math.floor(edge), 0), SIDE) for edge in corners.min(axis=0).tolist())
    right, low = (min(max(math.ceil(edge) + 1, 0), SIDE) for edge in corners.max(axis=0).tolist())
    if right <= left or low <= top:
        return None
    mask = Image.new("L", (right - left, low - top))
    draw = ImageDraw.Draw(mask)
    for outline in outlines:
        draw.polygon([(x * SIDE - left, y * SIDE - top) for x, y in outline], fill=255)
    return Shape(mask, left, top)


def everything() -> Shape:
    """The whole canvas as a shape."""
    return Shape(Image.new("L", (SIDE, SIDE), 255), 0, 0)


def blurred(mask: Image.Image, radius: float) -> Image.Image:
    """A Gaussian blur of a radius in pixels, worked out on a small copy where the mask is large."""
    shrink = max(1.0, min(max(mask.size) / BLUR_SIDE, radius / 2))
    if shrink < 2:
        return mask.filter(ImageFilter.GaussianBlur(float(radius)))
    small = mask.resize((max(1, round(mask.width / shrink)), max(1, round(mask.height / shrink))), Image.Resampling.BOX)
    return small.filter(ImageFilter.GaussianBlur(radius / shrink)).resize(mask.size, Image.Resampling.BILINEAR)
