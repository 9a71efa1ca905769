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
from net2vec_core.segmentation_store import write_segmentations


def segmentation(
    config: ConfigFile,
    network: NetworkName,
    dataset: DatasetFolder,
    filter_masks: FilterMaskStore,
    recipe: Annotated[str, typer.Option(help="How the weights are fitted.")],
    seed: Annotated[int, typer.Option(help="Seed of the start weights.")],
    batch: BatchNumber,
    output: Output,
    threads: Threads = 1,
) -> None:
    """Fit and score the segmentation embeddings of a batch of concepts."""
    configuration = load(config)
    concepts = Batch.open(configuration, dataset, batch, threads)
    masks = open_filter_masks(filter_masks, made_from(configuration, "filter_masks", network))
    (fits,) = fit_and_score(concepts, masks, recipe, seed, output)
    expected = made_from(configuration, "segmentation", network)
    write_segmentations(output, "segmentation", {f"{recipe}/{seed}": fits}, concepts.first, expected)
