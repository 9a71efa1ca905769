"""What figures show of a layer's scores: one row a concept, its embedding beside its best single filter."""

from pathlib import Path

import pandas as pd

from net2vec_core.config import SegmentationSettings
from net2vec_core.storage import read_table


def read_scores(layer: Path, settings: SegmentationSettings) -> pd.DataFrame:
    """Set IoU on val of each concept, from the tables in a layer's folder, for the first recipe and seed.

    Returns:
        Columns concept, category, single_filter, and `multi` (embedding) and `single` (best filter), each with its
        interval as `_low` and `_high` (NaN where there are too few images).
    """
    fits = read_table(layer / "segmentation.csv", dtype={"concept": str})
    first = fits[(fits["recipe"] == settings.recipes[0]) & (fits["seed"] == settings.seeds[0])]
    multi = first[["concept", "category", "single_filter", *_columns()]].rename(columns=_columns("multi"))
    single = read_table(layer / "single_filter.csv", dtype={"concept": str})
    single = single[["concept", *_columns()]].rename(columns=_columns("single"))
    return multi.merge(single, on="concept", validate="one_to_one")


def _columns(name: str = "") -> dict[str, str]:
    return {f"iou_val{suffix}": f"{name}{suffix}" for suffix in ("", "_low", "_high")}
