"""Surfaces: a texture tile coloured from dark to light, and the material it is labelled with."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from net2vec_core.dataset.toy.noise import SIDE as TILE_SIDE
from net2vec_core.dataset.toy.tiles import tile

Color = tuple[int, int, int]
Line = NDArray[np.float64]
# Beyond this share of the image below the horizon a receding texture keeps its full contrast.
SHARP_BELOW = 0.22
GREYS = np.arange(256)


def mix(first: Color, second: Color, share: float) -> Color:
    """The colour that lies `share` of the way from the first to the second."""
    red, green, blue = (round(a + (b - a) * share) for a, b in zip(first, second, strict=True))
    return red, green, blue


def vary(rng: np.random.Generator, color: Color, spread: float = 12) -> Color:
    """The colour with a little random change in brightness and tint (standard deviation in levels)."""
    shift = rng.normal(0, spread) + rng.normal(0, spread / 3, 3)
    red, green, blue = (int(np.clip(level + step, 0, 255)) for level, step in zip(color, shift, strict=True))
    return red, green, blue


def pick(rng: np.random.Generator, colors: Sequence[Color], spread: float = 12) -> Color:
    """One of the colours, varied."""
    return vary(rng, colors[int(rng.integers(len(colors)))], spread)


@dataclass(frozen=True)
class Surface:
    """A look: tile `tile`, enlarged by `scale`, its greys running through the colours of `ramp`; a material or ''."""

    tile: str
    ramp: tuple[Color, ...]
    material: str = ""
    scale: float = 1.0

    def faded(self, color: Color, share: float) -> "Surface":
        """The same surface seen through haze of a colour."""
        return replace(self, ramp=tuple(mix(own, color, share) for own in self.ramp))

    @cached_property
    def _palette(self) -> bytes:
        stops = np.linspace(0, 255, len(self.ramp))
        channels = [np.interp(GREYS, stops, levels) for levels in zip(*self.ramp, strict=True)]
        return np.stack(channels, axis=1).astype(np.uint8).tobytes()

    def _colored(self, grey: Image.Image) -> Image.Image:
        grey.putpalette(self._palette)
        return grey.convert("RGB")

    def cut(self, rng: np.random.Generator, size: tuple[int, int]) -> Image.Image:
        """A random cut-out, RGB, of a size (width, height) in pixels."""
        whole = tile(self.tile, self.scale)
        left, top = (int(rng.integers(0, room - side + 1)) for room, side in zip(whole.size, size, strict=True))
        return self._colored(whole.crop((left, top, left + size[0], top + size[1])))

    def recede(self, rng: np.random.Generator, x: Line, y: Line) -> Image.Image:
        """The surface as level ground seen in perspective, RGB.

        `x` holds the columns' distances from the image's centre, `y` the rows' from the horizon, in image sides.
        """
        depth = TILE_SIDE / 2 / np.maximum(y, 2e-3)[:, None] / self.scale
        start = rng.integers(0, TILE_SIDE, 2)
        rows = (depth * 0.8 + start[0]).astype(np.int32) % TILE_SIDE
        columns = (x[None, :] * depth + start[1]).astype(np.int32) % TILE_SIDE
        grey = np.asarray(tile(self.tile))[rows, columns]
        share = np.clip(y / SHARP_BELOW, 0.1, 1)[:, None]
        mean = float(grey.mean())
        return self._colored(Image.fromarray((mean + (grey - mean) * share).astype(np.uint8)))


def plain(rng: np.random.Generator, color: Color, kind: str = "smooth", material: str = "") -> Surface:
    """A surface of one colour with some texture: from darker to lighter than the colour."""
    base = vary(rng, color)
    return Surface(kind, (mix(base, (8, 8, 24), 0.45), base, mix(base, (255, 252, 240), 0.4)), material)
