"""Opening a layer's embeddings."""

from pathlib import Path

import pandas as pd

from net2vec_core.config import Config, made_from
from net2vec_core.embedding import read_weights


def open_weights(store: Path, config: Config, network: str) -> pd.DataFrame:
    """The segmentation embeddings of the configuration's recipe and first seed, [concept, filter]."""
    task = config.segmentation
    return read_weights(store, "segmentation", task.recipe, task.seeds[0], made_from(config, "tables", network))
