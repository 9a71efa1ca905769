"""What outdoor scenes are laid out with: the sky and the ground, hills and mountains."""

from net2vec_core.dataset.toy import birds, palette, vehicles
from net2vec_core.dataset.toy.canvas import Canvas
from net2vec_core.dataset.toy.cast import BIRD, COW, DOG, PERSON, SITTING_CAT, SITTING_DOG
from net2vec_core.dataset.toy.outlines import Outline, blob, ridge
from net2vec_core.dataset.toy.pen import Frame, Pen
from net2vec_core.dataset.toy.shape import rasterise
from net2vec_core.dataset.toy.sky import draw_sky
from net2vec_core.dataset.toy.stage import Actor, Stage
from net2vec_core.dataset.toy.surfaces import Surface, mix

STARS: tuple[tuple[Actor, float], ...] = (
    *((PERSON, 0.75), (DOG, 0.5), (SITTING_DOG, 0.65), (SITTING_CAT, 0.6), (COW, 0.36), (BIRD, 0.4)),
)


def open_air(canvas: Canvas, horizon: tuple[float, float], eye: tuple[float, float]) -> Stage:
    """Sky with what flies in it, above a stage."""
    rng = canvas.rng
    stage = Stage(canvas, rng.uniform(*horizon), rng.uniform(*eye))
    draw_sky(canvas, stage.horizon)
    if rng.random() < 0.12:
        place = Frame(rng.uniform(0.2, 0.8), rng.uniform(0.12, 0.25), rng.uniform(0.06, 0.16), bool(rng.random() < 0.5))
        vehicles.airplane(canvas, place)
    if rng.random() < 0.22:
        for x in rng.uniform(0.05, 0.95, int(rng.integers(1, 7))):
            birds.flying_bird(canvas, Frame(x, rng.uniform(0.05, 0.3), rng.uniform(0.014, 0.035)))
    return stage


def ground(stage: Stage, surface: Surface, thing: str, top: float | None = None) -> None:
    """Level ground from `top` (the horizon where left out) to the lower edge."""
    edge = stage.horizon if top is None else top
    lower = rasterise([(0, edge), (1, edge), (1, 1.02), (0, 1.02)])
    stage.canvas.paint(lower, surface, thing, horizon=stage.horizon)


def lane(stage: Stage, surface: Surface) -> None:
    """A lane that leads from the viewer to the horizon."""
    rng, top = stage.rng, stage.horizon + 0.02
    far, near, width = rng.uniform(0.3, 0.7), rng.uniform(0.2, 0.8), rng.uniform(0.25, 0.5)
    lane = [(far, top), (far + 0.02, top), (near + width, 1.02), (near - width, 1.02)]
    stage.canvas.paint(rasterise(lane), surface, "road", horizon=stage.horizon)


def hills(stage: Stage, height: float) -> None:
    """Wooded hills at the horizon, paler with distance; they count as mountains."""
    rng = stage.rng
    for share in (0.55, 0.25):
        line = ridge(rng, stage.horizon + 0.01, height * (0.5 + share), 0.3)
        stage.canvas.paint(rasterise(line), palette.foliage(rng).faded((170, 190, 205), share), "mountain")


def mountains(stage: Stage, height: float, snow: bool = False) -> None:
    """Two bare ridges at the horizon, the farther one paler."""
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


def rocks(stage: Stage, count: int) -> None:
    """Boulders, a material without an object."""
    stage.scatter(Actor(_rock, 0.6), count, (0.15, 0.5))


def _rock(canvas: Canvas, frame: Frame) -> None:
    pen = Pen(canvas, frame, "")
    pen.shadow(-0.8, 0.8, 0.6)
    pen.draw(palette.stone(canvas.rng, "rock"), blob(canvas.rng, 0, 0.35, 0.75, 0.45, 0.1), relief=0.6)


def maybe_star(stage: Stage, chance: float) -> None:
    """With some chance put a creature close to the viewer."""
    if stage.rng.random() < chance:
        stage.star(*STARS[stage.rng.integers(len(STARS))])
