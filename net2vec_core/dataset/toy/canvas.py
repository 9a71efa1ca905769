"""The canvas: an image and its label planes, painted together and supersampled.

Coordinates are image sides, x to the right and y downwards from the upper left corner; later paint covers
earlier paint in the image and in every plane.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cache

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageChops, ImageDraw, ImageFilter, ImageOps

from net2vec_core.dataset.toy.outlines import Outline, Point, disc
from net2vec_core.dataset.toy.surfaces import Color, Surface
from net2vec_core.dataset.toy.tiles import tile
from net2vec_core.dataset.toy.vocabulary import NUMBER

SIDE = 448
PAINTED_PLANES = ("object", "part", "material")
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
        return Shape(_blurred(wide, blur * SIDE), self.left - margin, self.top - margin)

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
    left, top = (int(edge) for edge in np.clip(np.floor(corners.min(axis=0)), 0, SIDE))
    right, low = (int(edge) for edge in np.clip(np.ceil(corners.max(axis=0)) + 1, 0, SIDE))
    if right <= left or low <= top:
        return None
    mask = Image.new("L", (right - left, low - top))
    draw = ImageDraw.Draw(mask)
    for outline in outlines:
        draw.polygon([(x * SIDE - left, y * SIDE - top) for x, y in outline], fill=255)
    return Shape(mask, left, top)


class Canvas:
    """An image of SIDE pixels a side and its planes of labels; `rng` is the source of all that is random on it."""

    def __init__(self, rng: np.random.Generator) -> None:
        self.rng = rng
        self.image = Image.new("RGB", (SIDE, SIDE))
        self.planes = {plane: Image.new("L", (SIDE, SIDE)) for plane in PAINTED_PLANES}
        self.light = float(rng.choice([-1, 1]))

    def paint(
        self,
        shape: Shape | None,
        surface: Surface,
        thing: str = "",
        part: str = "",
        *,
        relief: float = 0.0,
        horizon: float | None = None,
    ) -> None:
        """Cover a shape with a surface and label it: object `thing`, its `part`, the surface's material.

        `relief` (0 to 1) rounds the shape by shading; with a `horizon` the surface is level ground seen from above.
        """
        if shape is None:
            return
        pixels = self._pixels(shape, surface, horizon)
        if relief:
            pixels = ImageChops.multiply(pixels, self._relief(shape.mask, relief))
        self.image.paste(pixels, (shape.left, shape.top), shape.mask)
        self.label(shape, thing, part, surface.material)

    def label(self, shape: Shape, thing: str, part: str, material: str) -> None:
        """Write labels where the shape covers at least half a pixel; an empty name clears its plane."""
        covered = shape.mask.convert("1", dither=Image.Dither.NONE)
        for plane, name in zip(PAINTED_PLANES, (thing, part, material), strict=True):
            self.planes[plane].paste(NUMBER[name] if name else 0, shape.bounds, covered)

    def tint(self, shape: Shape | None, color: Color, strength: float, blur: float = 0.0) -> None:
        """Lay translucent colour on the image alone (shadow, glow, haze), its border blurred (in image sides)."""
        if shape is None:
            return
        soft = shape.softened(blur)
        self.image.paste(color, soft.bounds, soft.mask.point(_weakened(strength)))

    def arrays(self) -> tuple[NDArray[np.uint8], NDArray[np.uint8]]:
        """The image uint8 [SIDE, SIDE, 3] and the planes uint8 [plane, SIDE, SIDE]."""
        return np.asarray(self.image), np.stack([np.asarray(self.planes[plane]) for plane in PAINTED_PLANES])

    def _pixels(self, shape: Shape, surface: Surface, horizon: float | None) -> Image.Image:
        if horizon is None:
            return surface.cut(self.rng, shape.mask.size)
        left, top, right, low = shape.bounds
        across = (np.arange(left, right) + 0.5) / SIDE - 0.5
        return surface.recede(self.rng, across, (np.arange(top, low) + 0.5) / SIDE - horizon)

    def _relief(self, mask: Image.Image, depth: float) -> Image.Image:
        """Light on a bulging shape: bright inside, towards the lamp, dark at the far border."""
        reach = max(2, round(0.22 * min(mask.size)))
        soft = _blurred(ImageOps.expand(mask, reach), reach / 2)
        aside = reach + round(self.light * reach * 0.4)
        upwards = round(reach * 1.4)
        lit = soft.crop((aside, upwards, aside + mask.width, upwards + mask.height))
        shade = lit.point(_shading(depth))
        return Image.merge("RGB", (shade, shade, shade))


@cache
def _shading(depth: float) -> list[int]:
    """Brightness of each grey of a blurred mask; light is full a little before the mask is."""
    return [round(255 * (1 - depth * (1 - min(1.0, level / 235)))) for level in range(256)]


@cache
def _weakened(strength: float) -> list[int]:
    return [round(level * strength) for level in range(256)]


def _blurred(mask: Image.Image, radius: float) -> Image.Image:
    """A Gaussian blur, worked out on a small copy where the mask is large."""
    shrink = max(1.0, min(max(mask.size) / BLUR_SIDE, radius / 2))
    if shrink < 2:
        return mask.filter(ImageFilter.GaussianBlur(radius))
    small = mask.resize((max(1, round(mask.width / shrink)), max(1, round(mask.height / shrink))), Image.Resampling.BOX)
    return small.filter(ImageFilter.GaussianBlur(radius / shrink)).resize(mask.size, Image.Resampling.BILINEAR)


@dataclass(frozen=True)
class Frame:
    """Where a thing stands: foot at (x, y), one local unit = `size` image sides; local y points upwards."""

    x: float
    y: float
    size: float
    mirrored: bool = False

    def place(self, outline: Sequence[Point]) -> Outline:
        """Canvas coordinates of local points."""
        width = -self.size if self.mirrored else self.size
        return [(self.x + width * x, self.y - self.size * y) for x, y in outline]

    def at(self, x: float, y: float, size: float = 1.0) -> "Frame":
        """A frame within this one: its foot at local (x, y), its unit `size` local units."""
        ((left, low),) = self.place([(x, y)])
        return replace(self, x=left, y=low, size=self.size * size)


@dataclass(frozen=True)
class Pen:
    """Draws the outlines of one thing in its own frame."""

    canvas: Canvas
    frame: Frame
    thing: str

    @property
    def rng(self) -> np.random.Generator:
        """The canvas's source of random numbers."""
        return self.canvas.rng

    def shape(self, *outlines: Sequence[Point]) -> Shape | None:
        """The union of local outlines on the canvas."""
        return rasterise(*(self.frame.place(outline) for outline in outlines))

    def draw(self, surface: Surface, *outlines: Outline, part: str = "", relief: float = 0.35) -> None:
        """Paint the union of local outlines."""
        self.canvas.paint(self.shape(*outlines), surface, self.thing, part, relief=relief)

    def shadow(self, left: float, right: float, strength: float = 0.5) -> None:
        """A soft shadow on the ground between two local x; to be drawn before the thing."""
        flat = disc((left + right) / 2, 0, (right - left) / 2, 0.06 * (right - left))
        self.canvas.tint(self.shape(flat), (12, 12, 25), strength, blur=0.02 * self.frame.size * (right - left) + 0.002)

    def shade(self, outline: Outline, color: Color = (8, 8, 20), strength: float = 0.4, blur: float = 0.0) -> None:
        """Translucent colour on the image alone; `blur` in local units."""
        self.canvas.tint(self.shape(outline), color, strength, blur=blur * self.frame.size)


def everything() -> Shape:
    """The whole canvas as a shape."""
    return Shape(Image.new("L", (SIDE, SIDE), 255), 0, 0)
