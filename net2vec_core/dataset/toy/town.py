"""Scenes of towns and villages: each function lays out one image on an empty canvas."""

import numpy as np

from net2vec_core.dataset.toy import palette, structures
from net2vec_core.dataset.toy.canvas import Canvas
from net2vec_core.dataset.toy.cast import (
    BROADLEAF,
    BUS,
    CAR,
    CAR_FRONT,
    CAT,
    CONIFER,
    DOG,
    FENCE,
    FLOWER,
    HOUSE,
    PERSON,
    SITTING_CAT,
)
from net2vec_core.dataset.toy.landscape import ground, hills, lane, open_air
from net2vec_core.dataset.toy.outlines import Outline
from net2vec_core.dataset.toy.pen import Frame
from net2vec_core.dataset.toy.shape import rasterise
from net2vec_core.dataset.toy.stage import Stage
from net2vec_core.dataset.toy.surfaces import Surface, pick, plain


def street(canvas: Canvas) -> None:
    """A town street, seen across or along."""
    stage = open_air(canvas, (0.42, 0.54), (1.9, 2.6))
    ground(stage, palette.stone(canvas.rng, "plaster"), "sidewalk")
    if canvas.rng.random() < 0.6:
        _across(stage)
    else:
        _along(stage)
    stage.maybe(0.15, DOG, 1, (0.3, 0.45))
    stage.play()


def _asphalt(rng: np.random.Generator) -> Surface:
    return plain(rng, pick(rng, ((88, 88, 92), (112, 110, 108), (70, 72, 78)), 5), "speckle")


def _across(stage: Stage) -> None:
    """A row of buildings behind a pavement, traffic passing from side to side."""
    rng = stage.rng
    kerb = stage.horizon + rng.uniform(0.13, 0.18)
    _skyline(stage, kerb - 0.06)
    ground(stage, _asphalt(rng), "road", kerb)
    _markings(stage, kerb)
    stage.scatter(BROADLEAF, int(rng.integers(0, 4)), (0.1, 0.13))
    stage.maybe(0.8, CAR, 3, (0.19, 0.34))
    stage.maybe(0.6, BUS, 1, (0.17, 0.24))
    stage.maybe(0.7, PERSON, 4, (0.09, 0.13))
    stage.maybe(0.35, PERSON, 2, (0.4, 0.55))


def _along(stage: Stage) -> None:
    """A road that runs away from the viewer between two rows of buildings; x is measured from its middle."""
    rng, middle = stage.rng, stage.rng.uniform(0.4, 0.6)
    _avenue(stage, middle)
    for near in (0.03, 0.045, 0.07, 0.1, 0.15, 0.22):
        for side in (-1, 1):
            size = rng.uniform(8, 15) * near / stage.eye
            frame = Frame(middle + side * near * rng.uniform(3.2, 3.6), stage.horizon + near, size, side > 0)
            structures.building(stage.canvas, frame)
    for side in (-1, 1):
        for near in rng.uniform(0.06, 0.45, int(rng.integers(1, 4))).tolist():
            stage.add(CAR_FRONT, middle + side * near * 0.72, stage.horizon + near)
        for near in rng.uniform(0.06, 0.4, int(rng.integers(0, 3))).tolist():
            stage.add(PERSON, middle + side * near * rng.uniform(1.6, 1.9), stage.horizon + near)
        for near in rng.uniform(0.05, 0.2, int(rng.integers(0, 3))).tolist():
            stage.add(BROADLEAF, middle + side * near * 1.8, stage.horizon + near)


def _avenue(stage: Stage, middle: float) -> None:
    top, rng = stage.horizon, stage.rng
    reach = 1.45 * (1.02 - top)
    road: Outline = [(middle, top), (middle + reach, 1.02), (middle - reach, 1.02)]
    stage.canvas.paint(rasterise(road), _asphalt(rng), "road", horizon=top)
    dashes: list[Outline] = []
    for near in 0.03 * 1.6 ** np.arange(7):
        far, close, low, high = 0.025 * near, 0.033 * near, top + near, top + 1.3 * near
        dashes.append([(middle - far, low), (middle + far, low), (middle + close, high), (middle - close, high)])
    stage.canvas.paint(rasterise(*dashes), plain(rng, (224, 222, 214), "speckle"), "road")


def _skyline(stage: Stage, y: float) -> None:
    rng = stage.rng
    x = rng.uniform(-0.1, 0.1)
    while x < 1.1:
        height = rng.uniform(0.26, 0.62)
        structures.building(stage.canvas, Frame(x, y + 0.015, height))
        x += height * rng.uniform(0.5, 0.75)


def _markings(stage: Stage, kerb: float) -> None:
    paint = plain(stage.rng, (224, 222, 214), "speckle")
    y = kerb + 0.55 * (1 - kerb)
    dashes: list[Outline] = [
        [(x, y), (x + 0.14, y), (x + 0.13, y + 0.022), (x - 0.02, y + 0.022)] for x in np.arange(-0.05, 1, 0.27)
    ]
    stage.canvas.paint(rasterise(*dashes), paint, "road")
    edge: Outline = [(0, kerb - 0.008), (1, kerb - 0.008), (1, kerb + 0.008), (0, kerb + 0.008)]
    stage.canvas.paint(rasterise(edge), palette.stone(stage.rng, "rock"), "sidewalk")


def village(canvas: Canvas) -> None:
    """Houses with gardens along a lane."""
    stage = open_air(canvas, (0.4, 0.55), (1.8, 2.8))
    rng = canvas.rng
    hills(stage, stage.rng.uniform(0.05, 0.14))
    ground(stage, palette.grass(rng), "grass")
    if rng.random() < 0.6:
        lane(stage, plain(rng, pick(rng, ((120, 116, 112), (150, 128, 100)), 6), "speckle"))
    for x in np.linspace(0.08, 0.92, int(rng.integers(2, 4))) + rng.normal(0, 0.05):
        stage.add(HOUSE, x, stage.horizon + rng.uniform(0.09, 0.19))
    stage.maybe(0.7, BROADLEAF, 4, (0.06, 0.3))
    stage.maybe(0.3, CONIFER, 3, (0.06, 0.2))
    stage.maybe(0.5, FENCE, 2, (0.16, 0.3))
    stage.maybe(0.5, PERSON, 3, (0.2, 0.5))
    stage.maybe(0.45, CAR, 1, (0.22, 0.36))
    stage.maybe(0.3, DOG, 1, (0.25, 0.5))
    stage.maybe(0.15, CAT, 1, (0.3, 0.5))
    stage.maybe(0.15, SITTING_CAT, 1, (0.3, 0.5))
    stage.maybe(0.35, FLOWER, 12, (0.25, 0.6))
    stage.play()
