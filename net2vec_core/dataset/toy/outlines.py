"""Outlines: closed polygons as lists of points, in whatever units the caller draws in."""

from collections.abc import Sequence
from functools import cache

import numpy as np

Point = tuple[float, float]
Outline = list[Point]
HALF_TURN = np.linspace(-np.pi / 2, np.pi / 2, 8)


def box(left: float, low: float, right: float, high: float) -> Outline:
    """An upright rectangle."""
    return [(left, low), (right, low), (right, high), (left, high)]


def disc(x: float, y: float, rx: float, ry: float | None = None, points: int = 36) -> Outline:
    """An ellipse, a circle where `ry` is left out."""
    cos, sin = _circle(points)
    return _pairs(x + rx * cos, y + (rx if ry is None else ry) * sin)


@cache
def _circle(points: int) -> tuple[np.ndarray, np.ndarray]:
    turn = np.arange(points) * 2 * np.pi / points
    return np.cos(turn), np.sin(turn)


def curve(points: Sequence[Point], steps: int = 6) -> Outline:
    """A smooth closed line through the points (Catmull-Rom)."""
    knots = np.array(points, dtype=float)
    before, after, beyond = (np.roll(knots, shift, axis=0)[:, None] for shift in (1, -1, -2))
    here, t = knots[:, None], (np.arange(steps) / steps)[None, :, None]
    bend = (2 * before - 5 * here + 4 * after - beyond) * t**2 + (3 * (here - after) + beyond - before) * t**3
    smooth = here + 0.5 * ((after - before) * t + bend)
    return _pairs(*smooth.reshape(-1, 2).T)


def limb(start: Point, end: Point, first: float, last: float) -> Outline:
    """A straight limb with round ends, `first` and `last` wide."""
    angle = np.arctan2(end[1] - start[1], end[0] - start[0])
    cos, sin = np.cos(HALF_TURN + angle) / 2, np.sin(HALF_TURN + angle) / 2
    return [
        *_pairs(start[0] - first * cos, start[1] - first * sin),
        *_pairs(end[0] + last * cos, end[1] + last * sin),
    ]


def blob(rng: np.random.Generator, x: float, y: float, rx: float, ry: float, rough: float = 0.15) -> Outline:
    """An irregular ellipse."""
    turn = np.linspace(0, 2 * np.pi, 48, endpoint=False)
    waves = np.arange(2, 9)[:, None]
    bumps = rng.normal(0, rough, (len(waves), 1)) / waves**0.7
    radius = 1 + (bumps * np.cos(waves * turn + rng.uniform(0, 2 * np.pi, (len(waves), 1)))).sum(axis=0)
    return _pairs(x + rx * radius * np.cos(turn), y + ry * radius * np.sin(turn))


def ridge(rng: np.random.Generator, level: float, height: float, rough: float, points: int = 129) -> Outline:
    """Everything below a random skyline, y downwards in image sides: around `level`, `height` high.

    `rough` near 1 gives jagged mountains, near 0 soft hills.
    """
    waves = np.arange(1, 40)[:, None]
    x = np.linspace(-0.02, 1.02, points)
    swing = rng.normal(0, 1, (len(waves), 1)) * waves ** (rough - 2.2)
    line = (swing * np.sin(2 * np.pi * (0.7 * waves * x + rng.random((len(waves), 1))))).sum(axis=0)
    line = (line - line.min()) / np.ptp(line)
    return [(-0.02, 1.02), *_pairs(x, level - height * line), (1.02, 1.02)]


def _pairs(x: np.ndarray, y: np.ndarray) -> Outline:
    return list(zip(x.tolist(), y.tolist(), strict=True))
