"""Broden, the probe data set of Network Dissection, in the layout of its own archive, whichever its size.

index.csv       image, split, ih, iw, sh, sw, then one column a category: `;`-separated mask files or label numbers
category.csv    the categories' names
label.csv       number, name, category (such as `object(120);part(3)`: how many images use it as which)
images/         images and masks; a mask codes a label as R + 256·G
"""

import re
from collections.abc import Hashable
from pathlib import Path
from typing import cast, get_args

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from net2vec_core.config import Category, DatasetSettings
from net2vec_core.dataset.images import image_size, read_label_map, resample_labels
from net2vec_core.dataset.records import SPLITS, Concept, Record, Split
from net2vec_core.errors import UserError

CATEGORIES: tuple[Category, ...] = get_args(Category)
TABLES = ("index.csv", "label.csv", "category.csv")


class BrodenReader:
    """Records of an unpacked Broden archive.

    A concept that the archive uses in several categories is one concept, of the category that uses it most; its mask is
    the union over all of them.
    """

    def __init__(self, folder: Path, mask_size: int) -> None:
        """Read the archive's tables.

        Raises:
            UserError: if one is missing, lacks a column, or has an impossible value.
        """
        self.folder = folder
        self.mask_size = mask_size
        self.categories = _read_categories(folder / "category.csv")
        self.index = _read_index(folder / "index.csv", self.categories)
        self.concepts = _read_concepts(folder / "label.csv")
        self.numbers = frozenset(concept.number for concept in self.concepts)
        self.planes = max([1, *(len(self._masks_and_labels(image)[0]) for image in range(len(self.index)))])

    def __len__(self) -> int:
        return len(self.index)

    def read(self, image: int) -> Record:
        """The record of the image in this row of `index.csv`.

        Raises:
            UserError: if a file cannot be read, a mask has the wrong size, or a label is not in `label.csv`.
        """
        row = self.index.iloc[image]
        names, labels = self._masks_and_labels(image)
        self._require_known(labels, f"{self.folder / 'index.csv'}: row {image + 2}")
        masks = np.zeros((self.planes, self.mask_size, self.mask_size), np.uint16)
        for plane, name in enumerate(names):
            masks[plane] = self._read_mask(name, int(row["sh"]), int(row["sw"]))
        path = self.folder / "images" / row["image"]
        return Record(path, cast(Split, row["split"]), *image_size(path), masks, labels)

    def _masks_and_labels(self, image: int) -> tuple[list[str], tuple[int, ...]]:
        cells = [str(self.index.at[image, category]) for category in self.categories]
        entries = [entry for cell in cells for entry in cell.split(";") if entry]
        labels = {int(entry) for entry in entries if entry.isdecimal()} - {0}  # 0: a label too rare for label.csv
        return [entry for entry in entries if not entry.isdecimal()], tuple(sorted(labels))

    def _read_mask(self, name: str, height: int, width: int) -> NDArray[np.uint16]:
        path = self.folder / "images" / name
        labels = read_label_map(path, height, width)
        self._require_known(np.unique(labels[labels > 0]).tolist(), str(path))
        return resample_labels(labels, self.mask_size)

    def _require_known(self, labels: list[int] | tuple[int, ...], where: str) -> None:
        unknown = sorted(set(labels) - self.numbers)
        if unknown:
            raise UserError(f"{where}: label {unknown[0]} is not in {self.folder / 'label.csv'}")


def open_reader(settings: DatasetSettings, _folder: Path) -> BrodenReader:
    """The Broden archive at `settings.path`."""
    return BrodenReader(cast(Path, settings.path), settings.mask_size)


def _read_table(path: Path, columns: tuple[str, ...]) -> pd.DataFrame:
    try:
        # without a header, since pandas takes the first column for an index where rows are longer than their header
        rows = pd.read_csv(path, header=None, dtype=str, keep_default_na=False, encoding="utf-8-sig").fillna("")
    except OSError as error:
        raise UserError(
            f"{path}: cannot be read ({error.strerror}); `dataset.path` must name an unpacked Broden"
        ) from None
    except (ValueError, pd.errors.ParserError) as error:
        raise UserError(f"{path}: not a CSV table ({error})") from None
    table = rows[1:].set_axis(rows.iloc[0].tolist(), axis="columns").reset_index(drop=True)
    missing = [column for column in columns if column not in table]
    if missing:
        raise UserError(f"{path}: no column `{missing[0]}`; the columns are {', '.join(table.columns)}")
    return table


def _read_categories(path: Path) -> tuple[Category, ...]:
    names = _read_table(path, ("name",))["name"].tolist()
    unknown = [name for name in names if name not in CATEGORIES]
    if unknown:
        raise UserError(f"{path}: category `{unknown[0]}` is none of {', '.join(CATEGORIES)}")
    return tuple(names)


def _read_index(path: Path, categories: tuple[Category, ...]) -> pd.DataFrame:
    index = _read_table(path, ("image", "split", "sh", "sw", *categories))
    index = _require_numbers(index, path, ("sh", "sw"))
    wrong = index[~index["split"].isin(SPLITS)]
    if len(wrong):
        split = wrong["split"].iloc[0]
        raise UserError(f"{path}: row {_row(wrong.index[0])}: split `{split}` is none of {', '.join(SPLITS)}")
    for split in SPLITS:
        if split not in set(index["split"]):
            raise UserError(f"{path}: no image of split `{split}`; concepts are learned on train and scored on val")
    return index


def _read_concepts(path: Path) -> tuple[Concept, ...]:
    labels = _require_numbers(_read_table(path, ("number", "name", "category")), path, ("number",))
    nameless = labels[labels["name"].str.strip() == ""]
    if len(nameless):
        raise UserError(f"{path}: row {_row(nameless.index[0])}: the label has no name")
    for column in ("number", "name"):
        repeated = labels[labels[column].duplicated()]
        if len(repeated):
            raise UserError(f"{path}: row {_row(repeated.index[0])}: {column} `{repeated[column].iloc[0]}` again")
    return tuple(
        Concept(int(label["number"]), label["name"], _main_category(label["category"], f"{path}: row {_row(row)}"))
        for row, label in labels.iterrows()
    )


def _main_category(uses: str, where: str) -> Category:
    """The category that uses a label most, of a cell such as `object(120);part(3)` or `object`."""
    counts = {name: int(count or 1) for name, count in re.findall(r"([^;()]+)(?:\((\d+)\))?", uses)}
    known = [name for name in CATEGORIES if name in counts]
    if not known:
        raise UserError(f"{where}: category `{uses}` is none of {', '.join(CATEGORIES)}")
    return max(known, key=lambda name: counts[name])


def _require_numbers(table: pd.DataFrame, path: Path, columns: tuple[str, ...]) -> pd.DataFrame:
    for column in columns:
        # as text first: a number of a hundred digits is no number here
        digits = table[column].where(table[column].str.fullmatch(r"\d{1,5}"), "0")
        wrong = table[~digits.astype(int).between(1, 65535)]
        if len(wrong):
            value = wrong[column].iloc[0]
            raise UserError(
                f"{path}: row {_row(wrong.index[0])}: `{column}` is {value!r}, expected a number from 1 to 65535"
            )
    return table.astype(dict.fromkeys(columns, int))


def _row(index: Hashable) -> int:
    return int(str(index)) + 2  # the header is row 1
