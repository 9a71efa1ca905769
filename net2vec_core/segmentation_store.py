"""What segmentation fits give for many concepts; a store holds several such fits of a batch of concepts, by name."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

import numpy as np
import zarr
from numpy.typing import NDArray

from net2vec_core.counts import PairCounts
from net2vec_core.storage import new_store, open_store


@dataclass(frozen=True)
class Segmentation:
    """Embeddings of several concepts by one recipe and seed.

    Attributes:
        weights: float32 [concept, filter].
        bias: float32 [concept].
        gradient: Largest scaled slope of the loss that is left, float64 [concept]; NaN where the recipe does not look.
        evaluations: How often all train images were gone through, int64 [concept].
        converged: Whether the slope came below the recipe's tolerance, bool [concept].
        counts: By image; concepts are numbered among all that are segmented.
        device: Where they were fitted.
    """

    weights: NDArray[np.float32]
    bias: NDArray[np.float32]
    gradient: NDArray[np.float64]
    evaluations: NDArray[np.int64]
    converged: NDArray[np.bool_]
    counts: PairCounts
    device: str = "cpu"

    @property
    def arrays(self) -> dict[str, NDArray[Any]]:
        """All but the counts, by name."""
        return {name: values for name, values in vars(self).items() if isinstance(values, np.ndarray)}

    @classmethod
    def concatenate(cls, batches: "Sequence[Segmentation]") -> "Segmentation":
        """The fits of consecutive batches of concepts as those of one."""
        arrays = {name: np.concatenate([batch.arrays[name] for batch in batches]) for name in batches[0].arrays}
        counts = PairCounts.concatenate([batch.counts for batch in batches])
        return cls(**arrays, counts=counts, device=_devices(batches))


def write_segmentations(
    store: Path, stage: str, fits: Mapping[str, Segmentation], first_concept: int, made_from: dict[str, Any]
) -> None:
    """Store the fits of a batch of concepts, the first of which has this number, each under its name."""
    with new_store(store, stage, made_from, device=_devices(fits.values())) as root:
        root.update_attributes({"fits": list(fits), "first_concept": first_concept})
        for name, fit in fits.items():
            group = root.create_group(name, attributes={"device": fit.device})
            for array, values in fit.arrays.items():
                group.create_array(array, data=values)
            fit.counts.save(group.create_group("counts"))


def read_segmentations(stores: Sequence[Path], stage: str, made_from: dict[str, Any]) -> dict[str, Segmentation]:
    """The fits in the stores of all batches, joined, by name."""
    batches: dict[str, list[Segmentation]] = defaultdict(list)
    opened = [open_store(store, stage, made_from) for store in stores]
    for root in sorted(opened, key=lambda root: cast(int, root.attrs["first_concept"])):
        for name in cast(list[str], root.attrs["fits"]):
            batches[name].append(_read(cast(zarr.Group, root[name])))
    return {name: Segmentation.concatenate(of_name) for name, of_name in batches.items()}


def _read(group: zarr.Group) -> Segmentation:
    arrays = {name: np.asarray(cast(zarr.Array[Any], group[name])[:]) for name in group.array_keys()}
    counts = PairCounts.load(cast(zarr.Group, group["counts"]))
    return Segmentation(**arrays, counts=counts, device=cast(str, group.attrs["device"]))


def _devices(fits: Iterable[Segmentation]) -> str:
    return ", ".join(sorted({fit.device for fit in fits}))
