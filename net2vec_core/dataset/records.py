"""What every reader gives: concepts and, image by image, a record of its labels."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal, Protocol

import numpy as np
from numpy.typing import NDArray

Split = Literal["train", "val"]
SPLITS: tuple[Split, ...] = ("train", "val")


@dataclass(frozen=True)
class Concept:
    """A label: `number` is what mask pixels and image labels hold (1 to 65,535), `name` is unique."""

    number: int
    name: str
    category: str


@dataclass(frozen=True)
class Record:
    """One image of the probe data set with its labels.

    `height` and `width` are those of the upright image. `masks` is uint16 [plane, y, x] on the mask grid, with as many
    planes as the image needs; a pixel holds a concept's number, 0 = none. A pixel carries one concept a plane, so
    several planes give it several labels. `image_labels` are numbers of concepts of the whole image.
    """

    image: Path
    split: Split
    height: int
    width: int
    masks: NDArray[np.uint16]
    image_labels: tuple[int, ...] = field(default=())


class Reader(Protocol):
    """A source of records, one for each of `images`, each read on its own, so that many can be read side by side.

    A module of a reader has two functions: `open_reader(settings, folder)`, and `sources(settings)`, the files and
    folders whose change means other data.
    """

    concepts: tuple[Concept, ...]
    images: Sequence[Path]

    def read(self, image: int) -> Record:
        """The record of the image at this place in `images`.

        Raises:
            UnreadableError: if the image or one of its masks cannot be read.
            UserError: if they contradict the data set's tables.
        """
        ...
