"""Opening stored activations."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any, cast

import zarr

from net2vec_core.config import Config, made_from
from net2vec_core.storage import open_store


def open_activations(shards: Sequence[Path], layer: str, config: Config, network: str) -> list[zarr.Array[Any]]:
    """A layer's activations, one array a shard."""
    stores = [open_store(shard, "probe", made_from(config, "probe", network)) for shard in shards]
    return [cast(zarr.Array[Any], store[layer]) for store in stores]
