from pathlib import Path
from typing import Annotated

import typer

from net2vec_core.analogies import analogies_table
from net2vec_core.cli.opening_embeddings import open_weights
from net2vec_core.cli.options import ConfigFile, EmbeddingStore, NetworkName
from net2vec_core.cli.reading import read_concepts
from net2vec_core.concept_map import concept_map
from net2vec_core.config import load
from net2vec_core.embedding import cosine_similarity, neighbours
from net2vec_core.storage import write_table


def similarity(
    config: ConfigFile,
    network: NetworkName,
    embeddings: EmbeddingStore,
    concepts: Annotated[Path, typer.Option(help="Table of the studied concepts.")],
    cosine_csv: Annotated[Path, typer.Option(help="Table to write.")],
    neighbours_csv: Annotated[Path, typer.Option(help="Table to write.")],
    analogies_csv: Annotated[Path, typer.Option(help="Table to write.")],
    map_csv: Annotated[Path, typer.Option(help="Table to write.")],
) -> None:
    """Compare a layer's embeddings with each other: cosines, neighbours, analogies, clusters."""
    configuration = load(config)
    weights = open_weights(embeddings, configuration, network)
    analogies = analogies_table(configuration.analogies, weights)  # before anything is written: they may be mistaken
    cosines = cosine_similarity(weights)
    write_table(cosines, cosine_csv, index=True)
    write_table(neighbours(cosines), neighbours_csv)
    write_table(analogies, analogies_csv)
    write_table(concept_map(cosines, read_concepts(concepts).set_index("name")["category"]), map_csv)
