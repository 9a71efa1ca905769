"""Vehicles, seen from the side. One unit of their frame is their height."""

from net2vec_core.dataset.toy.canvas import Canvas
from net2vec_core.dataset.toy.outlines import Outline, box, curve, disc, limb
from net2vec_core.dataset.toy.palette import BRIGHT, fabric, glass, metal, rubber, wood
from net2vec_core.dataset.toy.pen import Frame, Pen
from net2vec_core.dataset.toy.surfaces import pick, plain

CHROME = (176, 180, 186)
CAR_BODY: Outline = [
    *((-1.42, 0.22), (-1.45, 0.5), (-1.36, 0.62), (-0.95, 0.68), (-0.62, 0.96), (-0.2, 1.0), (0.32, 0.98)),
    *((0.72, 0.68), (1.25, 0.6), (1.44, 0.46), (1.46, 0.22), (0.9, 0.16), (-0.9, 0.16)),
]


def _wheel(pen: Pen, x: float, radius: float) -> None:
    pen.draw(rubber(pen.rng), disc(x, radius, radius), part="wheel", relief=0.4)
    pen.draw(metal(pen.rng, CHROME), disc(x, radius, radius * 0.6), part="wheel", relief=0.5)
    spokes = (limb((x - dx, radius - dy), (x + dx, radius + dy), 0.03, 0.03) for dx, dy in ((0.1, 0.0), (0.05, 0.09)))
    for spoke in spokes:
        pen.shade(spoke, strength=0.5)


def car(canvas: Canvas, frame: Frame) -> None:
    """A car."""
    pen, rng = Pen(canvas, frame, "car"), canvas.rng
    lacquer = metal(rng, pick(rng, BRIGHT))
    pen.shadow(-1.55, 1.55, 0.7)
    pen.draw(lacquer, curve(CAR_BODY), relief=0.55)
    pen.draw(lacquer, box(-0.75, 0.9, 0.4, 0.94), part="roof", relief=0)
    panes = (
        [(-0.82, 0.68), (-0.57, 0.91), (-0.14, 0.93), (-0.14, 0.68)],
        [(-0.06, 0.68), (-0.06, 0.93), (0.3, 0.91), (0.58, 0.68)],
    )
    pen.draw(glass(rng), *panes, part="window", relief=0.2)
    for x in (-0.1, 0.62, -0.85):
        pen.shade(limb((x, 0.66), (x + 0.02, 0.22), 0.018, 0.018), strength=0.55)
    pen.shade(limb((-1.4, 0.45), (1.4, 0.42), 0.05, 0.03), (255, 255, 255), 0.35, blur=0.01)
    pen.draw(metal(rng, CHROME), box(-0.3, 0.56, -0.16, 0.59), box(0.42, 0.56, 0.56, 0.59), relief=0)
    pen.draw(plain(rng, (250, 236, 190)), disc(1.37, 0.48, 0.06, 0.07), relief=0.2)
    pen.draw(plain(rng, (190, 24, 24)), disc(-1.4, 0.52, 0.045, 0.08), relief=0.2)
    for x in (-0.88, 0.9):
        pen.draw(plain(rng, (16, 16, 18)), disc(x, 0.24, 0.3), relief=0)
        _wheel(pen, x, 0.24)


def car_front(canvas: Canvas, frame: Frame) -> None:
    """A car that comes towards the viewer."""
    pen, rng = Pen(canvas, frame, "car"), canvas.rng
    lacquer = metal(rng, pick(rng, BRIGHT))
    pen.shadow(-0.65, 0.65, 0.8)
    pen.draw(rubber(rng), *(curve(box(x - 0.11, 0, x + 0.11, 0.34)) for x in (-0.47, 0.47)), part="wheel", relief=0.3)
    cabin: Outline = [(-0.56, 0.58), (-0.42, 0.95), (-0.2, 1.0), (0.2, 1.0), (0.42, 0.95), (0.56, 0.58)]
    pen.draw(lacquer, curve(cabin), relief=0.4)
    pen.draw(lacquer, [(-0.41, 0.9), (0.41, 0.9), (0.36, 0.98), (-0.36, 0.98)], part="roof", relief=0.2)
    pen.draw(glass(rng), [(-0.48, 0.62), (0.48, 0.62), (0.38, 0.9), (-0.38, 0.9)], part="window", relief=0.25)
    bonnet: Outline = [(-0.62, 0.16), (-0.64, 0.45), (-0.52, 0.64), (0.52, 0.64), (0.64, 0.45), (0.62, 0.16)]
    pen.draw(lacquer, curve(bonnet), relief=0.55)
    pen.draw(plain(rng, (30, 30, 34), "metal"), box(-0.27, 0.34, 0.27, 0.44), box(-0.5, 0.17, 0.5, 0.22), relief=0.1)
    pen.draw(plain(rng, (250, 240, 205)), *(disc(x, 0.41, 0.11, 0.07) for x in (-0.44, 0.44)), relief=0.4)
    pen.draw(plain(rng, (240, 240, 234)), box(-0.13, 0.23, 0.13, 0.3), relief=0)


