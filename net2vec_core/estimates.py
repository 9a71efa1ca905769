"""What jobs need of memory and time, and what a run needs of the disk, from the sizes of its data.

Terms of memory are what a stage holds at a time, as its code says; constants are what was measured, rounded up. Times
are processor times of a server's core, with room for a machine that is several times slower. A job that still needs
more fails, and a cluster's profile has it come back with more.
"""

import math
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from net2vec_core.config import Config
from net2vec_core.sizes import BYTES, CPU_FORWARD_IMAGES, Sizes, known_images, sizes_of

MIB = 2**20
PYTHON = 350 * MIB  # with NumPy, pandas, zarr, Dask and Numba
TORCH = 1000 * MIB
WORKER = 250 * MIB  # a process that reads the data set
WEIGHTS = 1000 * MIB  # of a network of 130 million parameters, read and copied
FORWARD_BYTES = 512  # that a forward pass holds for a pixel of its input: two maps of 64 filters
IMAGES_AT_ONCE = 64  # that stages read together
COUNTS = 32 * MIB  # of the digits of a task's filters (`threshold`)
MERGED = 4  # counts that become one (`threshold`)
OF_PAIR = 100  # bytes that a row of the data set's occurrences takes
BLOCK = 32 * MIB  # of activations in a task
PAGE, FIGURES = 20 * MIB, 20 * MIB  # on the disk: the run's page; a layer's figures
CONCEPT_SHEET, FILTER_ON_SHEET = 200_000, 50_000  # likewise, bytes
EVALUATIONS = 100  # of the loss, at most, for one fit
SLOWER = 5  # than the machine on which times were measured
LEAST_MINUTES = 10


@dataclass(frozen=True)
class Need:
    """Memory, bytes, and processor time, seconds; `spread` is whether threads share the time."""

    memory: float
    seconds: float
    spread: bool = True


def _probe(sizes: Sizes, threads: int) -> Need:
    of_image = sizes.activations * sizes.number_bytes
    of_forward = CPU_FORWARD_IMAGES * sizes.image_pixels * FORWARD_BYTES
    batches_held = 2 * threads + 2  # those in the pipeline, the one being written, its compressed copy
    images = min(sizes.batch_images, sizes.shard_images)
    seconds = sizes.shard_images * sizes.image_pixels / 224**2
    return Need(TORCH + WEIGHTS + batches_held * images * of_image + threads * of_forward, seconds)


def _thresholds(sizes: Sizes, threads: int, quantiles: int = 1) -> Need:
    """Counts wait at each level of the tree that merges them; those of float16's one digit serve all quantiles."""
    of_image = sizes.cells * 64 * sizes.number_bytes
    keys = 6 * max(BLOCK, of_image)  # a block, and what its order is worked out from
    levels = 1 + math.ceil(math.log(max(1, sizes.images * of_image / BLOCK), MERGED))
    counts = COUNTS * (quantiles if sizes.number_bytes > BYTES["float16"] else 1)
    memory = PYTHON + threads * (keys + 2 * counts) + levels * MERGED * counts
    return Need(memory, _seconds_to_read(sizes) * (1 + quantiles))


def _filter_masks(sizes: Sizes, threads: int) -> Need:
    found = _thresholds(sizes, threads)
    return Need(found.memory + _dense(sizes, sizes.number_bytes + 2), found.seconds + _seconds_to_read(sizes))


def _rotated(sizes: Sizes, threads: int) -> Need:
    found = _thresholds(sizes, threads)
    turned = threads * 3 * _dense(sizes, 4)  # products are in float32
    counted = _single_filter(sizes, threads)
    seconds = 3 * found.seconds + counted.seconds + sizes.images * sizes.cells * sizes.filters**2 / 1e9
    return Need(found.memory + turned + counted.memory - PYTHON, seconds)


def _single_filter(sizes: Sizes, threads: int) -> Need:
    counts = 8 * 8 * sizes.concepts * sizes.filters
    seconds = sizes.images * sizes.filters * sizes.cells * 2e-9 + sizes.pairs * sizes.mask_pixels * 2e-7
    return Need(PYTHON + _tables_read(sizes) + counts + threads * (32 * MIB + 2 * _dense(sizes, 2)), seconds)


