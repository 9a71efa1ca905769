"""A fair single filter: each concept has the filter and the threshold, of several, that together segment it best.

With one share τ for all, a filter covers that share of the cells, whatever the concept's size; this takes the cap away.
"""

from collections.abc import Sequence

import numpy as np

from net2vec_core.activations import Activations
from net2vec_core.corner_patterns import corner_patterns
from net2vec_core.fair_single_filter_store import FairSingleFilter
from net2vec_core.filter_masks import ThresholdedActivations
from net2vec_core.labels import Labels
from net2vec_core.single_filter import count_best_filters, count_filters
from net2vec_core.threshold import thresholds_of_quantiles


def fair_single_filter(
    shards: Sequence[Activations], labels: Labels, quantiles: Sequence[float], align_corners: bool, threads: int
) -> FairSingleFilter:
    """For each concept the filter and quantile of largest set IoU on train; of equals the first quantile, then filter.

    Args:
        shards: Activations, float16 or float32 [image, filter, y, x].
        labels: The concepts.
        quantiles: The shares τ to choose from.
        align_corners: Which way of upsampling.
        threads: Threads that count side by side.
    """
    limits = thresholds_of_quantiles(shards, quantiles, threads)
    _, _, height, width = shards[0].shape
    filters = np.tile(np.arange(limits.shape[1]), len(quantiles))
    patterns = corner_patterns((height, width), labels.mask_shape, align_corners)
    every = ThresholdedActivations(shards, filters, limits.ravel())
    chosen = count_filters(every, labels, patterns, threads).best_filter()
    used, own = np.unique(chosen, return_inverse=True)
    masks = ThresholdedActivations(shards, filters[used], limits.ravel()[used])
    best = count_best_filters(masks, labels, patterns, own, threads)
    quantile = np.repeat(np.array(quantiles), limits.shape[1])[chosen]
    return FairSingleFilter(filters[chosen], quantile, limits.ravel()[chosen].astype(np.float64), best)
