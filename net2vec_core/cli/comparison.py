from pathlib import Path
from typing import Annotated

import pandas as pd
import typer

from net2vec_core.cli.opening_embeddings import open_weights
from net2vec_core.cli.options import ConfigFile
from net2vec_core.comparison import Space, comparison_table
from net2vec_core.config import Config, load
from net2vec_core.storage import read_table, write_table
from net2vec_core.subsets import filters_needed_table
from net2vec_core.word_vectors import read_word_vectors
from net2vec_core.wordnet import path_similarity


def comparison(
    config: ConfigFile,
    results: Annotated[Path, typer.Option(help="results/RUN: the folder of the run.")],
    layer_pairs_csv: Annotated[Path, typer.Option(help="Table to write.")],
    filters_needed_csv: Annotated[Path, typer.Option(help="Table to write.")],
) -> None:
    """Compare the layers and networks of a run with each other, and with word vectors and WordNet."""
    configuration = load(config)
    layers = [(name, layer) for name, network in configuration.networks.items() for layer in network.layers]
    spaces = [
        Space.of_vectors(name, layer, open_weights(results / name / layer / "embeddings.zarr", configuration, name))
        for name, layer in layers
    ]
    write_table(comparison_table(spaces, _other_spaces(configuration, spaces)), layer_pairs_csv)
    scores = [
        read_table(results / name / layer / "subsets.csv", dtype={"concept": str}).assign(network=name, layer=layer)
        for name, layer in layers
    ]
    write_table(filters_needed_table(pd.concat(scores)), filters_needed_csv)


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
