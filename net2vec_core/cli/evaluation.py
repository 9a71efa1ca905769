from pathlib import Path
from typing import Annotated

import numpy as np
import typer

from net2vec_core.cli.opening import open_annotations, open_dataset, open_dataset_with_all_concepts
from net2vec_core.cli.opening_embeddings import open_embeddings
from net2vec_core.cli.options import ConfigFile, DatasetFolder, EmbeddingStore, NetworkName, Output, Threads
from net2vec_core.config import load
from net2vec_core.dependencies import made_from
from net2vec_core.evaluation import count_pixels, evaluation_table
from net2vec_core.filter_masks import open_filter_masks
from net2vec_core.single_filter import read_single_filter
from net2vec_core.storage import write_table


def evaluation(
    config: ConfigFile,
    network: NetworkName,
    dataset: DatasetFolder,
    filter_masks: Annotated[Path, typer.Option(help="Store of filter masks.")],
    counts: Annotated[Path, typer.Option(help="Store of the single filters' counts.")],
    embeddings: EmbeddingStore,
    output: Output,
    threads: Threads = 1,
) -> None:
    """Judge a layer's embeddings on all images annotated for a concept's category."""
    configuration = load(config)
    masks = open_filter_masks(filter_masks, made_from(configuration, "filter_masks", network))
    data = open_dataset(dataset, configuration)
    annotated = open_annotations(dataset, configuration, data)
    fits = open_embeddings(embeddings, configuration, network)
    weights, bias = np.stack([fit.weights for fit in fits]), np.stack([fit.bias for fit in fits])
    align_corners = configuration.upsampling.align_corners
    pixels = count_pixels(masks, data.labels, annotated, weights, bias, align_corners, threads)
    filters, _ = read_single_filter(counts, made_from(configuration, "single_filter", network))
    everything = open_dataset_with_all_concepts(dataset, configuration).concepts
    kept = np.flatnonzero(everything["name"].isin(data.concepts["name"]))
    images = annotated.of_concepts()[~data.labels.is_train].sum(axis=0)
    by_recipe = {(fit.recipe, fit.seed): counted for fit, counted in zip(fits, pixels, strict=True)}
    write_table(evaluation_table(data.concepts, images, filters.of_concepts(kept), by_recipe), output)
