"""Outdoor scenes: each function lays out one image on an empty canvas."""

from collections.abc import Callable

import numpy as np

from net2vec_core.dataset.toy import creatures, palette, plants, structures, vehicles
from net2vec_core.dataset.toy.canvas import Canvas, Frame, Pen, rasterise
from net2vec_core.dataset.toy.outlines import Outline, blob, ridge
from net2vec_core.dataset.toy.sky import Weather, draw_sky
from net2vec_core.dataset.toy.stage import Actor, Stage
from net2vec_core.dataset.toy.surfaces import Surface, mix, pick, plain

PERSON = Actor(creatures.person, 1.75)
DOG = Actor(creatures.dog, 0.75)
CAT = Actor(creatures.cat, 0.45)
COW = Actor(creatures.cow, 1.6)
BIRD = Actor(creatures.bird, 0.4)
CAR = Actor(vehicles.car, 1.5)
BUS = Actor(vehicles.bus, 2.9)
BROADLEAF = Actor(plants.broadleaf, 7)
CONIFER = Actor(plants.conifer, 9)
PALM = Actor(plants.palm, 6)
FLOWER = Actor(plants.flower, 0.5)
HOUSE = Actor(structures.house, 6)
FENCE = Actor(structures.fence, 1.1)

STARS: tuple[tuple[Actor, float], ...] = (
    *((PERSON, 0.75), (DOG, 0.5), (DOG, 0.42), (CAT, 0.4), (COW, 0.5), (BIRD, 0.4), (FLOWER, 0.5)),
)


def street(canvas: Canvas) -> None:
    """A town street: a row of buildings, a pavement on either side of a road, traffic."""
    stage = _open(canvas, (0.42, 0.54), (1.9, 2.6))
    rng, kerb = canvas.rng, stage.horizon + stage.rng.uniform(0.13, 0.18)
    _ground(stage, palette.stone(rng, "plaster"), "sidewalk")
    _skyline(stage, kerb - 0.06)
    _ground(stage, plain(rng, pick(rng, ((88, 88, 92), (112, 110, 108), (70, 72, 78)), 5), "speckle"), "road", kerb)
    _markings(stage, kerb)
    stage.scatter(BROADLEAF, int(rng.integers(0, 4)), (0.1, 0.13))
    stage.maybe(0.8, CAR, 3, (0.19, 0.34))
    stage.maybe(0.3, BUS, 1, (0.17, 0.24))
    stage.maybe(0.7, PERSON, 4, (0.09, 0.13))
    stage.maybe(0.35, PERSON, 2, (0.4, 0.55))
    stage.maybe(0.15, DOG, 1, (0.3, 0.45))
    stage.play()


def _skyline(stage: Stage, y: float) -> None:
    rng = stage.rng
    x = rng.uniform(-0.1, 0.1)
    while x < 1.1:
        height = rng.uniform(0.26, 0.62)
        structures.building(stage.canvas, Frame(x, y + 0.015, height))
        x += height * rng.uniform(0.5, 0.75)


def _markings(stage: Stage, kerb: float) -> None:
    paint = plain(stage.rng, (224, 222, 214), "speckle")
    y = kerb + 0.55 * (1 - kerb)
    dashes: list[Outline] = [
        [(x, y), (x + 0.14, y), (x + 0.13, y + 0.022), (x - 0.02, y + 0.022)] for x in np.arange(-0.05, 1, 0.27)
    ]
    stage.canvas.paint(rasterise(*dashes), paint, "road")
    edge: Outline = [(0, kerb - 0.008), (1, kerb - 0.008), (1, kerb + 0.008), (0, kerb + 0.008)]
    stage.canvas.paint(rasterise(edge), palette.stone(stage.rng, "rock"), "sidewalk")


def village(canvas: Canvas) -> None:
    """Houses with gardens along a lane."""
    stage = _open(canvas, (0.4, 0.55), (1.8, 2.8))
    rng = canvas.rng
    _hills(stage, stage.rng.uniform(0.05, 0.14))
    _ground(stage, palette.grass(rng), "grass")
    if rng.random() < 0.6:
        _lane(stage, plain(rng, pick(rng, ((120, 116, 112), (150, 128, 100)), 6), "speckle"))
    for x in np.linspace(0.08, 0.92, int(rng.integers(2, 4))) + rng.normal(0, 0.05):
        stage.add(HOUSE, x, stage.horizon + rng.uniform(0.09, 0.19))
    stage.maybe(0.7, BROADLEAF, 4, (0.06, 0.3))
    stage.maybe(0.3, CONIFER, 3, (0.06, 0.2))
    stage.maybe(0.5, FENCE, 2, (0.16, 0.3))
    stage.maybe(0.5, PERSON, 3, (0.2, 0.5))
    stage.maybe(0.45, CAR, 1, (0.22, 0.36))
    stage.maybe(0.3, DOG, 1, (0.25, 0.5))
    stage.maybe(0.2, CAT, 1, (0.3, 0.5))
    stage.maybe(0.35, FLOWER, 12, (0.25, 0.6))
    stage.play()


