"""Furniture and what stands or hangs in a room. One unit of their frame is their height."""

import numpy as np

from net2vec_core.dataset.toy.canvas import Canvas
from net2vec_core.dataset.toy.outlines import Outline, blob, box, curve, disc, limb
from net2vec_core.dataset.toy.palette import BRIGHT, fabric, foliage, glass, metal, painted, wood
from net2vec_core.dataset.toy.pen import Frame, Pen
from net2vec_core.dataset.toy.surfaces import Surface, pick, plain

GILT = (186, 148, 74)
LINEN = (238, 234, 226)
BACKDROPS = ((150, 190, 225), (240, 190, 120), (230, 220, 200), (60, 80, 110), (190, 110, 90))


def bed(canvas: Canvas, frame: Frame) -> None:
    """A bed seen from its foot end, a headboard behind."""
    pen, rng = Pen(canvas, frame, "bed"), canvas.rng
    timber, cover = wood(rng), fabric(rng)
    pen.shadow(-1.0, 1.0, 0.7)
    pen.draw(timber, [(-0.72, 0.2), (0.72, 0.2), (0.72, 0.86), (0.4, 1.0), (-0.4, 1.0), (-0.72, 0.86)], relief=0.35)
    pen.draw(fabric(rng, LINEN), [(-0.92, 0.2), (0.92, 0.2), (0.7, 0.62), (-0.7, 0.62)], relief=0.3)
    pillow = fabric(rng, pick(rng, (LINEN, LINEN, *BRIGHT[:8])))
    for x in (-0.34, 0.34):
        pen.draw(pillow, curve([(x - 0.28, 0.54), (x - 0.25, 0.76), (x + 0.25, 0.76), (x + 0.28, 0.54)], 8), relief=0.5)
    pen.draw(
        cover, curve([(-0.95, 0.12), (-0.78, 0.52), (0, 0.55), (0.78, 0.52), (0.95, 0.12), (0, 0.09)]), relief=0.45
    )
    pen.draw(cover.faded((255, 255, 255), 0.35), [(-0.8, 0.46), (0.8, 0.46), (0.76, 0.55), (-0.76, 0.55)], relief=0.3)
    pen.draw(timber, *(box(x - 0.05, -0.02, x + 0.05, 0.16) for x in (-0.9, 0.9)), part="leg")


def sofa(canvas: Canvas, frame: Frame) -> None:
    """A sofa from the front."""
    pen, rng = Pen(canvas, frame, "sofa"), canvas.rng
    cloth = fabric(rng, tile="weave")
    pen.shadow(-1.35, 1.35, 0.7)
    pen.draw(wood(rng), *(box(x - 0.05, -0.01, x + 0.05, 0.15) for x in (-1.1, 1.1)), part="leg")
    pen.draw(
        cloth.faded((10, 10, 20), 0.15),
        curve([(-1.1, 0.3), (-1.08, 0.92), (0, 1.0), (1.08, 0.92), (1.1, 0.3)], 8),
        relief=0.35,
    )
    seats = int(rng.integers(2, 4))
    width = 2.0 / seats
    for x in -1 + width * (np.arange(seats) + 0.5):
        pen.draw(cloth, _cushion(x, 0.68, width * 0.49, 0.24), relief=0.45)
        pen.draw(cloth.faded((255, 255, 255), 0.12), _cushion(x, 0.4, width * 0.49, 0.11), relief=0.45)
    pen.draw(cloth, box(-1.15, 0.1, 1.15, 0.31), relief=0.3)
    for x in (-1.17, 1.17):
        pen.draw(cloth, _cushion(x, 0.36, 0.15, 0.27), part="arm", relief=0.5)
    for x in rng.uniform(-0.8, 0.8, int(rng.integers(0, 3))):
        pen.draw(fabric(rng), _cushion(x, 0.6, 0.19, 0.17), relief=0.5)


def _cushion(x: float, y: float, rx: float, ry: float) -> Outline:
    side = [(-rx, -ry), (-rx * 0.98, ry * 0.9), (0, ry), (rx * 0.98, ry * 0.9), (rx, -ry), (0, -ry * 1.05)]
    return curve([(x + right, y + up) for right, up in side])


