"""COCO's annotations: instances, stuff and panoptic, of COCO itself or of data in its format.

annotations/KIND_SET.json    KIND: instances, stuff, panoptic; SET: train2017, val2017, …
annotations/panoptic_SET/    panoptic masks; a segment's id is R + 256·G + 65,536·B
SET/ or images/SET/          images
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, cast

import numpy as np
from numpy.typing import NDArray
from pycocotools import mask as coco_mask

from net2vec_core.dataset.coco_regions import encoded
from net2vec_core.dataset.files import inside
from net2vec_core.dataset.images import UnreadableError, image_size, read_colors, resample_labels
from net2vec_core.dataset.planes import stacked
from net2vec_core.dataset.records import SPLITS, Concept, Record, Split
from net2vec_core.dataset.splits import split_images
from net2vec_core.errors import UserError
from net2vec_core.settings import DatasetSettings

CODING = "segment = R + 256·G + 65,536·B"


@dataclass
class _Item:
    """An image with its annotations: `regions` are run-length encoded, `segments` ids in the mask image `panoptic`."""

    image: Path
    height: int
    width: int
    regions: list[tuple[int, dict[str, Any]]] = field(default_factory=list)
    panoptic: Path | None = None
    segments: dict[int, int] = field(default_factory=dict)


class CocoReader:
    """Records of data in COCO's format; a category's name is a concept, whichever annotations it comes from."""

    def __init__(self, settings: DatasetSettings) -> None:
        """Read the annotations.

        Raises:
            UserError: if a file is missing or not in COCO's format.
        """
        self.folder, self.settings = cast(Path, settings.path), settings
        self.numbers: dict[str, int] = {}
        self.categories: dict[str, str] = {}
        sets = [self._read_set(name) for name in _sets(settings)]
        self.items = [item for of_set in sets for item in of_set]
        self.images = [item.image for item in self.items]
        self.concepts = tuple(Concept(number, name, self.categories[name]) for name, number in self.numbers.items())
        self.splits = self._splits([len(of_set) for of_set in sets])

    def read(self, image: int) -> Record:
        """The record of an image.

        Raises:
            UnreadableError: if a file cannot be read, or an image has not the size that was annotated.
        """
        item, size = self.items[image], self.settings.mask_size
        found = image_size(item.image)
        if found != (item.height, item.width):
            sizes = f"{found[1]}×{found[0]} pixels, its annotations say {item.width}×{item.height}"
            raise UnreadableError(f"{item.image}: the image is {sizes}")
        masks = (
            (number, resample_labels(mask, size, self.settings.fit))
            for number, mask in [*_region_masks(item), *_segment_masks(item)]
        )
        planes = stacked(((number, mask) for number, mask in masks if mask.any()), size)
        return Record(item.image, self.splits[image], *found, planes)

    def _read_set(self, name: str) -> list[_Item]:
        folder = next((path for path in _image_folders(self.folder, name) if path.is_dir()), self.folder / name)
        items: dict[str, _Item] = {}
        for kind in self.settings.coco.kinds:
            path = _annotations(self.folder, kind, name)
            try:
                content = json.loads(path.read_bytes())
                numbers = self._number_categories(content["categories"], kind, path)
                of_id: dict[Any, _Item] = {}
                for image in content["images"]:
                    if image["id"] in of_id:
                        raise UserError(f"{path}: image id `{image['id']}` again")
                    fresh = _Item(inside(folder, image["file_name"], path), int(image["height"]), int(image["width"]))
                    of_id[image["id"]] = items.setdefault(image["file_name"], fresh)
                for annotation in content["annotations"]:
                    _annotate(of_id[annotation["image_id"]], annotation, numbers, path)
            except OSError as error:
                raise UserError(
                    f"{path}: cannot be read ({error.strerror}); `dataset.coco` says which is read"
                ) from None
            except (ValueError, LookupError, TypeError, AttributeError, OverflowError, RecursionError) as error:
                reason = _lack(error) if isinstance(error, KeyError) else str(error)
                raise UserError(f"{path}: not annotations in COCO's format ({reason})") from None
        return list(items.values())

    def _number_categories(self, categories: list[dict[str, Any]], kind: str, path: Path) -> dict[int, int]:
        """The concept number of each category by its id."""
        for key in ("name", "id"):
            values = [category[key] for category in categories]
            repeated = [value for value in values if values.count(value) > 1]
            if repeated:
                raise UserError(f"{path}: category {key} `{repeated[0]}` again")
            if key == "name" and not all(isinstance(value, str) and value.strip() for value in values):
                raise UserError(f"{path}: the name of a category is no text")
        for category in sorted(categories, key=lambda category: cast(int, category["id"])):
            name, is_thing = category["name"], bool(category.get("isthing", kind != "stuff"))
            self.numbers.setdefault(name, len(self.numbers) + 1)
            self.categories.setdefault(name, "object" if is_thing else "stuff")
        return {category["id"]: self.numbers[category["name"]] for category in categories}

    def _splits(self, sizes: list[int]) -> list[Split]:
        if len(sizes) == 2:
            return [split for split, size in zip(SPLITS, sizes, strict=True) for _ in range(size)]
        names = [item.image.name for item in self.items]
        return split_images(names, self.folder, self.settings.split)


def open_reader(settings: DatasetSettings, _folder: Path) -> CocoReader:
    """The data in COCO's format at `settings.path`."""
    return CocoReader(settings)


