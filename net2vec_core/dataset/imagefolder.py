"""Class folders, as ImageNet, DTD and Places have them: a folder's name is a label of the whole image.

CLASS/…                        images; splits are drawn within each class, or are those of split.csv
train/CLASS/…, val/CLASS/…     or images with their splits
classes.csv                    folder, name, category; may be left out
"""

import itertools
from collections import Counter
from pathlib import Path
from typing import cast

import numpy as np

from net2vec_core.dataset.csv_tables import read_text_table, require_distinct, require_text, row_of
from net2vec_core.dataset.files import image_files
from net2vec_core.dataset.images import image_size
from net2vec_core.dataset.records import SPLITS, Concept, Record, Split
from net2vec_core.dataset.splits import TABLE, draw_splits, split_images
from net2vec_core.errors import UserError, did_you_mean
from net2vec_core.settings import DatasetSettings

CLASSES = "classes.csv"
LAYOUT = "a folder of class folders"


class ImageFolderReader:
    """Records of images in class folders, without masks."""

    def __init__(self, settings: DatasetSettings) -> None:
        """Find the images and their classes.

        Raises:
            UserError: if an image lies in no class folder, or a table is wrong.
        """
        self.folder, self.settings = cast(Path, settings.path), settings
        self.images: list[Path] = []
        self.classes: list[str] = []
        self.splits: list[Split] = []
        for split, root in _roots(self.folder):
            images = [path for _, path in image_files(root)]
            classes = [path.parent.relative_to(root).as_posix() for path in images]
            self.splits += [split] * len(images) if split else self._draw(images, classes)
            self.images += images
            self.classes += classes
        for path, name in zip(self.images, self.classes, strict=True):
            if name == ".":
                raise UserError(f"{path}: the image lies in no class folder; `dataset.path` must name {LAYOUT}")
        if not self.images:
            raise UserError(f"{self.folder}: no images; `dataset.path` must name {LAYOUT}")
        if len(set(self.classes)) == 1:
            raise UserError(f"{self.folder}: `{self.classes[0]}` is the only class; it takes others to tell it from")
        self.numbers = {name: number for number, name in enumerate(sorted(set(self.classes)), start=1)}
        self.concepts = self._concepts()

    def read(self, image: int) -> Record:
        """The record of an image.

        Raises:
            UnreadableError: if it cannot be read.
        """
        path, size = self.images[image], self.settings.mask_size
        labels = (self.numbers[self.classes[image]],)
        return Record(path, self.splits[image], *image_size(path), np.zeros((0, size, size), np.uint16), labels)

    def _draw(self, images: list[Path], classes: list[str]) -> list[Split]:
        """Splits by the table, or within each class that has two images; a class's only image is train."""
        names = [path.relative_to(self.folder).as_posix() for path in images]
        if (self.folder / TABLE).exists():
            return split_images(names, self.folder, self.settings.split)
        splits: dict[str, Split] = {}
        for of_class in set(classes):
            members = [name for name, other in zip(names, classes, strict=True) if other == of_class]
            drawn = draw_splits(members, self.settings.split) if len(members) > 1 else ["train"]
            splits |= dict(zip(members, cast(list[Split], drawn), strict=True))
        return [splits[name] for name in names]

    def _concepts(self) -> tuple[Concept, ...]:
        path, category = self.folder / CLASSES, self.settings.imagefolder.category
        known: dict[str, tuple[str, str]] = {}
        if path.exists():
            table = read_text_table(path, ("folder", "name", "category"), LAYOUT)
            require_distinct(table, path, ("folder", "name"))
            for column in ("name", "category"):
                require_text(table, path, column, f"the class has no {column}")
            for row, name in table["folder"].items():
                if name not in self.numbers:
                    near = did_you_mean(name, self.numbers)
                    raise UserError(f"{path}: row {row_of(row)}: the data set has no folder `{name}`{near}")
            rows = table[["folder", "name", "category"]].itertuples(index=False, name=None)
            known = {folder: (name, of) for folder, name, of in rows}
        concepts = tuple(Concept(number, *known.get(name, (name, category))) for name, number in self.numbers.items())
        repeated = [name for name, count in Counter(concept.name for concept in concepts).items() if count > 1]
        if repeated:
            raise UserError(f"{path}: several folders are called `{repeated[0]}`; a class needs a name of its own")
        return concepts


def open_reader(settings: DatasetSettings, _folder: Path) -> ImageFolderReader:
    """The class folders under `settings.path`."""
    return ImageFolderReader(settings)


def sources(settings: DatasetSettings) -> list[Path]:
    """The tables and the class folders, which change when images come or go."""
    folder = cast(Path, settings.path)
    tables = [path for path in (folder / CLASSES, folder / TABLE) if path.exists()]
    classes = {path.parent for _, root in _roots(folder) for _, path in image_files(root)}
    return [folder, *tables, *sorted(classes)]


def _roots(folder: Path) -> list[tuple[Split | None, Path]]:
    """The folders whose sub-folders are classes, one a split, or the one of all."""
    for split, other in itertools.permutations(SPLITS):
        if _has_folders(folder / split) and not (folder / other).is_dir():
            raise UserError(
                f"{folder}: {split}/ without {other}/; call the other split's folder so, or let `dataset.path` name"
                f" {split}/ itself, and splits are drawn"
            )
    of_splits: list[tuple[Split | None, Path]] = [(split, folder / split) for split in SPLITS]
    return of_splits if all(root.is_dir() for _, root in of_splits) else [(None, folder)]


def _has_folders(folder: Path) -> bool:
    """Whether a folder holds classes, and is not one itself, of images of trains, say."""
    return folder.is_dir() and any(path.is_dir() for path in folder.iterdir())
