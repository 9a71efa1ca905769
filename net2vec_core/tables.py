"""The result tables of a layer, from the counts of single filters and embeddings."""

from collections.abc import Mapping

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from net2vec_core.classification_store import FULL, SINGLE, Classification
from net2vec_core.counts import PairCounts, iou
from net2vec_core.fair_single_filter_store import FairSingleFilter
from net2vec_core.segmentation_store import Segmentation
from net2vec_core.single_filter import TRAIN, VAL, FilterCounts
from net2vec_core.statistics import (
    ImageCounts,
    bootstrap_interval,
    generator,
    images_of_concepts,
    paired_answers_p_value,
    paired_p_value,
    q_values,
)


def single_filter_table(
    concepts: pd.DataFrame, counts: FilterCounts, best: PairCounts, is_train: NDArray[np.bool_]
) -> pd.DataFrame:
    """One row a concept: its best filter on train, with set IoU on train and val.

    Args:
        concepts: Columns name, category, train_images, val_images.
        counts: Counts of every filter.
        best: Counts by image of each concept's best filter.
        is_train: bool [image].
    """
    index, filters = np.arange(len(concepts)), counts.best_filter()
    scores = counts.iou()[index, filters]
    table = _describe(concepts)
    table["filter"] = filters
    table["iou_train"], table["iou_val"] = scores[:, TRAIN], scores[:, VAL]
    return table.join(_intervals(concepts, images_of_concepts(best, ~is_train, len(concepts))))


def fair_single_filter_table(
    concepts: pd.DataFrame, fair: FairSingleFilter, is_train: NDArray[np.bool_]
) -> pd.DataFrame:
    """One row a concept: its best filter and threshold on train, with set IoU on train and val.

    Args:
        concepts: Columns name, category, train_images, val_images.
        fair: The filters and thresholds of these concepts.
        is_train: bool [image].
    """
    on_train, on_val = (images_of_concepts(fair.best, images, len(concepts)) for images in (is_train, ~is_train))
    table = _describe(concepts)
    table["filter"], table["quantile"], table["threshold"] = fair.filter, fair.quantile, fair.threshold
    table["iou_train"] = [counts.iou() for counts in on_train]
    table["iou_val"] = [counts.iou() for counts in on_val]
    return table.join(_intervals(concepts, on_val))


def segmentation_table(
    concepts: pd.DataFrame,
    single: pd.DataFrame,
    best: PairCounts,
    embeddings: Mapping[tuple[str, int], PairCounts],
    is_train: NDArray[np.bool_],
) -> pd.DataFrame:
    """One row a concept, recipe and seed: the embedding's set IoU beside the best single filter's.

    Args:
        concepts: Columns name, category, train_images, val_images.
        single: The single-filter table of the same concepts.
        best: Counts by image of each concept's best filter.
        embeddings: Counts by image of the embeddings, for each recipe and seed; q-values are taken over its concepts.
        is_train: bool [image].
    """
    number = len(concepts)
    singles = images_of_concepts(best, ~is_train, number)
    tables = []
    for (recipe, seed), counts in embeddings.items():
        on_train, on_val = images_of_concepts(counts, is_train, number), images_of_concepts(counts, ~is_train, number)
        table = _describe(concepts)
        table.insert(2, "recipe", recipe)
        table.insert(3, "seed", seed)
        table["iou_train"] = [counts.iou() for counts in on_train]
        table["iou_val"] = [counts.iou() for counts in on_val]
        table = table.join(_intervals(concepts, on_val))
        table["single_filter"] = single["filter"]
        table["single_iou_val"] = single["iou_val"]
        table["gain"] = table["iou_val"] - table["single_iou_val"]
        named = zip(concepts["name"], on_val, singles, strict=True)
        table["p_value"] = [paired_p_value(ours, theirs, generator(name)) for name, ours, theirs in named]
        table["q_value"] = q_values(table["p_value"].to_numpy())
        tables.append(table)
    return pd.concat(tables, ignore_index=True)


def classification_table(concepts: pd.DataFrame, fits: Mapping[tuple[str, int], Classification]) -> pd.DataFrame:
    """One row a concept, recipe and seed: the embedding's accuracy beside that of the fit with one filter.

    Args:
        concepts: Columns name, category, train_images, val_images.
        fits: The fits of these concepts, for each recipe and seed; q-values are taken over its concepts.
    """
    return pd.concat([_classification_rows(concepts, *key, of) for key, of in fits.items()], ignore_index=True)


def _classification_rows(concepts: pd.DataFrame, recipe: str, seed: int, fits: Classification) -> pd.DataFrame:
    answers = fits.answers()
    table = _describe(concepts)
    table.insert(2, "recipe", recipe)
    table.insert(3, "seed", seed)
    table["accuracy_train"], table["accuracy_val"] = fits.accuracy[:, TRAIN], fits.accuracy[:, VAL]
    table = table.join(
        _intervals(concepts, [ImageCounts.of_answers(correct[:, FULL]) for correct in answers], "accuracy")
    )
    table["single_filter"] = fits.single_filter
    table["single_accuracy_val"] = fits.subset_scores[:, 0, VAL]
    table["gain"] = table["accuracy_val"] - table["single_accuracy_val"]
    table["p_value"] = [paired_answers_p_value(correct[:, FULL], correct[:, SINGLE]) for correct in answers]
    table["q_value"] = q_values(table["p_value"].to_numpy())
    return table


def individual_iou_table(
    concepts: pd.DataFrame, best: PairCounts, embeddings: Mapping[str, PairCounts]
) -> pd.DataFrame:
    """One row a recipe, image and concept that it holds: image, concept, recipe, iou_single, iou_multi.

    Args:
        concepts: Column name.
        best: Counts by image of each concept's best filter.
        embeddings: Counts by image of the embeddings, for each recipe.
    """
    tables = [
        pd.DataFrame(
            {
                "image": best.image,
                "concept": concepts["name"].to_numpy()[best.concept],
                "recipe": recipe,
                "iou_single": iou(best.intersection, best.union),
                "iou_multi": iou(embedding.intersection, embedding.union),
            }
        )
        for recipe, embedding in embeddings.items()
    ]
    return pd.concat(tables, ignore_index=True)


def convergence_table(concepts: pd.DataFrame, fits: Mapping[tuple[str, int], Segmentation]) -> pd.DataFrame:
    """One row a concept, recipe and seed: the slope that is left, the evaluations, and whether the fit has converged.

    Args:
        concepts: Columns name, category.
        fits: The fits of these concepts, for each recipe and seed.
    """
    tables = []
    for (recipe, seed), fit in fits.items():
        table = concepts[["name", "category"]].rename(columns={"name": "concept"})
        table["recipe"], table["seed"] = recipe, seed
        table["evaluations"], table["gradient"] = fit.evaluations, fit.gradient
        table["converged"] = pd.Series(fit.converged).where(np.isfinite(fit.gradient)).astype("boolean")
        tables.append(table)
    return pd.concat(tables, ignore_index=True)


def _describe(concepts: pd.DataFrame) -> pd.DataFrame:
    columns = ["name", "category", "train_images", "val_images"]
    return concepts[columns].rename(columns={"name": "concept"})


def _intervals(concepts: pd.DataFrame, on_val: list[ImageCounts], score: str = "iou") -> pd.DataFrame:
    named = zip(concepts["name"], on_val, strict=True)
    intervals = [bootstrap_interval(counts, generator(name)) for name, counts in named]
    return pd.DataFrame(intervals, columns=[f"{score}_val_low", f"{score}_val_high"])
