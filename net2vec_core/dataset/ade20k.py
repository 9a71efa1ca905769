"""ADE20K in its full layout of 2016: objects, and parts of several levels.

index_ade20k.mat                       names of objects and parts
images/training/…, images/validation/… NAME.jpg
NAME_seg.png                           objects; a pixel's index is R / 10 · 256 + G
NAME_parts_1.png, NAME_parts_2.png …   parts, and parts of parts
"""

from collections import Counter
from pathlib import Path
from typing import Any, cast

import numpy as np
from numpy.typing import NDArray
from scipy.io import loadmat
from scipy.io.matlab import MatReadError

from net2vec_core.dataset.files import image_files
from net2vec_core.dataset.images import image_size, read_colors, require_same_aspect, resample_labels
from net2vec_core.dataset.records import Concept, Record, Split
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
        """Read the index and find the images.

        Raises:
            UserError: if the index is missing or not one, or there are no images.
        """
        self.folder, self.settings = cast(Path, settings.path), settings
        self.concepts = _read_index(self.folder / INDEX)
        found = [(path, split) for name, split in FOLDERS.items() for path in _images(self.folder / "images" / name)]
        self.images: list[Path] = [path for path, _ in found]
        self.splits = [split for _, split in found]

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
        if labels.max() > len(self.concepts):
            raise UserError(f"{path}: index {labels.max()}, but {INDEX} has {len(self.concepts)} names")
        return resample_labels(labels, self.settings.mask_size, self.settings.fit)


def open_reader(settings: DatasetSettings, _folder: Path) -> Ade20kReader:
    """The ADE20K at `settings.path`."""
    return Ade20kReader(settings)


def sources(settings: DatasetSettings) -> list[Path]:
    """The index and the folders of images."""
    folder = cast(Path, settings.path)
    return [folder / INDEX, *(folder / "images" / name for name in FOLDERS)]


def _images(folder: Path) -> list[Path]:
    return [path for _, path in image_files(folder) if path.suffix == ".jpg"]


def _part_masks(image: Path) -> list[Path]:
    masks = image.parent.glob(f"{image.stem}_parts_*.png")
    return sorted(masks, key=lambda path: (len(path.name), path.name))


def _read_index(path: Path) -> tuple[Concept, ...]:
    try:
        path.stat()  # of a file that is missing, SciPy says something else
        index: Any = loadmat(path, simplify_cells=True)["index"]
        names, part_shares = [str(name) for name in index["objectnames"]], index["proportionClassIsPart"]
        categories = ["part" if share > 0.5 else "object" for share in np.atleast_1d(part_shares).tolist()]
        rows = list(zip(_short(names), categories, strict=True))
    except OSError as error:
        raise UserError(
            f"{path}: cannot be read ({error.strerror}); `dataset.path` must name an unpacked ADE20K"
        ) from None
    except (ValueError, LookupError, TypeError, NotImplementedError, MatReadError) as error:
        raise UserError(f"{path}: not ADE20K's index ({error})") from None
    return tuple(Concept(number, name, category) for number, (name, category) in enumerate(rows, start=1))


def _short(names: list[str]) -> list[str]:
    """The first of a name's synonyms, where it is no other's, or else all of them."""
    first = [name.split(",")[0].strip() for name in names]
    count = Counter(first)
    return [short if count[short] == 1 else name for short, name in zip(first, names, strict=True)]
