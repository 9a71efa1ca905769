from pathlib import Path
from typing import Annotated

import typer

from net2vec_core.cli.opening_embeddings import open_weights
from net2vec_core.cli.options import ConfigFile, Output
from net2vec_core.comparison import Space, comparison_table
from net2vec_core.config import load
from net2vec_core.storage import write_table
from net2vec_core.word_vectors import read_word_vectors

WORD_VECTORS = "word vectors"  # with a space, which no network's name has


def comparison(
    config: ConfigFile,
    results: Annotated[Path, typer.Option(help="results/RUN: the folder of the run.")],
    output: Output,
) -> None:
    """Compare the layers and networks of a run with each other, and with word vectors."""
    configuration = load(config)
    layers = [
        Space(name, layer, open_weights(results / name / layer / "embeddings.zarr", configuration, name))
        for name, network in configuration.networks.items()
        for layer in network.layers
    ]
    write_table(comparison_table(layers, _word_vectors(configuration.word_vectors, layers)), output)


def _word_vectors(path: Path | None, layers: list[Space]) -> Space | None:
    if path is None:
        return None
    names = dict.fromkeys(name for layer in layers for name in layer.vectors.index)
    return Space(WORD_VECTORS, path.name, read_word_vectors(path, list(names)))
