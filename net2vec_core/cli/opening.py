"""Opening what earlier stages wrote."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

import pandas as pd
import zarr

from net2vec_core.concepts import with_masks
from net2vec_core.config import Config, made_from
from net2vec_core.embedding import read_weights
from net2vec_core.labels import Labels, open_labels
from net2vec_core.storage import open_store, read_table


@dataclass(frozen=True)
class Dataset:
    """A run's probe data set: its tables, and the labels of the concepts that are segmented."""

    images: pd.DataFrame
    concepts: pd.DataFrame
    labels: Labels


def open_dataset(folder: Path, config: Config, positions: slice = slice(None)) -> Dataset:
    """The data set under results/RUN/dataset, narrowed to the segmented concepts at these positions."""
    images, occurrences = read_images(folder), read_occurrences(folder)
    concepts = with_masks(read_concepts(folder / "concepts.csv"), config.segmentation.image_level)
    concepts = concepts.iloc[positions].reset_index(drop=True)
    labels = open_labels(folder / "labels.zarr", images, occurrences, concepts, made_from(config, "dataset"))
    return Dataset(images, concepts, labels)


def read_images(folder: Path) -> pd.DataFrame:
    """Table of image, path, split, height, width."""
    return read_table(folder / "images.csv", dtype={"path": str})


def read_occurrences(folder: Path) -> pd.DataFrame:
    """Table of image, concept, pixels."""
    return read_table(folder / "occurrences.csv.gz", dtype={"concept": str})


def read_concepts(path: Path) -> pd.DataFrame:
    """Table of the studied concepts."""
    return read_table(path, dtype={"name": str})


def open_activations(shards: Sequence[Path], layer: str, config: Config, network: str) -> list[zarr.Array[Any]]:
    """A layer's activations, one array a shard."""
    stores = [open_store(shard, "probe", made_from(config, "probe", network)) for shard in shards]
    return [cast(zarr.Array[Any], store[layer]) for store in stores]


def open_weights(store: Path, config: Config, network: str) -> pd.DataFrame:
    """The segmentation embeddings of the configuration's recipe and first seed, [concept, filter]."""
    task = config.segmentation
    return read_weights(store, "segmentation", task.recipe, task.seeds[0], made_from(config, "tables", network))
