"""Counting how well single filters segment concepts."""

from pathlib import Path
from typing import Any

from net2vec_core.cli.opening import open_annotations, open_dataset_with_all_concepts
from net2vec_core.config import Config
from net2vec_core.corner_patterns import corner_patterns
from net2vec_core.filter_masks import FilterMasks
from net2vec_core.single_filter import count_best_filters, count_filters, write_single_filter


def write_counts(
    masks: FilterMasks, dataset: Path, config: Config, store: Path, made_from: dict[str, Any], threads: int
) -> None:
    """Count every filter of a layer for every studied concept of the data set in this folder, and store the counts."""
    data = open_dataset_with_all_concepts(dataset, config)
    labels, annotated = data.labels, open_annotations(dataset, config, data)
    patterns = corner_patterns(masks.grid, labels.mask_shape, config.upsampling.align_corners)
    counts = count_filters(masks, labels, patterns, threads, annotated)
    best = count_best_filters(masks, labels, patterns, counts.best_filter(), threads)
    write_single_filter(store, counts, best, made_from)
