"""Is it above chance? Embeddings against masks that no look at an image makes, and against single filters."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from net2vec_core.counts import PairCounts
from net2vec_core.statistics import Alternative, ImageCounts, generator, images_of_concepts, paired_p_value, q_values


@dataclass(frozen=True)
class Val:
    """The val images of some concepts.

    Attributes:
        concepts: Columns name, category, val_images.
        images: bool [image].
    """

    concepts: pd.DataFrame
    images: NDArray[np.bool_]

    def of(self, counts: PairCounts) -> list[ImageCounts]:
        """Counts of each concept on val."""
        return images_of_concepts(counts, self.images, len(self.concepts))

    def iou(self, counts: PairCounts | None) -> NDArray[np.float64]:
        """Set IoU of each concept on val; NaN where there are no counts."""
        if counts is None:
            return np.full(len(self.concepts), np.nan)
        return np.array([of_concept.iou() for of_concept in self.of(counts)])

    def p_values(self, first: PairCounts, second: PairCounts | None, alternative: Alternative) -> NDArray[np.float64]:
        """The paired p-value of each concept; NaN where there is nothing to compare with."""
        if second is None:
            return np.full(len(self.concepts), np.nan)
        named = zip(self.concepts["name"], self.of(first), self.of(second), strict=True)
        return np.array([paired_p_value(ours, theirs, generator(name), alternative) for name, ours, theirs in named])


@dataclass(frozen=True)
class Chance:
    """What one recipe's embeddings are held against, counts by image; None where it was not made.

    Attributes:
        constant: The best mask that is the same for all images.
        permuted: Embeddings fitted to the masks of other images.
        rotated: Embeddings in a randomly rotated basis.
        control: Embeddings of the network with random weights.
    """

    constant: PairCounts
    permuted: PairCounts
    rotated: PairCounts | None
    control: PairCounts | None


def significance_table(
    val: Val, embeddings: PairCounts, chance: Chance, random_iou: NDArray[np.float64], rate: float
) -> pd.DataFrame:
    """One row a concept, for one recipe: set IoU on val of the embedding and of what chance gives, and the evidence.

    The p-value is the larger of those against the constant mask and against the permuted labels: a concept counts as
    encoded only if its embedding beats both (an intersection–union test, Berger 1982), and its q-value, Benjamini and
    Hochberg's over the concepts, is `rate` at most. The same test is made of the permuted embeddings, with the constant
    mask alone: what it finds is false.

    Args:
        val: The concepts and images.
        embeddings: Counts of the embeddings.
        chance: What they are held against.
        random_iou: Set IoU of random masks of the concepts' sizes [concept].
        rate: False-discovery rate.
    """
    against = [val.p_values(embeddings, other, "greater") for other in (chance.constant, chance.permuted)]
    table = val.concepts[["name", "category", "val_images"]].rename(columns={"name": "concept"})
    table["iou_val"], table["random_mask_iou_val"] = val.iou(embeddings), random_iou
    table["constant_mask_iou_val"] = val.iou(chance.constant)
    table["permuted_iou_val"] = val.iou(chance.permuted)
    table["rotated_iou_val"], table["control_iou_val"] = val.iou(chance.rotated), val.iou(chance.control)
    table["p_value"] = np.maximum(*against)
    table["q_value"] = q_values(table["p_value"].to_numpy())
    table["encoded"] = table["q_value"] <= rate
    table["control_p_value"] = val.p_values(embeddings, chance.control, "greater")
    table["control_q_value"] = _corrected(table["control_p_value"])
    table["permuted_q_value"] = q_values(val.p_values(chance.permuted, chance.constant, "greater"))
    table["permuted_encoded"] = table["permuted_q_value"] <= rate
    return table


def gain_table(val: Val, embeddings: PairCounts, singles: Mapping[str, PairCounts]) -> pd.DataFrame:
    """One row a concept, for one recipe: what the embedding gains over each kind of single filter.

    Args:
        val: The concepts and images.
        embeddings: Counts of the embeddings.
        singles: Counts of single filters by the name of their kind.

    Returns:
        Columns concept, category, iou_val, and of each kind its name before _iou_val, _gain, _p_value and _q_value.
    """
    table = val.concepts[["name", "category"]].rename(columns={"name": "concept"})
    table["iou_val"] = val.iou(embeddings)
    for kind, counts in singles.items():
        table[f"{kind}_iou_val"] = val.iou(counts)
        table[f"{kind}_gain"] = table["iou_val"] - table[f"{kind}_iou_val"]
        table[f"{kind}_p_value"] = val.p_values(embeddings, counts, "two-sided")
        table[f"{kind}_q_value"] = q_values(table[f"{kind}_p_value"].to_numpy())
    return table


def _corrected(p_values: pd.Series) -> NDArray[np.float64]:
    values = p_values.to_numpy(np.float64)
    return values if np.isnan(values).any() else q_values(values)
