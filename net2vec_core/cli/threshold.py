from net2vec_core.cli.opening_activations import open_activations
from net2vec_core.cli.options import Activations, ConfigFile, LayerName, NetworkName, Output, Threads
from net2vec_core.config import load
from net2vec_core.storage import write_table
from net2vec_core.threshold import thresholds

EXACT = "%.9g"  # the digits that tell any two float32 values apart


def threshold(
    config: ConfigFile,
    network: NetworkName,
    layer: LayerName,
    activations: Activations,
    output: Output,
    threads: Threads = 1,
) -> None:
    """Find the threshold of every filter of a layer."""
    configuration = load(config)
    shards = open_activations(activations, layer, configuration, network)
    write_table(thresholds(shards, configuration.threshold.quantile, threads), output, EXACT)
