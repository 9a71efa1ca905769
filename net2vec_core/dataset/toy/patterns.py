"""Plain textures after the Describable Textures Dataset: each fills a whole image."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from PIL import Image

from net2vec_core.dataset.toy.canvas import Canvas
from net2vec_core.dataset.toy.noise import SIDE as TILE_SIDE
from net2vec_core.dataset.toy.noise import Field, between
from net2vec_core.dataset.toy.palette import BRIGHT, FACADES, WOODS
from net2vec_core.dataset.toy.shape import SIDE
from net2vec_core.dataset.toy.surfaces import Color, mix, pick
from net2vec_core.dataset.toy.tiles import tile


@dataclass(frozen=True)
class Plane:
    """Where a pattern is drawn: coordinates of every pixel, one period a unit, and what is left to chance."""

    x: Field
    y: Field
    rng: np.random.Generator


Pattern = Callable[[Plane], Field]
COLORS: tuple[Color, ...] = (*BRIGHT, *FACADES[:6], *WOODS)


def _apart(coordinate: Field) -> Field:
    """Signed distance to the nearest whole number."""
    return coordinate - np.round(coordinate)


def _wave(coordinate: Field) -> Field:
    """0 and 1 by turns, a period a unit, with borders a tenth of a period wide."""
    return between(0.4, 0.6, 0.5 + 0.5 * np.sin(2 * np.pi * coordinate) * 1.6)


def _chequered(at: Plane) -> Field:
    return np.abs(_wave(at.x / 2) - _wave(at.y / 2))


def _dotted(at: Plane) -> Field:
    row = np.floor(at.y)
    x = at.x + 0.5 * (row % 2)
    away = np.hypot(x - np.floor(x) - 0.5, at.y - row - 0.5)
    radius = at.rng.uniform(0.22, 0.36)
    return 1 - between(radius - 0.04, radius + 0.04, away)


def _grid(at: Plane) -> Field:
    edge = np.minimum(np.abs(_apart(at.x)), np.abs(_apart(at.y)))
    width = at.rng.uniform(0.05, 0.12)
    return 1 - between(width - 0.03, width + 0.03, edge)


def _striped(at: Plane) -> Field:
    return _wave(at.x)


def _zigzagged(at: Plane) -> Field:
    along = at.y / 2 - np.floor(at.y / 2)
    return _wave(at.x + at.rng.uniform(0.4, 0.8) * np.abs(2 * along - 1))


def _hexagon(x: Field, y: Field) -> Field:
    """Distance from a hexagon's centre, 0.5 on its border."""
    return np.maximum(np.abs(x), np.abs(x) / 2 + np.abs(y) * np.float32(np.sqrt(0.75)))


def _honeycombed(at: Plane) -> Field:
    tall = np.float32(np.sqrt(3))
    whole = _hexagon(_apart(at.x), tall * _apart(at.y / tall))
    halves = _hexagon(_apart(at.x + 0.5), tall * _apart(at.y / tall + 0.5))
    reach = np.minimum(whole, halves)
    return 0.55 * between(0.0, 0.36, reach) ** 2 + 0.45 * between(0.38, 0.44, reach)


def _sampled(name: str, grain: float) -> Pattern:
    """A pattern read from a tile of the bank, `grain` tile pixels a unit."""

    def pattern(at: Plane) -> Field:
        columns, rows = ((axis * grain).astype(np.int32) % TILE_SIDE for axis in (at.x, at.y))
        return np.asarray(tile(name))[rows, columns].astype(np.float32) / 255

    return pattern


PATTERNS: dict[str, Pattern] = {
    **{"chequered": _chequered, "dotted": _dotted, "grid": _grid, "striped": _striped, "zigzagged": _zigzagged},
    **{"honeycombed": _honeycombed, "cracked": _sampled("cracks", 40), "marbled": _sampled("marble", 30)},
}


def draw_pattern(canvas: Canvas, name: str) -> None:
    """Fill the canvas's image with a texture in random colours, turned, bent and lit; its planes stay empty."""
    rng = canvas.rng
    share = np.clip(PATTERNS[name](_plane(rng, rng.uniform(7, 18))), 0, 1)[..., None]
    low, high = (np.array(color, dtype=np.float32) for color in _colors(rng, name))
    rough = _cut(rng, str(rng.choice(["plaster", "weave", "smooth"])))
    light = (0.72 + 0.42 * rough)[..., None]
    canvas.image.paste(Image.fromarray(np.clip((low + (high - low) * share) * light, 0, 255).astype(np.uint8)))


def _cut(rng: np.random.Generator, name: str, side: int = SIDE) -> Field:
    """A random square of a tile, `side` tile pixels wide, enlarged to the canvas."""
    left, top = (int(start) for start in rng.integers(0, TILE_SIDE, 2))
    crop = tile(name).crop((left, top, left + side, top + side)).resize((SIDE, SIDE), Image.Resampling.BICUBIC)
    return np.asarray(crop).astype(np.float32) / 255


def _plane(rng: np.random.Generator, periods: float) -> Plane:
    """A turned, gently bent plane, `periods` units across the image."""
    line = (np.arange(SIDE, dtype=np.float32) / SIDE - 0.5) * np.float32(periods)
    bend = np.float32(rng.uniform(0, 0.25) * periods)
    x, y = line[None, :] + bend * _cut(rng, "clouds", 60), line[:, None] + bend * _cut(rng, "clouds", 60)
    turn = rng.choice([0.0, np.pi / 2, rng.uniform(0, np.pi)])
    cos, sin = np.float32(np.cos(turn)), np.float32(np.sin(turn))
    return Plane(x * cos - y * sin + np.float32(rng.random()), x * sin + y * cos + np.float32(rng.random()), rng)


def _colors(rng: np.random.Generator, name: str) -> tuple[Color, Color]:
    """Two colours that differ enough; natural ones for natural textures."""
    if name == "cracked":
        ground = pick(rng, ((190, 160, 120), (150, 140, 130), (220, 214, 204), (120, 96, 76)))
        return mix(ground, (20, 14, 10), 0.8), ground
    if name == "honeycombed":
        wax = pick(rng, ((232, 176, 60), (214, 150, 50), (180, 120, 50)))
        return mix(wax, (40, 16, 0), 0.65), mix(wax, (255, 240, 180), 0.3)
    if name == "marbled":
        vein = pick(rng, ((70, 72, 78), (120, 84, 58), (54, 84, 72), (110, 64, 66)))
        return vein, mix(vein, (250, 246, 240), 0.85)
    first = pick(rng, COLORS)
    others = [color for color in COLORS if abs(sum(color) - sum(first)) > 160]
    return first, pick(rng, others)
