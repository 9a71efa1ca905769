"""Scenes of nature: each function lays out one image on an empty canvas."""

from net2vec_core.dataset.toy import palette, vehicles
from net2vec_core.dataset.toy.canvas import Canvas
from net2vec_core.dataset.toy.cast import (
    BIRD,
    BROADLEAF,
    CONIFER,
    COW,
    DOG,
    FENCE,
    FLOWER,
    HOUSE,
    PALM,
    PERSON,
    SITTING_DOG,
    TALL_FLOWER,
)
from net2vec_core.dataset.toy.landscape import ground, hills, lane, maybe_star, mountains, open_air, rocks
from net2vec_core.dataset.toy.outlines import blob, ridge
from net2vec_core.dataset.toy.pen import Frame
from net2vec_core.dataset.toy.shape import rasterise
from net2vec_core.dataset.toy.surfaces import plain


def field(canvas: Canvas) -> None:
    """A meadow with animals, hills behind."""
    stage = open_air(canvas, (0.38, 0.58), (1.5, 2.2))
    rng = canvas.rng
    hills(stage, rng.uniform(0.06, 0.16))
    ground(stage, palette.grass(rng), "grass")
    stage.scatter(BROADLEAF, int(rng.integers(1, 5)), (0.02, 0.14))
    stage.maybe(0.45, FENCE, 2, (0.06, 0.24))
    stage.maybe(0.5, COW, 3, (0.12, 0.4))
    stage.maybe(0.4, FLOWER, 25, (0.2, 0.6))
    stage.maybe(0.3, PERSON, 2, (0.15, 0.45))
    stage.maybe(0.2, DOG, 2, (0.25, 0.5))
    stage.maybe(0.1, SITTING_DOG, 1, (0.3, 0.5))
    stage.maybe(0.2, BIRD, 3, (0.25, 0.5))
    stage.maybe(0.15, HOUSE, 1, (0.05, 0.1))
    maybe_star(stage, 0.5)
    stage.maybe(0.15, TALL_FLOWER, 2, (0.5, 0.6))
    stage.play()


def beach(canvas: Canvas) -> None:
    """Sand, sea with boats, palms, people."""
    stage = open_air(canvas, (0.32, 0.5), (1.7, 2.4))
    rng, shore = canvas.rng, stage.horizon + stage.rng.uniform(0.1, 0.25)
    if rng.random() < 0.4:
        mountains(stage, 0.12)
    ground(stage, palette.water(rng), "sea")
    for x in rng.uniform(0.1, 0.9, int(rng.integers(0, 4))):
        y = stage.horizon + rng.uniform(0.02, shore - stage.horizon - 0.03)
        vehicles.boat(canvas, Frame(x, y, 5 * (y - stage.horizon) / stage.eye + 0.04, bool(rng.random() < 0.5)))
    beach_line = ridge(rng, shore + 0.03, 0.05, 0.2)
    canvas.tint(rasterise([(x, y - 0.012) for x, y in beach_line]), (250, 252, 250), 0.8, blur=0.004)
    canvas.paint(rasterise(beach_line), palette.sand(rng), horizon=stage.horizon)
    stage.maybe(0.55, PALM, 3, (0.2, 0.45))
    stage.maybe(0.65, PERSON, 4, (0.26, 0.5))
    stage.maybe(0.3, DOG, 1, (0.3, 0.5))
    stage.maybe(0.35, BIRD, 4, (0.3, 0.55))
    rocks(stage, int(rng.integers(0, 4)))
    maybe_star(stage, 0.2)
    stage.play()


def forest(canvas: Canvas) -> None:
    """A path between trees."""
    stage = open_air(canvas, (0.4, 0.56), (1.6, 2.2))
    rng = canvas.rng
    backdrop = palette.foliage(rng).faded((150, 176, 160), 0.35)
    canvas.paint(rasterise(ridge(rng, stage.horizon - 0.12, 0.2, 0.8)), backdrop, "tree")
    ground(stage, palette.grass(rng), "grass")
    if rng.random() < 0.5:
        lane(stage, plain(rng, (142, 112, 80), "speckle"))
    sort = CONIFER if rng.random() < 0.45 else BROADLEAF
    for near in ((0.05, 0.12), (0.12, 0.2)):
        stage.scatter(sort, 4, near, (-0.05, 1.05))
    stage.add(sort, rng.uniform(-0.05, 0.2), stage.horizon + rng.uniform(0.24, 0.34))
    stage.add(sort, rng.uniform(0.8, 1.05), stage.horizon + rng.uniform(0.24, 0.34))
    stage.maybe(0.3, PERSON, 2, (0.2, 0.4))
    stage.maybe(0.3, FLOWER, 14, (0.2, 0.55))
    stage.maybe(0.25, BIRD, 2, (0.3, 0.5))
    rocks(stage, int(rng.integers(0, 3)))
    maybe_star(stage, 0.35)
    stage.play()


def mountain_snowy(canvas: Canvas) -> None:
    """Snow-capped mountains over a valley, sometimes a lake."""
    stage = open_air(canvas, (0.5, 0.64), (2.0, 3.5))
    rng = canvas.rng
    mountains(stage, rng.uniform(0.28, 0.42), snow=True)
    hills(stage, 0.07)
    ground(stage, palette.grass(rng), "grass")
    if rng.random() < 0.4:
        x, y = rng.uniform(0.3, 0.7), stage.horizon + rng.uniform(0.06, 0.13)
        lake = rasterise(blob(rng, x, y, rng.uniform(0.25, 0.4), 0.045, 0.06))
        canvas.paint(lake, palette.water(rng), horizon=stage.horizon)
    stage.scatter(CONIFER, int(rng.integers(3, 10)), (0.03, 0.2))
    stage.maybe(0.35, COW, 3, (0.12, 0.3))
    stage.maybe(0.3, PERSON, 2, (0.2, 0.4))
    stage.maybe(0.3, HOUSE, 1, (0.06, 0.12))
    stage.maybe(0.3, FLOWER, 20, (0.2, 0.5))
    rocks(stage, int(rng.integers(0, 4)))
    stage.play()
