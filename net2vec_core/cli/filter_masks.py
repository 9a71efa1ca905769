from pathlib import Path
from typing import Annotated

import numpy as np
import typer

from net2vec_core.cli.opening_activations import open_activations
from net2vec_core.cli.options import Activations, ConfigFile, LayerName, NetworkName, Output
from net2vec_core.config import load, made_from
from net2vec_core.filter_masks import write_filter_masks
from net2vec_core.storage import read_table


def filter_masks(
    config: ConfigFile,
    network: NetworkName,
    layer: LayerName,
    activations: Activations,
    thresholds: Annotated[Path, typer.Option(help="Table of thresholds.")],
    output: Output,
) -> None:
    """Compare a layer's activations with their thresholds."""
    configuration = load(config)
    shards = open_activations(activations, layer, configuration, network)
    limits = read_table(thresholds)["threshold"].to_numpy(np.float64)
    write_filter_masks(shards, limits, output, made_from(configuration, "filter_masks", network))