def bus(canvas: Canvas, frame: Frame) -> None:
    """A bus."""
    pen, rng = Pen(canvas, frame, "bus"), canvas.rng
    lacquer = metal(rng, pick(rng, (BRIGHT[0], BRIGHT[2], BRIGHT[4], BRIGHT[7], BRIGHT[3])))
    pen.shadow(-1.5, 1.5, 0.7)
    pen.draw(
        lacquer,
        curve([(-1.4, 0.12), (-1.42, 0.9), (-1.3, 0.99), (1.3, 0.99), (1.43, 0.88), (1.42, 0.12)], 8),
        relief=0.4,
    )
    pen.draw(lacquer.faded((255, 255, 255), 0.3), box(-1.3, 0.93, 1.3, 1.0), part="roof", relief=0.2)
    panes = [box(x, 0.52, x + 0.3, 0.86) for x in (-1.32, -0.98, -0.64, -0.3, 0.04, 0.38)]
    pen.draw(glass(rng), *panes, box(1.16, 0.45, 1.4, 0.86), part="window", relief=0.15)
    pen.draw(glass(rng), box(0.76, 0.16, 1.06, 0.86), part="door", relief=0.2)
    pen.shade(box(0.9, 0.16, 0.92, 0.86), strength=0.8)
    pen.shade(box(-1.4, 0.36, 0.72, 0.42), (255, 255, 255), 0.55)
    pen.draw(plain(rng, (250, 236, 190)), disc(1.38, 0.24, 0.05), relief=0)
    for x in (-0.85, 0.6):
        _wheel(pen, x, 0.16)


def boat(canvas: Canvas, frame: Frame) -> None:
    """A sailing boat; its frame's foot is the water line."""
    pen, rng = Pen(canvas, frame, "boat"), canvas.rng
    pen.shade(disc(0, -0.03, 0.5, 0.035), (10, 30, 50), 0.5, blur=0.02)
    pen.draw(wood(rng), box(-0.015, 0.1, 0.015, 1.0), relief=0.2)
    sail = fabric(rng, pick(rng, ((244, 240, 230), (244, 240, 230), BRIGHT[0], BRIGHT[1], BRIGHT[4])))
    pen.draw(sail, curve([(0.03, 0.97), (0.2, 0.6), (0.38, 0.24), (0.03, 0.22)], 4), relief=0.4)
    pen.draw(sail.faded((255, 255, 255), 0.4), [(-0.03, 0.9), (-0.03, 0.22), (-0.3, 0.22)], relief=0.4)
    hull = wood(rng, "boards") if rng.random() < 0.6 else metal(rng, pick(rng, BRIGHT))
    pen.draw(hull, [(-0.42, 0.18), (0.5, 0.18), (0.36, -0.01), (-0.33, -0.01)], relief=0.4)
    pen.shade(box(-0.41, 0.15, 0.47, 0.18), (255, 255, 255), 0.6)


def airplane(canvas: Canvas, frame: Frame) -> None:
    """An airplane in flight; its frame's foot lies under its middle."""
    pen, rng = Pen(canvas, frame, "airplane"), canvas.rng
    skin = metal(rng, (226, 230, 234))
    trim = metal(rng, pick(rng, (BRIGHT[0], BRIGHT[4], BRIGHT[1], BRIGHT[3])))
    pen.draw(skin.faded((90, 100, 120), 0.4), [(0.1, 0.55), (0.45, 0.55), (-0.1, 1.0), (-0.25, 1.0)], relief=0.2)
    pen.draw(trim, [(-1.3, 0.55), (-1.45, 1.1), (-1.2, 1.1), (-0.8, 0.58)], part="tail", relief=0.3)
    pen.draw(
        skin,
        curve([(-1.5, 0.58), (-0.8, 0.36), (0.9, 0.34), (1.4, 0.44), (1.15, 0.58), (0.8, 0.64), (-0.9, 0.64)]),
        relief=0.55,
    )
    pen.draw(trim, [(-1.2, 0.56), (-1.45, 0.66), (-1.35, 0.68), (-0.85, 0.58)], part="tail", relief=0.3)
    panes = [disc(x / 10, 0.53, 0.022, 0.03, 8) for x in range(-8, 10)]
    pen.draw(glass(rng), *panes, [(1.1, 0.56), (1.27, 0.52), (1.1, 0.5)], part="window", relief=0)
    pen.draw(skin.faded((60, 70, 90), 0.2), [(0.0, 0.44), (0.45, 0.44), (-0.35, 0.0), (-0.55, 0.02)], relief=0.35)
    pen.draw(trim, disc(0.12, 0.26, 0.16, 0.07), relief=0.5)
