from pathlib import Path
from typing import Annotated

import typer

from net2vec_core.cli.opening_embeddings import open_weights
from net2vec_core.cli.options import ConfigFile, EmbeddingStore, NetworkName, Output
from net2vec_core.config import load
from net2vec_core.overlap import filter_overlap
from net2vec_core.storage import read_table, write_table


def overlap(
    config: ConfigFile,
    network: NetworkName,
    single_filter: Annotated[Path, typer.Option(help="Table of best single filters.")],
    embeddings: EmbeddingStore,
    output: Output,
) -> None:
    """Find the filters that concepts share."""
    weights = open_weights(embeddings, load(config), network)
    table = read_table(single_filter, dtype={"concept": str}).set_index("concept").loc[weights.index]
    # of filters that all miss a concept, none is its best
    best = table.loc[table["iou_train"] > 0, "filter"]
    write_table(filter_overlap(best, weights), output)
