"""Doing a finished run again somewhere else, and comparing what comes out."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from net2vec_core.config import dump, parse_config
from net2vec_core.errors import UserError
from net2vec_core.origins import read_provenance
from net2vec_core.storage import read_table, write_bytes

PROVENANCE = "provenance.json"


def prepare(run: Path, folder: Path) -> Path:
    """Make a folder in which `snakemake` does a finished run again, and give the path of its configuration.

    What the configuration names by a relative path is linked to from there.

    Raises:
        UserError: if the run has no provenance, or the folder holds something else.
    """
    config = parse_config(read_provenance(run / PROVENANCE)["configuration"], str(run / PROVENANCE))
    if folder.exists() and not (folder / "config.yaml").exists():
        raise UserError(f"{folder}: is there already, and is no reproduction of a run; name another folder")
    write_bytes(folder / "config.yaml", dump(config).encode())
    for value in _texts(config.model_dump(mode="json")):
        first = Path(value).parts[0] if value and not Path(value).is_absolute() else ""
        if Path(value).exists() and first not in {"", ".", ".."} and not (folder / first).exists():
            (folder / first).symlink_to(Path(first).resolve())
    return folder / "config.yaml"


def _texts(values: Any) -> Iterator[str]:
    if isinstance(values, str):
        yield values
    elif isinstance(values, dict | list):
        for value in values.values() if isinstance(values, dict) else values:
            yield from _texts(value)


def compare(run: Path, again: Path) -> pd.DataFrame:
    """One row a command: files, identical, different, not_made, and the largest difference of a number in a table.

    `not_made` are leftovers of an earlier configuration. The difference is relative to the larger of both numbers, and
    missing where no table differs.

    Args:
        run: results/RUN with its provenance; its tables may be gone.
        again: The same of the second run.

    Raises:
        UserError: if one has no provenance.
    """
    files, others = (read_provenance(folder / PROVENANCE)["files"] for folder in (run, again))
    rows = [_row(path, origin, others, run, again) for path, origin in files.items()]
    table = pd.DataFrame(rows, columns=["command", "identical", "different", "not_made", "difference"])
    groups = table.groupby("command", sort=False)
    summed = groups[["identical", "different", "not_made"]].sum()
    summed.insert(0, "files", groups.size())
    return summed.join(groups["difference"].max()).reset_index()


def _row(path: str, origin: Mapping[str, Any], others: Mapping[str, Any], run: Path, again: Path) -> tuple[Any, ...]:
    if path not in others:
        return origin["command"], False, False, True, None
    same = others[path]["sha256"] == origin["sha256"]
    tables = [run / path, again / path]
    differs = not same and ".csv" in Path(path).suffixes and all(table.exists() for table in tables)
    return origin["command"], same, not same, False, _largest_difference(*tables) if differs else None


def _largest_difference(first: Path, second: Path) -> float:
    """Between the numbers of two tables, relative to the larger of both; infinite where they differ otherwise."""
    one, two = read_table(first), read_table(second)
    if one.shape != two.shape or list(one.columns) != list(two.columns):
        return float("inf")
    if not one.isna().equals(two.isna()):
        return float("inf")
    numbers = one.select_dtypes("number").columns.intersection(two.select_dtypes("number").columns)
    if not one.drop(columns=numbers).equals(two.drop(columns=numbers)):
        return float("inf")
    larger = np.maximum(one[numbers].abs(), two[numbers].abs())
    return float(((one[numbers] - two[numbers]).abs() / larger).max().max())
