"""Houses, buildings and fences. One unit of their frame is their height."""

import numpy as np

from net2vec_core.dataset.toy.canvas import Canvas
from net2vec_core.dataset.toy.outlines import Outline, box
from net2vec_core.dataset.toy.palette import BRIGHT, brick, glass, metal, painted, shingles, stone, wood
from net2vec_core.dataset.toy.pen import Frame, Pen
from net2vec_core.dataset.toy.surfaces import Surface, pick, plain

DARK = (14, 16, 26)


def _wall(rng: np.random.Generator) -> Surface:
    kind = rng.random()
    if kind < 0.35:
        return painted(rng)
    if kind < 0.65:
        return brick(rng)
    return wood(rng, "boards") if kind < 0.85 else stone(rng)


def house(canvas: Canvas, frame: Frame) -> None:
    """A house with a gable to the front and a roof to the side."""
    pen, rng = Pen(canvas, frame, "house"), canvas.rng
    wall, roof = _wall(rng), shingles(rng)
    eaves, reach = rng.uniform(0.44, 0.54), rng.uniform(0.55, 0.95)
    pen.shadow(-0.75, reach + 0.2, 0.6)
    if rng.random() < 0.6:
        pen.draw(brick(rng), box(0.18, 0.75, 0.3, 1.06), relief=0.3)
    pen.draw(wall.faded(DARK, 0.32), box(-0.1, 0, reach, eaves), relief=0)
    pen.draw(
        roof,
        [(-0.37, 1.0), (reach - 0.16, 0.98), (reach + 0.08, eaves - 0.04), (-0.07, eaves - 0.05)],
        part="roof",
        relief=0.15,
    )
    pen.draw(wall, [(-0.62, 0), (-0.1, 0), (-0.1, eaves), (-0.36, 0.97), (-0.62, eaves)], relief=0.15)
    for edge in ((-0.69, -0.62), (-0.03, -0.1)):
        pen.draw(
            roof.faded(DARK, 0.3),
            [(-0.36, 1.02), (-0.36, 0.94), (edge[1], eaves - 0.05), (edge[0], eaves - 0.03)],
            part="roof",
            relief=0,
        )
    pen.shade(box(-0.1, eaves - 0.1, reach, eaves - 0.05), strength=0.4, blur=0.02)
    _front(pen, eaves, reach)


def _front(pen: Pen, eaves: float, reach: float) -> None:
    rng = pen.rng
    trim = painted(rng, ((242, 242, 238), (90, 60, 40), (60, 90, 70)))
    _window(pen, trim, -0.43, eaves + 0.06, 0.14, 0.17)
    for x in np.arange(0.02, reach - 0.18, 0.26):
        _window(pen, trim, x, eaves * 0.4, 0.15, 0.19)
    _window(pen, trim, -0.57, eaves * 0.35, 0.15, 0.2)
    pen.draw(trim, box(-0.335, 0, -0.165, 0.325), relief=0.2)
    door = wood(rng) if rng.random() < 0.5 else painted(rng, BRIGHT[:6])
    pen.draw(door, box(-0.32, 0, -0.18, 0.31), part="door", relief=0.35)
    pen.draw(metal(rng, (220, 190, 90)), box(-0.21, 0.14, -0.195, 0.16), part="door", relief=0)


def _window(pen: Pen, trim: Surface, left: float, low: float, width: float, height: float) -> None:
    """A window of two by two panes in a frame."""
    pen.draw(trim, box(left, low, left + width, low + height), part="window", relief=0.2)
    pen.draw(glass(pen.rng), *_grid(left, low, width, height, 2, 2, 0.12), part="window", relief=0.1)


def _grid(left: float, low: float, width: float, height: float, columns: int, rows: int, gap: float) -> list[Outline]:
    """Rows and columns of boxes; `gap` is the share of a cell left free at each side."""
    across, up = width / columns, height / rows
    corners = (
        (left + (column + gap) * across, low + (row + gap) * up) for row in range(rows) for column in range(columns)
    )
    return [box(x, y, x + across * (1 - 2 * gap), y + up * (1 - 2 * gap)) for x, y in corners]


def building(canvas: Canvas, frame: Frame) -> None:
    """A town building of many storeys: a lit front, a side in the shade."""
    pen, rng = Pen(canvas, frame, "building"), canvas.rng
    kind = rng.random()
    wall = brick(rng) if kind < 0.35 else painted(rng) if kind < 0.7 else stone(rng, "plaster")
    half, deep = rng.uniform(0.2, 0.34), rng.uniform(0.05, 0.14)
    pen.draw(wall.faded(DARK, 0.5), [(half, 0), (half + deep, 0.02), (half + deep, 0.95), (half, 1)], relief=0)
    pen.draw(wall, box(-half, 0, half, 1), relief=0.12)
    columns, rows = int(rng.integers(3, 6)), int(rng.integers(4, 9))
    sills = _grid(-half, 0.19, 2 * half, 0.76, columns, rows, 0.14)
    pen.draw(wall.faded((250, 250, 245), 0.45), *sills, relief=0)
    pen.draw(glass(rng), *_grid(-half, 0.19, 2 * half, 0.76, columns, rows, 0.2), part="window", relief=0.15)
    pen.draw(
        glass(rng).faded(DARK, 0.5), *_grid(half + 0.01, 0.19, deep - 0.02, 0.72, 2, rows, 0.2), part="window", relief=0
    )
    pen.draw(wall.faded((255, 255, 255), 0.3), box(-half - 0.02, 0.965, half + 0.02, 1.0), part="roof", relief=0.2)
    _shop(pen, half)


def _shop(pen: Pen, half: float) -> None:
    rng = pen.rng
    pen.draw(plain(rng, pick(rng, ((60, 54, 50), (40, 60, 52), (110, 40, 38)))), box(-half, 0, half, 0.16), relief=0.1)
    pen.draw(glass(rng), box(-half + 0.03, 0.02, -0.05, 0.125), part="window", relief=0.2)
    pen.draw(wood(rng), box(0.0, 0, 0.09, 0.125), part="door", relief=0.3)
    pen.draw(glass(rng), box(0.12, 0.02, half - 0.02, 0.125), part="window", relief=0.2)


def fence(canvas: Canvas, frame: Frame) -> None:
    """A wooden fence of posts and rails, many times as long as high."""
    pen, rng = Pen(canvas, frame, "fence"), canvas.rng
    timber = wood(rng) if rng.random() < 0.7 else painted(rng, ((240, 240, 236),))
    half = rng.uniform(2, 5)
    pen.shadow(-half, half, 0.3)
    pen.draw(timber.faded(DARK, 0.2), *(box(-half, y, half, y + 0.11) for y in (0.28, 0.66)), relief=0.3)
    step = rng.uniform(0.28, 0.9)
    posts = (
        [(x, 0), (x + 0.15, 0), (x + 0.15, 0.93), (x + 0.075, 1.02), (x, 0.93)] for x in np.arange(-half, half, step)
    )
    pen.draw(timber, *posts, relief=0.2)
