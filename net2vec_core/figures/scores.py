"""What figures show of a layer's scores: one row a concept, its embedding beside its best single filter."""

from pathlib import Path

import pandas as pd

from net2vec_core.settings import SegmentationSettings
from net2vec_core.storage import read_table


def read_scores(layer: Path, settings: SegmentationSettings) -> pd.DataFrame:
    """Set IoU on val of each concept, from the tables in a layer's folder, for the first recipe and seed.

    Returns:
        Columns concept, category, single_filter, encoded (is the embedding above chance?), and `multi` (embedding) and
        `single` (best filter), each with its interval as `_low` and `_high` (NaN where there are too few images).
    """
    fits = read_fits(layer, settings.seeds[0])
    first = fits[fits["recipe"] == settings.recipes[0]]
    multi = first[["concept", "category", "single_filter", "encoded", *_columns()]].rename(columns=_columns("multi"))
    single = read_table(layer / "single_filter.csv", dtype={"concept": str})
    single = single[["concept", *_columns()]].rename(columns=_columns("single"))
    return multi.merge(single, on="concept", validate="one_to_one")


def read_fits(layer: Path, seed: int) -> pd.DataFrame:
    """The segmentation table in a layer's folder, of one seed, with column encoded: whether a fit is above chance."""
    fits, evidence = (
        read_table(layer / f"{name}.csv", dtype={"concept": str}) for name in ("segmentation", "significance")
    )
    key = ["concept", "recipe", "seed"]
    return fits[fits["seed"] == seed].merge(evidence[[*key, "encoded"]], on=key, validate="one_to_one")


def _columns(name: str = "") -> dict[str, str]:
    return {f"iou_val{suffix}": f"{name}{suffix}" for suffix in ("", "_low", "_high")}
