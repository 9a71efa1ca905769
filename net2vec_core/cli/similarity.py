from pathlib import Path
from typing import Annotated

import typer

from net2vec_core.cli.opening import open_weights
from net2vec_core.cli.options import ConfigFile, EmbeddingStore, NetworkName
from net2vec_core.config import load
from net2vec_core.embedding import cosine_similarity, neighbours
from net2vec_core.storage import write_table


def similarity(
    config: ConfigFile,
    network: NetworkName,
    embeddings: EmbeddingStore,
    cosine_csv: Annotated[Path, typer.Option(help="Table to write.")],
    neighbours_csv: Annotated[Path, typer.Option(help="Table to write.")],
) -> None:
    """Compare a layer's embeddings with each other."""
    cosines = cosine_similarity(open_weights(embeddings, load(config), network))
    write_table(cosines.reset_index(), cosine_csv)
    write_table(neighbours(cosines), neighbours_csv)
