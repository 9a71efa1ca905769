"""Stores with Broden's statistics at any fraction of its size, drawn from a seed.

Numbers of images, concepts and images of a concept are those of Network Dissection's table 1 (Bau et al. 2017), for the
682 concepts with pixels that Net2Vec studies; the tail within a category is Zipf's, as it is in Broden.
"""

import math
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import yaml
from numpy.typing import NDArray

from net2vec_core.config import Config, load
from net2vec_core.dependencies import made_from
from net2vec_core.sizes import Sizes
from net2vec_core.storage import COMPRESSOR, new_store, write_table

IMAGES, FILTERS, GRID, MASK = 63_305, 256, 13, 112
NETWORK, LAYER = "alexnet", "features.9"
TRAIN_SHARE = 0.7
IMAGES_PER_CHUNK = 64
ZIPF = 0.9
COLOR_BLOCK = 8  # side, pixels
QUIET = 1.0  # how far a filter's input lies below zero, in standard deviations: most answers are zero after ReLU


@dataclass(frozen=True)
class Category:
    """Concepts of one category: how many, in how many images each on average, and the typical share of an image."""

    concepts: int
    images: int
    coverage: float


CATEGORIES = {
    "color": Category(11, 59_250, 0.09),
    "object": Category(450, 640, 0.05),
    "part": Category(189, 1_057, 0.01),
    "material": Category(32, 1_703, 0.15),
}


