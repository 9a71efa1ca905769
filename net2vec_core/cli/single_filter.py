from pathlib import Path
from typing import Annotated

import typer

from net2vec_core.cli.opening import open_dataset_with_all_concepts
from net2vec_core.cli.options import ConfigFile, DatasetFolder, NetworkName, Output, Threads
from net2vec_core.config import load, made_from
from net2vec_core.corner_patterns import CornerPatterns
from net2vec_core.filter_masks import open_filter_masks
from net2vec_core.single_filter import count_best_filters, count_filters, write_single_filter


def single_filter(
    config: ConfigFile,
    network: NetworkName,
    dataset: DatasetFolder,
    filter_masks: Annotated[Path, typer.Option(help="Store of filter masks.")],
    output: Output,
    threads: Threads = 1,
) -> None:
    """Count how well each filter of a layer, alone, segments each concept."""
    configuration = load(config)
    masks = open_filter_masks(filter_masks, made_from(configuration, "filter_masks", network))
    labels = open_dataset_with_all_concepts(dataset, configuration).labels
    patterns = CornerPatterns.between(masks.grid, labels.mask_shape, configuration.upsampling.align_corners)
    counts = count_filters(masks, labels, patterns, threads)
    best = count_best_filters(masks, labels, patterns, counts.best_filter(), threads)
    write_single_filter(output, counts, best, made_from(configuration, "single_filter", network))
