"""The stage: things placed on level ground, sized by their distance, drawn from far to near."""

from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np

from net2vec_core.dataset.toy.canvas import Canvas
from net2vec_core.dataset.toy.pen import Frame

Drawer = Callable[[Canvas, Frame], None]


@dataclass(frozen=True)
class Actor:
    """Something that draws itself, and its usual height in metres."""

    draw: Drawer
    metres: float


@dataclass
class Stage:
    """Level ground under a horizon (image sides from the top), seen by an eye `eye` metres above it."""

    canvas: Canvas
    horizon: float
    eye: float
    _cast: list[tuple[float, Actor, float, bool]] = field(init=False, default_factory=list)

    @property
    def rng(self) -> np.random.Generator:
        """The canvas's source of random numbers."""
        return self.canvas.rng

    def add(self, actor: Actor, x: float, y: float) -> None:
        """Put an actor's foot at (x, y) of the image; it is drawn when the stage plays."""
        self._cast.append((y, actor, x, bool(self.rng.random() < 0.5)))

    def scatter(self, actor: Actor, count: int, near: tuple[float, float], x: tuple[float, float] = (0, 1)) -> None:
        """Put `count` actors at random between two distances below the horizon and two x (image sides)."""
        for _ in range(count):
            self.add(actor, self.rng.uniform(*x), self.horizon + self.rng.uniform(*near))

    def maybe(self, chance: float, actor: Actor, most: int, near: tuple[float, float]) -> None:
        """With some chance put one to `most` actors."""
        if self.rng.random() < chance:
            self.scatter(actor, int(self.rng.integers(1, most + 1)), near)

    def star(self, actor: Actor, size: float) -> None:
        """Put one actor close up, about `size` image sides high whatever its usual height."""
        rng = self.rng
        y = rng.uniform(0.9, 1.02)
        metres = size * rng.uniform(0.85, 1.15) * self.eye / (y - self.horizon)
        self.add(Actor(actor.draw, metres), rng.uniform(0.35, 0.65), y)

    def play(self) -> None:
        """Draw the cast from far to near, each with a little variation in height."""
        for y, actor, x, mirrored in sorted(self._cast, key=lambda entry: entry[0]):
            size = actor.metres * self.rng.uniform(0.9, 1.1) * (y - self.horizon) / self.eye
            actor.draw(self.canvas, Frame(x, y, size, mirrored))