def generate(folder: Path, fraction: Fraction, seed: int = 0) -> Path:
    """Write a run's data set and activations under `folder`, and give the path of its configuration."""
    rng, images = np.random.default_rng(seed), round(IMAGES * fraction)
    config_file = folder / "config.yaml"
    folder.mkdir(parents=True, exist_ok=True)
    config_file.write_text(yaml.safe_dump(_settings()))
    config = load(config_file)
    _write_data_set(folder / "dataset", config, images, rng)
    first, shard = 0, config.compute.images_per_shard
    for number in range(-(-images // shard)):
        last = min(first + shard, images)
        _write_activations(folder / f"activations/{number}.zarr", config, last - first, rng)
        first = last
    return config_file


def broden_sizes(fraction: Fraction) -> Sizes:
    """What the needs of jobs on such stores grow with."""
    config, vocabulary = Config.model_validate(_settings()), _vocabulary()
    return Sizes(
        images=round(IMAGES * fraction),
        shard_images=min(round(IMAGES * fraction), config.compute.images_per_shard),
        batch_images=config.compute.batch_size,
        image_pixels=config.dataset.drawn_size**2,
        mask_pixels=MASK**2,
        activations=FILTERS * GRID**2,
        filters=FILTERS,
        cells=GRID**2,
        number_bytes=2,
        concepts=len(vocabulary),
        pairs=round(vocabulary["images"].sum() * fraction),
        batches=math.ceil(len(vocabulary) / config.compute.concepts_per_job),
        fits=1,
        subsets=1,
        quantiles=len(config.single_filter.quantiles),
        quantile=config.threshold.quantile,
        gpu=False,
    )


def _settings() -> dict[str, Any]:
    return {
        "run": "broden-sized",
        "dataset": {"reader": "broden", "path": "made-up"},
        "networks": {NETWORK: {"model": "torchvision/alexnet", "weights": "random", "layers": [LAYER]}},
        "segmentation": {"recipes": ["paper"]},
        "compute": {"device": "auto"},
    }


def _vocabulary() -> pd.DataFrame:
    """Columns number, name, category, images (of all of Broden)."""
    rows = []
    for category, of in CATEGORIES.items():
        tail = np.arange(1, of.concepts + 1) ** -(0.0 if category == "color" else ZIPF)
        often = np.minimum(of.images * of.concepts * tail / tail.sum(), 0.95 * IMAGES)
        rows += [(f"{category} {n}", category, images) for n, images in enumerate(often)]
    table = pd.DataFrame(rows, columns=["name", "category", "images"])
    return table.assign(number=np.arange(1, len(table) + 1))


def _write_data_set(folder: Path, config: Config, images: int, rng: np.random.Generator) -> None:
    vocabulary = _vocabulary()
    planes = list(CATEGORIES)
    split = np.where(rng.random(images) < TRAIN_SHARE, "train", "val")
    shape = (images, len(planes), MASK, MASK)
    counts = []
    with new_store(folder / "labels.zarr", "dataset", made_from(config, "dataset")) as group:
        listed = vocabulary[["number", "name", "category"]].itertuples(index=False)
        group.attrs["concepts"] = [[*map(_plain, row), True] for row in listed]
        chunks = (min(images, IMAGES_PER_CHUNK), 1, MASK, MASK)
        masks = group.create_array("masks", shape=shape, chunks=chunks, dtype="uint16", compressors=COMPRESSOR)
        for first, drawn in _draw(vocabulary, images, rng):
            masks[first : first + len(drawn)] = drawn
            counts += [_count(first + n, of_image, len(vocabulary)) for n, of_image in enumerate(drawn)]
    image, number, pixels = np.concatenate(counts, axis=1)
    path = [f"{n}.jpg" for n in range(images)]
    write_table(
        pd.DataFrame({"image": np.arange(images), "path": path, "split": split, "height": 224, "width": 224}),
        folder / "images.csv",
    )
    names = vocabulary["name"].to_numpy()[number - 1]
    occurrences = pd.DataFrame({"image": image, "concept": names, "pixels": pixels})
    write_table(occurrences, folder / "occurrences.csv.gz")


def _plain(value: Any) -> Any:
    return value.item() if isinstance(value, np.generic) else value


def _draw(vocabulary: pd.DataFrame, images: int, rng: np.random.Generator) -> Iterator[tuple[int, NDArray[np.uint16]]]:
    """The planes of a chunk of images, uint16 [image, plane, y, x], each with the number of its first image."""
    things = _things(vocabulary, images, rng)
    colors = vocabulary["number"][vocabulary["category"] == "color"].to_numpy(np.uint16)
    blocks = MASK // COLOR_BLOCK
    for first in range(0, images, IMAGES_PER_CHUNK):
        last = min(first + IMAGES_PER_CHUNK, images)
        planes = np.zeros((last - first, len(CATEGORIES), MASK, MASK), np.uint16)
        skewed = (rng.random((last - first, blocks, blocks)) ** 1.5 * len(colors)).astype(int)
        planes[:, 0] = colors[skewed].repeat(COLOR_BLOCK, axis=1).repeat(COLOR_BLOCK, axis=2)
        here = things.iloc[slice(*np.searchsorted(things["image"], [first, last]))]
        for image, plane, number, top, left, height, width in here.to_numpy().tolist():
            planes[image - first, plane, top : top + height, left : left + width] = number
        yield first, planes


def _things(vocabulary: pd.DataFrame, images: int, rng: np.random.Generator) -> pd.DataFrame:
    """Rectangles by image: image, plane, number, top, left, height, width, the large ones of an image first."""
    parts = []
    for plane, (name, category) in enumerate(CATEGORIES.items()):
        for number, often in vocabulary.loc[vocabulary["category"] == name, ["number", "images"]].to_numpy().tolist():
            holding = rng.choice(images, max(2, round(often * images / IMAGES)), replace=False)
            side = MASK * np.sqrt(category.coverage) * rng.lognormal(0, 0.6, (2, len(holding)))
            height, width = side.clip(2, MASK).astype(int)
            top, left = (rng.random((2, len(holding))) * (MASK + 1 - np.array([height, width]))).astype(int)
            columns = (
                holding,
                np.full_like(holding, plane),
                np.full_like(holding, int(number)),
                top,
                left,
                height,
                width,
            )
            if name != "color":
                parts.append(np.stack(columns, axis=1))
    table = pd.DataFrame(np.concatenate(parts), columns=["image", "plane", "number", "top", "left", "height", "width"])
    area = -(table["height"] * table["width"])
    return table.iloc[np.lexsort((area, table["image"]))]


def _count(image: int, planes: NDArray[np.uint16], concepts: int) -> NDArray[np.int64]:
    """Image, concept number and pixels [3, concept] of the concepts in the planes of an image."""
    pixels = np.bincount(planes.ravel(), minlength=concepts + 1)
    pixels[0] = 0
    (number,) = pixels.nonzero()
    return np.stack([np.full_like(number, image), number, pixels[number]])


def _write_activations(store: Path, config: Config, images: int, rng: np.random.Generator) -> None:
    """Patches of activity two cells wide, zero elsewhere; filters differ in how strongly they answer."""
    scale = rng.lognormal(0, 0.5, FILTERS).astype(np.float32)[:, None, None]
    with new_store(store, "probe", made_from(config, "probe", NETWORK)) as group:
        shape, chunks = (images, FILTERS, GRID, GRID), (min(images, IMAGES_PER_CHUNK), 64, GRID, GRID)
        array = group.create_array(LAYER, shape=shape, chunks=chunks, dtype="float16", compressors=COMPRESSOR)
        for first in range(0, images, IMAGES_PER_CHUNK):
            number = min(IMAGES_PER_CHUNK, images - first)
            coarse = rng.standard_normal((number, FILTERS, GRID // 2 + 1, GRID // 2 + 1), np.float32) - QUIET
            fine = coarse.repeat(2, axis=2).repeat(2, axis=3)[..., :GRID, :GRID]
            grain = rng.standard_normal((number, FILTERS, GRID, GRID), np.float32)
            array[first : first + number] = (np.maximum(fine + 0.3 * grain, 0) * scale).astype(np.float16)
