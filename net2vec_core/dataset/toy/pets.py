"""Dogs and cats that sit and look at the viewer. One unit of their frame is their height."""

from net2vec_core.dataset.toy.canvas import Canvas
from net2vec_core.dataset.toy.outlines import Outline, curve, disc, limb
from net2vec_core.dataset.toy.palette import CAT_COATS, COATS, fur
from net2vec_core.dataset.toy.pen import Frame, Pen
from net2vec_core.dataset.toy.surfaces import Color, Surface, pick, plain

PINK: Color = (224, 150, 150)
NOSE: Color = (30, 24, 26)
SIDES = (-1, 1)


def sitting_dog(canvas: Canvas, frame: Frame) -> None:
    """A dog with hanging ears."""
    pen, rng = Pen(canvas, frame, "dog"), canvas.rng
    coat = fur(rng, pick(rng, COATS[:5]))
    light, dark = coat.faded((250, 240, 226), 0.4), coat.faded((20, 14, 12), 0.45)
    _body(pen, coat, light, 0.3)
    pen.draw(coat, disc(0, 0.77, 0.19, 0.2), part="head", relief=0.4, fray=0.01)
    for side in SIDES:
        ear = [(0.08 * side, 0.93), (0.17 * side, 0.94), (0.27 * side, 0.74), (0.22 * side, 0.6), (0.15 * side, 0.72)]
        pen.draw(dark, curve(ear), part="head", relief=0.5, fray=0.01)
        _eye(pen, 0.085 * side, 0.81, 0.03, (84, 50, 26))
    pen.draw(plain(rng, (214, 96, 110)), limb((0.0, 0.62), (0.0, 0.55), 0.06, 0.06), part="head", relief=0.3)
    pen.draw(light, curve([(-0.04, 0.8), (-0.12, 0.66), (0, 0.6), (0.12, 0.66), (0.04, 0.8)]), part="head", relief=0.4)
    pen.draw(plain(rng, NOSE), curve([(-0.055, 0.745), (0.055, 0.745), (0, 0.69)]), part="head", relief=0.4)
    _mouth(pen, 0.69, 0.08)


def sitting_cat(canvas: Canvas, frame: Frame) -> None:
    """A cat with pointed ears and whiskers, often tabby."""
    pen, rng = Pen(canvas, frame, "cat"), canvas.rng
    coat = fur(rng, pick(rng, CAT_COATS))
    light, iris = coat.faded((250, 246, 240), 0.6), pick(rng, ((196, 180, 60), (120, 170, 80), (90, 150, 190)))
    _body(pen, coat, light, 0.27)
    for side in SIDES:
        _pointed_ear(pen, coat, side)
    pen.draw(coat, disc(0, 0.745, 0.225, 0.185), part="head", relief=0.4, fray=0.01)
    if rng.random() < 0.6:
        for x in (-0.06, 0.0, 0.06):
            pen.shade(limb((x, 0.92), (x * 0.8, 0.83), 0.025, 0.01), strength=0.45, blur=0.004)
    pen.draw(light, disc(-0.05, 0.66, 0.07, 0.055), disc(0.05, 0.66, 0.07, 0.055), part="head", relief=0.3, fray=0.006)
    for side in SIDES:
        _eye(pen, 0.098 * side, 0.76, 0.046, iris, slit=True)
        for rise in (-0.03, 0.0, 0.03):
            pen.shade(limb((0.06 * side, 0.665), (0.3 * side, 0.66 + rise), 0.004, 0.002), (250, 250, 250), 0.8)
    pen.draw(plain(rng, PINK), curve([(-0.03, 0.705), (0.03, 0.705), (0, 0.675)]), part="head", relief=0.3)
    _mouth(pen, 0.675, 0.05)


def _body(pen: Pen, coat: Surface, light: Surface, half: float) -> None:
    pen.shadow(-0.4, 0.42, 0.6)
    pen.draw(coat, *_tail(half), part="tail", relief=0.4, fray=0.01)
    for side in SIDES:
        pen.draw(coat, disc(half * 0.85 * side, 0.12, 0.13, 0.13), part="leg", relief=0.5, fray=0.01)
    back = [(-half * 0.9, 0.06), (-half, 0.25), (-0.17, 0.6), (0.17, 0.6), (half, 0.25), (half * 0.9, 0.06)]
    pen.draw(coat, curve(back), part="torso", relief=0.5, fray=0.01)
    pen.draw(
        light, curve([(-0.1, 0.56), (0.1, 0.56), (0.08, 0.34), (0, 0.26), (-0.08, 0.34)]), part="torso", fray=0.015
    )
    for side in SIDES:
        pen.draw(coat, limb((0.1 * side, 0.36), (0.1 * side, 0.08), 0.14, 0.1), part="leg", relief=0.5, fray=0.006)
        pen.draw(light, disc(0.105 * side, 0.04, 0.075, 0.045), part="leg", relief=0.5, fray=0.004)


def _tail(half: float) -> tuple[Outline, Outline]:
    bend = (half + 0.16, 0.1)
    return limb((half * 0.6, 0.06), bend, 0.08, 0.07), limb(bend, (half + 0.2, 0.3), 0.07, 0.04)


def _pointed_ear(pen: Pen, coat: Surface, side: int) -> None:
    outer: Outline = [(0.05 * side, 0.88), (0.21 * side, 0.8), (0.2 * side, 1.03)]
    inner: Outline = [(0.1 * side, 0.88), (0.19 * side, 0.84), (0.188 * side, 0.98)]
    pen.draw(coat, outer, part="head", relief=0.3)
    pen.draw(plain(pen.rng, PINK), inner, part="head", relief=0.3)


def _eye(pen: Pen, x: float, y: float, radius: float, iris: Color, slit: bool = False) -> None:
    pen.shade(disc(x, y, radius * 1.3, radius * 1.15), strength=0.6)
    pen.draw(plain(pen.rng, iris), disc(x, y, radius, radius * 0.92), part="eye", relief=0.2)
    pen.draw(plain(pen.rng, NOSE), disc(x, y, radius * (0.3 if slit else 0.6), radius * 0.75), part="eye", relief=0)
    pen.shade(disc(x - radius * 0.3, y + radius * 0.35, radius * 0.22), (255, 255, 255), 0.9)


def _mouth(pen: Pen, y: float, width: float) -> None:
    pen.shade(limb((0, y), (0, y - 0.025), 0.008, 0.008), strength=0.7)
    for side in SIDES:
        pen.shade(limb((0, y - 0.025), (width * side, y - 0.05), 0.008, 0.005), strength=0.6)
