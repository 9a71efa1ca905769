"""Pooled activations: the mean of each filter over all positions of an image, which classification reads."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any, cast

import dask
import numpy as np
import zarr
from numpy.typing import NDArray

from net2vec_core.storage import COMPRESSOR, new_store, open_store
from net2vec_core.threshold import in_blocks

IMAGES_PER_CHUNK = 4096


def pool(shards: Sequence[zarr.Array[Any]], threads: int) -> NDArray[np.float32]:
    """The means float32 [image, filter] of activations, float16 or float32 [image, filter, y, x] in shards."""
    means = in_blocks(shards).map_blocks(_mean, dtype=np.float32, drop_axis=[2, 3])
    with dask.config.set(scheduler="threads", num_workers=threads):
        return np.asarray(means.compute())


def _mean(block: NDArray[Any]) -> NDArray[np.float32]:
    pooled: NDArray[np.float32] = block.mean(axis=(2, 3), dtype=np.float32)
    return pooled


def write_pooled(store: Path, pooled: NDArray[np.float32], made_from: dict[str, Any]) -> None:
    """Store means [image, filter]."""
    with new_store(store, "pool", made_from) as group:
        chunks = (min(len(pooled), IMAGES_PER_CHUNK), pooled.shape[1])
        group.create_array("pooled", data=pooled, chunks=chunks, compressors=COMPRESSOR)


def read_pooled(store: Path, made_from: dict[str, Any]) -> NDArray[np.float32]:
    """The means float32 [image, filter] in a store."""
    return np.asarray(cast(zarr.Array[Any], open_store(store, "pool", made_from)["pooled"])[:])
