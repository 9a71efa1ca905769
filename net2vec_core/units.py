"""Network Dissection's report on a layer's units: which concept each filter detects, if any.

A filter's concept is the one of largest IoU, Σ|U(B) > ½ ∩ L| / Σ|U(B) > ½ ∪ L| over all images of both splits that are
annotated for the concept's category; above DETECTOR_IOU the filter counts as its detector (Bau et al., CVPR 2017).
"""

import numpy as np
import pandas as pd

from net2vec_core.counts import iou
from net2vec_core.single_filter import FilterCounts

DETECTOR_IOU = 0.04
ALL = "all"


def units_table(concepts: pd.DataFrame, counts: FilterCounts) -> pd.DataFrame:
    """One row a filter: filter, concept (the first of equals; none where it misses all), category, iou, detector.

    Args:
        concepts: Columns name, category.
        counts: Counts of every filter for these concepts, false alarms among them.
    """
    scores = iou(counts.intersection.sum(axis=-1), counts.union_annotated().sum(axis=-1))
    table = pd.DataFrame({"filter": np.arange(scores.shape[1]), "iou": scores.max(axis=0)})
    best = concepts.iloc[scores.argmax(axis=0)].reset_index(drop=True).where(table["iou"] > 0)
    table.insert(1, "concept", best["name"])
    table.insert(2, "category", best["category"])
    return table.assign(detector=table["iou"] > DETECTOR_IOU)


def detectors_table(units: pd.DataFrame, concepts: pd.DataFrame) -> pd.DataFrame:
    """One row a category, and one for all: category, detectors (filters), unique_detectors (their distinct concepts).

    Args:
        units: As from `units_table`.
        concepts: Column category; its categories are listed, also those without a detector.
    """
    found = units[units["detector"]]
    concept = found.groupby("category")["concept"]
    table = pd.DataFrame({"detectors": concept.size(), "unique_detectors": concept.nunique()})
    table = table.reindex(concepts["category"].unique(), fill_value=0)
    table.loc[ALL] = [len(found), found["concept"].nunique()]
    return table.rename_axis("category").reset_index()
