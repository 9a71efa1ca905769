"""Pooled activations: the mean of each filter over all positions of an image, which classification reads."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any, cast

import numpy as np
import zarr
from numpy.typing import NDArray

from net2vec_core.progress import progress
from net2vec_core.storage import COMPRESSOR, new_store, open_store

IMAGES_PER_CHUNK = 4096


def pool(shards: Sequence[zarr.Array[Any]]) -> NDArray[np.float32]:
    """The means float32 [image, filter] of activations, float16 or float32 [image, filter, y, x] in shards."""
    parts = [(shard, first) for shard in shards for first in range(0, shard.shape[0], shard.chunks[0])]
    means = [
        cast(NDArray[Any], shard[first : first + shard.chunks[0]]).mean(axis=(2, 3), dtype=np.float32)
        for shard, first in progress(parts, "pooling", "chunks of images")
    ]
    return np.concatenate(means)


def write_pooled(store: Path, pooled: NDArray[np.float32], made_from: dict[str, Any]) -> None:
    """Store means [image, filter]."""
    with new_store(store, "pool", made_from) as group:
        chunks = (min(len(pooled), IMAGES_PER_CHUNK), pooled.shape[1])
        group.create_array("pooled", data=pooled, chunks=chunks, compressors=COMPRESSOR)


def read_pooled(store: Path, made_from: dict[str, Any]) -> NDArray[np.float32]:
    """The means float32 [image, filter] in a store."""
    return np.asarray(cast(zarr.Array[Any], open_store(store, "pool", made_from)["pooled"])[:])
