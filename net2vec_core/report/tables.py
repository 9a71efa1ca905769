"""What the page takes from a run's tables: their columns, as JSON holds them."""

from pathlib import Path
from typing import Any

import pandas as pd

from net2vec_core.storage import read_table

OF_LAYER = (
    "segmentation",
    "single_filter",
    "fair_single_filter",
    "significance",
    "gains",
    "subsets",
    "evaluation",
    "classification",
    "thresholds",
    "units",
    "filter_overlap",
    "overlap_histogram",
    "relation_summary",
    "analogies",
    "map",
    "failures",
    "gain_trends",
    "concept_deciles",
    "filter_deciles",
)
OF_RUN = ("layer_pairs", "filters_needed")
# What names may stand in: one that looks like a number is text all the same.
TEXT = (
    "concept",
    "name",
    "category",
    "concepts",
    "top_concepts",
    "neighbour",
    "expected",
    "analogy",
    "network",
    "layer",
    "first_network",
    "first_layer",
    "second_network",
    "second_layer",
)

Columns = dict[str, list[Any]]


def read_named(path: Path) -> pd.DataFrame:
    """A table of a run with its names as text; `concepts` is a number in some tables, and stays one there."""
    header = read_table(path, nrows=0).columns
    counts = {"concepts"} - ({"concepts"} if "top_concepts" in header else set())
    return read_table(path, dtype={name: str for name in TEXT if name in header and name not in counts})


def columns(table: pd.DataFrame) -> Columns:
    """The table's columns by name; an empty cell is None."""
    return {str(name): _values(table[name]) for name in table}


def records(table: pd.DataFrame) -> list[dict[str, Any]]:
    """The table's rows by column; an empty cell is NaN."""
    return [{str(name): value for name, value in row.items()} for row in table.to_dict("records")]


def _values(column: "pd.Series[Any]") -> list[Any]:
    return [None if missing else value for value, missing in zip(column.tolist(), column.isna().tolist(), strict=True)]
