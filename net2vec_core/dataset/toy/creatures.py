"""Creatures: people, four-legged animals, birds. One unit of their frame is their height."""

from dataclasses import dataclass

import numpy as np

from net2vec_core.dataset.toy.canvas import Canvas, Frame, Pen
from net2vec_core.dataset.toy.outlines import Point, curve, disc, limb
from net2vec_core.dataset.toy.palette import BRIGHT, COATS, SKINS, fabric, fur, rubber, skin
from net2vec_core.dataset.toy.surfaces import Surface, mix, pick, plain

EYES_SHOW_FROM = 0.16


def person(canvas: Canvas, frame: Frame) -> None:
    """A person who stands or walks, seen from the front."""
    pen, rng = Pen(canvas, frame, "person"), canvas.rng
    bare = skin(rng, pick(rng, SKINS, 6))
    shirt, trousers = fabric(rng), fabric(rng, pick(rng, ((40, 52, 92), (52, 50, 52), (128, 110, 84), (90, 30, 40))))
    stride = rng.uniform(0.02, 0.1)
    pen.shadow(-0.22, 0.22)
    _legs(pen, trousers, bare, stride)
    _arm(pen, shirt, bare, -1)
    pen.draw(shirt, _torso(rng.uniform(0.9, 1.15)), part="torso", relief=0.45)
    _arm(pen, shirt, bare, 1)
    _face(pen, bare)


def _torso(width: float) -> list[Point]:
    side = [(0.05, 0.835), (0.115, 0.8), (0.12, 0.72), (0.095, 0.6), (0.1, 0.46)]
    return curve([(x * width, y) for x, y in side] + [(-x * width, y) for x, y in reversed(side)])


def _legs(pen: Pen, trousers: Surface, bare: Surface, stride: float) -> None:
    skirt = pen.rng.random() < 0.25
    cloth = bare if skirt else trousers
    for side in (-1, 1):
        hip, foot = (0.05 * side, 0.5), (stride * side + 0.01 * side, 0.03)
        knee = ((hip[0] + foot[0]) / 2 + 0.012, 0.27)
        pen.draw(cloth, limb(hip, knee, 0.105, 0.08), limb(knee, foot, 0.08, 0.052), part="leg", relief=0.5)
        pen.draw(rubber(pen.rng), disc(foot[0] + 0.018, 0.018, 0.048, 0.022), part="leg")
    if skirt:
        pen.draw(trousers, [(-0.09, 0.52), (0.09, 0.52), (0.15, 0.28), (-0.15, 0.28)], relief=0.5)


def _arm(pen: Pen, shirt: Surface, bare: Surface, side: int) -> None:
    rng = pen.rng
    shoulder = (0.105 * side, 0.785)
    elbow = (side * rng.uniform(0.13, 0.19), 0.63)
    lifted = rng.random() < 0.2
    hand = (side * rng.uniform(0.1, 0.24), 0.8 if lifted else rng.uniform(0.44, 0.52))
    pen.draw(bare, limb(elbow, hand, 0.05, 0.042), disc(*hand, 0.028), part="arm")
    sleeve = limb(shoulder, elbow, 0.075, 0.06)
    pen.draw(shirt, sleeve, *([limb(elbow, hand, 0.06, 0.05)] if rng.random() < 0.5 else []), part="arm", relief=0.5)


