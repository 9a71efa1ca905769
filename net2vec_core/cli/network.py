import pandas as pd

from net2vec_core.cli.options import ConfigFile, NetworkName, Output
from net2vec_core.config import load
from net2vec_core.network import build, choose_device, grids, trace
from net2vec_core.storage import write_table


def network(config: ConfigFile, network: NetworkName, output: Output) -> None:
    """Check a network, its weights and its layers before anything heavy runs; download weights where needed."""
    configuration = load(config)
    settings = configuration.network(network)
    calls = trace(settings.model, configuration.dataset.image_size)
    found = grids(calls, settings.layers, network)
    choose_device(configuration.compute.device)
    build(settings, configuration.cache)
    rows = [(layer, *grid) for layer, grid in found.items()]
    write_table(pd.DataFrame(rows, columns=["layer", "filters", "height", "width"]), output)
