"""Periodic random fields, the stuff that tiles and patterns are made of: float32 [SIDE, SIDE] in 0 to 1."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

SIDE = 512
Field = NDArray[np.floating[Any]]


def mesh() -> tuple[Field, Field]:
    """Coordinates (x, y) of a tile's pixels in 0 to 1, broadcastable to [SIDE, SIDE]."""
    line = (np.arange(SIDE, dtype=np.float32) + 0.5) / SIDE
    return line[None, :], line[:, None]


def normalise(field: Field, spread: float = 5.0) -> Field:
    """The field shifted and scaled into 0 to 1: mean at 0.5, `spread` standard deviations from end to end."""
    scaled: Field = 0.5 + (field - field.mean()) / (spread * field.std() + 1e-6)
    return scaled.clip(0, 1).astype(np.float32)


def fractal(
    rng: np.random.Generator, *, falloff: float = 1.6, finest: float = SIDE, coarsest: float = 0, stretch: float = 1
) -> Field:
    """Fractal noise whose amplitude falls as frequency^-falloff, between two frequencies in cycles a tile.

    `stretch` above 1 draws it out along x, below 1 along y.
    """
    fy = np.fft.fftfreq(SIDE, 1 / SIDE)[:, None] / np.sqrt(stretch)
    fx = np.fft.rfftfreq(SIDE, 1 / SIDE)[None, :] * np.sqrt(stretch)
    frequency = np.hypot(fx, fy)
    amplitude = (frequency + 1) ** -falloff * (frequency <= finest) * (frequency > coarsest)
    spectrum = np.fft.rfft2(rng.standard_normal((SIDE, SIDE))) * amplitude
    return normalise(np.fft.irfft2(spectrum, s=(SIDE, SIDE)).astype(np.float32))


def between(low: float, high: float, field: Field) -> Field:
    """A smooth step: 0 below `low`, 1 above `high`."""
    t: Field = ((field - low) / (high - low)).clip(0, 1)
    return (t * t * (3 - 2 * t)).astype(np.float32)


@dataclass(frozen=True)
class Cells:
    """Voronoi cells: distances to the nearest and second nearest seed in cell widths, and a random tone a cell."""

    nearest: Field
    second: Field
    tone: Field


def cells(rng: np.random.Generator, rows: int, columns: int, jitter: float = 0.8) -> Cells:
    """Voronoi cells of a jittered grid of seeds, periodic; cells are as wide as SIDE / columns."""
    seeds = rng.uniform(0.5 - jitter / 2, 0.5 + jitter / 2, (rows, columns, 2)).astype(np.float32)
    tones = rng.random((rows, columns), dtype=np.float32)
    x, y = (axis * count for axis, count in zip(mesh(), (columns, rows), strict=True))
    column, row = np.floor(x).astype(int), np.floor(y).astype(int)
    nearest = np.full((SIDE, SIDE), np.inf, dtype=np.float32)
    second, tone = nearest.copy(), nearest.copy()
    for down, right in np.ndindex(3, 3):
        i, j = (row + down - 1) % rows, (column + right - 1) % columns
        distance = np.hypot(column + right - 1 + seeds[i, j, 1] - x, row + down - 1 + seeds[i, j, 0] - y)
        second = np.minimum(second, np.maximum(nearest, distance))
        tone = np.where(distance < nearest, tones[i, j], tone)
        nearest = np.minimum(nearest, distance)
    return Cells(nearest, second, tone)
