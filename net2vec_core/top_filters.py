"""The filters of largest weight, with which fits of subsets work."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray


def subset_sizes(wanted: Sequence[int], filters: int) -> list[int]:
    """The sizes of the subsets that are fitted beside all filters: those that are wanted and fewer, and always 1."""
    return [size for size in sorted({1, *wanted}) if size < filters] or [1]


def largest(weights: NDArray[np.float32], sizes: Sequence[int]) -> NDArray[np.bool_]:
    """Which of the weights [concept, filter] a subset of each size keeps, bool [concept, size, filter].

    They are the largest in absolute value, of equals the first.
    """
    order = np.argsort(-np.abs(weights), axis=1, kind="stable")
    rank = np.argsort(order, axis=1)
    kept: NDArray[np.bool_] = rank[:, None] < np.array(sizes)[:, None]
    return kept
