"""Opening stored activations."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any, cast

import zarr

from net2vec_core.config import Config
from net2vec_core.dependencies import made_from
from net2vec_core.errors import UserError
from net2vec_core.storage import open_store


def open_activations(shards: Sequence[Path], layer: str, config: Config, network: str) -> list[zarr.Array[Any]]:
    """A layer's activations, one array a shard.

    Raises:
        UserError: if a shard cannot be used, or does not hold the layer.
    """
    return [_open_shard(shard, layer, made_from(config, "probe", network)) for shard in shards]


def _open_shard(shard: Path, layer: str, expected: dict[str, Any]) -> zarr.Array[Any]:
    store = open_store(shard, "probe", expected)
    if layer not in store:
        known = ", ".join(sorted(store.array_keys()))
        raise UserError(f"{shard}: the network was not asked for layer `{layer}`, but for {known}; run `snakemake`")
    return cast(zarr.Array[Any], store[layer])
