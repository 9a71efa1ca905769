"""Opening a run's probe data set."""

from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from net2vec_core.annotations import Annotations, annotations
from net2vec_core.cli.reading import read_concepts, read_images, read_occurrences
from net2vec_core.concepts import with_masks
from net2vec_core.config import Config
from net2vec_core.dependencies import made_from
from net2vec_core.labels import Labels, open_labels, read_vocabulary


@dataclass(frozen=True)
class Dataset:
    """A run's probe data set: its tables, and the labels of the concepts in `concepts`."""

    images: pd.DataFrame
    concepts: pd.DataFrame
    labels: Labels


def open_dataset(folder: Path, config: Config, positions: slice = slice(None)) -> Dataset:
    """The data set under results/RUN/dataset, narrowed to the segmented concepts at these positions."""
    concepts = with_masks(read_concepts(folder / "concepts.csv"), config.segmentation.image_level)
    return _open_with(concepts.iloc[positions].reset_index(drop=True), folder, config)


def open_dataset_with_all_concepts(folder: Path, config: Config) -> Dataset:
    """The data set under results/RUN/dataset with all studied concepts, those of whole images among them."""
    return _open_with(read_concepts(folder / "concepts.csv"), folder, config)


def open_annotations(folder: Path, config: Config, dataset: Dataset) -> Annotations:
    """Which images are annotated for the categories of the concepts in `dataset`, by all labels of the data set."""
    vocabulary = read_vocabulary(folder / "labels.zarr", made_from(config, "dataset"))
    return annotations(dataset.concepts, vocabulary, read_occurrences(folder), len(dataset.images))


def _open_with(concepts: pd.DataFrame, folder: Path, config: Config) -> Dataset:
    images, occurrences = read_images(folder), read_occurrences(folder)
    labels = open_labels(folder / "labels.zarr", images, occurrences, concepts, made_from(config, "dataset"))
    return Dataset(images, concepts, labels)
