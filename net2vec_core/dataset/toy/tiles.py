"""The bank of grey texture tiles: periodic, made once a process from a fixed seed, cut out and coloured by surfaces."""

from collections.abc import Callable, Iterable
from functools import cache

import numpy as np
from PIL import Image, ImageDraw

from net2vec_core.dataset.toy.noise import SIDE, Field, between, cells, fractal, mesh, normalise

BANK_SEED = 20180618
Maker = Callable[[np.random.Generator], Field]


def _smooth(rng: np.random.Generator) -> Field:
    return 0.5 + 0.35 * (fractal(rng, falloff=1.9) - 0.5) + 0.12 * (fractal(rng, falloff=0.3) - 0.5)


def _plaster(rng: np.random.Generator) -> Field:
    return 0.5 + 0.4 * (fractal(rng, falloff=1.4, coarsest=3) - 0.5) + 0.25 * (fractal(rng, falloff=0.6) - 0.5)


def _speckle(rng: np.random.Generator) -> Field:
    return 0.55 * fractal(rng, falloff=0.4) + 0.45 * fractal(rng, falloff=1.4)


def _clouds(rng: np.random.Generator) -> Field:
    return fractal(rng, falloff=1.9, stretch=2)


def _brick(rng: np.random.Generator, rows: int = 32, columns: int = 12) -> Field:
    x, y = mesh()
    row = np.floor(y * rows).astype(int)
    along = x * columns + 0.5 * (row % 2)
    tone = rng.random((rows, columns), dtype=np.float32)[row, np.floor(along).astype(int) % columns]
    gap = np.minimum(_edge(along) / columns, _edge(y * rows) / rows) * SIDE
    body = 0.1 + 0.4 * tone + 0.35 * (fractal(rng, falloff=0.9) - 0.5)
    return np.where(gap < 1.3, 0.9, np.clip(body, 0, 0.7)).astype(np.float32)


def _edge(coordinate: Field) -> Field:
    """Distance of a coordinate to the nearest whole number."""
    return np.abs(coordinate - np.round(coordinate))


def _boards(rng: np.random.Generator, boards: int = 9) -> Field:
    _, y = mesh()
    board = np.floor(y * boards).astype(int)
    tone = rng.random(boards, dtype=np.float32)[board]
    grain = fractal(rng, falloff=1.2, stretch=25)
    rings = np.sin(60 * fractal(rng, falloff=2.2, stretch=9))
    body = 0.3 + 0.3 * tone + 0.4 * (grain - 0.5) + 0.07 * rings
    return np.where(_edge(y * boards) / boards * SIDE < 1.2, 0.02, body).astype(np.float32)


def _grain(rng: np.random.Generator) -> Field:
    rings = np.sin(45 * fractal(rng, falloff=2.3, stretch=12))
    return normalise(fractal(rng, falloff=1.1, stretch=30) + 0.18 * rings)


def _bark(rng: np.random.Generator) -> Field:
    ridges = 1 - np.abs(2 * fractal(rng, falloff=1.2, stretch=0.1) - 1)
    return normalise(-ridges + 0.3 * fractal(rng, falloff=0.5))


def _metal(rng: np.random.Generator) -> Field:
    return 0.5 + 0.25 * (fractal(rng, falloff=0.9, stretch=90) - 0.5) + 0.35 * (fractal(rng, falloff=2.2) - 0.5)


def _glass(rng: np.random.Generator) -> Field:
    x, y = mesh()
    glint = 0.5 + 0.5 * np.sin(2 * np.pi * (5 * x + 4 * y) + 5 * fractal(rng, falloff=2.2))
    return 0.35 * between(0.55, 0.8, glint) + 0.5 * fractal(rng, falloff=1.9, stretch=3)


def _weave(rng: np.random.Generator, threads: int = 96) -> Field:
    x, y = mesh()
    over: Field = np.sin(np.pi * threads * x) * np.sin(np.pi * threads * y)
    return 0.5 + 0.13 * over + 0.5 * (fractal(rng, falloff=1.3) - 0.5)


def _folds(rng: np.random.Generator) -> Field:
    return 0.65 * fractal(rng, falloff=2.3, stretch=0.3) + 0.35 * _weave(rng)


def _stone(rng: np.random.Generator) -> Field:
    wall = cells(rng, 16, 10)
    body = 0.3 + 0.35 * wall.tone + 0.5 * (fractal(rng, falloff=1.0) - 0.5)
    return np.where(wall.second - wall.nearest < 0.09, 0.05, body).astype(np.float32)


def _rock(rng: np.random.Generator) -> Field:
    ridged = 1 - np.abs(2 * fractal(rng, falloff=1.5) - 1)
    return normalise(ridged + 0.7 * fractal(rng, falloff=1.0), 4.5)


def _tiles(rng: np.random.Generator, count: int = 8) -> Field:
    x, y = mesh()
    tone = rng.random((count, count), dtype=np.float32)[
        np.floor(y * count).astype(int), np.floor(x * count).astype(int)
    ]
    gap = np.minimum(_edge(x * count), _edge(y * count)) / count * SIDE
    return np.where(gap < 1.5, 0.05, 0.55 + 0.25 * tone + 0.3 * (fractal(rng) - 0.5)).astype(np.float32)