def sources(settings: DatasetSettings) -> list[Path]:
    """The annotations."""
    folder = cast(Path, settings.path)
    return [_annotations(folder, kind, name) for name in _sets(settings) for kind in settings.coco.kinds]


def _lack(error: KeyError) -> str:
    (key,) = error.args
    return (
        f"it has no `{key}`" if isinstance(key, str) else f"an annotation names {key}, which is the id of nothing there"
    )


def _sets(settings: DatasetSettings) -> list[str]:
    return [settings.coco.train] + ([settings.coco.val] if settings.coco.val else [])


def _annotations(folder: Path, kind: str, name: str) -> Path:
    return folder / "annotations" / f"{kind}_{name}.json"


def _image_folders(folder: Path, name: str) -> list[Path]:
    return [folder / name, folder / "images" / name, folder / "images"]


def _annotate(item: _Item, annotation: dict[str, Any], numbers: dict[int, int], table: Path) -> None:
    if "segments_info" in annotation:
        item.panoptic = inside(table.with_suffix(""), annotation["file_name"], table)
        item.segments = {segment["id"]: numbers[segment["category_id"]] for segment in annotation["segments_info"]}
    elif annotation.get("segmentation"):
        number = numbers[annotation["category_id"]]
        try:
            item.regions.append((number, encoded(annotation["segmentation"], item.height, item.width)))
        except ValueError as error:
            which = f"annotation {annotation.get('id', 'without an id')} of {item.image.name}"
            raise UserError(f"{table}: {which}: {error}") from None


def _region_masks(item: _Item) -> Iterator[tuple[int, NDArray[np.bool_]]]:
    for number in dict.fromkeys(number for number, _ in item.regions):
        regions = [region for other, region in item.regions if other == number]
        yield number, coco_mask.decode(coco_mask.merge(regions)).astype(bool)


def _segment_masks(item: _Item) -> Iterator[tuple[int, NDArray[np.bool_]]]:
    if item.panoptic is None:
        return
    colors = read_colors(item.panoptic, CODING).astype(np.int64)
    if colors.shape[:2] != (item.height, item.width):
        raise UnreadableError(f"{item.panoptic}: the mask has not its image's size, {item.width}×{item.height} pixels")
    segments = colors @ np.array([1, 256, 65536])
    for number in dict.fromkeys(item.segments.values()):
        yield number, np.isin(segments, [segment for segment, other in item.segments.items() if other == number])
