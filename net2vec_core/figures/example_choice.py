"""Which concepts and images are shown as examples: middling ones beside good ones, never the best alone."""

from collections.abc import Hashable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from net2vec_core.dataset.images import read_rgb
from net2vec_core.figures.predictions import Predictor
from net2vec_core.figures.style import in_order
from net2vec_core.labels import Labels

CONCEPTS_OF_CATEGORY = (1.0, 0.5)
"""Which concepts of a category are shown: the one of largest IoU, and the median one."""
RANKS = {"val image of median IoU": 0.5, "val image at the upper decile of IoU": 0.9}
"""Which val images are shown: their place among the concept's, by the embedding's individual IoU."""


@dataclass(frozen=True)
class Example:
    """An image that holds a concept, uint8 [y, x, 3], with its masks, bool [y, x] on the mask grid."""

    concept: str
    category: str
    rank: str
    pixels: NDArray[np.uint8]
    labelled: NDArray[np.bool_]
    single: NDArray[np.bool_]
    multi: NDArray[np.bool_]
    iou_single: float
    iou_multi: float


@dataclass(frozen=True)
class Sources:
    """What examples of a layer are made from.

    Attributes:
        individual: Columns image, concept, iou_single, iou_multi.
        weights: Embeddings, one row a concept (its name is the index), in the order of `labels`.
        labels: Labels of the same concepts.
        predictor: Predictions of the layer.
        images: Column path; one row an image, in order.
        image_size: Side of the images shown, pixels.
    """

    individual: pd.DataFrame
    weights: pd.DataFrame
    labels: Labels
    predictor: Predictor
    images: pd.DataFrame
    image_size: int


def gather_examples(scores: pd.DataFrame, sources: Sources) -> list[Example]:
    """The examples of a layer, concept by concept; `scores` are those of all concepts, as `read_scores` gives them."""
    individual = sources.individual[~sources.labels.is_train[sources.individual["image"]]]
    return [
        _example(concept, image, sources)
        for concept in choose_concepts(scores).to_dict("records")
        for image in choose_images(individual[individual["concept"] == concept["concept"]]).to_dict("records")
    ]


def choose_concepts(scores: pd.DataFrame) -> pd.DataFrame:
    """The rows of CONCEPTS_OF_CATEGORY of each category, by column `multi`."""
    ranked = scores.sort_values("multi", kind="stable")
    categories = (ranked[ranked["category"] == category] for category in in_order(scores["category"]))
    return pd.concat([_at_quantiles(rows, CONCEPTS_OF_CATEGORY) for rows in categories])


def choose_images(individual: pd.DataFrame) -> pd.DataFrame:
    """The rows of RANKS, by column `iou_multi`, with their rank as column `rank`; an image is shown once only."""
    ranked = individual.sort_values("iou_multi", kind="stable")
    chosen = _at_quantiles(ranked, RANKS.values())
    return chosen.assign(rank=list(RANKS)[: len(chosen)])


def _at_quantiles(ranked: pd.DataFrame, quantiles: Iterable[float]) -> pd.DataFrame:
    places = [round(quantile * (len(ranked) - 1)) for quantile in quantiles]
    return ranked.iloc[list(dict.fromkeys(places))]


def _example(concept: Mapping[Hashable, Any], image: Mapping[Hashable, Any], sources: Sources) -> Example:
    name, number = concept["concept"], image["image"]
    return Example(
        concept=name,
        category=concept["category"],
        rank=image["rank"],
        pixels=read_rgb(Path(sources.images["path"].iloc[number]), sources.image_size),
        labelled=_labelled(sources, number, name),
        single=sources.predictor.single(number, concept["single_filter"]),
        multi=sources.predictor.multi(number, sources.weights.loc[name].to_numpy(np.float64)),
        iou_single=image["iou_single"],
        iou_multi=image["iou_multi"],
    )


def _labelled(sources: Sources, image: int, concept: str) -> NDArray[np.bool_]:
    labels = sources.labels
    held = labels.concept[labels.pairs_of_images(image, image + 1)]
    mask: NDArray[np.bool_] = labels.pair_masks(image, image + 1)[held == sources.weights.index.get_loc(concept)][0]
    return mask
