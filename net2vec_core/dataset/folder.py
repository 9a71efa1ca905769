"""Images and index masks in two folders, as most people have them.

images/        images of any size, in sub-folders or not
masks/         one image a mask, of the same name but for the suffix; a pixel's value is a label's number, 0 = none
masks/PLANE/   or several masks an image, in one sub-folder each
labels.csv     number, name, category
split.csv      image, and split (train, val) or group; may be left out
"""

import os
from dataclasses import dataclass
from pathlib import Path
from typing import cast

import numpy as np
from numpy.typing import NDArray

from net2vec_core.dataset.csv_tables import concepts_of, read_labels
from net2vec_core.dataset.files import image_files
from net2vec_core.dataset.images import (
    UnreadableError,
    image_size,
    read_indices,
    require_same_aspect,
    resample_labels,
)
from net2vec_core.dataset.records import Record
from net2vec_core.dataset.splits import TABLE, split_images
from net2vec_core.errors import UserError, others
from net2vec_core.settings import DatasetSettings

LOSSY = frozenset((".jpg", ".jpeg"))
LAYOUT = "a folder with images/, masks/ and labels.csv"


@dataclass(frozen=True)
class _Item:
    """An image and its masks, one a plane, and why they cannot be read, if so."""

    image: Path
    masks: tuple[Path, ...]
    problem: str | None


class FolderReader:
    """Records of a folder with images and index masks."""

    def __init__(self, settings: DatasetSettings) -> None:
        """Read the tables and pair images with masks.

        Raises:
            UserError: if a table is missing or wrong, or two images have the same name.
        """
        self.folder, self.settings = cast(Path, settings.path), settings
        self.concepts = concepts_of(read_labels(self.folder / "labels.csv", LAYOUT))
        self._require_not_ignored()
        self.known = np.zeros(2**16, bool)
        self.known[[0, *settings.folder.ignore, *(concept.number for concept in self.concepts)]] = True
        images = _images_by_name(self.folder / "images")
        names = [image.relative_to(self.folder / "images").as_posix() for image in images.values()]
        self.splits = dict(zip(images.values(), split_images(names, self.folder, settings.split), strict=True))
        self.items = _paired(self.folder, images)
        self.images = [item.image for item in self.items]

    def read(self, image: int) -> Record:
        """The record of an image.

        Raises:
            UnreadableError: if it has no mask, or it or one of its masks cannot be read.
            UserError: if a mask holds a number that is not in `labels.csv`.
        """
        item = self.items[image]
        if item.problem:
            raise UnreadableError(item.problem)
        size = image_size(item.image)
        masks = np.stack([self._read_mask(path, size) for path in item.masks])
        return Record(item.image, self.splits[item.image], *size, masks)

    def _require_not_ignored(self) -> None:
        for concept in self.concepts:
            if concept.number in self.settings.folder.ignore:
                where = f"`{concept.name}` in {self.folder / 'labels.csv'}"
                raise UserError(
                    f"`dataset.folder.ignore`: {concept.number} is {where}; list only numbers that are no labels"
                )

    def _read_mask(self, path: Path, size: tuple[int, int]) -> NDArray[np.uint16]:
        labels = read_indices(path)
        require_same_aspect(path, labels.shape, size)
        unknown = labels[~self.known[labels]]
        if len(unknown):
            raise UserError(
                f"{path}: label {unknown.min()} is not in {self.folder / 'labels.csv'}: give it a row there, or, where"
                " it stands for no label, list it under `dataset.folder.ignore`"
            )
        labels[np.isin(labels, self.settings.folder.ignore)] = 0
        return resample_labels(labels, self.settings.mask_size, self.settings.fit)


def open_reader(settings: DatasetSettings, _folder: Path) -> FolderReader:
    """The images and masks under `settings.path`.

    Raises:
        UserError: if the tables are wrong, or images and masks do not pair while bad images are an error.
    """
    reader = FolderReader(settings)
    problems = [item.problem for item in reader.items if item.problem]
    if problems and settings.on_bad_image == "error":
        more = f"; so it is with {others(len(problems) - 1)}" if len(problems) > 1 else ""
        raise UserError(f"{problems[0]}{_near(reader)}{more} (`dataset.on_bad_image: skip` leaves them out)")
    return reader


def _near(reader: FolderReader) -> str:
    """What to do about the mask without an image that begins like the first image without a mask, if there is one."""
    problems, masks = [item.image for item in reader.items if item.problem], reader.folder / "masks"
    lonely = problems[0].stem.lower()
    like = next((path for path in problems if masks in path.parents and path.stem.lower().startswith(lonely)), None)
    return f"; rename {like}, if that is its mask" if like and like != problems[0] else ""


def sources(settings: DatasetSettings) -> list[Path]:
    """The tables and the folders, which change when files come or go."""
    folder = cast(Path, settings.path)
    split = [folder / TABLE] if (folder / TABLE).exists() else []
    parts = [folder / "images", folder / "masks"]
    within = [Path(place) for part in parts for place, _, _ in os.walk(part, followlinks=True)]
    return list(dict.fromkeys([folder / "labels.csv", *split, *parts, *sorted(within)]))


def _paired(folder: Path, images: dict[str, Path]) -> list[_Item]:
    """Every image with its masks, in the order of their names, and every mask without an image in an image's place."""
    masks: dict[str, list[Path]] = {name: [] for name in images}
    orphans = []
    for name, path in image_files(folder / "masks"):
        # masks/NAME, or masks/PLANE/NAME
        key = next((key for key in (name, name.partition("/")[2]) if key in images), None)
        if key is None:
            orphans.append(_Item(path, (), f"{path}: {folder / 'images'} has no image of this name"))
        else:
            masks[key].append(path)
    return [_item(images[name], of_image, folder / "masks" / name) for name, of_image in masks.items()] + orphans


def _item(image: Path, masks: list[Path], expected: Path) -> _Item:
    problem = None if masks else f"{image}: it has no mask; expected {expected}.png, or in sub-folders, one a plane"
    for mask in masks:
        if mask.suffix.lower() in LOSSY:
            problem = f"{mask}: a JPEG does not keep label numbers; expected a PNG"
    return _Item(image, tuple(masks), problem)


def _images_by_name(folder: Path) -> dict[str, Path]:
    images: dict[str, Path] = {}
    for name, path in image_files(folder):
        if name in images:
            raise UserError(
                f"{path}: the name of {images[name]} again; a mask is found by its image's name without the suffix"
            )
        images[name] = path
    if not images:
        raise UserError(f"{folder}: no images; `dataset.path` must name {LAYOUT}")
    return dict(sorted(images.items()))
