"""Dogs, cats and cows from the side. One unit of their frame is the height of their shoulders, about."""

from dataclasses import dataclass

import numpy as np

from net2vec_core.dataset.toy.canvas import Canvas
from net2vec_core.dataset.toy.outlines import Outline, Point, curve, disc, limb
from net2vec_core.dataset.toy.palette import CAT_COATS, COATS, fur
from net2vec_core.dataset.toy.pen import Frame, Pen
from net2vec_core.dataset.toy.surfaces import Color, Surface, pick, plain

EYES_SHOW_FROM = 0.1


@dataclass(frozen=True)
class Build:
    """Proportions of a four-legged animal in units of its height; x forwards, the body centred on 0."""

    length: float
    body: tuple[float, float]
    head: tuple[float, float, float]
    snout: tuple[float, float]
    ears: str
    tail: tuple[Point, Point]
    leg_width: float


DOG = Build(0.42, (0.38, 0.72), (0.56, 0.84, 0.135), (0.16, 0.1), "hanging", ((-0.56, 0.78), (-0.66, 0.92)), 0.1)
CAT = Build(0.44, (0.34, 0.7), (0.53, 0.82, 0.16), (0.07, 0.07), "pointed", ((-0.62, 0.72), (-0.6, 1.02)), 0.085)
COW = Build(0.62, (0.38, 0.88), (0.86, 0.82, 0.14), (0.17, 0.15), "side", ((-0.7, 0.72), (-0.7, 0.42)), 0.095)


def dog(canvas: Canvas, frame: Frame) -> None:
    """A dog from the side."""
    _beast(Pen(canvas, frame, "dog"), DOG, fur(canvas.rng, pick(canvas.rng, COATS[:5])))


def cat(canvas: Canvas, frame: Frame) -> None:
    """A cat from the side."""
    _beast(Pen(canvas, frame, "cat"), CAT, fur(canvas.rng, pick(canvas.rng, CAT_COATS)))


def cow(canvas: Canvas, frame: Frame) -> None:
    """A cow from the side, often spotted."""
    rng = canvas.rng
    coat = fur(rng, pick(rng, ((238, 232, 222), (146, 84, 48), (240, 236, 230), (60, 44, 36))))
    pen, patches = Pen(canvas, frame, "cow"), fur(rng, pick(rng, ((38, 32, 32), (122, 66, 38))))
    pink, horn = plain(rng, (222, 160, 150)), plain(rng, (214, 200, 170))
    pen.draw(pink, disc(-0.3, 0.4, 0.13, 0.08), part="torso", relief=0.4)
    pen.draw(horn, limb((0.86, 0.93), (0.84, 1.06), 0.045, 0.015), part="head")
    _beast(pen, COW, coat, patches)
    pen.draw(horn, limb((0.92, 0.92), (0.96, 1.06), 0.045, 0.015), part="head")
    pen.draw(pink, disc(1.14, 0.74, 0.06, 0.07), part="head", relief=0.4)
    pen.shade(disc(1.17, 0.76, 0.014), strength=0.7)


def _beast(pen: Pen, build: Build, coat: Surface, spots: Surface | None = None) -> None:
    far = coat.faded((10, 10, 16), 0.4)
    pen.shadow(-build.length - 0.1, build.length + 0.15)
    low, high = build.body
    base = (-build.length, high - 0.08)
    elbow, tip = build.tail
    pen.draw(coat, limb(base, elbow, 0.075, 0.06), limb(elbow, tip, 0.06, 0.035), part="tail")
    for surface, shift in ((far, 0.07), (coat, -0.02)):
        _beast_legs(pen, build, surface, shift)
    pen.draw(coat, _barrel(build.length, low, high), part="torso", relief=0.55, fray=0.01)
    if spots is not None:
        _spots(pen, build, spots)
    _beast_head(pen, build, coat)


