"""Trees and flowers. One unit of their frame is their height."""

import numpy as np

from net2vec_core.dataset.toy.canvas import Canvas
from net2vec_core.dataset.toy.outlines import blob, curve, disc, limb
from net2vec_core.dataset.toy.palette import BRIGHT, bark, foliage
from net2vec_core.dataset.toy.pen import Frame, Pen
from net2vec_core.dataset.toy.surfaces import Surface, pick, plain

AUTUMN = ((206, 120, 40), (196, 80, 40), (214, 170, 60))


def _leafy(pen: Pen, surface: Surface, x: float, y: float, rx: float, ry: float) -> None:
    """A clump of leaves with a frayed border, lit from above."""
    pen.draw(surface, blob(pen.rng, x, y, rx, ry), relief=0.6, fray=0.16 * rx)


def broadleaf(canvas: Canvas, frame: Frame) -> None:
    """A broad-leaved tree, now and then in autumn colours."""
    pen, rng = Pen(canvas, frame, "tree"), canvas.rng
    leaves = foliage(rng, pick(rng, AUTUMN)) if rng.random() < 0.18 else foliage(rng)
    timber, wide = bark(rng), rng.uniform(0.26, 0.4)
    pen.shadow(-wide, wide, 0.5)
    fork = rng.uniform(0.3, 0.42)
    boughs = [limb((0, fork - 0.03), (x, 0.66), 0.05, 0.02) for x in (-0.17, 0.02, 0.16)]
    pen.draw(timber, [(-0.055, 0), (0.055, 0), (0.03, fork), (-0.03, fork)], *boughs, relief=0.6)
    for share in (0.35, 0.12, 0.0):
        for _ in range(2):
            x, y = rng.uniform(-0.45, 0.45) * wide, rng.uniform(0.56, 0.76)
            _leafy(
                pen, leaves.faded((12, 26, 24), share), x, y, wide * rng.uniform(0.55, 0.75), rng.uniform(0.17, 0.24)
            )


def conifer(canvas: Canvas, frame: Frame) -> None:
    """A spruce or fir."""
    pen, rng = Pen(canvas, frame, "tree"), canvas.rng
    needles = foliage(rng, pick(rng, ((36, 78, 48), (46, 86, 58), (58, 92, 46))))
    wide = rng.uniform(0.2, 0.28)
    pen.shadow(-wide, wide, 0.5)
    pen.draw(bark(rng), limb((0, 0), (0, 0.5), 0.06, 0.04), relief=0.5)
    for low in np.linspace(0.1, 0.72, 5):
        half = wide * (1.08 - low)
        tier = [
            (-half, low),
            (-half * 0.4, low - 0.025),
            (half * 0.4, low - 0.025),
            (half, low),
            (half * 0.15, low + 0.28),
            (-half * 0.15, low + 0.28),
        ]
        pen.draw(needles, tier, relief=0.55, fray=0.02)


def palm(canvas: Canvas, frame: Frame) -> None:
    """A palm tree, leaning."""
    pen, rng = Pen(canvas, frame, "tree"), canvas.rng
    lean, leaves = rng.uniform(-0.2, 0.2), foliage(rng)
    pen.shadow(-0.2, 0.2, 0.4)
    pen.draw(
        bark(rng),
        limb((0, 0), (lean * 0.4, 0.4), 0.06, 0.045),
        limb((lean * 0.4, 0.4), (lean, 0.82), 0.045, 0.035),
        relief=0.5,
    )
    for turn in np.linspace(-0.5, np.pi + 0.5, 9) + rng.normal(0, 0.12, 9):
        along = np.array([np.cos(turn), np.sin(turn) * 0.6])
        points = [
            (lean + along[0] * r, 0.82 + along[1] * r - 0.5 * r * r + side)
            for r, side in ((0.02, 0.02), (0.2, 0.05), (0.42, 0.0), (0.2, -0.02))
        ]
        pen.draw(leaves, curve(points), relief=0.5, fray=0.01)


def flower(canvas: Canvas, frame: Frame) -> None:
    """A flower on its stem."""
    pen, rng = Pen(canvas, frame, "flower"), canvas.rng
    petals = plain(rng, pick(rng, (BRIGHT[0], BRIGHT[1], BRIGHT[2], BRIGHT[5], BRIGHT[6], BRIGHT[7])))
    green = foliage(rng)
    pen.draw(green, limb((0, 0), (0.02, 0.75), 0.03, 0.03), curve([(0, 0.2), (0.2, 0.42), (0.08, 0.2)]), relief=0.3)
    count, centre = int(rng.integers(5, 10)), (0.02, 0.76)
    for turn in np.arange(count) * 2 * np.pi / count + rng.uniform(0, 1):
        tip = (centre[0] + 0.17 * np.cos(turn), centre[1] + 0.17 * np.sin(turn))
        pen.draw(petals, limb(centre, tip, 0.05, 0.13), relief=0.35)
    pen.draw(plain(rng, pick(rng, ((236, 190, 60), (110, 66, 36)))), disc(*centre, 0.075), relief=0.4)
