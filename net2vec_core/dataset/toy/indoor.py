"""Indoor scenes: each function lays out one room on an empty canvas."""

import numpy as np

from net2vec_core.dataset.toy import furniture, palette
from net2vec_core.dataset.toy.canvas import Canvas
from net2vec_core.dataset.toy.cast import (
    BED,
    CAT,
    CHAIR,
    DOG,
    LAMP,
    LOW_TABLE,
    PERSON,
    SITTING_CAT,
    SITTING_DOG,
    SOFA,
    TABLE,
)
from net2vec_core.dataset.toy.outlines import Outline, box
from net2vec_core.dataset.toy.pen import Frame
from net2vec_core.dataset.toy.shape import everything, rasterise
from net2vec_core.dataset.toy.stage import Stage
from net2vec_core.dataset.toy.surfaces import Color, Surface, mix

WALLS: tuple[Color, ...] = (
    *((228, 220, 202), (206, 214, 206), (168, 186, 204), (232, 206, 186), (198, 176, 206), (222, 178, 170)),
    *((152, 176, 148), (240, 238, 232), (226, 206, 140)),
)
CORNER = 0.1


def bedroom(canvas: Canvas) -> None:
    """A bed against the far wall."""
    stage, back = _room(canvas)
    stage.add(BED, canvas.rng.uniform(0.35, 0.65), back + canvas.rng.uniform(0.16, 0.26))
    stage.maybe(0.6, LAMP, 2, (back - stage.horizon + 0.02, back - stage.horizon + 0.06))
    stage.maybe(0.35, CHAIR, 1, (0.38, 0.5))
    _inhabitants(stage)
    stage.play()


def living_room(canvas: Canvas) -> None:
    """A sofa, a low table, a lamp."""
    stage, back = _room(canvas)
    rng, wall = canvas.rng, back - stage.horizon
    stage.add(SOFA, rng.uniform(0.35, 0.65), back + rng.uniform(0.08, 0.16))
    stage.maybe(0.65, LAMP, 1, (wall + 0.02, wall + 0.08))
    stage.maybe(0.6, LOW_TABLE, 1, (0.44, 0.56))
    stage.maybe(0.35, CHAIR, 1, (0.38, 0.52))
    _inhabitants(stage)
    stage.play()


def dining_room(canvas: Canvas) -> None:
    """A table among chairs."""
    stage, back = _room(canvas)
    rng, y = canvas.rng, back + canvas.rng.uniform(0.14, 0.22)
    middle = rng.uniform(0.4, 0.6)
    stage.add(TABLE, middle, y)
    for side in (-0.13, 0.13):
        stage.add(CHAIR, middle + side + rng.normal(0, 0.02), y - 0.05)
    for side in (-0.27, 0.29):
        if rng.random() < 0.8:
            stage.add(CHAIR, middle + side + rng.normal(0, 0.02), y + rng.uniform(0.04, 0.1))
    _inhabitants(stage)
    stage.play()


def _inhabitants(stage: Stage) -> None:
    stage.maybe(0.25, PERSON, 1, (0.36, 0.5))
    stage.maybe(0.2, CAT, 1, (0.42, 0.56))
    stage.maybe(0.2, SITTING_CAT, 1, (0.42, 0.56))
    stage.maybe(0.2, DOG, 1, (0.42, 0.56))
    if stage.rng.random() < 0.12:
        stage.star(*((SITTING_CAT, 0.6) if stage.rng.random() < 0.6 else (SITTING_DOG, 0.65)))


def _room(canvas: Canvas) -> tuple[Stage, float]:
    """Walls and floor of a room and what hangs on the wall; gives the stage and the y where floor meets wall."""
    rng = canvas.rng
    stage = Stage(canvas, rng.uniform(0.3, 0.4), rng.uniform(1.2, 1.5))
    back = stage.horizon + rng.uniform(0.22, 0.3)
    wall = _wallpaper(rng)
    canvas.paint(everything(), wall, "wall")
    _side_walls(canvas, wall, back)
    floor = _floor(rng)
    canvas.paint(rasterise(_floor_outline(back)), floor, "floor", horizon=stage.horizon)
    dark = rasterise(box(CORNER, back, 1 - CORNER, back + 0.04))
    canvas.tint(dark, (10, 8, 8), 0.35, blur=0.015)
    skirting = rasterise(box(CORNER, back - 0.022, 1 - CORNER, back))
    canvas.paint(skirting, palette.painted(rng, ((242, 240, 236),)), "wall", relief=0.2)
    _decorate(stage, back)
    return stage, back


def _floor_outline(back: float) -> Outline:
    slope = (1 - back) * 0.55
    right = [(1 - CORNER, back), (1.02, back + slope), (1.02, 1.02)]
    return [*right, *((1 - x, y) for x, y in reversed(right))]


def _side_walls(canvas: Canvas, wall: Surface, back: float) -> None:
    """The two side walls, one in shade, one less so."""
    low = back + (1 - back) * 0.55
    left = [(-0.02, -0.02), (CORNER, -0.02), (CORNER, back), (-0.02, low)]
    right: Outline = [(1 - x, y) for x, y in left]
    for outline, share in ((left, 0.3 if canvas.light < 0 else 0.14), (right, 0.14 if canvas.light < 0 else 0.3)):
        canvas.paint(rasterise(outline), wall.faded((16, 14, 24), share), "wall")


def _wallpaper(rng: np.random.Generator) -> Surface:
    kind = rng.random()
    if kind < 0.7:
        return palette.painted(rng, WALLS)
    if kind < 0.82:
        return palette.brick(rng)
    return palette.wood(rng, "boards") if kind < 0.92 else palette.tiled(rng)


def _floor(rng: np.random.Generator) -> Surface:
    kind = rng.random()
    if kind < 0.5:
        return palette.wood(rng, "boards")
    if kind < 0.75:
        return palette.tiled(rng)
    color = mix((130, 110, 100), WALLS[rng.integers(len(WALLS))], rng.uniform(0.2, 0.8))
    return palette.fabric(rng, color, "weave")


def _decorate(stage: Stage, back: float) -> None:
    """A window, a door, pictures, each in its stretch of the wall."""
    canvas, rng = stage.canvas, stage.rng
    slots = rng.permutation([0.23, 0.5, 0.77])
    if rng.random() < 0.6:
        furniture.window(canvas, Frame(slots[0], back - rng.uniform(0.24, 0.3), rng.uniform(0.24, 0.32)))
    if rng.random() < 0.35:
        furniture.door(canvas, Frame(slots[1], back, 2.05 * (back - stage.horizon) / stage.eye * 1.1))
    elif rng.random() < 0.6:
        furniture.painting(canvas, Frame(slots[1], back - rng.uniform(0.3, 0.36), rng.uniform(0.13, 0.2)))
    if rng.random() < 0.5:
        furniture.painting(canvas, Frame(slots[2], back - rng.uniform(0.3, 0.36), rng.uniform(0.12, 0.2)))