def _fair_single_filter(sizes: Sizes, threads: int) -> Need:
    found = _thresholds(sizes, threads, sizes.quantiles)
    many = replace(sizes, filters=sizes.filters * sizes.quantiles)
    counted = _single_filter(many, threads)
    memory = found.memory + counted.memory - PYTHON + _dense(sizes, sizes.number_bytes)
    return Need(memory, found.seconds + counted.seconds)


def _fit(sizes: Sizes, threads: int, fits: float) -> Need:
    """`fits` fits of a batch's concepts. What they read lies in mapped files, of which the part in use counts.

    Beside these a thread holds the patches of a concept, four pixels or more in each, were it in every image.
    """
    pairs, concepts = sizes.pairs / sizes.batches, sizes.concepts / sizes.batches
    weights = 16 * 8 * concepts * sizes.filters * fits
    mapped = min(scratch_bytes(sizes), 4096 * MIB)
    seconds = pairs * EVALUATIONS * fits * 40e-6 * sizes.mask_pixels / 112**2
    of_threads = threads * (64 * MIB + sizes.images * sizes.mask_pixels / 4)
    memory = PYTHON + _tables_read(sizes) + mapped + weights + of_threads + _dense(sizes, 2)
    return Need(memory + (TORCH if sizes.gpu else 0), seconds)


def _segmentation(sizes: Sizes, threads: int) -> Need:
    return _fit(sizes, threads, 1)


def _segmentation_subsets(sizes: Sizes, threads: int) -> Need:
    return _fit(sizes, threads, sizes.subsets)


def _segmentation_controls(sizes: Sizes, threads: int) -> Need:
    return _fit(sizes, threads, 2 * sizes.fits)


def _pool(sizes: Sizes, _threads: int) -> Need:
    return Need(PYTHON + _dense(sizes, 3 * sizes.number_bytes), _seconds_to_read(sizes), spread=False)


def _classification(sizes: Sizes, _threads: int) -> Need:
    pooled = 3 * 4 * sizes.images * sizes.filters
    seconds = 60 * (sizes.pairs + sizes.images) * sizes.filters * 1e-8 * sizes.subsets
    return Need(TORCH + _tables_read(sizes) + pooled, seconds, spread=False)


def _dataset(sizes: Sizes, threads: int) -> Need:
    chunk = IMAGES_AT_ONCE * sizes.mask_pixels * 2 * 20
    return Need(PYTHON + threads * (WORKER + chunk), sizes.images * 0.1)


def _evaluation(sizes: Sizes, threads: int) -> Need:
    histograms = 2 * 8 * 1024 * sizes.concepts * sizes.fits * (threads + 1)
    seconds = sizes.images * sizes.concepts * sizes.fits * sizes.mask_pixels * 4e-9
    return Need(PYTHON + _tables_read(sizes) + histograms + threads * 2 * _dense(sizes, 2), seconds)


def _of_tables(sizes: Sizes, _threads: int) -> Need:
    """Tables with a row for every pair, and tests that draw them many times."""
    rows = 300 * sizes.pairs * (sizes.fits + 1)
    between = 8 * 8 * sizes.concepts**2
    seconds = sizes.concepts * 0.1 * sizes.fits + sizes.pairs * 1e-3
    return Need(PYTHON + rows + between, seconds, spread=False)


def _of_pictures(sizes: Sizes, threads: int) -> Need:
    tables = _of_tables(sizes, threads)
    memory = tables.memory + threads * 150 * MIB + _dense(sizes, 2)
    return Need(memory, tables.seconds + 2 * sizes.concepts, spread=False)


def _network(_sizes: Sizes, _threads: int) -> Need:
    return Need(TORCH + WEIGHTS, 60, spread=False)


