from pathlib import Path
from typing import Annotated

import numpy as np
import typer

from net2vec_core.cli.opening_activations import open_activations
from net2vec_core.cli.options import Activations, ConfigFile, LayerName, NetworkName, Output, Threads
from net2vec_core.config import load
from net2vec_core.dask_workers import dask_workers
from net2vec_core.dependencies import made_from
from net2vec_core.filter_masks import write_filter_masks
from net2vec_core.storage import write_table
from net2vec_core.threshold import thresholds

EXACT = "%.9g"  # the digits that tell any two float32 values apart


def filter_masks(
    config: ConfigFile,
    network: NetworkName,
    layer: LayerName,
    activations: Activations,
    thresholds_csv: Annotated[Path, typer.Option(help="Table to write.")],
    output: Output,
    threads: Threads = 1,
) -> None:
    """Find the threshold of every filter of a layer, and where the filter lies above it."""
    configuration = load(config)
    compute = configuration.compute
    shards = open_activations(activations, layer, configuration, network)
    with dask_workers(compute.dask, compute.dask_jobs):
        table = thresholds(shards, configuration.threshold.quantile, threads)
    write_table(table, thresholds_csv, EXACT)
    limits = table["threshold"].to_numpy(np.float64)
    made = made_from(configuration, "filter_masks", network)
    write_filter_masks(shards, limits, output, made, compute.objects)
