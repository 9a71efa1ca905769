"""Which images are train and which are val, where a data set does not say: by seed and share, or by a table."""

import hashlib
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import cast

import pandas as pd

from net2vec_core.dataset.csv_tables import read_text_table, require_distinct, require_text, row_of
from net2vec_core.dataset.records import SPLITS, Split
from net2vec_core.errors import UserError, did_you_mean, others
from net2vec_core.settings import SplitSettings

TABLE = "split.csv"


def split_images(names: Sequence[str], folder: Path, settings: SplitSettings) -> list[Split]:
    """Each image's split: as `split.csv` in this folder says, by its groups, or drawn where there is no such table.

    Args:
        names: The images' paths within the data set, distinct.
        folder: The data set.
        settings: How splits are drawn.

    Raises:
        UserError: if the table lacks an image or a column, has an unknown one, or a group lies in both splits.
    """
    path = folder / TABLE
    if not path.exists():
        return draw_splits(names, settings)
    rows = _read_rows(path, names)
    if "split" not in rows:
        try:
            return draw_splits(rows["group"].tolist(), settings)
        except UserError as error:
            raise UserError(f"{path}: {error}") from None
    return cast(list[Split], rows["split"].tolist())


def draw_splits(groups: Sequence[str], settings: SplitSettings) -> list[Split]:
    """Each image's split, drawn by seed, given its group: a group is never split.

    Groups are taken for val in the order of a digest of their names, as long as they fit into the share; so an image
    that is added later moves few others.

    Raises:
        UserError: if there are fewer than two groups.
    """
    sizes = Counter(groups)
    if len(sizes) < 2:
        raise UserError("the data set cannot be split into train and val: that takes two images, of different groups")
    wanted = min(max(1, round(settings.val_share * len(groups))), len(groups) - 1)
    val, taken = set(), 0
    for group in sorted(sizes, key=lambda name: hashlib.sha256(f"{settings.seed}/{name}".encode()).digest()):
        if taken + sizes[group] <= wanted:
            val.add(group)
            taken += sizes[group]
    val = val or {min(sizes, key=lambda name: (sizes[name], name))}  # all are larger than the share
    return ["val" if group in val else "train" for group in groups]


def require_splits(table: pd.DataFrame, path: Path) -> None:
    """Refuse a table whose column `split` holds another word than train and val, or lacks one of them.

    Raises:
        UserError: naming the row of the other word, or the split that is missing.
    """
    wrong = table[~table["split"].isin(SPLITS)]
    if len(wrong):
        split = wrong["split"].iloc[0]
        raise UserError(f"{path}: row {row_of(wrong.index[0])}: split `{split}` is none of {', '.join(SPLITS)}")
    for split in SPLITS:
        if split not in set(table["split"]):
            raise UserError(f"{path}: no image of split `{split}`; concepts are learned on train and scored on val")


def _read_rows(path: Path, names: Sequence[str]) -> pd.DataFrame:
    """The table's rows in the order of the images, which it names by their paths with or without the suffix."""
    table = read_text_table(path, ("image",), "its folder")
    if not {"split", "group"} & set(table.columns):
        raise UserError(
            f"{path}: no column `split` or `group`, one of which is needed; the columns are {', '.join(table.columns)}"
        )
    rows = _of_images(table, names, path)
    if "group" in rows:
        require_text(table, path, "group", "the image has no group")
    if "split" in rows:
        require_splits(table, path)
        if "group" in rows:
            _require_whole_groups(table, path)
    return rows


def _of_images(table: pd.DataFrame, names: Sequence[str], path: Path) -> pd.DataFrame:
    keys = {name: name for name in names} | {name.rpartition(".")[0]: name for name in names}
    for row, image in table["image"].items():
        if image not in keys:
            near = did_you_mean(image, list(names)) or f"; it has images such as `{names[0]}`"
            raise UserError(f"{path}: row {row_of(row)}: the data set has no image `{image}`{near}")
    rows = table.assign(image=table["image"].map(keys))
    require_distinct(rows, path, ("image",))
    missing = sorted(set(names) - set(rows["image"]))
    if missing:
        more = f" and {others(len(missing) - 1)}" if len(missing) > 1 else ""
        raise UserError(f"{path}: no row for image `{missing[0]}`{more}")
    return rows.set_index("image").loc[list(names)]


def _require_whole_groups(table: pd.DataFrame, path: Path) -> None:
    for group, splits in table.groupby("group")["split"]:
        if splits.nunique() > 1:
            raise UserError(f"{path}: group `{group}` lies in train and in val")
