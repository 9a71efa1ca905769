"""What the classification fits of a layer give, and its store."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, cast

import numpy as np
import zarr
from numpy.typing import NDArray

from net2vec_core.storage import new_store, open_store

FULL, SINGLE = 0, 1


@dataclass(frozen=True)
class Classification:
    """The fits of concepts with all filters (FULL) and with subsets, the first of which is one filter (SINGLE).

    Attributes:
        weights: Of the full fit, float32 [concept, filter].
        bias: Of the full fit, float32 [concept].
        single_filter: The filter of the fit with one filter, int64 [concept].
        accuracy: Of the full fit, float64 [concept, split]; split 0 = train (the images of the last epoch), 1 = val;
            NaN where a split has no images to draw.
        subset_scores: The same of the subsets, float64 [concept, size, split].
        image: Val images on which a concept is scored, int64 [pair].
        concept: The concept of each, int64 [pair], ascending.
        correct: Whether the full fit and the single filter are right about it, bool [pair, 2].
    """

    weights: NDArray[np.float32]
    bias: NDArray[np.float32]
    single_filter: NDArray[np.int64]
    accuracy: NDArray[np.float64]
    subset_scores: NDArray[np.float64]
    image: NDArray[np.int64]
    concept: NDArray[np.int64]
    correct: NDArray[np.bool_]

    def answers(self) -> list[NDArray[np.bool_]]:
        """`correct` of each concept, bool [image, 2]."""
        return np.split(self.correct, np.bincount(self.concept, minlength=len(self.bias)).cumsum()[:-1])

    @classmethod
    def concatenate(cls, batches: "Sequence[Classification]") -> "Classification":
        """The fits of consecutive batches of concepts as those of one."""
        starts = np.cumsum([0, *(len(batch.bias) for batch in batches)])
        numbered = [
            replace(batch, concept=batch.concept + start) for batch, start in zip(batches, starts[:-1], strict=True)
        ]
        return cls(*(np.concatenate([vars(batch)[name] for batch in numbered]) for name in cls.__dataclass_fields__))


def write_classification(
    store: Path, fits: Classification, attributes: dict[str, Any], made_from: dict[str, Any], device: str
) -> None:
    """Store a device's fits; among the attributes are `concepts` (names) and `subset_sizes` (numbers of filters)."""
    with new_store(store, "classification", made_from, device=device) as group:
        group.update_attributes(attributes)
        for name, values in vars(fits).items():
            group.create_array(name, data=values)


def read_classification(store: Path, made_from: dict[str, Any]) -> Classification:
    """The fits in a store."""
    group = open_store(store, "classification", made_from)
    names = Classification.__dataclass_fields__
    return Classification(*(np.asarray(cast(zarr.Array[Any], group[name])[:]) for name in names))


def read_subset_sizes(store: Path, made_from: dict[str, Any]) -> list[int]:
    """The numbers of filters of the subsets in a store."""
    return cast(list[int], open_store(store, "classification", made_from).attrs["subset_sizes"])
