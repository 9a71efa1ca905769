"""Single filters: how well each filter's mask, upsampled, segments each concept."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

import numpy as np
import torch
import zarr
from numpy.typing import NDArray
from torch import Tensor

from net2vec_core.counts import PairCounts, iou
from net2vec_core.filter_masks import FilterMasks
from net2vec_core.labels import Labels
from net2vec_core.parallel import ordered_map
from net2vec_core.progress import progress
from net2vec_core.storage import new_store, open_store
from net2vec_core.surface import Surface

IMAGES_AT_ONCE = 64
TRAIN, VAL = 0, 1


@dataclass(frozen=True)
class FilterCounts:
    """Pixels over the images that hold a concept: int64 [concept, filter, split], split 0 = train, 1 = val."""

    intersection: NDArray[np.int64]
    union: NDArray[np.int64]

    def iou(self) -> NDArray[np.float64]:
        """Set IoU [concept, filter, split]."""
        return iou(self.intersection, self.union)

    def best_filter(self) -> NDArray[np.int64]:
        """For each concept the filter of the largest set IoU on train, the first of equals."""
        best: NDArray[np.int64] = self.iou()[..., TRAIN].argmax(axis=1)
        return best


def predict(masks: NDArray[np.bool_], surface: Surface) -> Tensor:
    """Filter masks bool [mask, y, x] as predictions: [U(B) > 0.5], as float32 0 or 1 [mask, pixel]."""
    return surface.up(masks.astype(np.float32)).gt_(0.5).flatten(1)


def count_filters(masks: FilterMasks, labels: Labels, surface: Surface, threads: int) -> FilterCounts:
    """The counts of every filter for every concept; only filters that are active in an image cost any work."""
    shape = (2, len(labels.numbers), masks.filters)
    totals = _Totals(np.zeros(shape, np.int64), np.zeros(shape, np.int64), np.zeros(shape[:2], np.int64))
    torch.set_num_threads(1)  # the threads work on images of their own

    def count(first: int) -> _Totals:
        return _count_images(masks, labels, surface, first, min(first + IMAGES_AT_ONCE, masks.images))

    starts = range(0, masks.images, IMAGES_AT_ONCE)
    for part in ordered_map(count, progress(starts, "counting every filter", "chunks of images"), threads):
        totals.add(part)
    return totals.counts()


def count_best_filters(
    masks: FilterMasks, labels: Labels, surface: Surface, filters: NDArray[np.int64], threads: int
) -> PairCounts:
    """The counts of each (image, concept) pair for the concept's own filter, `filters` [concept]."""
    torch.set_num_threads(1)

    def count(first: int) -> PairCounts:
        last = min(first + IMAGES_AT_ONCE, masks.images)
        pairs = labels.pairs_of_images(first, last)
        image, concept = labels.image[pairs], labels.concept[pairs]
        predicted = predict(masks.dense(first, last)[image - first, filters[concept]], surface).cpu().numpy() > 0
        labelled = labels.pair_masks(first, last).reshape(predicted.shape)
        return PairCounts(image, concept, (predicted & labelled).sum(1), (predicted | labelled).sum(1))

    starts = range(0, masks.images, IMAGES_AT_ONCE)
    parts = ordered_map(count, progress(starts, "counting the best filters", "chunks of images"), threads)
    return PairCounts.concatenate(list(parts))


@dataclass
class _Totals:
    """Pixels [split, concept, filter] of intersections and of predictions, and [split, concept] of labels."""

    intersection: NDArray[np.int64]
    predicted: NDArray[np.int64]
    labelled: NDArray[np.int64]

    def add(self, other: "_Totals") -> None:
        self.intersection += other.intersection
        self.predicted += other.predicted
        self.labelled += other.labelled

    def counts(self) -> FilterCounts:
        union = self.predicted + self.labelled[..., None] - self.intersection
        return FilterCounts(np.moveaxis(self.intersection, 0, -1), np.moveaxis(union, 0, -1))


def _count_images(masks: FilterMasks, labels: Labels, surface: Surface, first: int, last: int) -> _Totals:
    shape = (2, len(labels.numbers), masks.filters)
    totals = _Totals(np.zeros(shape, np.int64), np.zeros(shape, np.int64), np.zeros(shape[:2], np.int64))
    dense, labelled = masks.dense(first, last), labels.pair_masks(first, last)
    offset = labels.pairs_of_images(first, last).start
    for image in range(first, last):
        pairs = labels.pairs_of_images(image, image + 1)
        if pairs.start == pairs.stop:
            continue
        split = TRAIN if labels.is_train[image] else VAL
        concepts = labels.concept[pairs]
        active = dense[image - first].any((1, 2)).nonzero()[0]
        predicted = predict(dense[image - first, active], surface)
        masks_of_pairs = labelled[pairs.start - offset : pairs.stop - offset].reshape(len(concepts), -1)
        truth = torch.from_numpy(masks_of_pairs).to(surface.device, torch.float32)
        cells = np.ix_(concepts, active)
        totals.intersection[split][cells] += _whole(truth @ predicted.T)
        totals.predicted[split][cells] += _whole(predicted.sum(1))
        totals.labelled[split, concepts] += labels.pixels[pairs]
    return totals


def _whole(values: Tensor) -> NDArray[np.int64]:
    # exact: pixels of an image are far fewer than the 2^24 up to which float32 counts without gaps
    return values.cpu().numpy().astype(np.int64)


def write_single_filter(store: Path, counts: FilterCounts, best: PairCounts, made_from: dict[str, Any]) -> None:
    """Store the counts of every (concept, filter, split) and, under `best`, of each concept's best filter by image."""
    with new_store(store, "single_filter", made_from) as group:
        group.create_array("intersection", data=counts.intersection)
        group.create_array("union", data=counts.union)
        best.save(group.create_group("best"))


def read_single_filter(store: Path, made_from: dict[str, Any]) -> tuple[FilterCounts, PairCounts]:
    """What `write_single_filter` stored."""
    group = open_store(store, "single_filter", made_from)
    intersection, union = (np.asarray(cast(zarr.Array[Any], group[name])[:]) for name in ("intersection", "union"))
    return FilterCounts(intersection, union), PairCounts.load(cast(zarr.Group, group["best"]))
