from net2vec_core.cli.opening_activations import open_activations
from net2vec_core.cli.options import Activations, ConfigFile, LayerName, NetworkName, Output
from net2vec_core.config import load
from net2vec_core.dependencies import made_from
from net2vec_core.pooling import pool as pool_activations
from net2vec_core.pooling import write_pooled


def pool(
    config: ConfigFile,
    network: NetworkName,
    layer: LayerName,
    activations: Activations,
    output: Output,
) -> None:
    """Take the mean and the maximum of a layer's activations over all positions."""
    configuration = load(config)
    shards = open_activations(activations, layer, configuration, network)
    images, filters = sum(shard.shape[0] for shard in shards), shards[0].shape[1]
    write_pooled(output, pool_activations(shards), images, filters, made_from(configuration, "pool", network))