def _lane(stage: Stage, surface: Surface) -> None:
    rng, top = stage.rng, stage.horizon + 0.02
    far, near, width = rng.uniform(0.3, 0.7), rng.uniform(0.2, 0.8), rng.uniform(0.25, 0.5)
    lane = [(far, top), (far + 0.02, top), (near + width, 1.02), (near - width, 1.02)]
    stage.canvas.paint(rasterise(lane), surface, "road", horizon=stage.horizon)


def field(canvas: Canvas) -> None:
    """A meadow with animals, hills behind."""
    stage = _open(canvas, (0.38, 0.58), (1.5, 2.2))
    rng = canvas.rng
    _hills(stage, rng.uniform(0.06, 0.16))
    _ground(stage, palette.grass(rng), "grass")
    stage.scatter(BROADLEAF, int(rng.integers(1, 5)), (0.02, 0.14))
    stage.maybe(0.45, FENCE, 2, (0.06, 0.24))
    stage.maybe(0.5, COW, 3, (0.12, 0.4))
    stage.maybe(0.4, FLOWER, 25, (0.2, 0.6))
    stage.maybe(0.3, PERSON, 2, (0.15, 0.45))
    stage.maybe(0.25, DOG, 2, (0.25, 0.5))
    stage.maybe(0.2, BIRD, 3, (0.25, 0.5))
    stage.maybe(0.15, HOUSE, 1, (0.05, 0.1))
    _star(stage, 0.5)
    stage.play()


def beach(canvas: Canvas) -> None:
    """Sand, sea with boats, palms, people."""
    stage = _open(canvas, (0.32, 0.5), (1.7, 2.4))
    rng, shore = canvas.rng, stage.horizon + stage.rng.uniform(0.1, 0.25)
    if rng.random() < 0.4:
        _mountains(stage, 0.12)
    _ground(stage, palette.water(rng), "sea")
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
    _rocks(stage, int(rng.integers(0, 4)))
    _star(stage, 0.2)
    stage.play()


def forest(canvas: Canvas) -> None:
    """A path between trees."""
    stage = _open(canvas, (0.4, 0.56), (1.6, 2.2))
    rng = canvas.rng
    backdrop = palette.foliage(rng).faded((150, 176, 160), 0.35)
    canvas.paint(rasterise(ridge(rng, stage.horizon - 0.12, 0.2, 0.8)), backdrop, "tree")
    _ground(stage, palette.grass(rng), "grass")
    if rng.random() < 0.5:
        _lane(stage, plain(rng, (142, 112, 80), "speckle"))
    sort = CONIFER if rng.random() < 0.45 else BROADLEAF
    for near in ((0.05, 0.12), (0.12, 0.2)):
        stage.scatter(sort, 4, near, (-0.05, 1.05))
    stage.add(sort, rng.uniform(-0.05, 0.2), stage.horizon + rng.uniform(0.24, 0.34))
    stage.add(sort, rng.uniform(0.8, 1.05), stage.horizon + rng.uniform(0.24, 0.34))
    stage.maybe(0.3, PERSON, 2, (0.2, 0.4))
    stage.maybe(0.3, FLOWER, 14, (0.2, 0.55))
    stage.maybe(0.25, BIRD, 2, (0.3, 0.5))
    _rocks(stage, int(rng.integers(0, 3)))
    _star(stage, 0.35)
    stage.play()


