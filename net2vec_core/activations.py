"""The activations of a layer in shards: as they are stored, or worked out from stored ones when they are read."""

from collections.abc import Sequence
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray


class Activations(Protocol):
    """A shard, float16 or float32 [image, filter, y, x]: a Zarr array, or what reads like one."""

    @property
    def shape(self) -> tuple[int, ...]:
        """Images, filters, height and width."""

    @property
    def chunks(self) -> tuple[int, ...]:
        """The part of each axis that is read at once."""

    @property
    def dtype(self) -> np.dtype[Any]:
        """float16 or float32."""

    def __getitem__(self, index: Any, /) -> Any:
        """The values at slices of the axes."""


def read_images(shards: Sequence[Activations], start: int, stop: int) -> NDArray[Any]:
    """The activations of images start to stop - 1, counted over all shards: [image, filter, y, x]."""
    parts, first = [], 0
    for shard in shards:
        here = slice(max(start - first, 0), min(stop - first, shard.shape[0]))
        if here.start < here.stop:
            parts.append(np.asarray(shard[here]))
        first += shard.shape[0]
    return np.concatenate(parts)
