"""People. One unit of their frame is their height."""

from net2vec_core.dataset.toy.canvas import Canvas
from net2vec_core.dataset.toy.outlines import Outline, curve, disc, limb
from net2vec_core.dataset.toy.palette import SKINS, fabric, rubber, skin
from net2vec_core.dataset.toy.pen import Frame, Pen
from net2vec_core.dataset.toy.surfaces import Surface, pick, plain

EYES_SHOW_FROM = 0.16


def person(canvas: Canvas, frame: Frame) -> None:
    """A person who stands or walks, seen from the front."""
    pen, rng = Pen(canvas, frame, "person"), canvas.rng
    bare = skin(pick(rng, SKINS, 6))
    shirt, trousers = fabric(rng), fabric(rng, pick(rng, ((40, 52, 92), (52, 50, 52), (128, 110, 84), (90, 30, 40))))
    stride = rng.uniform(0.02, 0.1)
    pen.shadow(-0.22, 0.22)
    _legs(pen, trousers, bare, stride)
    _arm(pen, shirt, bare, -1)
    pen.draw(shirt, _torso(rng.uniform(0.9, 1.15)), part="torso", relief=0.45)
    _arm(pen, shirt, bare, 1)
    _face(pen, bare)


def _torso(width: float) -> Outline:
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
