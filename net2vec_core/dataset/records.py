"""What every reader gives: concepts and, image by image, a record of its labels."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal, Protocol

import numpy as np
from numpy.typing import NDArray

from net2vec_core.config import Category

Split = Literal["train", "val"]
SPLITS: tuple[Split, ...] = ("train", "val")


@dataclass(frozen=True)
class Concept:
    """A label: `number` is what mask pixels and image labels hold (1 to 65,535), `name` is unique."""

    number: int
    name: str
    category: Category


@dataclass(frozen=True)
class Record:
    """One image of the probe data set with its labels.

    `masks` is uint16 [plane, y, x]; a pixel holds a concept's number, 0 = none. A pixel carries one concept a
    plane, so several planes give it several labels. `image_labels` are numbers of concepts of the whole image.
    """

    image: Path
    split: Split
    height: int
    width: int
    masks: NDArray[np.uint16]
    image_labels: tuple[int, ...] = field(default=())


class Reader(Protocol):
    """A source of records: `len(reader)` images, each read on its own, so that many can be read side by side."""

    concepts: tuple[Concept, ...]
    planes: int

    def __len__(self) -> int:
        """Number of images."""
        ...

    def read(self, image: int) -> Record:
        """The record of the image with this index; masks at `mask_size`, `planes` planes (unused ones 0)."""
        ...
