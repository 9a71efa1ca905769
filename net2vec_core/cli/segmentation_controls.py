from pathlib import Path
from typing import Annotated

import typer

from net2vec_core.chance import order_within_splits
from net2vec_core.cli.fitting import Batch, fit_and_score
from net2vec_core.cli.options import (
    BatchNumber,
    ConfigFile,
    DatasetFolder,
    FilterMaskStore,
    NetworkName,
    Output,
    Threads,
)
from net2vec_core.config import load
from net2vec_core.dependencies import made_from
from net2vec_core.filter_masks import open_filter_masks
from net2vec_core.segmentation_store import write_segmentations


def segmentation_controls(
    config: ConfigFile,
    network: NetworkName,
    dataset: DatasetFolder,
    filter_masks: FilterMaskStore,
    rotated: Annotated[Path, typer.Option(help="Store of filter masks in the rotated basis.")],
    batch: BatchNumber,
    output: Output,
    threads: Threads = 1,
) -> None:
    """Fit a batch of concepts to masks of other images, by every recipe, and in the rotated basis, by the first."""
    configuration = load(config)
    concepts = Batch.open(configuration, dataset, batch, threads)
    masks = open_filter_masks(filter_masks, made_from(configuration, "filter_masks", network))
    turned = open_filter_masks(rotated, made_from(configuration, "rotated", network))
    recipes, seed = configuration.segmentation.recipes, configuration.segmentation.seeds[0]
    others = masks.reordered(order_within_splits(concepts.data.labels.is_train, configuration.chance.permutation_seed))
    fits = {}
    for recipe in recipes:
        (fits[f"permuted/{recipe}"],) = fit_and_score(concepts, others, recipe, seed, output)
    (fits[f"rotated/{recipes[0]}"],) = fit_and_score(concepts, turned, recipes[0], seed, output)
    expected = made_from(configuration, "segmentation_controls", network)
    write_segmentations(output, "segmentation_controls", fits, concepts.first, expected)
