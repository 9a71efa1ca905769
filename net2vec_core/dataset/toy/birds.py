"""Birds, on the ground and in the air."""

from net2vec_core.dataset.toy.canvas import Canvas
from net2vec_core.dataset.toy.outlines import curve, disc, limb
from net2vec_core.dataset.toy.palette import BRIGHT, fur
from net2vec_core.dataset.toy.pen import Frame, Pen
from net2vec_core.dataset.toy.surfaces import mix, pick, plain


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