def _legs(pen: Pen, surface: Surface, corners: tuple[tuple[float, float], ...], top: float, width: float) -> None:
    pen.draw(surface, *(limb((x, top), (x * 1.03, y), width, width * 0.8) for x, y in corners), part="leg", relief=0.4)


def table(canvas: Canvas, frame: Frame) -> None:
    """A table, its top seen from above, with things on it."""
    pen, rng = Pen(canvas, frame, "table"), canvas.rng
    timber, half = wood(rng), rng.uniform(0.8, 1.3)
    pen.shadow(-half, half, 0.6)
    _legs(pen, timber.faded((10, 10, 16), 0.35), ((-half * 0.72, 0.14), (half * 0.72, 0.14)), 0.8, 0.07)
    _legs(pen, timber, ((-half * 0.9, 0.0), (half * 0.9, 0.0)), 0.76, 0.09)
    pen.draw(timber.faded((10, 8, 6), 0.35), box(-half, 0.72, half, 0.8), relief=0.1)
    pen.draw(
        timber.faded((255, 240, 210), 0.12),
        [(-half, 0.79), (half, 0.79), (half * 0.78, 1.0), (-half * 0.78, 1.0)],
        relief=0.12,
    )
    for x in rng.uniform(-0.6 * half, 0.6 * half, int(rng.integers(1, 4))):
        _tableware(canvas, frame.at(x, rng.uniform(0.84, 0.93), 0.3))


def _tableware(canvas: Canvas, frame: Frame) -> None:
    """A vase with a bunch, a glass or a bowl; objects without a concept."""
    pen, rng = Pen(canvas, frame, ""), canvas.rng
    pen.shadow(-0.3, 0.3, 0.5)
    kind = rng.random()
    if kind < 0.35:
        pen.draw(foliage(rng), blob(rng, 0, 1.0, 0.42, 0.36), relief=0.5)
        pen.draw(
            plain(rng, pick(rng, BRIGHT)),
            curve([(-0.16, 0), (-0.24, 0.35), (-0.12, 0.75), (0.12, 0.75), (0.24, 0.35), (0.16, 0)]),
            relief=0.5,
        )
    elif kind < 0.6:
        pen.draw(glass(rng), box(-0.14, 0, 0.14, 0.6), relief=0.4)
    else:
        pen.draw(plain(rng, pick(rng, BRIGHT)), curve([(-0.2, 0), (-0.42, 0.34), (0.42, 0.34), (0.2, 0)]), relief=0.5)
        pen.shade(disc(0, 0.32, 0.38, 0.06), strength=0.5)


def chair(canvas: Canvas, frame: Frame) -> None:
    """A wooden chair with a padded seat."""
    pen, rng = Pen(canvas, frame, "chair"), canvas.rng
    timber = wood(rng)
    pen.shadow(-0.32, 0.32, 0.6)
    _legs(pen, timber.faded((10, 10, 16), 0.35), ((-0.2, 0.07), (0.2, 0.07)), 0.46, 0.05)
    bars = [box(-0.2, y, 0.2, y + 0.06) for y in (0.62, 0.75, 0.9)]
    pen.draw(
        timber,
        *bars,
        limb((-0.21, 0.45), (-0.22, 0.98), 0.055, 0.05),
        limb((0.21, 0.45), (0.22, 0.98), 0.055, 0.05),
        relief=0.4,
    )
    _legs(pen, timber, ((-0.25, 0.0), (0.25, 0.0)), 0.42, 0.06)
    pen.draw(
        fabric(rng, tile="weave"),
        curve([(-0.28, 0.39), (-0.21, 0.5), (0.21, 0.5), (0.28, 0.39), (0, 0.38)]),
        relief=0.4,
    )


