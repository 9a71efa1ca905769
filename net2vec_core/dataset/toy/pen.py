"""Drawing one thing in a frame of its own, wherever and however large it stands on the canvas."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from net2vec_core.dataset.toy.canvas import Canvas
from net2vec_core.dataset.toy.outlines import Outline, Point, disc
from net2vec_core.dataset.toy.shape import SIDE, Shape, rasterise
from net2vec_core.dataset.toy.surfaces import Color, Surface


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

    def draw(
        self, surface: Surface, *outlines: Outline, part: str = "", relief: float = 0.35, fray: float = 0.0
    ) -> None:
        """Paint the union of local outlines; `fray` wears its border away by about so many local units."""
        shape = self.shape(*outlines)
        if shape is not None and fray:
            shape = shape.ragged(self.rng, surface.tile, max(1, round(fray * self.frame.size * SIDE)))
        self.canvas.paint(shape, surface, self.thing, part, relief=relief)

    def shadow(self, left: float, right: float, strength: float = 0.5) -> None:
        """A soft shadow on the ground between two local x; to be drawn before the thing."""
        flat = disc((left + right) / 2, 0, (right - left) / 2, 0.06 * (right - left))
        self.canvas.tint(self.shape(flat), (12, 12, 25), strength, blur=0.02 * self.frame.size * (right - left) + 0.002)

    def shade(self, outline: Outline, color: Color = (8, 8, 20), strength: float = 0.4, blur: float = 0.0) -> None:
        """Translucent colour on the image alone; `blur` in local units."""
        self.canvas.tint(self.shape(outline), color, strength, blur=blur * self.frame.size)
