"""Embeddings judged on all images annotated for a concept's category, so that one that fires everywhere is seen.

The paper's IoU looks at the images that hold the concept. Here every val image annotated for the category counts, and
each of its pixels enters a histogram of its concept by its logit z = U(Σ_k w_k B_k) + b. Both IoUs and the average
precision are read from the histogram, so that memory does not grow with the images.
"""

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from threading import Lock

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from net2vec_core.annotations import Annotations
from net2vec_core.counts import iou
from net2vec_core.filter_masks import FilterMasks
from net2vec_core.labels import Labels
from net2vec_core.parallel import ordered_map
from net2vec_core.progress import progress
from net2vec_core.single_filter import VAL, FilterCounts
from net2vec_core.upsample import interpolation_matrix

STEPS = 512  # of z / (1 + |z|), on either side of 0
BINS = 2 * STEPS
JUST_ABOVE = 2.0**-23  # the logit up to which σ(z) is 1/2 in float32, and nothing is predicted
# which pixels: of images without the concept, and of those that hold it, outside and inside its mask
ELSEWHERE, OUTSIDE, INSIDE = range(3)
IMAGES_AT_ONCE = 16
MAPS_AT_ONCE = 64  # what fits into a core's cache


@dataclass(frozen=True)
class PixelCounts:
    """Pixels by logit: int64 [embedding, ELSEWHERE | OUTSIDE | INSIDE, bin], over images annotated for the category.

    Bin STEPS + i holds the logits with i < STEPS · z / (1 + |z|) ≤ i + 1, and predicted are those from bin STEPS on.
    """

    pixels: NDArray[np.int64]

    def iou_positives(self) -> NDArray[np.float64]:
        """The paper's set IoU [embedding], over the images that hold the concept."""
        return iou(self._predicted(INSIDE), self.pixels[:, INSIDE].sum(axis=1) + self._predicted(OUTSIDE))

    def iou_annotated(self) -> NDArray[np.float64]:
        """Set IoU [embedding] over all the images."""
        wrong = self._predicted(OUTSIDE) + self._predicted(ELSEWHERE)
        return iou(self._predicted(INSIDE), self.pixels[:, INSIDE].sum(axis=1) + wrong)

    def prevalence(self) -> NDArray[np.float64]:
        """The share of the pixels inside the concept's masks [embedding]."""
        return iou(self.pixels[:, INSIDE].sum(axis=1), self.pixels.sum(axis=(1, 2)))

    def average_precision(self) -> NDArray[np.float64]:
        """Σ_n (R_n − R_(n−1)) · P_n [embedding], where R_n and P_n are recall and precision of the n highest bins.

        The pixels of one bin count as ties, as in scikit-learn's `average_precision_score`. NaN where no pixel is
        inside.
        """
        inside, all_pixels = self.pixels[:, INSIDE, ::-1], self.pixels.sum(axis=1)[:, ::-1]
        precision = iou(inside.cumsum(axis=1), all_pixels.cumsum(axis=1))
        total = inside.sum(axis=1)
        result = np.full(len(total), np.nan)
        np.divide((inside * precision).sum(axis=1), total, out=result, where=total > 0)
        return result

    def _predicted(self, which: int) -> NDArray[np.int64]:
        predicted: NDArray[np.int64] = self.pixels[:, which, STEPS:].sum(axis=1)
        return predicted


def bins(logits: NDArray[np.float32]) -> NDArray[np.int64]:
    """The bin of each logit: the grid is fine around 0, where M = 1/2, and has no end."""
    position = np.abs(logits)
    position += 1
    np.divide(logits, position, out=position)
    position *= STEPS
    position -= STEPS * JUST_ABOVE
    return np.maximum(np.ceil(position, out=position), 1 - STEPS, out=position).astype(np.int64) + (STEPS - 1)


