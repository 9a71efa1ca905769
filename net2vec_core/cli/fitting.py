"""Fitting and scoring a batch of concepts."""

from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from net2vec_core.cli.opening import Dataset, open_dataset
from net2vec_core.config import Config
from net2vec_core.device import choose_device
from net2vec_core.filter_masks import FilterMasks
from net2vec_core.segmentation import RECIPES, fit, score
from net2vec_core.segmentation_data import FitData
from net2vec_core.segmentation_descent import Descent
from net2vec_core.segmentation_model import Fit, Penalty, loss_weights, start_weights
from net2vec_core.segmentation_store import Segmentation
from net2vec_core.storage import beside
from net2vec_core.surface import Surface, surface


@dataclass(frozen=True)
class Batch:
    """Concepts that are fitted in one job; `first` is the position of the first among all."""

    config: Config
    data: Dataset
    first: int
    threads: int

    @classmethod
    def open(cls, config: Config, dataset: Path, number: int, threads: int) -> "Batch":
        """The concepts from `number` times `concepts_per_job` onwards."""
        size = config.compute.concepts_per_job
        first = number * size
        return cls(config, open_dataset(dataset, config, slice(first, first + size)), first, threads)


def fit_and_score(
    batch: Batch, masks: FilterMasks, recipe: str, seed: int, output: Path, kept: NDArray[np.bool_] | None = None
) -> list[Segmentation]:
    """Fit and score each subset of the filters, `kept` bool [concept, subset, filter], or all of them where None.

    Scratch files lie beside `output`.
    """
    how, settings, labels = RECIPES[recipe], batch.config.segmentation, batch.data.labels
    concepts, corners = batch.data.concepts, batch.config.upsampling.align_corners
    device = choose_device(batch.config.compute.device) if isinstance(how, Descent) else "cpu"
    pixels = surface(masks.grid, labels.mask_shape, corners)
    fitted = surface(masks.grid, labels.mask_shape, corners, how.patch(masks.grid, labels.mask_shape))
    start = start_weights(concepts["name"], masks.filters, seed)
    kept = np.ones((len(start), 1, masks.filters), bool) if kept is None else kept
    of_loss = loss_weights(concepts["alpha"].to_numpy(), concepts["pixel_level"].to_numpy(bool))
    penalty = Penalty(settings.l1, settings.l2, settings.non_negative)
    with FitData(masks, labels, beside(output).with_suffix(".scratch"), batch.threads) as data:
        fits = fit(data, start, kept, of_loss, fitted, how, penalty, batch.threads, device)
        arrays = {name: np.array([vars(fit)[name] for fit in fits]) for name in Fit.__dataclass_fields__}
        return [
            _scored({name: values[:, subset] for name, values in arrays.items()}, device, batch, data, pixels)
            for subset in range(kept.shape[1])
        ]


def _scored(fits: dict[str, NDArray[Any]], device: str, batch: Batch, data: FitData, pixels: Surface) -> Segmentation:
    counts = score(data, fits["weights"], fits["bias"], batch.data.labels, pixels, batch.threads)
    return Segmentation(**fits, counts=replace(counts, concept=counts.concept + batch.first), device=device)