def _shingles(rng: np.random.Generator, rows: int = 28, columns: int = 32) -> Field:
    x, y = mesh()
    row = np.floor(y * rows).astype(int)
    along = x * columns + 0.5 * (row % 2)
    tone = rng.random((rows, columns), dtype=np.float32)[row, np.floor(along).astype(int) % columns]
    drop = y * rows - row
    body = 0.75 - 0.45 * drop**2 + 0.3 * (tone - 0.5) + 0.2 * (fractal(rng, falloff=0.8) - 0.5)
    return np.where(_edge(along) < 0.07, 0.12, body).astype(np.float32)


def _water(rng: np.random.Generator) -> Field:
    ripple = 1 - np.abs(2 * fractal(rng, falloff=1.5, coarsest=5, stretch=5) - 1)
    return normalise(ripple + 0.8 * fractal(rng, falloff=1.4, stretch=4))


def _sand(rng: np.random.Generator) -> Field:
    return 0.5 + 0.5 * (fractal(rng, falloff=0.2) - 0.5) + 0.5 * (fractal(rng, falloff=1.7, stretch=3) - 0.5)


def _marks(tones: Field, marks: Iterable[tuple[float, float, float, float, float]]) -> Field:
    """Small slanted strokes (x, y, dx, dy in pixels, width) laid over each other in the order of their tones."""
    image = Image.new("L", (SIDE, SIDE), 20)
    draw = ImageDraw.Draw(image)
    for tone, (x, y, dx, dy, width) in zip(tones, marks, strict=True):
        for left, top in ((x, y), (x - SIDE, y), (x, y - SIDE)):
            draw.line((left, top, left + dx, top + dy), fill=int(255 * tone), width=int(width))
    return np.asarray(image, dtype=np.float32) / 255


def _grass(rng: np.random.Generator, blades: int = 9000) -> Field:
    place, lean = rng.uniform(0, SIDE, (blades, 2)), rng.normal(0, 3, blades)
    tall, width = rng.uniform(6, 18, blades), rng.integers(1, 3, blades)
    tones = np.sort(rng.random(blades, dtype=np.float32)) * 0.9
    marks = ((x, y, dx, -dy, w) for (x, y), dx, dy, w in zip(place, lean, tall, width, strict=True))
    return 0.8 * _marks(tones, marks) + 0.2 * fractal(rng)


def _fur(rng: np.random.Generator, hairs: int = 16000) -> Field:
    place, lean = rng.uniform(0, SIDE, (hairs, 2)), rng.normal(-4, 4, hairs)
    long, tones = rng.uniform(8, 20, hairs), rng.normal(0.5, 0.17, hairs).clip(0, 1).astype(np.float32)
    marks = ((x, y, dx, dy, 2) for (x, y), dx, dy in zip(place, long, lean, strict=True))
    return 0.6 * _marks(tones, marks) + 0.4 * fractal(rng, falloff=1.9)


def _leaves(rng: np.random.Generator, leaves: int = 7000) -> Field:
    place, turn = rng.uniform(0, SIDE, (leaves, 2)), rng.uniform(0, np.pi, leaves)
    size, width = rng.uniform(4, 10, leaves), rng.integers(3, 6, leaves)
    tones = np.sort(rng.beta(1.6, 1.8, leaves)).astype(np.float32)
    across, down = size * np.cos(turn), size * np.sin(turn)
    marks = ((x, y, dx, dy, w) for (x, y), dx, dy, w in zip(place, across, down, width, strict=True))
    return 0.75 * _marks(tones, marks) + 0.25 * fractal(rng)


def _cracks(rng: np.random.Generator) -> Field:
    broad, fine = cells(rng, 7, 7, 1.0), cells(rng, 19, 19, 1.0)
    deep = between(0.01, 0.07, broad.second - broad.nearest)
    shallow = 0.4 + between(0.0, 0.06, fine.second - fine.nearest)
    gap: Field = np.minimum(deep, shallow)
    return gap * (0.7 + 0.3 * fractal(rng, falloff=1.0))


def _marble(rng: np.random.Generator) -> Field:
    coarse, fine = (np.abs(fractal(rng, falloff=falloff, stretch=1.6) - 0.5) for falloff in (2.1, 1.7))
    veins: Field = (0.35 + 0.65 * between(0.0, 0.05, coarse)) * (0.7 + 0.3 * between(0.0, 0.06, fine))
    return veins * (0.72 + 0.56 * (fractal(rng, falloff=2.0) - 0.2))


MAKERS: dict[str, Maker] = {
    **{"smooth": _smooth, "plaster": _plaster, "speckle": _speckle, "clouds": _clouds},
    **{"brick": _brick, "boards": _boards, "grain": _grain, "bark": _bark, "metal": _metal, "glass": _glass},
    **{"weave": _weave, "folds": _folds, "stone": _stone, "rock": _rock, "tiles": _tiles, "shingles": _shingles},
    **{"water": _water, "sand": _sand, "fur": _fur, "grass": _grass, "leaves": _leaves},
    **{"cracks": _cracks, "marble": _marble},
}


@cache
def tile(name: str, scale: float = 1.0) -> Image.Image:
    """The tile of this name, twice in each direction so that cut-outs may wrap: grey, 2 SIDE scale pixels a side."""
    if scale != 1:
        side = round(2 * SIDE * scale)
        return tile(name).resize((side, side), Image.Resampling.BICUBIC)
    field = MAKERS[name](np.random.default_rng([BANK_SEED, *name.encode()]))
    grey = (np.clip(field, 0, 1) * 255).astype(np.uint8)
    return Image.fromarray(np.tile(grey, (2, 2)))
