"""PASCAL VOC's segmentation, with PASCAL-Part's or PASCAL-Person-Part's parts where they are present.

ImageSets/Segmentation/train.txt, val.txt    names of images
JPEGImages/NAME.jpg
SegmentationClass/NAME.png                   palette indices: 1 to 20, in the order of CLASSES; 255 = void
Annotations_Part/NAME.mat                    parts; may be left out, for all images or some
"""

import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any, cast

import numpy as np
from numpy.typing import NDArray
from scipy.io import loadmat
from scipy.io.matlab import MatReadError

from net2vec_core.dataset.files import inside
from net2vec_core.dataset.images import (
    UnreadableError,
    image_size,
    read_indices,
    require_same_aspect,
    resample_labels,
)
from net2vec_core.dataset.planes import separate, stacked
from net2vec_core.dataset.records import SPLITS, Concept, Record, Split
from net2vec_core.errors import UserError
from net2vec_core.progress import progress
from net2vec_core.settings import DatasetSettings

CLASSES = (
    *("aeroplane", "bicycle", "bird", "boat", "bottle", "bus", "car", "cat", "chair", "cow", "diningtable", "dog"),
    *("horse", "motorbike", "person", "pottedplant", "sheep", "sofa", "train", "tvmonitor"),
)
VOID = 255


class VocReader:
    """Records of a VOC folder such as VOCdevkit/VOC2012; a part is a concept of its object, such as `dog head`."""

    def __init__(self, settings: DatasetSettings) -> None:
        """Read the lists of images and the names of parts.

        Raises:
            UserError: if a list is missing.
            UnreadableError: if an annotation of parts cannot be read.
        """
        self.folder, self.settings = cast(Path, settings.path), settings
        lists = {split: self._read_list(split) for split in SPLITS}
        for name, count in Counter(name for names in lists.values() for name in names).items():
            if count > 1:
                both = " and ".join(str(_list(self.folder, split)) for split in SPLITS if name in lists[split])
                raise UserError(f"{both}: `{name}` stands there {count} times; an image is train or val, once")
        self.names = [name for names in lists.values() for name in names]
        self.splits: list[Split] = [split for split, names in lists.items() for _ in names]
        self.images = [self.folder / "JPEGImages" / f"{name}.jpg" for name in self.names]
        parts = self._part_names()
        self.numbers = {name: number for number, name in enumerate((*CLASSES, *parts), start=1)}
        self.concepts = tuple(
            Concept(number, name, "object" if name in CLASSES else "part") for name, number in self.numbers.items()
        )

    def read(self, image: int) -> Record:
        """The record of an image.

        Raises:
            UnreadableError: if it or its annotations cannot be read.
        """
        found = image_size(self.images[image])
        path = self.folder / "SegmentationClass" / f"{self.names[image]}.png"
        labels = read_indices(path)
        require_same_aspect(path, labels.shape, found)
        labels[labels == VOID] = 0
        if labels.max() > len(CLASSES):
            raise UnreadableError(f"{path}: the mask holds {labels.max()}, expected 0 to {len(CLASSES)} or {VOID}")
        size, fit = self.settings.mask_size, self.settings.fit
        masks = list(separate(resample_labels(labels, size, fit)))
        for name, mask in self._parts(self._part_file(image)):
            require_same_aspect(self._part_file(image), mask.shape, found)
            masks.append((self.numbers[name], resample_labels(mask, size, fit)))
        planes = stacked(((number, mask) for number, mask in masks if mask.any()), size)
        return Record(self.images[image], self.splits[image], *found, planes)

    def _read_list(self, split: Split) -> list[str]:
        path = _list(self.folder, split)
        try:
            lines = path.read_text(encoding="utf-8").splitlines()
        except UnicodeDecodeError as error:
            raise UserError(f"{path}: not UTF-8 from byte {error.start} on") from None
        except OSError as error:
            expected = "`dataset.path` must name a folder such as VOCdevkit/VOC2012"
            raise UserError(f"{path}: cannot be read ({error.strerror}); {expected}") from None
        names = [line.strip() for line in lines]
        for row, name in enumerate(names, start=1):
            inside(self.folder, name, path)
            if len(name.split()) > 1:
                raise UserError(f"{path}: row {row}: `{name}` is not the name of an image alone")
        return [name for name in names if name]

    def _part_file(self, image: int) -> Path:
        return self.folder / "Annotations_Part" / f"{self.names[image]}.mat"

    def _part_names(self) -> list[str]:
        """All parts that are annotated, by name."""
        files = [self._part_file(image) for image in range(len(self.images))]
        names: set[str] = set()
        for path in progress([path for path in files if path.exists()], "reading the parts", "file"):
            try:
                names |= {name for name, _ in self._parts(path)}
            except UnreadableError:
                if self.settings.on_bad_image == "error":
                    raise
        return sorted(names)

    def _parts(self, path: Path) -> Iterator[tuple[str, NDArray[np.bool_]]]:
        """The parts in a file, with their masks; `wheel_1` and `wheel_2` are wheels."""
        if not path.exists():
            return
        try:
            annotation: Any = loadmat(path, simplify_cells=True)["anno"]
            for thing in _listed(annotation["objects"]):
                for part in _listed(thing["parts"]):
                    name = re.sub(r"_\d+$", "", part["part_name"])
                    yield f"{thing['class']} {name}", np.asarray(part["mask"], bool)
        except (ValueError, LookupError, TypeError, OSError, NotImplementedError, MatReadError) as error:
            raise UnreadableError(f"{path}: not an annotation of PASCAL-Part ({error})") from None


def open_reader(settings: DatasetSettings, _folder: Path) -> VocReader:
    """The VOC folder at `settings.path`."""
    return VocReader(settings)


def sources(settings: DatasetSettings) -> list[Path]:
    """The lists of images, and the folders of annotations."""
    folder = cast(Path, settings.path)
    parts = [folder / "Annotations_Part"] if (folder / "Annotations_Part").exists() else []
    return [*(_list(folder, split) for split in SPLITS), folder / "SegmentationClass", *parts]


def _list(folder: Path, split: Split) -> Path:
    return folder / "ImageSets" / "Segmentation" / f"{split}.txt"


def _listed(value: Any) -> list[Any]:
    """MATLAB's arrays of structs as SciPy gives them: one struct, several, or an empty array."""
    return [value] if isinstance(value, dict) else list(value)