NEEDS: Mapping[str, Callable[[Sizes, int], Need]] = {
    "dataset": _dataset,
    "network": _network,
    "probe": _probe,
    "filter_masks": _filter_masks,
    "pool": _pool,
    "single_filter": _single_filter,
    "fair_single_filter": _fair_single_filter,
    "rotated": _rotated,
    "segmentation": _segmentation,
    "segmentation_subsets": _segmentation_subsets,
    "segmentation_controls": _segmentation_controls,
    "classification": _classification,
    "evaluation": _evaluation,
    "cooccurrence": _evaluation,
    "tables": _of_tables,
    "pictures": _of_pictures,
}


def memory_mb(stage: str, sizes: Sizes, threads: int) -> int:
    """Memory of a job of `stage`, in millions of bytes, to the next hundred."""
    return 100 * math.ceil(NEEDS[stage](sizes, threads).memory / 1e8)


def minutes(stage: str, sizes: Sizes, threads: int) -> int:
    """How long a job of `stage` may take."""
    need = NEEDS[stage](sizes, threads)
    return LEAST_MINUTES + math.ceil(SLOWER * need.seconds / (threads if need.spread else 1) / 60)


def in_words(config: Config, results: Path, networks: Iterable[str], threads: int) -> str:
    """What some networks of the run in results/RUN need on the disk, and their largest job of memory."""
    disk, jobs = _dataset_bytes(config, sizes_of(config, results)) + PAGE, []
    for network in networks:
        layers = config.networks[network].layers
        of_all = sizes_of(config, results, network, layers)
        of_layers = [sizes_of(config, results, network, [layer]) for layer in layers]
        disk += stored_bytes(of_all) * (1 + 1 / 4 / of_all.number_bytes)  # filter masks are a bit, twice
        disk += max(scratch_bytes(sizes) for sizes in of_layers) + sum(picture_bytes(sizes) for sizes in of_layers)
        jobs += [(memory_mb("probe", of_all, threads), "probe")]
        jobs += [
            (memory_mb(stage, sizes, threads), stage) for sizes in of_layers for stage in NEEDS if stage != "probe"
        ]
    memory, stage = max(jobs)
    words = f"up to {_amount(disk)} of disk, and {_amount(memory * 1e6)} of memory for the largest job (`{stage}`)"
    return words if known_images(config, results) else f"{words}, if the data set, not yet read, is as large as Broden"


def _amount(number: float) -> str:
    return f"{number / 1e9:,.1f} GB" if number >= 1e9 else f"{number / 1e6:,.0f} MB"


def stored_bytes(sizes: Sizes) -> int:
    """What activations take at most: compression makes them less."""
    return sizes.images * sizes.activations * sizes.number_bytes


def picture_bytes(sizes: Sizes) -> float:
    """What a layer's figures take, and its sheets of concepts and filters."""
    return FIGURES + CONCEPT_SHEET * sizes.concepts + FILTER_ON_SHEET * sizes.filters


def _dataset_bytes(config: Config, sizes: Sizes) -> float:
    """Masks, which compression makes a small part of, and the toy's drawings."""
    drawings = 2 * sizes.images * sizes.image_pixels if config.dataset.reader == "toy" else 0
    return drawings + sizes.images * sizes.mask_pixels


def scratch_bytes(sizes: Sizes) -> int:
    """What a fit keeps beside its output while it runs: its concepts' masks, and the active cells of all images."""
    return int(sizes.pairs / sizes.batches * sizes.mask_pixels / 8 + _active_bytes(sizes))


def _active_bytes(sizes: Sizes) -> float:
    return sizes.images * sizes.filters * sizes.cells * sizes.quantile * 8


def _tables_read(sizes: Sizes) -> float:
    return OF_PAIR * sizes.pairs


def _dense(sizes: Sizes, of_number: int) -> float:
    """Bytes of the cells of images that are read together."""
    return min(IMAGES_AT_ONCE, sizes.images) * sizes.filters * sizes.cells * of_number


def _seconds_to_read(sizes: Sizes) -> float:
    return sizes.images * sizes.filters * sizes.cells * sizes.number_bytes / 100e6
