from pathlib import Path
from typing import Annotated

import numpy as np
import typer

from net2vec_core.cli.counting_filters import write_counts
from net2vec_core.cli.opening_activations import open_activations
from net2vec_core.cli.options import Activations, ConfigFile, DatasetFolder, LayerName, NetworkName, Threads
from net2vec_core.config import load
from net2vec_core.dask_workers import dask_workers
from net2vec_core.dependencies import made_from
from net2vec_core.filter_masks import open_filter_masks, write_filter_masks
from net2vec_core.rotation import RotatedActivations, random_rotation
from net2vec_core.threshold import thresholds


def rotated(
    config: ConfigFile,
    network: NetworkName,
    layer: LayerName,
    dataset: DatasetFolder,
    activations: Activations,
    filter_masks: Annotated[Path, typer.Option(help="Store of filter masks to write.")],
    counts: Annotated[Path, typer.Option(help="Store of the single filters' counts to write.")],
    threads: Threads = 1,
) -> None:
    """Turn a layer's filters at random and count how well each, alone, still segments each concept."""
    configuration = load(config)
    compute = configuration.compute
    made, settings = made_from(configuration, "rotated", network), configuration.chance.rotation
    stored = open_activations(activations, layer, configuration, network)
    rotation = random_rotation(stored[0].shape[1], settings.seed, settings.power).astype(np.float32)
    shards = [RotatedActivations(shard, rotation) for shard in stored]
    with dask_workers(compute.dask, compute.dask_jobs):
        limits = thresholds(shards, configuration.threshold.quantile, threads)["threshold"].to_numpy(np.float64)
    write_filter_masks(shards, limits, filter_masks, made, compute.objects)
    write_counts(open_filter_masks(filter_masks, made), dataset, configuration, counts, made, threads)
