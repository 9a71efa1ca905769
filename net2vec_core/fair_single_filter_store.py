"""The store of a layer's fair single filters."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

import numpy as np
import zarr
from numpy.typing import NDArray

from net2vec_core.counts import PairCounts
from net2vec_core.storage import new_store, open_store


@dataclass(frozen=True)
class FairSingleFilter:
    """The filter and the threshold of each concept.

    Attributes:
        filter: int64 [concept].
        quantile: float64 [concept], the share τ of its activations that lie above its threshold.
        threshold: float64 [concept].
        best: Counts by image of these filters at these thresholds.
    """

    filter: NDArray[np.int64]
    quantile: NDArray[np.float64]
    threshold: NDArray[np.float64]
    best: PairCounts


def write_fair_single_filter(store: Path, fair: FairSingleFilter, made_from: dict[str, Any]) -> None:
    """Store the concepts' filters, quantiles and thresholds and, under `best`, their counts by image."""
    with new_store(store, "fair_single_filter", made_from) as group:
        for name in ("filter", "quantile", "threshold"):
            group.create_array(name, data=getattr(fair, name))
        fair.best.save(group.create_group("best"))


def read_fair_single_filter(store: Path, made_from: dict[str, Any]) -> FairSingleFilter:
    """What `write_fair_single_filter` stored."""
    group = open_store(store, "fair_single_filter", made_from)
    filters, quantile, threshold = (
        np.asarray(cast(zarr.Array[Any], group[name])[:]) for name in ("filter", "quantile", "threshold")
    )
    return FairSingleFilter(filters, quantile, threshold, PairCounts.load(cast(zarr.Group, group["best"])))
