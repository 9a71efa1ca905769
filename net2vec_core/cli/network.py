import logging

import pandas as pd

from net2vec_core.cli.options import ConfigFile, NetworkName, Output
from net2vec_core.config import load
from net2vec_core.network import build, grids, trace
from net2vec_core.probe import ProbeSettings, estimate
from net2vec_core.storage import write_table

logger = logging.getLogger(__name__)


def network(config: ConfigFile, network: NetworkName, output: Output) -> None:
    """Check a network, its weights and its layers before anything heavy runs; download weights where needed."""
    configuration = load(config)
    settings, compute = configuration.network(network), configuration.compute
    size = configuration.dataset.image_size
    calls = trace(settings.model, size)
    found = grids(calls, settings.layers, network)
    build(settings, configuration.cache)
    how = ProbeSettings(size, compute.activation_dtype, compute.batch_size, threads=1)
    logger.info("%s: to probe 1,000 images needs %s", network, estimate(found, 1000, how))
    rows = [(layer, *grid) for layer, grid in found.items()]
    write_table(pd.DataFrame(rows, columns=["layer", "filters", "height", "width"]), output)
