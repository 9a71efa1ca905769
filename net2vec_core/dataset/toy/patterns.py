"""Plain textures after the Describable Textures Dataset: each fills a whole image."""

from collections.abc import Callable

import numpy as np
from PIL import Image

from net2vec_core.dataset.toy.canvas import SIDE, Canvas
from net2vec_core.dataset.toy.noise import SIDE as TILE_SIDE
from net2vec_core.dataset.toy.noise import Field, between
from net2vec_core.dataset.toy.palette import BRIGHT, FACADES, WOODS
from net2vec_core.dataset.toy.surfaces import Color, mix, pick
from net2vec_core.dataset.toy.tiles import tile

Pattern = Callable[[np.random.Generator, Field, Field], Field]
COLORS: tuple[Color, ...] = (*BRIGHT, *FACADES[:6], *WOODS)


def _wave(coordinate: Field) -> Field:
    """0 and 1 by turns, a period a unit, with borders a tenth of a period wide."""
    return between(0.4, 0.6, 0.5 + 0.5 * np.sin(2 * np.pi * coordinate) * 1.6)


def _chequered(rng: np.random.Generator, x: Field, y: Field) -> Field:
    return np.abs(_wave(x / 2) - _wave(y / 2))


def _dotted(rng: np.random.Generator, x: Field, y: Field) -> Field:
    row = np.floor(y)
    away = np.hypot(x + 0.5 * (row % 2) - np.floor(x + 0.5 * (row % 2)) - 0.5, y - row - 0.5)
    radius = rng.uniform(0.22, 0.36)
    return 1 - between(radius - 0.04, radius + 0.04, away)


def _grid(rng: np.random.Generator, x: Field, y: Field) -> Field:
    edge = np.minimum(np.abs(x - np.round(x)), np.abs(y - np.round(y)))
    width = rng.uniform(0.05, 0.12)
    return 1 - between(width - 0.03, width + 0.03, edge)


def _striped(rng: np.random.Generator, x: Field, y: Field) -> Field:
    return _wave(x)


def _zigzagged(rng: np.random.Generator, x: Field, y: Field) -> Field:
    return _wave(x + rng.uniform(0.4, 0.8) * np.abs(2 * (y / 2 - np.floor(y / 2)) - 1))


def _honeycombed(rng: np.random.Generator, x: Field, y: Field) -> Field:
    tall = np.float32(np.sqrt(3))
    centres = ((x - np.round(x), y - tall * np.round(y / tall)), _offset_lattice(x, y, tall))
    (ax, ay), (bx, by) = ((np.abs(dx), np.abs(dy)) for dx, dy in centres)
    reach = np.minimum(np.maximum(ax, ax / 2 + ay * tall / 2), np.maximum(bx, bx / 2 + by * tall / 2))
    return 0.55 * between(0.0, 0.36, reach) ** 2 + 0.45 * between(0.38, 0.44, reach)


def _offset_lattice(x: Field, y: Field, tall: np.float32) -> tuple[Field, Field]:
    return x - np.floor(x) - np.float32(0.5), y - tall * (np.floor(y / tall) + np.float32(0.5))


def _sampled(name: str, grain: float) -> Pattern:
    """A pattern read from a tile of the bank, `grain` tile pixels a unit."""

    def pattern(rng: np.random.Generator, x: Field, y: Field) -> Field:
        columns, rows = ((axis * grain).astype(np.int32) % TILE_SIDE for axis in (x, y))
        return np.asarray(tile(name))[rows, columns].astype(np.float32) / 255

    return pattern


PATTERNS: dict[str, Pattern] = {
    **{"chequered": _chequered, "dotted": _dotted, "grid": _grid, "striped": _striped, "zigzagged": _zigzagged},
    **{"honeycombed": _honeycombed, "cracked": _sampled("cracks", 40), "marbled": _sampled("marble", 30)},
}


def draw_pattern(canvas: Canvas, name: str) -> None:
    """Fill the canvas's image with a texture in random colours, turned, bent and lit; its planes stay empty."""
    rng = canvas.rng
    x, y = _coordinates(rng, rng.uniform(7, 18))
    share = np.clip(PATTERNS[name](rng, x, y), 0, 1)[..., None]
    low, high = (np.array(color, dtype=np.float32) for color in _colors(rng, name))
    rough = _cut(rng, str(rng.choice(["plaster", "weave", "smooth", "rock"])))
    light = (0.72 + 0.42 * rough)[..., None]
    canvas.image.paste(Image.fromarray(np.clip((low + (high - low) * share) * light, 0, 255).astype(np.uint8)))


def _cut(rng: np.random.Generator, name: str) -> Field:
    left, top = (int(start) for start in rng.integers(0, SIDE, 2))
    crop = tile(name).crop((left, top, left + SIDE, top + SIDE))
    return np.asarray(crop).astype(np.float32) / 255


def _coordinates(rng: np.random.Generator, periods: float) -> tuple[Field, Field]:
    """Coordinates of a turned, gently bent plane, `periods` units across the image."""
    line = (np.arange(SIDE, dtype=np.float32) / SIDE - 0.5) * np.float32(periods)
    bend = np.float32(rng.uniform(0, 0.12) * periods)
    x, y = line[None, :] + bend * _cut(rng, "smooth"), line[:, None] + bend * _cut(rng, "clouds")
    turn = rng.choice([0.0, np.pi / 2, rng.uniform(0, np.pi)])
    cos, sin = np.float32(np.cos(turn)), np.float32(np.sin(turn))
    return x * cos - y * sin + np.float32(rng.random()), x * sin + y * cos + np.float32(rng.random())


def _colors(rng: np.random.Generator, name: str) -> tuple[Color, Color]:
    """Two colours that differ enough; natural ones for natural textures."""
    if name == "cracked":
        ground = pick(rng, ((190, 160, 120), (150, 140, 130), (220, 214, 204), (120, 96, 76)))
        return mix(ground, (20, 14, 10), 0.8), ground
    if name == "honeycombed":
        wax = pick(rng, ((232, 176, 60), (214, 150, 50), (180, 120, 50)))
        return mix(wax, (40, 16, 0), 0.65), mix(wax, (255, 240, 180), 0.3)
    first = pick(rng, COLORS)
    others = [color for color in COLORS if abs(sum(color) - sum(first)) > 160]
    return first, pick(rng, others)