def mountain_snowy(canvas: Canvas) -> None:
    """Snow-capped mountains over a valley, sometimes a lake."""
    stage = _open(canvas, (0.5, 0.64), (2.0, 3.5))
    rng = canvas.rng
    _mountains(stage, rng.uniform(0.28, 0.42), snow=True)
    _hills(stage, 0.07)
    _ground(stage, palette.grass(rng), "grass")
    if rng.random() < 0.4:
        x, y = rng.uniform(0.3, 0.7), stage.horizon + rng.uniform(0.06, 0.13)
        lake = rasterise(blob(rng, x, y, rng.uniform(0.25, 0.4), 0.045, 0.06))
        canvas.paint(lake, palette.water(rng), horizon=stage.horizon)
    stage.scatter(CONIFER, int(rng.integers(3, 10)), (0.03, 0.2))
    stage.maybe(0.35, COW, 3, (0.12, 0.3))
    stage.maybe(0.3, PERSON, 2, (0.2, 0.4))
    stage.maybe(0.3, HOUSE, 1, (0.06, 0.12))
    stage.maybe(0.3, FLOWER, 20, (0.2, 0.5))
    _rocks(stage, int(rng.integers(0, 4)))
    stage.play()


def _open(canvas: Canvas, horizon: tuple[float, float], eye: tuple[float, float]) -> Stage:
    """Sky with what flies in it, above a stage."""
    rng = canvas.rng
    stage = Stage(canvas, rng.uniform(*horizon), rng.uniform(*eye))
    draw_sky(canvas, stage.horizon)
    if rng.random() < 0.12:
        vehicles.airplane(
            canvas,
            Frame(rng.uniform(0.2, 0.8), rng.uniform(0.12, 0.25), rng.uniform(0.06, 0.16), bool(rng.random() < 0.5)),
        )
    if rng.random() < 0.22:
        for x in rng.uniform(0.05, 0.95, int(rng.integers(1, 7))):
            creatures.flying_bird(canvas, Frame(x, rng.uniform(0.05, 0.3), rng.uniform(0.014, 0.035)))
    return stage


def _ground(stage: Stage, surface: Surface, thing: str, top: float | None = None) -> None:
    """Level ground from `top` (the horizon where left out) to the lower edge."""
    edge = stage.horizon if top is None else top
    lower = rasterise([(0, edge), (1, edge), (1, 1.02), (0, 1.02)])
    stage.canvas.paint(lower, surface, thing, horizon=stage.horizon)


def _hills(stage: Stage, height: float) -> None:
    """Wooded hills at the horizon, paler with distance; they count as mountains."""
    rng = stage.rng
    for share in (0.55, 0.25):
        line = ridge(rng, stage.horizon + 0.01, height * (0.5 + share), 0.3)
        stage.canvas.paint(rasterise(line), palette.foliage(rng).faded((170, 190, 205), share), "mountain")


def _mountains(stage: Stage, height: float, snow: bool = False) -> None:
    rng = stage.rng
    for share in (0.5, 0.2):
        rock = palette.stone(rng, "rock").faded((150, 172, 200), share)
        line = ridge(rng, stage.horizon + 0.02, height * (0.6 + share), 0.75)
        stage.canvas.paint(rasterise(line), rock, "mountain", relief=0.25)
        if snow:
            white = Surface("rock", (mix((150, 166, 200), (200, 214, 232), share), (240, 244, 250), (255, 255, 255)))
            _snow(stage, line, white, height * (0.22 + 0.2 * share))


def _snow(stage: Stage, line: Outline, white: Surface, depth: float) -> None:
    """Snow on the upper parts of a ridge, its lower border frayed."""
    rng, skyline = stage.rng, line[1:-1]
    crest = min(y for _, y in skyline)
    lower = [(x, max(y, min(y + depth, crest + depth * 1.6) + rng.normal(0, 0.008))) for x, y in reversed(skyline)]
    stage.canvas.paint(rasterise([*skyline, *lower]), white, "mountain")


def _rocks(stage: Stage, count: int) -> None:
    """Boulders, a material without an object."""
    stage.scatter(Actor(_rock, 0.6), count, (0.15, 0.5))


def _rock(canvas: Canvas, frame: Frame) -> None:
    pen = Pen(canvas, frame, "")
    pen.shadow(-0.8, 0.8, 0.6)
    pen.draw(palette.stone(canvas.rng, "rock"), blob(canvas.rng, 0, 0.35, 0.75, 0.45, 0.1), relief=0.6)


def _star(stage: Stage, chance: float) -> None:
    if stage.rng.random() < chance:
        stage.star(*STARS[stage.rng.integers(len(STARS))])


OUTDOOR: dict[str, Callable[[Canvas], None]] = {
    **{"street": street, "village": village, "field": field, "beach": beach, "forest": forest},
    "mountain_snowy": mountain_snowy,
}
