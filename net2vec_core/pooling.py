"""Pooled activations: mean and maximum of each filter over all positions of an image.

Classification reads the means; the maxima say which images a filter answers to.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

import numpy as np
import zarr
from numpy.typing import NDArray

from net2vec_core.activations import Activations, read_images
from net2vec_core.progress import progress
from net2vec_core.storage import COMPRESSOR, new_store, open_store

IMAGES_PER_CHUNK = 4096
FILTERS_PER_CHUNK = 256  # so that some filters can be read without the others


@dataclass(frozen=True)
class Pooled:
    """Pooled activations of some images, each float32 [image, filter]."""

    mean: NDArray[np.float32]
    maximum: NDArray[np.float32]


def pool(shards: Sequence[Activations]) -> Iterator[Pooled]:
    """Activations, float16 or float32 [image, filter, y, x] in shards, pooled IMAGES_PER_CHUNK images at a time."""
    images, together = sum(shard.shape[0] for shard in shards), shards[0].chunks[0]
    blocks = range(0, images, IMAGES_PER_CHUNK)
    for first in progress(blocks, "pooling", "block of images"):
        last = min(first + IMAGES_PER_CHUNK, images)
        parts = [
            _pool(read_images(shards, start, min(start + together, last))) for start in range(first, last, together)
        ]
        yield Pooled(*(np.concatenate([vars(part)[name] for part in parts]) for name in Pooled.__dataclass_fields__))


def _pool(activations: NDArray[Any]) -> Pooled:
    values = activations.astype(np.float32, copy=False).reshape(*activations.shape[:2], -1)
    return Pooled(values.mean(axis=2), values.max(axis=2))


def write_pooled(store: Path, blocks: Iterator[Pooled], images: int, filters: int, made_from: dict[str, Any]) -> None:
    """Store `mean` and `maximum` [image, filter], given in blocks of IMAGES_PER_CHUNK images."""
    shape = (images, filters)
    chunks = (min(images, IMAGES_PER_CHUNK), min(filters, FILTERS_PER_CHUNK))
    with new_store(store, "pool", made_from) as group:
        arrays = {
            name: group.create_array(name, shape=shape, chunks=chunks, dtype="float32", compressors=COMPRESSOR)
            for name in Pooled.__dataclass_fields__
        }
        for number, block in enumerate(blocks):
            first = number * IMAGES_PER_CHUNK
            for name, array in arrays.items():
                values = vars(block)[name]
                array[first : first + len(values)] = values


def read_pooled(store: Path, made_from: dict[str, Any]) -> NDArray[np.float32]:
    """The means float32 [image, filter] in a store."""
    return np.asarray(_open(store, "mean", made_from)[:])


def read_maxima(store: Path, made_from: dict[str, Any]) -> Iterator[tuple[int, NDArray[np.float32]]]:
    """The maxima in a store, float32 [image, filter], some filters at a time, with the first one's number."""
    maximum = _open(store, "maximum", made_from)
    for first in range(0, maximum.shape[1], FILTERS_PER_CHUNK):
        yield first, np.asarray(maximum[:, first : first + FILTERS_PER_CHUNK])


def _open(store: Path, name: str, made_from: dict[str, Any]) -> zarr.Array[Any]:
    return cast(zarr.Array[Any], open_store(store, "pool", made_from)[name])
