from pathlib import Path
from typing import Annotated

import numpy as np
import pandas as pd
import typer

from net2vec_core.classification_store import Classification, read_classification, read_subset_sizes
from net2vec_core.cli.opening import open_dataset
from net2vec_core.cli.options import ConfigFile, DatasetFolder, NetworkName, Output
from net2vec_core.cli.reading import read_concepts
from net2vec_core.config import Config, load
from net2vec_core.dependencies import made_from
from net2vec_core.segmentation_store import read_segmentations
from net2vec_core.single_filter import TRAIN, VAL
from net2vec_core.statistics import images_of_concepts
from net2vec_core.storage import write_table
from net2vec_core.subsets import subset_table


def subsets(
    config: ConfigFile,
    network: NetworkName,
    dataset: DatasetFolder,
    classification: Annotated[Path, typer.Option(help="Store of classification fits.")],
    output: Output,
    segmentation: Annotated[
        list[Path] | None, typer.Option(help="Stores of the fits with all filters, first recipe and seed.")
    ] = None,
    segmentation_subsets: Annotated[list[Path] | None, typer.Option(help="Stores of fits with few filters.")] = None,
) -> None:
    """Gather the scores of embeddings with few filters, of both tasks, or of classification where that is all."""
    configuration = load(config)
    tables = [_classification(configuration, network, dataset, classification)]
    if segmentation and segmentation_subsets:
        tables.insert(0, _segmentation(configuration, network, dataset, segmentation, segmentation_subsets))
    table = pd.concat(tables, ignore_index=True)
    first = ["concept", "category", "task", "recipe", "seed"]
    write_table(table[[*first, *table.columns.drop(first)]], output)


def _segmentation(config: Config, network: str, dataset: Path, full: list[Path], few: list[Path]) -> pd.DataFrame:
    data, settings = open_dataset(dataset, config), config.segmentation
    of_few = made_from(config, "segmentation_subsets", network)
    fits = {int(size): fit for size, fit in read_segmentations(few, "segmentation_subsets", of_few).items()}
    (everything,) = read_segmentations(full, "segmentation", made_from(config, "segmentation", network)).values()
    by_size = fits | {everything.weights.shape[1]: everything}
    is_train = data.labels.is_train
    scores = [
        [
            [of_concept.iou() for of_concept in images_of_concepts(by_size[size].counts, images, len(data.concepts))]
            for size in sorted(by_size)
        ]
        for images in (is_train, ~is_train)
    ]
    train, val = np.swapaxes(np.array(scores), 1, 2)
    table = subset_table(data.concepts, sorted(by_size), train, val, floor=0)
    return table.assign(task="segmentation", recipe=settings.recipes[0], seed=settings.seeds[0])


def _classification(config: Config, network: str, dataset: Path, store: Path) -> pd.DataFrame:
    settings, expected = config.classification, made_from(config, "classification", network)
    fits: Classification = read_classification(store, expected)
    sizes = [size for size in read_subset_sizes(store, expected) if size < fits.weights.shape[1]]
    scores = np.concatenate([fits.subset_scores[:, : len(sizes)], fits.accuracy[:, None]], axis=1)
    concepts = read_concepts(dataset / "concepts.csv")
    sizes = [*sizes, fits.weights.shape[1]]
    table = subset_table(concepts, sizes, scores[..., TRAIN], scores[..., VAL], floor=0.5)
    return table.assign(task="classification", recipe=settings.recipe, seed=settings.seeds[0])
