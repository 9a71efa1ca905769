from pathlib import Path
from typing import Annotated

import typer

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
from net2vec_core.segmentation_store import read_segmentations, write_segmentations
from net2vec_core.top_filters import largest, subset_sizes


def segmentation_subsets(
    config: ConfigFile,
    network: NetworkName,
    dataset: DatasetFolder,
    filter_masks: FilterMaskStore,
    segmentation: Annotated[Path, typer.Option(help="Store of the fits with all filters.")],
    batch: BatchNumber,
    output: Output,
    threads: Threads = 1,
) -> None:
    """Fit a batch of concepts again, with only the filters of largest weight, by the first recipe and seed."""
    configuration = load(config)
    concepts = Batch.open(configuration, dataset, batch, threads)
    masks = open_filter_masks(filter_masks, made_from(configuration, "filter_masks", network))
    recipe, seed = configuration.segmentation.recipes[0], configuration.segmentation.seeds[0]
    of_full = made_from(configuration, "segmentation", network)
    (full,) = read_segmentations([segmentation], "segmentation", of_full).values()
    sizes = subset_sizes(configuration.segmentation.subsets, masks.filters)
    fits = fit_and_score(concepts, masks, recipe, seed, output, largest(full.weights, sizes))
    by_size = dict(zip(map(str, sizes), fits, strict=True))
    expected = made_from(configuration, "segmentation_subsets", network)
    write_segmentations(output, "segmentation_subsets", by_size, concepts.first, expected)
