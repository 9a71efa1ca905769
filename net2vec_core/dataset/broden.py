"""Broden, the probe data set of Network Dissection, in the layout of its own archive, whichever its size.

index.csv       image, split, ih, iw, sh, sw, then one column a category: `;`-separated mask files or label numbers
category.csv    the categories' names
label.csv       number, name, category (such as `object(120);part(3)`: how many images use it as which)
images/         images and masks; a mask codes a label as R + 256·G
"""

import re
from pathlib import Path
from typing import cast

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from net2vec_core.dataset.csv_tables import (
    concepts_of,
    read_labels,
    read_text_table,
    require_distinct,
    require_numbers,
)
from net2vec_core.dataset.files import inside
from net2vec_core.dataset.images import UnreadableError, image_size, read_colors, resample_labels
from net2vec_core.dataset.records import Concept, Record, Split
from net2vec_core.dataset.splits import require_splits
from net2vec_core.errors import UserError
from net2vec_core.settings import DatasetSettings

TABLES = ("index.csv", "label.csv", "category.csv")
ARCHIVE = "an unpacked Broden"
CODING = "label = R + 256·G"


class BrodenReader:
    """Records of an unpacked Broden archive.

    A concept that the archive uses in several categories is one concept, of the category that uses it most; its mask is
    the union over all of them.
    """

    def __init__(self, settings: DatasetSettings) -> None:
        """Read the archive's tables.

        Raises:
            UserError: if one is missing, lacks a column, or has an impossible value.
        """
        self.folder, self.settings = cast(Path, settings.path), settings
        self.categories = _read_categories(self.folder / "category.csv")
        self.index = _read_index(self.folder / "index.csv", self.categories)
        self.concepts = _read_concepts(self.folder / "label.csv", self.categories)
        self.numbers = frozenset(concept.number for concept in self.concepts)
        self.images = [self._file(name) for name in self.index["image"]]

    def read(self, image: int) -> Record:
        """The record of the image in this row of `index.csv`.

        Raises:
            UnreadableError: if a file cannot be read, or a mask has the wrong size.
            UserError: if a label is not in `label.csv`.
        """
        row = self.index.iloc[image]
        names, labels = self._masks_and_labels(image)
        self._require_known(labels, f"{self.folder / 'index.csv'}: row {image + 2}")
        size = self.settings.mask_size
        planes = [self._read_mask(name, int(row["sh"]), int(row["sw"])) for name in names]
        masks = np.array(planes, np.uint16).reshape(-1, size, size)
        return Record(self.images[image], cast(Split, row["split"]), *image_size(self.images[image]), masks, labels)

    def _masks_and_labels(self, image: int) -> tuple[list[str], tuple[int, ...]]:
        cells = [str(self.index.at[image, category]) for category in self.categories]
        entries = [entry for cell in cells for entry in cell.split(";") if entry]
        labels = {int(entry) for entry in entries if entry.isdecimal()} - {0}  # 0: a label too rare for label.csv
        return [entry for entry in entries if not entry.isdecimal()], tuple(sorted(labels))

    def _read_mask(self, name: str, height: int, width: int) -> NDArray[np.uint16]:
        path = self._file(name)
        labels = read_label_map(path, height, width)
        self._require_known(np.unique(labels[labels > 0]).tolist(), str(path))
        return resample_labels(labels, self.settings.mask_size, self.settings.fit)

    def _file(self, name: str) -> Path:
        return inside(self.folder / "images", name, self.folder / "index.csv")

    def _require_known(self, labels: list[int] | tuple[int, ...], where: str) -> None:
        unknown = sorted(set(labels) - self.numbers)
        if unknown:
            raise UserError(f"{where}: label {unknown[0]} is not in {self.folder / 'label.csv'}")


def open_reader(settings: DatasetSettings, _folder: Path) -> BrodenReader:
    """The Broden archive at `settings.path`."""
    return BrodenReader(settings)


def sources(settings: DatasetSettings) -> list[Path]:
    """The archive's tables."""
    return [cast(Path, settings.path) / name for name in TABLES]


def read_label_map(path: Path, height: int, width: int) -> NDArray[np.uint16]:
    """Label numbers uint16 [height, width] of a mask image that codes a label as R + 256·G.

    Raises:
        UnreadableError: if the file cannot be decoded, has another size, or is not an RGB image.
    """
    colors = read_colors(path, CODING)
    if colors.shape[:2] != (height, width):
        found = f"{colors.shape[1]}×{colors.shape[0]}"
        raise UnreadableError(f"{path}: the mask is {found} pixels, expected {width}×{height}")
    return colors[..., 0] + 256 * colors[..., 1]


def _read_categories(path: Path) -> tuple[str, ...]:
    return tuple(read_text_table(path, ("name",), ARCHIVE)["name"])


def _read_index(path: Path, categories: tuple[str, ...]) -> pd.DataFrame:
    index = read_text_table(path, ("image", "split", "sh", "sw", *categories), ARCHIVE)
    index = require_numbers(index, path, ("sh", "sw"))
    require_distinct(index, path, ("image",))
    require_splits(index, path)
    return index


def _read_concepts(path: Path, categories: tuple[str, ...]) -> tuple[Concept, ...]:
    labels = read_labels(path, ARCHIVE)
    return concepts_of(labels.assign(category=[_main_category(uses, categories) for uses in labels["category"]]))


def _main_category(uses: str, order: tuple[str, ...]) -> str:
    """The category that uses a label most, of a cell such as `object(120);part(3)` or `object`; of equals the first."""
    counts = {name: int(count or 1) for name, count in re.findall(r"([^;()]+)(?:\((\d+)\))?", uses)}
    names = sorted(counts, key=lambda name: order.index(name) if name in order else len(order))
    return max(names, key=lambda name: counts[name], default=uses)