def _face(pen: Pen, bare: Surface) -> None:
    rng = pen.rng
    hair = plain(rng, pick(rng, ((44, 30, 22), (92, 58, 30), (28, 24, 24), (206, 166, 92), (130, 126, 124))), "fur")
    long = rng.random() < 0.45
    if long:
        pen.draw(hair, curve([(-0.07, 0.95), (0.07, 0.95), (0.085, 0.8), (0, 0.77), (-0.085, 0.8)]), part="head")
    pen.draw(bare, limb((0, 0.86), (0, 0.8), 0.055, 0.065), part="head")
    pen.draw(bare, disc(0, 0.915, 0.058, 0.072), part="head", relief=0.3)
    cap = [(-0.063, 0.92), (-0.055, 0.975), (0, 1.0), (0.055, 0.975), (0.063, 0.92), (0.04, 0.95), (-0.02, 0.955)]
    pen.draw(hair, curve(cap), part="head")
    if pen.frame.size > EYES_SHOW_FROM:
        for x in (-0.023, 0.023):
            pen.draw(plain(rng, (242, 240, 236)), disc(x, 0.917, 0.0125, 0.008), part="eye", relief=0)
            pen.draw(plain(rng, (40, 30, 26)), disc(x, 0.917, 0.0065), part="eye", relief=0)
        pen.shade(disc(0, 0.872, 0.02, 0.006), (150, 40, 40), 0.8)
        pen.shade(disc(0.004, 0.896, 0.008, 0.006), (90, 40, 30), 0.4)


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
COW = Build(0.62, (0.4, 0.88), (0.88, 0.84, 0.13), (0.17, 0.12), "side", ((-0.7, 0.72), (-0.7, 0.42)), 0.095)


def dog(canvas: Canvas, frame: Frame) -> None:
    """A dog from the side."""
    _beast(Pen(canvas, frame, "dog"), DOG, fur(canvas.rng, pick(canvas.rng, COATS[:5])))


def cat(canvas: Canvas, frame: Frame) -> None:
    """A cat from the side."""
    colors = ((206, 132, 66), (126, 122, 120), (40, 38, 40), (226, 218, 206))
    _beast(Pen(canvas, frame, "cat"), CAT, fur(canvas.rng, pick(canvas.rng, colors)))


def cow(canvas: Canvas, frame: Frame) -> None:
    """A cow from the side, often spotted."""
    rng = canvas.rng
    coat = fur(rng, pick(rng, ((238, 232, 222), (146, 84, 48), (240, 236, 230), (60, 44, 36))))
    _beast(Pen(canvas, frame, "cow"), COW, coat, spots=fur(rng, pick(rng, ((38, 32, 32), (122, 66, 38)))))


def _beast(pen: Pen, build: Build, coat: Surface, spots: Surface | None = None) -> None:
    far = coat.faded((10, 10, 16), 0.4)
    pen.shadow(-build.length - 0.1, build.length + 0.15)
    low, high = build.body
    base = (-build.length, high - 0.08)
    elbow, tip = build.tail
    pen.draw(coat, limb(base, elbow, 0.075, 0.06), limb(elbow, tip, 0.06, 0.035), part="tail")
    for surface, shift in ((far, 0.07), (coat, -0.02)):
        _beast_legs(pen, build, surface, shift)
    pen.draw(coat, _barrel(build.length, low, high), part="torso", relief=0.55)
    if spots is not None:
        _spots(pen, build, spots)
    _beast_head(pen, build, coat)


def _barrel(length: float, low: float, high: float) -> list[Point]:
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
        pen.draw(surface, thigh, limb(knee, foot, width, width * 0.75), paw, part="leg", relief=0.5)


def _spots(pen: Pen, build: Build, surface: Surface) -> None:
    low, high = build.body
    for x in np.arange(-0.75, 0.8, 0.5):
        centre = (build.length * x + pen.rng.normal(0, 0.03), pen.rng.uniform(low + 0.16, high - 0.14))
        pen.draw(surface, disc(*centre, *pen.rng.uniform(0.06, 0.12, 2)), part="torso", relief=0.1)


