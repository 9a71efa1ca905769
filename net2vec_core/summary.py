"""A run in one table: what each recipe reaches in each layer, and how much of it is more than chance."""

from pathlib import Path

import pandas as pd

from net2vec_core.config import load
from net2vec_core.errors import UserError
from net2vec_core.storage import read_table

KEYS = ["network", "layer", "recipe"]


def summary(run: Path) -> pd.DataFrame:
    """One row a network, layer and recipe (first seed).

    Columns network, layer, recipe, concepts, and means over the concepts of set IoU on val: iou_val, single_iou_val,
    fair_iou_val, constant_mask_iou_val, permuted_iou_val; then numbers of concepts: encoded, permuted_encoded.

    Args:
        run: results/RUN.

    Raises:
        UserError: if the run has no finished layers.
    """
    folders = [file.parent for file in sorted(run.glob("*/*/significance.csv"))]
    if not folders:
        raise no_finished_layers(run)
    return pd.concat([_of_layer(folder) for folder in folders], ignore_index=True)


def no_finished_layers(run: Path) -> UserError:
    """Why results/RUN has no segmented layers."""
    if any(run.glob("*/*/classification.csv")) and not load(run / "config.yaml").segments:
        return UserError(f"{run} segments nothing; classification.csv in each layer's folder says what was reached")
    return UserError(f"{run} has no finished layers; run `snakemake` to make them")


def _of_layer(folder: Path) -> pd.DataFrame:
    evidence = read_table(folder / "significance.csv", dtype={"concept": str})
    gains = read_table(folder / "gains.csv", dtype={"concept": str})
    table = evidence.merge(
        gains[["concept", "recipe", "fair_iou_val"]], on=["concept", "recipe"], validate="one_to_one"
    )
    table = table.assign(network=folder.parent.name, layer=folder.name)
    scores = ["iou_val", "single_iou_val", "fair_iou_val", "constant_mask_iou_val", "permuted_iou_val"]
    groups = table.groupby(KEYS, sort=False)
    rows = groups[scores].mean().join(groups[["encoded", "permuted_encoded"]].sum())
    rows.insert(0, "concepts", groups.size())
    return rows.reset_index()
