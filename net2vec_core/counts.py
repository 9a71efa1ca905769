"""Pixel counts of predicted against labelled masks, and IoU from them."""

from dataclasses import dataclass
from typing import Any, cast

import numpy as np
import zarr
from numpy.typing import NDArray


@dataclass(frozen=True)
class PairCounts:
    """Pixels of one prediction for each (image, concept) pair: int64 arrays [pair], sorted by image, then concept."""

    image: NDArray[np.int64]
    concept: NDArray[np.int64]
    intersection: NDArray[np.int64]
    union: NDArray[np.int64]

    def save(self, group: zarr.Group) -> None:
        """Write the arrays into `group`."""
        for name, values in vars(self).items():
            group.create_array(name, data=values)

    @classmethod
    def load(cls, group: zarr.Group) -> "PairCounts":
        """Read what `save` wrote."""
        return cls(
            *(cast(NDArray[np.int64], cast(zarr.Array[Any], group[name])[:]) for name in cls.__dataclass_fields__)
        )

    def of_concepts(self, positions: NDArray[np.int64]) -> "PairCounts":
        """The pairs of the concepts at these ascending positions, which become concepts 0, 1, …"""
        kept = np.isin(self.concept, positions)
        arrays = {name: values[kept] for name, values in vars(self).items()}
        return PairCounts(**arrays | {"concept": np.searchsorted(positions, arrays["concept"])})

    @classmethod
    def concatenate(cls, parts: "list[PairCounts]") -> "PairCounts":
        """All pairs of several counts, sorted."""
        arrays = [np.concatenate([vars(part)[name] for part in parts]) for name in cls.__dataclass_fields__]
        order = np.lexsort((arrays[1], arrays[0]))
        return cls(*(array[order] for array in arrays))


def iou(intersection: NDArray[Any], union: NDArray[Any]) -> NDArray[np.float64]:
    """Intersection over union, 0 where both are empty."""
    result = np.zeros(np.shape(union))
    np.divide(intersection, union, out=result, where=np.asarray(union) > 0)
    return result
