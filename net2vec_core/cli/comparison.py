from pathlib import Path
from typing import Annotated

import typer

from net2vec_core.cli.opening_embeddings import open_weights
from net2vec_core.cli.options import ConfigFile, Output
from net2vec_core.comparison import Space, comparison_table
from net2vec_core.config import Config, load
from net2vec_core.storage import write_table
from net2vec_core.word_vectors import read_word_vectors
from net2vec_core.wordnet import path_similarity


def comparison(
    config: ConfigFile,
    results: Annotated[Path, typer.Option(help="results/RUN: the folder of the run.")],
    output: Output,
) -> None:
    """Compare the layers and networks of a run with each other, and with word vectors and WordNet."""
    configuration = load(config)
    layers = [
        Space.of_vectors(name, layer, open_weights(results / name / layer / "embeddings.zarr", configuration, name))
        for name, network in configuration.networks.items()
        for layer in network.layers
    ]
    write_table(comparison_table(layers, _other_spaces(configuration, layers)), output)


def _other_spaces(config: Config, layers: list[Space]) -> list[Space]:
    """The spaces of the layers' concepts that no network has made."""
    names = list(dict.fromkeys(name for layer in layers for name in layer.similarities.index))
    spaces = []
    if config.word_vectors is not None:
        spaces.append(
            Space.of_vectors("word vectors", config.word_vectors.name, read_word_vectors(config.word_vectors, names))
        )
    if config.wordnet is not None:
        spaces.append(Space("WordNet", "path similarity", path_similarity(config.wordnet, names)))
    return spaces