def lamp(canvas: Canvas, frame: Frame) -> None:
    """A standing lamp, its shade aglow."""
    pen, rng = Pen(canvas, frame, "lamp"), canvas.rng
    stand = metal(rng, pick(rng, (GILT, (60, 60, 64), (170, 172, 176))))
    pen.shadow(-0.16, 0.16, 0.5)
    pen.draw(stand, disc(0, 0.02, 0.12, 0.025), limb((0, 0.02), (0, 0.8), 0.022, 0.022), relief=0.4)
    pen.shade(disc(0, 0.86, 0.42), (255, 236, 180), 0.35, blur=0.16)
    shade = fabric(rng, pick(rng, ((246, 226, 170), (240, 190, 120), (238, 236, 226))), "weave")
    pen.draw(shade.faded((255, 244, 206), 0.35), [(-0.2, 0.72), (0.2, 0.72), (0.13, 1.0), (-0.13, 1.0)], relief=0.35)


def painting(canvas: Canvas, frame: Frame) -> None:
    """A framed picture, half landscape, half abstract; its frame's foot is its lower edge."""
    pen, rng = Pen(canvas, frame, "painting"), canvas.rng
    half = rng.uniform(0.38, 0.7)
    pen.shade(box(-half - 0.03, -0.06, half + 0.06, 0.98), strength=0.5, blur=0.03)
    border = wood(rng) if rng.random() < 0.5 else plain(rng, pick(rng, (GILT, (30, 30, 34), (236, 236, 232))))
    pen.draw(border, box(-half, 0, half, 1), relief=0.3)
    inner = half - 0.09
    backdrop = pick(rng, BACKDROPS)
    pen.draw(plain(rng, backdrop, "clouds"), box(-inner, 0.09, inner, 0.91), relief=0)
    if rng.random() < 0.5:
        hills = [(-inner, 0.09), (inner, 0.09), (inner, 0.4), (inner * 0.3, 0.52), (-inner * 0.3, 0.38), (-inner, 0.5)]
        pen.draw(plain(rng, pick(rng, BRIGHT), "leaves"), hills, relief=0.1)
    else:
        for x in (-0.45, 0.0, 0.45):
            pen.draw(
                plain(rng, pick(rng, BRIGHT)),
                blob(rng, x * inner, rng.uniform(0.35, 0.65), inner * 0.3, 0.14),
                relief=0.2,
            )


def window(canvas: Canvas, frame: Frame) -> None:
    """A window in the wall of a room, daylight outside; its frame's foot is the sill."""
    pen, rng = Pen(canvas, frame, "wall"), canvas.rng
    half = rng.uniform(0.34, 0.46)
    trim = painted(rng, ((244, 244, 240), (244, 244, 240), (130, 90, 56)))
    pen.draw(trim, box(-half - 0.06, -0.06, half + 0.06, 1.06), part="window", relief=0.2)
    panes = [box(x, y, x + half - 0.05, y + 0.45) for x in (-half + 0.02, 0.03) for y in (0.02, 0.53)]
    daylight = Surface("clouds", ((120, 168, 214), (206, 226, 240), (250, 252, 252)), "glass")
    pen.draw(daylight, *panes, part="window", relief=0.1)
    pen.shade(blob(rng, 0, 0.1, half * 0.9, 0.16), (70, 110, 60), 0.35, blur=0.04)
    pen.draw(trim, *(box(x - 0.03, 0, x + 0.03, 1) for x in (-half, 0, half)), part="window", relief=0.2)


def door(canvas: Canvas, frame: Frame) -> None:
    """A door in the wall of a room."""
    pen, rng = Pen(canvas, frame, "wall"), canvas.rng
    leaf = wood(rng) if rng.random() < 0.6 else painted(rng, ((240, 240, 236),))
    pen.draw(leaf.faded((255, 255, 255), 0.3), box(-0.25, 0, 0.25, 1.02), part="door", relief=0.1)
    pen.draw(leaf, box(-0.22, 0, 0.22, 0.99), part="door", relief=0.1)
    for low, high in ((0.08, 0.42), (0.52, 0.9)):
        pen.draw(
            leaf.faded((10, 8, 6), 0.18), *(box(x, low, x + 0.15, high) for x in (-0.18, 0.03)), part="door", relief=0.3
        )
    pen.draw(metal(rng, GILT), disc(0.18, 0.47, 0.018), part="door")
