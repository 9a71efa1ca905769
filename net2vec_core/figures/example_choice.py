"""Which concepts and images are shown as examples: middling ones beside good ones, never the best alone."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from net2vec_core.dataset.images import read_rgb
from net2vec_core.figures.predictions import Predictor
from net2vec_core.figures.style import in_order
from net2vec_core.labels import Labels
from net2vec_core.settings import Fit

CONCEPTS_OF_CATEGORY = (1.0, 0.5)
"""Which concepts of a category are shown: the one of largest IoU, and the median one."""
RANKS = {"val image of median IoU": 0.5, "val image at the upper decile of IoU": 0.9}
"""Which val images are shown: their place among the concept's, by the embedding's individual IoU."""


@dataclass(frozen=True)
class Example:
    """An image that holds a concept, uint8 [y, x, 3], with its masks, bool [y, x] on the mask grid.

    `encoded` says whether the concept's embedding is above chance.
    """

    concept: str
    category: str
    encoded: bool
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
        individual: Columns image, concept, iou_single, iou_multi, of one recipe.
        concepts: The concepts' names, in the order of `labels`.
        weights: Embeddings of the same recipe, float64 [concept, filter].
        bias: Theirs, float64 [concept].
        labels: Labels of the concepts.
        predictor: Predictions of the layer.
        images: Column path; one row an image, in order.
        image_size: Side of the images shown, pixels.
        fit: How an image becomes a square.
    """

    individual: pd.DataFrame
    concepts: pd.Index
    weights: NDArray[np.float64]
    bias: NDArray[np.float64]
    labels: Labels
    predictor: Predictor
    images: pd.DataFrame
    image_size: int
    fit: Fit

    def on_val(self) -> pd.DataFrame:
        """The rows of `individual` whose image is a val image."""
        return self.individual[~self.labels.is_train[self.individual["image"]]]


def gather_examples(scores: pd.DataFrame, sources: Sources) -> list[Example]:
    """The examples of a layer, concept by concept; `scores` are those of all concepts, as `read_scores` gives them."""
    individual, concepts = sources.on_val(), choose_concepts(scores)
    chosen = pd.concat([choose_images(individual[individual["concept"] == name]) for name in concepts["concept"]])
    paths = [Path(path) for path in sources.images["path"]]
    size, fit = sources.image_size, sources.fit
    example_of = examples_from(chosen, concepts, sources, lambda image: read_rgb(paths[image], size, fit))
    return [example_of(row) for row in range(len(chosen))]


def examples_from(
    chosen: pd.DataFrame, scores: pd.DataFrame, sources: Sources, read: Callable[[int], NDArray[np.uint8]]
) -> Callable[[int], Example]:
    """A function that gives the example of a row of `chosen`, by the row's place.

    Args:
        chosen: Columns concept, rank, image, iou_single, iou_multi.
        scores: Columns concept, category, single_filter, encoded; one row a concept.
        sources: What the examples are made from; stored masks are read here and now.
        read: Gives an image, uint8 [y, x, 3].
    """
    described = scores[["concept", "category", "single_filter", "encoded"]]
    rows = chosen.merge(described, on="concept", validate="many_to_one")
    images, concepts = rows["image"].to_numpy(), sources.concepts.get_indexer(pd.Index(rows["concept"]))
    predictor = sources.predictor
    filter_cells = predictor.filter_cells(images, rows["single_filter"].to_numpy())
    embedding_cells = predictor.embedding_cells(images, concepts, sources.weights)
    labelled = sources.labels.masks_of(images, concepts)
    records = rows.to_dict("records")

    def example(row: int) -> Example:
        of_row = records[row]
        return Example(
            concept=of_row["concept"],
            category=of_row["category"],
            encoded=of_row["encoded"],
            rank=of_row["rank"],
            pixels=read(of_row["image"]),
            labelled=labelled[row],
            single=predictor.single(filter_cells[row]),
            multi=predictor.multi(embedding_cells[row], sources.bias[concepts[row]]),
            iou_single=of_row["iou_single"],
            iou_multi=of_row["iou_multi"],
        )

    return example


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
