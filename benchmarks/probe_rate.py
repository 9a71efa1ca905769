"""`python -m benchmarks.probe_rate`: images per second of the probe, and of each of the things it does, by network.

On the GPU where there is one, else on all cores. What is slowest alone is what limits the probe.
"""

import argparse
import os
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import torch
import zarr
from torch import nn

from benchmarks.data import photographs
from benchmarks.results import machine, write_result
from net2vec_core.dataset.images import read_rgb
from net2vec_core.device import choose_device
from net2vec_core.layouts import read_layers
from net2vec_core.network import LayerReader, build, trace
from net2vec_core.parallel import ordered_map
from net2vec_core.probe import ProbeSettings, probe
from net2vec_core.settings import NetworkSettings
from net2vec_core.sizes import CPU_FORWARD_IMAGES
from net2vec_core.storage import COMPRESSOR

SIDE, BATCH = 224, 64
# the paper's; at random weights, which are as fast as others
NETWORKS = {"alexnet": [1, 4, 7, 9, 11], "vgg16": [29]}


def main() -> None:
    """Measure, print and keep the rates."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--images", type=int, default=256)
    parser.add_argument("--threads", type=int, default=os.cpu_count())
    arguments = parser.parse_args()
    device = choose_device("auto")
    for name, layers in NETWORKS.items():
        with tempfile.TemporaryDirectory() as folder:
            rates = _rates(name, layers, device, Path(folder), arguments.images, arguments.threads)
        processor = torch.cuda.get_device_name() if device == "cuda" else device
        print(f"{name} on {processor}: " + ", ".join(f"{what} {rate:.0f}" for what, rate in rates.items()), flush=True)
        result = {"network": name, "device": processor, "threads": arguments.threads, "images_per_second": rates}
        write_result(f"rate-{name}", machine() | result)


def _rates(name: str, numbers: list[int], device: str, folder: Path, images: int, threads: int) -> dict[str, float]:
    """Images per second."""
    layers = [f"features.{number}" for number in numbers]
    settings = NetworkSettings(model=f"torchvision/{name}", weights="random", layers=layers)
    model, preprocessing = build(settings, folder)
    calls = trace(model, SIDE, name)
    readings = read_layers(calls, settings, name, None)
    grids = {layer: reading.grid for layer, reading in readings.items()}
    paths = photographs(folder, images, SIDE)
    bare = _rate(lambda: _forward(model.get_submodule("features"), device, images, threads), images)
    reader = LayerReader(model, preprocessing, calls, readings, device)
    how, store = ProbeSettings(SIDE, "stretch", "float16", BATCH, threads), folder / "a.zarr"
    return {
        "forward": bare,
        "decoding": _rate(
            lambda: list(ordered_map(lambda path: read_rgb(path, SIDE, "stretch"), paths, threads)), images
        ),
        "probe": _rate(lambda: probe(reader, grids, paths, how, store, {}), images),
        "storing": _storing(store, layers, images),
    }


def _rate(work: Callable[[], object], images: int) -> float:
    work()
    before = time.perf_counter()
    work()
    return images / (time.perf_counter() - before)


def _forward(model: nn.Module, device: str, images: int, threads: int) -> None:
    """The bare forward pass: on the CPU as many batches side by side as there are threads, on a GPU one by one."""
    size = CPU_FORWARD_IMAGES if device == "cpu" else BATCH
    torch.set_num_threads(1)
    moved = model.to(device).to(memory_format=torch.channels_last)
    batch = torch.randn(size, 3, SIDE, SIDE, device=device).to(memory_format=torch.channels_last)

    def one(_: int) -> None:
        with torch.inference_mode():
            moved(batch)

    list(ordered_map(one, range(images // size), threads if device == "cpu" else 1))
    if device != "cpu":
        torch.cuda.synchronize()


def _storing(store: Path, layers: list[str], images: int) -> float:
    """Of what the probe has stored, compressed and written anew."""
    arrays: list[Any] = [zarr.open_array(store / layer, mode="r") for layer in layers]
    stored = [(array, array[:]) for array in arrays]

    def write() -> None:
        for array, values in stored:
            zarr.create_array(
                store.with_name("again.zarr"), data=values, chunks=array.chunks, shards=array.shards,
                compressors=COMPRESSOR, overwrite=True,
            )  # fmt: skip

    return _rate(write, images)


if __name__ == "__main__":
    main()