def _barrel(length: float, low: float, high: float) -> Outline:
    middle = (low + high) / 2
    back = [(-length, middle), (-0.9 * length, high - 0.04), (-0.3 * length, high - 0.015), (0.5 * length, high)]
    chest = [(length, high - 0.02), (1.08 * length, middle + 0.04), (0.85 * length, low), (0.1 * length, low + 0.03)]
    return curve([*back, *chest, (-0.6 * length, low + 0.07)])


def _beast_legs(pen: Pen, build: Build, surface: Surface, shift: float) -> None:
    top, width = build.body[0] + 0.1, build.leg_width
    swing = pen.rng.uniform(-0.07, 0.07, 2)
    for x, step in zip((-0.8 * build.length + shift, 0.75 * build.length + shift), swing, strict=True):
        knee, foot = (x + step * 0.3 - 0.02, top * 0.5), (x + step, 0.025)
        thigh = limb((x, top), knee, width * 1.7, width)
        paw = disc(foot[0] + 0.02, 0.03, width * 0.62, 0.032)
        pen.draw(surface, thigh, limb(knee, foot, width, width * 0.75), paw, part="leg", relief=0.5, fray=0.008)


def _spots(pen: Pen, build: Build, surface: Surface) -> None:
    low, high = build.body
    for x in np.arange(-0.75, 0.8, 0.5):
        centre = (build.length * x + pen.rng.normal(0, 0.03), pen.rng.uniform(low + 0.16, high - 0.14))
        pen.draw(surface, disc(*centre, *pen.rng.uniform(0.06, 0.12, 2)), part="torso", relief=0.1)


def _beast_head(pen: Pen, build: Build, coat: Surface) -> None:
    x, y, radius = build.head
    length, thick = build.snout
    hanging, inner = build.ears == "hanging", coat.faded((30, 16, 14), 0.45)
    neck = limb((0.8 * build.length, build.body[1] - 0.14), (x - 0.02, y - 0.01), 0.27, radius * 1.5)
    pen.draw(coat, neck, part="torso", relief=0.4)
    if not hanging:
        _ears(pen, build, inner, 0.05)
    nose = (x + radius * 0.6 + length, y - radius * 0.45)
    snout = limb((x + radius * 0.3, y - radius * 0.35), nose, thick * 1.7, thick)
    pen.draw(coat, disc(x, y, radius, radius * 0.95), snout, part="head", relief=0.4)
    tip = disc(nose[0] + thick * 0.35, nose[1] + thick * 0.2, thick * 0.3, thick * 0.26)
    pen.draw(plain(pen.rng, (34, 26, 28)), tip, part="head")
    pen.shade(limb((nose[0], nose[1] - thick * 0.2), (x + radius * 0.5, y - radius * 0.62), 0.008, 0.008), strength=0.6)
    _ears(pen, build, inner if hanging else coat, -0.04)
    if pen.frame.size > EYES_SHOW_FROM:
        _eye(pen, x + radius * 0.4, y + radius * 0.2, (196, 160, 70) if build is CAT else (60, 36, 24))


def _eye(pen: Pen, x: float, y: float, iris: Color) -> None:
    pen.draw(plain(pen.rng, iris), disc(x, y, 0.026), part="eye", relief=0)
    pen.draw(plain(pen.rng, (12, 10, 12)), disc(x, y, 0.016), part="eye", relief=0)
    pen.shade(disc(x - 0.008, y + 0.008, 0.006), (255, 255, 255), 0.9)


def _ears(pen: Pen, build: Build, surface: Surface, shift: float) -> None:
    x, y, radius = build.head
    left = x + shift
    shapes = {
        "hanging": curve(
            [(left - 0.05, y + 0.1), (left + 0.04, y + 0.1), (left + 0.03, y - 0.1), (left - 0.07, y - 0.14)]
        ),
        "pointed": [(left - 0.07, y + radius * 0.6), (left + 0.09, y + radius * 0.7), (left + 0.01, y + radius * 1.75)],
        "side": curve([(left - 0.02, y + 0.08), (left - 0.16, y + 0.13), (left - 0.14, y + 0.05)]),
    }
    pen.draw(surface, shapes[build.ears], part="head", relief=0.4)
