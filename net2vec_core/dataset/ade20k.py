"""ADE20K in its full layouts of 2016 and of 2021: objects, and parts of several levels.

2016: index_ade20k.mat                         names of objects and parts
      images/training/…, images/validation/…   NAME.jpg with its masks
2021: images/ADE/training/…, images/ADE/validation/…   NAME.jpg with its masks and its names, NAME.json

NAME_seg.png                           objects; a pixel's index is R / 10 · 256 + G
NAME_parts_1.png, NAME_parts_2.png …   parts, and parts of parts
"""

import os
from collections.abc import Iterator
from pathlib import Path
from typing import cast

import numpy as np
from numpy.typing import NDArray

from net2vec_core.dataset.ade20k_names import names_beside, names_of_index
from net2vec_core.dataset.images import image_size, read_colors, require_same_aspect, resample_labels
from net2vec_core.dataset.records import Record, Split
from net2vec_core.errors import UserError
from net2vec_core.settings import DatasetSettings

INDEX = "index_ade20k.mat"
CODING = "index = R / 10 · 256 + G"
FOLDERS: dict[str, Split] = {"training": "train", "validation": "val"}


class Ade20kReader:
    """Records of an unpacked ADE20K.

    A name that ADE20K uses for objects and for parts is one concept, a part where most of its uses are.
    """

    def __init__(self, settings: DatasetSettings) -> None:
        """Find the images and read the names.

        Raises:
            UserError: if the names are missing or not ADE20K's.
        """
        folder, self.settings = cast(Path, settings.path), settings
        found = [(path, split) for name, split in FOLDERS.items() for path in _images(_root(folder) / name)]
        self.images: list[Path] = [path for path, _ in found]
        self.splits = [split for _, split in found]
        self.concepts = names_beside(self.images) if _is_of_2021(folder) else names_of_index(folder / INDEX)
        self.named_by = "any image's .json" if _is_of_2021(folder) else INDEX
        self.known = np.zeros(2**16, bool)
        self.known[[0, *(concept.number for concept in self.concepts)]] = True

    def read(self, image: int) -> Record:
        """The record of an image.

        Raises:
            UnreadableError: if it or one of its masks cannot be read.
            UserError: if a mask holds an index that has no name.
        """
        path, size = self.images[image], image_size(self.images[image])
        masks = [path.with_name(f"{path.stem}_seg.png"), *_part_masks(path)]
        planes = np.stack([self._read_mask(mask, size) for mask in masks])
        return Record(path, self.splits[image], *size, planes)

    def _read_mask(self, path: Path, size: tuple[int, int]) -> NDArray[np.uint16]:
        colors = read_colors(path, CODING)
        require_same_aspect(path, colors.shape[:2], size)
        labels = colors[..., 0] // 10 * 256 + colors[..., 1]
        unknown = labels[~self.known[labels]]
        if len(unknown):
            raise UserError(f"{path}: index {unknown.min()}, which is not in {self.named_by}")
        return resample_labels(labels, self.settings.mask_size, self.settings.fit)


def open_reader(settings: DatasetSettings, _folder: Path) -> Ade20kReader:
    """The ADE20K at `settings.path`."""
    return Ade20kReader(settings)


def sources(settings: DatasetSettings) -> list[Path]:
    """The index and the folders of images."""
    folder = cast(Path, settings.path)
    index = [] if _is_of_2021(folder) else [folder / INDEX]
    return [*index, *(_root(folder) / name for name in FOLDERS)]


def _is_of_2021(folder: Path) -> bool:
    return (folder / "images" / "ADE").is_dir()


def _root(folder: Path) -> Path:
    return folder / "images" / "ADE" if _is_of_2021(folder) else folder / "images"


def _images(folder: Path) -> Iterator[Path]:
    for place, folders, names in os.walk(folder, followlinks=True):
        images = [name for name in sorted(names) if name.endswith(".jpg") and not name.startswith(".")]
        # 2021 has a folder beside each image, of the same name, with a mask an instance
        folders[:] = sorted({*folders} - {name.removesuffix(".jpg") for name in images})
        yield from (Path(place, name) for name in images)


def _part_masks(image: Path) -> list[Path]:
    masks = image.parent.glob(f"{image.stem}_parts_*.png")
    return sorted(masks, key=lambda path: (len(path.name), path.name))
