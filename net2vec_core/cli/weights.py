from net2vec_core.cli.options import ConfigFile, NetworkName, Output
from net2vec_core.config import load
from net2vec_core.network import build, weights_fingerprint
from net2vec_core.storage import write_bytes


def weights(config: ConfigFile, network: NetworkName, output: Output) -> None:
    """Take the fingerprint of a network's weights, by which results of other weights are told."""
    configuration = load(config)
    model, _ = build(configuration.network(network), configuration.cache)
    write_bytes(output, weights_fingerprint(model).encode())
