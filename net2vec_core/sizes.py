"""The sizes that needs grow with: from the configuration and the tables that are there, else those of usual data."""

import csv
import functools
import math
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from net2vec_core.config import Config

BYTES = {"float16": 2, "float32": 4}
CPU_FORWARD_IMAGES = 16  # that a thread forwards together
# Broden's, where the tables are not there yet; a grid of a late layer, of a network of the usual size
USUAL_IMAGES = 63_305
USUAL_CONCEPTS = 1_200
USUAL_PAIRS_OF_IMAGE = 25
TOY_CONCEPTS = 100  # at most
USUAL_GRID = (512, 28, 28)


@dataclass(frozen=True)
class Sizes:
    """What the needs of a layer's jobs grow with.

    Attributes:
        images: Of the data set.
        shard_images: Of a shard.
        batch_images: Of a batch.
        image_pixels: Of the network's input.
        mask_pixels: Of the mask grid.
        activations: Of an image, in numbers, of all layers that are read together.
        filters: Of the layer that has most; likewise `cells`.
        cells: Of a grid.
        number_bytes: Of a stored activation.
        concepts: That are studied.
        pairs: Of an image and a concept in it.
        batches: To which a layer's concepts are dealt.
        fits: Of a concept: recipes times seeds.
        subsets: Of filters, for segmentation or classification, whichever are more.
        quantiles: Of the fair single filter.
        quantile: τ, the share of cells in which a filter is active.
        gpu: Whether fits may take a GPU.
    """

    images: int
    shard_images: int
    batch_images: int
    image_pixels: int
    mask_pixels: int
    activations: int
    filters: int
    cells: int
    number_bytes: int
    concepts: int
    pairs: int
    batches: int
    fits: int
    subsets: int
    quantiles: int
    quantile: float
    gpu: bool


def sizes_of(config: Config, results: Path, network: str | None = None, layers: Sequence[str] = ()) -> Sizes:
    """The sizes of jobs that work on some layers of a network, or on none, of the run in results/RUN."""
    images = known_images(config, results) or USUAL_IMAGES
    concepts, pairs = _concepts(config, results, images)
    grids = _grids(results, network, layers)
    side = (network and config.networks[network].image_size) or config.dataset.drawn_size
    compute, segmentation = config.compute, config.segmentation
    return Sizes(
        images=images,
        shard_images=min(images, compute.images_per_shard),
        batch_images=compute.batch_size,
        image_pixels=side**2,
        mask_pixels=config.dataset.mask_size**2,
        activations=sum(filters * height * width for filters, height, width in grids),
        filters=max(filters for filters, _, _ in grids),
        cells=max(height * width for _, height, width in grids),
        number_bytes=BYTES[compute.activation_dtype],
        concepts=concepts,
        pairs=pairs,
        batches=max(1, math.ceil(concepts / compute.concepts_per_job)),
        fits=len(segmentation.recipes) * len(segmentation.seeds),
        subsets=1 + max(len(segmentation.subsets), len(config.classification.subsets)),
        quantiles=len(config.single_filter.quantiles),
        quantile=config.threshold.quantile,
        gpu=compute.device != "cpu",
    )


def known_images(config: Config, results: Path) -> int | None:
    """How many images the data set has; None before it is read."""
    table = results / "dataset/images.csv"
    if table.exists():
        return len(_read(table, table.stat().st_mtime_ns))
    return config.dataset.toy.images if config.dataset.reader == "toy" else None


def _concepts(config: Config, results: Path, images: int) -> tuple[int, int]:
    """Number of the concepts, and of the pairs of an image and a concept in it."""
    table = results / "dataset/concepts.csv"
    if not table.exists():
        usual = TOY_CONCEPTS if config.dataset.reader == "toy" else USUAL_CONCEPTS
        return usual, images * USUAL_PAIRS_OF_IMAGE
    concepts = _read(table, table.stat().st_mtime_ns)
    return len(concepts), sum(int(concept[column]) for concept in concepts for column in ("train_images", "val_images"))


def _grids(results: Path, network: str | None, layers: Sequence[str]) -> list[tuple[int, int, int]]:
    """Filters, height and width of each layer."""
    table = results / str(network) / "layers.csv"
    if network is None or not table.exists():
        return [USUAL_GRID] * max(1, len(layers))
    rows = {row["layer"]: row for row in _read(table, table.stat().st_mtime_ns)}
    sizes = [[int(rows[layer][key]) for key in ("filters", "height", "width")] for layer in layers if layer in rows]
    return [(filters, height, width) for filters, height, width in sizes] or [USUAL_GRID]


@functools.lru_cache(maxsize=64)
def _read(table: Path, _changed: int) -> list[dict[str, str]]:
    with table.open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))
