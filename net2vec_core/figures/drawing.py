"""What the contact sheets of a layer are drawn from, and how."""

import functools
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from net2vec_core.dataset.images import read_rgb
from net2vec_core.figures.example_choice import Sources
from net2vec_core.figures.sheet import TILE

CACHE_BYTES = 2**27


@dataclass(frozen=True)
class Drawing:
    """How contact sheets are drawn.

    Attributes:
        sources: What they are made from.
        name: Network and layer.
        recipe: Of the embeddings.
        threads: Sheets that are worked on side by side.
    """

    sources: Sources
    name: str
    recipe: str
    threads: int

    @functools.cached_property
    def thumbnail(self) -> Callable[[int], NDArray[np.uint8]]:
        """Gives an image, uint8 [TILE, TILE, 3]; the latest CACHE_BYTES are kept."""
        paths, fit = [Path(path) for path in self.sources.images["path"]], self.sources.fit
        return functools.lru_cache(CACHE_BYTES // (3 * TILE * TILE))(lambda image: read_rgb(paths[image], TILE, fit))
