from dataclasses import replace
from pathlib import Path
from typing import Annotated

import typer

from net2vec_core.cli.opening import open_dataset
from net2vec_core.cli.options import ConfigFile, DatasetFolder, NetworkName, Output, Threads
from net2vec_core.config import load, made_from
from net2vec_core.device import choose_device
from net2vec_core.filter_masks import open_filter_masks
from net2vec_core.segmentation import RECIPES, fit, loss_weights, score, start_weights, write_segmentation
from net2vec_core.segmentation_data import Parts
from net2vec_core.storage import beside
from net2vec_core.surface import Surface


def segmentation(
    config: ConfigFile,
    network: NetworkName,
    dataset: DatasetFolder,
    filter_masks: Annotated[Path, typer.Option(help="Store of filter masks.")],
    recipe: Annotated[str, typer.Option(help="How the weights are fitted.")],
    seed: Annotated[int, typer.Option(help="Seed of the start weights.")],
    batch: Annotated[int, typer.Option(help="Which concepts: this many times `concepts_per_job` onwards.")],
    output: Output,
    threads: Threads = 1,
) -> None:
    """Fit and score the segmentation embeddings of a batch of concepts."""
    configuration = load(config)
    first = batch * configuration.compute.concepts_per_job
    data = open_dataset(dataset, configuration, slice(first, first + configuration.compute.concepts_per_job))
    masks = open_filter_masks(filter_masks, made_from(configuration, "filter_masks", network))
    device = choose_device(configuration.compute.device)
    surface = Surface(masks.grid, data.labels.mask_shape, configuration.upsampling.align_corners, device)
    weights_of_loss = loss_weights(data.concepts["alpha"].to_numpy(), data.concepts["pixel_level"].to_numpy(bool))
    start = start_weights(data.concepts["name"], masks.filters, seed)
    scratch = beside(output).with_suffix(".scratch")
    with Parts(masks, data.labels, RECIPES[recipe].minibatch, scratch) as parts:
        weights = fit(parts, start, weights_of_loss, surface, RECIPES[recipe], threads)
        counts = score(parts, weights, data.labels, surface, threads)
    counts = replace(counts, concept=counts.concept + first)
    attributes = {"recipe": recipe, "seed": seed, "first_concept": first}
    write_segmentation(output, weights, counts, attributes, made_from(configuration, "segmentation", network))