def _beast_head(pen: Pen, build: Build, coat: Surface) -> None:
    x, y, radius = build.head
    length, thick = build.snout
    neck = limb((0.8 * build.length, build.body[1] - 0.14), (x - 0.02, y - 0.01), 0.27, radius * 1.5)
    pen.draw(coat, neck, part="torso", relief=0.4)
    inner = coat.faded((30, 16, 14), 0.45)
    if build.ears != "hanging":
        _ears(pen, build, inner, 0.05)
    nose = (x + radius * 0.6 + length, y - radius * 0.45)
    pen.draw(
        coat,
        disc(x, y, radius, radius * 0.95),
        limb((x + radius * 0.3, y - radius * 0.35), nose, thick * 1.7, thick),
        part="head",
        relief=0.4,
    )
    pen.draw(
        plain(pen.rng, (34, 26, 28)),
        disc(nose[0] + thick * 0.35, nose[1] + thick * 0.2, thick * 0.3, thick * 0.26),
        part="head",
    )
    pen.shade(limb((nose[0], nose[1] - thick * 0.2), (x + radius * 0.5, y - radius * 0.62), 0.008, 0.008), strength=0.6)
    _ears(pen, build, inner if build.ears == "hanging" else coat, -0.04)
    if pen.frame.size > EYES_SHOW_FROM * 0.6:
        eye = (x + radius * 0.4, y + radius * 0.2)
        pen.draw(
            plain(pen.rng, (196, 160, 70) if build is CAT else (60, 36, 24)), disc(*eye, 0.026), part="eye", relief=0
        )
        pen.draw(plain(pen.rng, (12, 10, 12)), disc(*eye, 0.016), part="eye", relief=0)
        pen.shade(disc(eye[0] - 0.008, eye[1] + 0.008, 0.006), (255, 255, 255), 0.9)


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


def bird(canvas: Canvas, frame: Frame) -> None:
    """A bird on the ground, from the side."""
    pen, rng = Pen(canvas, frame, "bird"), canvas.rng
    color = pick(rng, (*BRIGHT[:6], (96, 84, 76), (60, 62, 70)))
    coat, wing = fur(rng, color), fur(rng, mix(color, (20, 20, 30), 0.45))
    pen.shadow(-0.5, 0.5)
    pen.draw(wing, [(-0.45, 0.42), (-1.0, 0.22), (-0.98, 0.36), (-0.45, 0.6)], part="tail")
    for x in (-0.05, 0.1):
        pen.draw(plain(rng, (196, 132, 60)), limb((x, 0.3), (x + 0.03, 0.02), 0.035, 0.03), part="leg")
    pen.draw(
        coat,
        curve([(-0.6, 0.42), (-0.3, 0.62), (0.1, 0.72), (0.36, 0.6), (0.3, 0.34), (-0.1, 0.2)]),
        part="torso",
        relief=0.5,
    )
    pen.draw(wing, curve([(-0.62, 0.4), (-0.2, 0.6), (0.12, 0.58), (0.0, 0.38), (-0.3, 0.33)]))
    pen.draw(plain(rng, (232, 160, 50)), [(0.5, 0.84), (0.5, 0.74), (0.7, 0.77)], part="head")
    pen.draw(coat, disc(0.34, 0.8, 0.2, 0.19), part="head", relief=0.4)
    pen.draw(plain(rng, (14, 12, 14)), disc(0.41, 0.84, 0.035), part="eye", relief=0)


def flying_bird(canvas: Canvas, frame: Frame) -> None:
    """A bird far up in the sky, wings spread; its frame's foot is its belly."""
    pen = Pen(canvas, frame, "bird")
    coat = fur(canvas.rng, pick(canvas.rng, ((44, 44, 50), (236, 236, 236), (110, 96, 86))))
    lift = canvas.rng.uniform(0.25, 0.7)
    far, near = (
        [(0.15 * s, 0.1), (0.55 * s, lift), (1.25 * s, lift * 0.75), (0.5 * s, lift - 0.22), (-0.1 * s, -0.1)]
        for s in (-1, 1)
    )
    pen.draw(coat, curve(far), curve(near), curve([(-0.45, -0.06), (0.1, 0.14), (0.5, 0.06), (0.1, -0.14)]))
