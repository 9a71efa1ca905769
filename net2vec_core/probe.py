"""Images → activation shards: every layer of a network in one pass, images decoded beside the forward pass."""

import contextlib
import logging
import math
import shutil
import threading
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
import zarr
from torch import Tensor

from net2vec_core.dataset.images import read_rgb
from net2vec_core.errors import UserError
from net2vec_core.network import LayerReader
from net2vec_core.parallel import ordered_map
from net2vec_core.progress import progress
from net2vec_core.settings import Fit
from net2vec_core.sizes import BYTES
from net2vec_core.storage import COMPRESSOR, new_store

# On the CPU a small batch stays in the cache and, being always the same, gives each image the same bits whatever
# `batch_size` is.
CPU_FORWARD_IMAGES = 8
FILTERS_PER_CHUNK = 64
CHUNK_BYTES = 8 * 2**20

Grids = dict[str, tuple[int, int, int]]
logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class ProbeSettings:
    """How images are shown to a network.

    Attributes:
        image_size: Side of its input, pixels.
        fit: How an image becomes a square.
        dtype: float16 or float32, of the stored activations.
        batch_size: Images decoded and forwarded together.
        threads: Batches in work side by side.
    """

    image_size: int
    fit: Fit
    dtype: str
    batch_size: int
    threads: int


def probe(
    reader: LayerReader,
    grids: Grids,
    images: Sequence[Path],
    settings: ProbeSettings,
    store: Path,
    made_from: dict[str, Any],
    objects: str | None = None,
) -> None:
    """Write the activations of `images`: one array a layer, float16 or float32 [image, filter, y, x], zstd level 1.

    `objects` is where the data lie (`storage.new_store`).

    Raises:
        UserError: if an image cannot be decoded, or an activation is not finite in this dtype.
    """
    if objects is None:
        numbers = len(images) * sum(filters * height * width for filters, height, width in grids.values())
        _look_for_room(store, numbers * BYTES[settings.dtype])
    torch.set_num_threads(1)  # the threads work on batches of their own
    forward = _Forward(reader, settings)
    size = settings.batch_size
    batches = [images[first : first + size] for first in range(0, len(images), size)]
    with new_store(store, "probe", made_from, objects, str(reader.device)) as group:
        arrays = {layer: _create(group, layer, (len(images), *grid), settings) for layer, grid in grids.items()}
        first = 0
        for outputs in ordered_map(forward, progress(batches, "probing", "batch"), settings.threads):
            for layer, output in outputs.items():
                arrays[layer][first : first + len(output)] = output.numpy()
            first += len(next(iter(outputs.values())))


def _look_for_room(store: Path, needed: int) -> None:
    store.parent.mkdir(parents=True, exist_ok=True)
    free = shutil.disk_usage(store.parent).free
    if needed > free:
        logger.warning(
            "%s: the disk may fill up, %s GB are free and activations take up to %s GB: compression usually, but not"
            " surely, halves them", store, f"{free / 1e9:.1f}", f"{needed / 1e9:.1f}",
        )  # fmt: skip


def _create(group: zarr.Group, layer: str, shape: tuple[int, ...], settings: ProbeSettings) -> zarr.Array[Any]:
    """An array whose shards hold a batch, in chunks of some images and filters, so that few are read alone."""
    images, filters, height, width = shape
    batch, some = min(settings.batch_size, images), min(FILTERS_PER_CHUNK, filters)
    bytes_per_image = some * height * width * BYTES[settings.dtype]
    together = max(n for n in range(1, batch + 1) if batch % n == 0 and (n == 1 or n * bytes_per_image <= CHUNK_BYTES))
    chunks, shards = (together, some, height, width), (batch, some * math.ceil(filters / some), height, width)
    return group.create_array(
        layer, shape=shape, chunks=chunks, shards=shards, dtype=settings.dtype, compressors=COMPRESSOR
    )


class _Forward:
    """From the paths of a batch of images to their activations; several threads may call it at once."""

    def __init__(self, reader: LayerReader, settings: ProbeSettings) -> None:
        self.reader, self.settings = reader, settings
        self.dtype: torch.dtype = getattr(torch, settings.dtype)
        self.on_cpu = reader.device.type == "cpu"
        self.turn = contextlib.nullcontext() if self.on_cpu else threading.Lock()

    def __call__(self, paths: Sequence[Path]) -> dict[str, Tensor]:
        images = np.stack([read_rgb(path, self.settings.image_size, self.settings.fit) for path in paths])
        step = CPU_FORWARD_IMAGES if self.on_cpu else self.settings.batch_size
        parts = [self._forward(images[first : first + step], step) for first in range(0, len(images), step)]
        outputs = {layer: torch.cat([part[layer] for part in parts]) for layer in parts[0]}
        self._require_finite(outputs, paths)
        return outputs

    def _forward(self, images: Any, step: int) -> dict[str, Tensor]:
        padded = np.concatenate([images, np.zeros((step - len(images), *images.shape[1:]), np.uint8)])
        with self.turn:
            outputs = self.reader(padded, self.dtype)
        return {layer: output[: len(images)] for layer, output in outputs.items()}

    def _require_finite(self, outputs: dict[str, Tensor], paths: Sequence[Path]) -> None:
        for layer, output in outputs.items():
            finite = torch.isfinite(output).flatten(1).all(1)
            if not finite.all():
                first = int((~finite).nonzero()[0])
                raise UserError(f"{paths[first]}: layer `{layer}` gives {self._explain(output[first])}")

    def _explain(self, output: Tensor) -> str:
        if output.isnan().any():
            return "activations that are no numbers (NaN); are the weights those of this model, and sound?"
        advice = "; set `compute.activation_dtype: float32`" if self.dtype == torch.float16 else ""
        return f"infinite activations{advice}"
