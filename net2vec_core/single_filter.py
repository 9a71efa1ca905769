"""Single filters: how well each filter's mask, upsampled, segments each concept."""

import math
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

import numpy as np
import zarr
from numpy.typing import NDArray

from net2vec_core.annotations import Annotations
from net2vec_core.corner_patterns import CornerPatterns, count_image
from net2vec_core.counts import PairCounts, iou
from net2vec_core.filter_masks import Masks
from net2vec_core.labels import Labels
from net2vec_core.parallel import ordered_map
from net2vec_core.progress import progress
from net2vec_core.storage import new_store, open_store

IMAGES_AT_ONCE = 16
TRAIN, VAL = 0, 1


@dataclass(frozen=True)
class FilterCounts:
    """Pixels of every filter and concept: int64 [concept, filter, split], split 0 = train, 1 = val.

    Attributes:
        intersection: Over the images that hold the concept.
        union: The same.
        false_alarms: Predicted pixels in the other images that are annotated for the concept's category; 0 where these
            were not counted.
    """

    intersection: NDArray[np.int64]
    union: NDArray[np.int64]
    false_alarms: NDArray[np.int64] | int = 0

    def iou(self) -> NDArray[np.float64]:
        """Set IoU [concept, filter, split]."""
        return iou(self.intersection, self.union)

    def union_annotated(self) -> NDArray[np.int64]:
        """The union over all images annotated for the concept's category [concept, filter, split]."""
        return self.union + self.false_alarms

    def of_concepts(self, positions: NDArray[np.int64]) -> "FilterCounts":
        """The counts of the concepts at these positions."""
        false_alarms = np.broadcast_to(self.false_alarms, self.union.shape)
        return FilterCounts(*(counts[positions] for counts in (self.intersection, self.union, false_alarms)))

    def best_filter(self) -> NDArray[np.int64]:
        """For each concept the filter of the largest set IoU on train, the first of equals."""
        best: NDArray[np.int64] = self.iou()[..., TRAIN].argmax(axis=1)
        return best


def count_filters(
    masks: Masks,
    labels: Labels,
    patterns: CornerPatterns,
    threads: int,
    annotations: Annotations | None = None,
) -> FilterCounts:
    """The counts of every filter for every concept; only filters that are active in an image cost any work.

    False alarms are counted where `annotations` are given.
    """
    intersection, predicted = np.zeros((2, len(labels.numbers), masks.filters, 2), np.int64)
    labelled = np.zeros((len(labels.numbers), 2), np.int64)
    annotated = np.zeros((masks.images, 0), bool) if annotations is None else annotations.images
    in_category = np.zeros((annotated.shape[1], masks.filters, 2), np.int64)
    images = np.union1d(labels.image, np.flatnonzero(annotated.any(axis=1)))
    for counted in _count_images(masks, labels, patterns, images, "counting every filter", threads):
        split = TRAIN if labels.is_train[counted.image] else VAL
        cells = np.ix_(counted.filters, counted.concepts)
        intersection[..., split].T[cells] += counted.intersection
        predicted[..., split].T[cells] += counted.predicted[:, None]
        labelled[counted.concepts, split] += counted.labelled
        in_category[..., split][np.ix_(annotated[counted.image], counted.filters)] += counted.predicted
    false_alarms = 0 if annotations is None else in_category[annotations.category] - predicted
    return FilterCounts(intersection, predicted + labelled[:, None] - intersection, false_alarms)


def count_best_filters(
    masks: Masks, labels: Labels, patterns: CornerPatterns, filters: NDArray[np.int64], threads: int
) -> PairCounts:
    """The counts of each (image, concept) pair for the concept's own filter, `filters` [concept]."""
    intersection, union = np.zeros(len(labels.image), np.int64), labels.pixels.copy()
    images = np.unique(labels.image)
    for counted in _count_images(masks, labels, patterns, images, "counting the best filters", threads):
        pair, row = (filters[counted.concepts][:, None] == counted.filters).nonzero()
        pairs = labels.pairs_of_images(counted.image, counted.image + 1).start + pair
        intersection[pairs] = counted.intersection[row, pair]
        union[pairs] += counted.predicted[row] - intersection[pairs]
    return PairCounts(labels.image, labels.concept, intersection, union)


@dataclass(frozen=True)
class _ImageCounts:
    """Pixels in one image, of the filters active in it and the concepts that it holds.

    Attributes:
        image: The image.
        filters: int64 [filter], ascending.
        concepts: int64 [concept].
        intersection: int64 [filter, concept].
        predicted: int64 [filter], of the filters' upsampled masks.
        labelled: int64 [concept], of the concepts' masks.
    """

    image: int
    filters: NDArray[np.int64]
    concepts: NDArray[np.int64]
    intersection: NDArray[np.int64]
    predicted: NDArray[np.int64]
    labelled: NDArray[np.int64]


def _count_images(
    masks: Masks, labels: Labels, patterns: CornerPatterns, images: NDArray[np.int64], doing: str, threads: int
) -> Iterator[_ImageCounts]:
    """The counts in each of some images, ascending."""

    def count(first: int) -> list[_ImageCounts]:
        last = min(first + IMAGES_AT_ONCE, masks.images)
        active, labelled = masks.active_cells(first, last), labels.pair_masks(first, last).reshape(-1, pixels)
        of_chunk = labels.pairs_of_images(first, last)
        counts = []
        for image in images[slice(*np.searchsorted(images, [first, last]))].tolist():
            pairs = labels.pairs_of_images(image, image + 1)
            cells = slice(*active.start[image - first : image - first + 2])
            of_image = labelled[pairs.start - of_chunk.start : pairs.stop - of_chunk.start]
            found = count_image(active.filter[cells], active.cell[cells], of_image, patterns)
            filters, intersection, predicted = found
            concepts, sizes = labels.concept[pairs], labels.pixels[pairs]
            counts.append(_ImageCounts(image, filters, concepts, intersection, predicted, sizes))
        return counts

    pixels, starts = math.prod(labels.mask_shape), range(0, masks.images, IMAGES_AT_ONCE)
    for chunk in ordered_map(count, progress(starts, doing, "chunk of images"), threads):
        yield from chunk


def write_single_filter(store: Path, counts: FilterCounts, best: PairCounts, made_from: dict[str, Any]) -> None:
    """Store the counts of every (concept, filter, split) and, under `best`, of each concept's best filter by image."""
    with new_store(store, "single_filter", made_from) as group:
        group.create_array("intersection", data=counts.intersection)
        group.create_array("union", data=counts.union)
        group.create_array("false_alarms", data=np.broadcast_to(counts.false_alarms, counts.union.shape))
        best.save(group.create_group("best"))


def read_single_filter(store: Path, made_from: dict[str, Any]) -> tuple[FilterCounts, PairCounts]:
    """What `write_single_filter` stored."""
    group = open_store(store, "single_filter", made_from)
    counts = (np.asarray(cast(zarr.Array[Any], group[name])[:]) for name in FilterCounts.__dataclass_fields__)
    return FilterCounts(*counts), PairCounts.load(cast(zarr.Group, group["best"]))
