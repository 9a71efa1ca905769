from pathlib import Path
from typing import Annotated

import typer

from net2vec_core.cli.opening import open_dataset_with_all_concepts
from net2vec_core.cli.opening_activations import open_activations
from net2vec_core.cli.options import Activations, ConfigFile, DatasetFolder, LayerName, NetworkName, Output, Threads
from net2vec_core.config import load
from net2vec_core.dependencies import made_from
from net2vec_core.fair_single_filter import fair_single_filter as choose
from net2vec_core.fair_single_filter_store import write_fair_single_filter
from net2vec_core.storage import write_table
from net2vec_core.tables import fair_single_filter_table


def fair_single_filter(
    config: ConfigFile,
    network: NetworkName,
    layer: LayerName,
    dataset: DatasetFolder,
    activations: Activations,
    table: Annotated[Path, typer.Option(help="Table to write.")],
    output: Output,
    threads: Threads = 1,
) -> None:
    """Find for each concept the filter and the threshold that together, without other filters, segment it best."""
    configuration = load(config)
    shards = open_activations(activations, layer, configuration, network)
    data = open_dataset_with_all_concepts(dataset, configuration)
    quantiles, align_corners = configuration.single_filter.quantiles, configuration.upsampling.align_corners
    fair = choose(shards, data.labels, quantiles, align_corners, threads)
    write_fair_single_filter(output, fair, made_from(configuration, "fair_single_filter", network))
    write_table(fair_single_filter_table(data.concepts, fair, data.labels.is_train), table)