def count_pixels(
    masks: FilterMasks,
    labels: Labels,
    annotations: Annotations,
    weights: NDArray[np.float32],
    bias: NDArray[np.float32],
    align_corners: bool,
    threads: int,
) -> list[PixelCounts]:
    """The pixels of the val images by logit, for one or several embeddings of every concept.

    Args:
        masks: The layer's filter masks.
        labels: The labels of the concepts.
        annotations: Which images are annotated for the concepts' categories.
        weights: float32 [recipe, concept, filter].
        bias: float32 [recipe, concept].
        align_corners: How U upsamples.
        threads: Images that are worked on side by side.

    Returns:
        For each recipe the counts of its embeddings, one a concept.
    """
    recipes, concepts, filters = weights.shape
    total, lock = np.zeros((recipes * concepts, 3 * BINS), np.int64), Lock()
    sizes = zip(masks.grid, labels.mask_shape, strict=True)
    rows, columns = (interpolation_matrix(*size, align_corners) for size in sizes)
    judged = annotations.of_concepts() & ~labels.is_train[:, None]

    def count(first: int) -> None:
        for image, active, where in _read(masks, labels, judged, first):
            cells = _sums(active, weights.reshape(-1, filters))
            chosen = np.flatnonzero(np.tile(judged[image], recipes))
            for start in range(0, len(chosen), MAPS_AT_ONCE):
                part = chosen[start : start + MAPS_AT_ONCE]
                logits = rows @ (cells[part] @ columns.T) + bias.reshape(-1, 1, 1)[part]
                counted = _histograms(logits, part % concepts, where)
                with lock:
                    total[part] += counted

    starts = range(0, masks.images, IMAGES_AT_ONCE)
    for _ in ordered_map(count, progress(starts, "evaluating embeddings", "chunk of images"), threads):
        pass
    return [PixelCounts(of_recipe) for of_recipe in total.reshape(recipes, concepts, 3, BINS)]


def _read(
    masks: FilterMasks, labels: Labels, judged: NDArray[np.bool_], first: int
) -> Iterator[tuple[int, NDArray[np.bool_], dict[int, NDArray[np.int64]]]]:
    """The images of a chunk that hold or lack a concept to judge, each with its filter masks [filter, y, x].

    And with what to add to the bins of each concept that it holds: OUTSIDE · BINS or INSIDE · BINS, int64 [pixel].
    """
    last = min(first + IMAGES_AT_ONCE, masks.images)
    images = first + np.flatnonzero(judged[first:last].any(axis=1))
    if len(images):
        active, pairs = masks.dense(first, last), labels.pairs_of_images(first, last)
        inside = labels.pair_masks(first, last).reshape(-1, math.prod(labels.mask_shape))
        for image in images.tolist():
            here = range(len(inside))[slice(*np.searchsorted(labels.image[pairs], [image, image + 1]))]
            where = {int(labels.concept[pairs.start + n]): BINS * np.where(inside[n], INSIDE, OUTSIDE) for n in here}
            yield image, active[image - first], where


def _sums(active: NDArray[np.bool_], weights: NDArray[np.float32]) -> NDArray[np.float32]:
    """Σ_k w_k B_k, float32 [embedding, y, x], of masks [filter, y, x] and weights [embedding, filter]."""
    used = active.any(axis=(1, 2))
    cells: NDArray[np.float32] = weights[:, used] @ active[used].reshape(-1, active[0].size).astype(np.float32)
    return cells.reshape(-1, *active.shape[1:])


def _histograms(
    logits: NDArray[np.float32], concept: NDArray[np.int64], where: dict[int, NDArray[np.int64]]
) -> NDArray[np.int64]:
    """The pixels of `logits` [embedding, y, x] by where they lie and by bin: int64 [embedding, 3 · BINS]."""
    number = len(logits)
    index = bins(logits).reshape(number, -1)
    for row in np.flatnonzero(np.isin(concept, list(where))):
        index[row] += where[int(concept[row])]
    index += 3 * BINS * np.arange(number)[:, None]
    return np.bincount(index.ravel(), minlength=number * 3 * BINS).reshape(number, -1)


def evaluation_table(
    concepts: pd.DataFrame,
    images: NDArray[np.int64],
    filters: FilterCounts,
    embeddings: Mapping[tuple[str, int], PixelCounts],
) -> pd.DataFrame:
    """One row a concept, recipe and seed: the embedding and the best single filter over all annotated val images.

    Args:
        concepts: Columns name, category, val_images.
        images: Val images annotated for each concept's category, int64 [concept].
        filters: Counts of every filter for these concepts.
        embeddings: Pixels by logit, for each recipe and seed.

    Returns:
        Columns concept, category, recipe, seed, images, positive_images, prevalence, iou_val, iou_all,
        average_precision, single_filter, single_iou_all.
    """
    best = filters.best_filter()
    single = iou(filters.intersection, filters.union_annotated())[np.arange(len(best)), best, VAL]
    tables = [
        pd.DataFrame(
            {
                "concept": concepts["name"],
                "category": concepts["category"],
                "recipe": recipe,
                "seed": seed,
                "images": images,
                "positive_images": concepts["val_images"],
                "prevalence": counts.prevalence(),
                "iou_val": counts.iou_positives(),
                "iou_all": counts.iou_annotated(),
                "average_precision": counts.average_precision(),
                "single_filter": best,
                "single_iou_all": single,
            }
        )
        for (recipe, seed), counts in embeddings.items()
    ]
    return pd.concat(tables, ignore_index=True)
