"""What classification fits see: for each concept as many images without it as with it, drawn anew each epoch."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from net2vec_core.labels import Labels

PADDING = -1


@dataclass(frozen=True)
class Draws:
    """Sets of images, half of which hold a concept; they depend on its name, the seed and the images alone.

    Where fewer images lack a concept than hold it (or the other way round), a set has all of these and as many of the
    others.

    Attributes:
        names: The concepts.
        holds: bool [concept, image], which image holds which concept.
        is_train: bool [image]; the other images are val.
        seed: Another seed draws other images.
    """

    names: Sequence[str]
    holds: NDArray[np.bool_]
    is_train: NDArray[np.bool_]
    seed: int

    def epoch(self, number: int) -> NDArray[np.int64]:
        """The train images of an epoch in the order of the fit, int64 [concept, image]; rows end in PADDING."""
        return self._draw(self.is_train, number)

    def val(self) -> NDArray[np.int64]:
        """The val images on which a concept is scored, int64 [concept, image]; rows end in PADDING."""
        return self._draw(~self.is_train, 0)

    def of(self, concepts: slice) -> "Draws":
        """The draws of some of the concepts."""
        return Draws(self.names[concepts], self.holds[concepts], self.is_train, self.seed)

    def _draw(self, among: NDArray[np.bool_], epoch: int) -> NDArray[np.int64]:
        named = zip(self.names, self.holds, strict=True)
        rows = [
            _balanced(among, holds, np.random.default_rng([self.seed, epoch, *name.encode()])) for name, holds in named
        ]
        padded = np.full((len(rows), max(map(len, rows))), PADDING)
        for row, images in zip(padded, rows, strict=True):
            row[: len(images)] = images
        return padded


def draws_of(labels: Labels, names: Sequence[str], seed: int) -> Draws:
    """The draws for all concepts of `labels`, whose names are given."""
    holds = np.zeros((len(names), len(labels.is_train)), bool)
    holds[labels.concept, labels.image] = True
    return Draws(names, holds, labels.is_train, seed)


def _balanced(among: NDArray[np.bool_], holds: NDArray[np.bool_], rng: np.random.Generator) -> NDArray[np.int64]:
    """Images `among` these in random order, as many that hold the concept as do not."""
    sides = [rng.permutation(np.flatnonzero(among & side)) for side in (holds, ~holds)]
    number = min(map(len, sides))
    return rng.permutation(np.concatenate([side[:number] for side in sides]))
