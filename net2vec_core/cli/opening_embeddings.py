"""Opening a layer's embeddings."""

from pathlib import Path

import pandas as pd

from net2vec_core.config import Config
from net2vec_core.dependencies import made_from
from net2vec_core.embedding import Embeddings, read_embeddings, read_weights


def open_weights(store: Path, config: Config, network: str) -> pd.DataFrame:
    """The segmentation embeddings of the configuration's first recipe and seed, [concept, filter]."""
    task = config.segmentation
    return read_weights(store, "segmentation", task.recipes[0], task.seeds[0], made_from(config, "tables", network))


def open_embeddings(store: Path, config: Config, network: str) -> list[Embeddings]:
    """The segmentation embeddings of each of the configuration's recipes, for the first seed."""
    task = config.segmentation
    return read_embeddings(store, "segmentation", task.recipes, task.seeds[0], made_from(config, "tables", network))
