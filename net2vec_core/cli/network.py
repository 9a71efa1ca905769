import logging
from typing import Annotated

import pandas as pd
import typer

from net2vec_core.cli.options import ConfigFile, NetworkName, Output
from net2vec_core.config import load
from net2vec_core.estimates import in_words
from net2vec_core.layouts import read_layers
from net2vec_core.network import build, prefix_tokens_of, skeleton, trace
from net2vec_core.preprocessing import image_size_of
from net2vec_core.storage import write_table

logger = logging.getLogger(__name__)


def network(
    config: ConfigFile,
    network: NetworkName,
    output: Output,
    threads: Annotated[int, typer.Option(min=1, help="Threads that its jobs will have, for what they need.")] = 1,
) -> None:
    """Check a network, its weights and its layers before anything heavy runs; download weights where needed."""
    configuration = load(config)
    settings = configuration.network(network)
    outline = skeleton(settings)
    size = image_size_of(settings, configuration.dataset, outline)
    readings = read_layers(trace(outline, size, settings.model), settings, network, prefix_tokens_of(outline))
    _, preprocessing = build(settings, configuration.cache)
    logger.info("%s: images of %d×%d pixels, %s", network, size, size, preprocessing)
    grids = {layer: reading.grid for layer, reading in readings.items()}
    rows = [(layer, *grid) for layer, grid in grids.items()]
    write_table(pd.DataFrame(rows, columns=["layer", "filters", "height", "width"]), output)
    needs = in_words(configuration, output.parent.parent, [network], threads)
    logger.info("%s: needs %s", network, needs)
