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
from net2vec_core.memory import keep_freed_memory
from net2vec_core.network import LayerReader
from net2vec_core.parallel import ordered_map
from net2vec_core.progress import progress
from net2vec_core.settings import Fit
from net2vec_core.sizes import BYTES, CPU_FORWARD_IMAGES
from net2vec_core.storage import COMPRESSOR, new_store

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
    keep_freed_memory()
    torch.set_num_threads(1)  # the threads work on batches of their own
    forward = _Forward(reader, grids, settings)
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
    # an empty chunk is small once compressed, and cheaper to write than to be told from others
    return group.create_array(
        layer, shape=shape, chunks=chunks, shards=shards, dtype=settings.dtype, compressors=COMPRESSOR,
        config={"write_empty_chunks": True},
    )  # fmt: skip


class _Forward:
    """From the paths of a batch of images to their activations; several threads may call it at once."""

    def __init__(self, reader: LayerReader, grids: Grids, settings: ProbeSettings) -> None:
        self.reader, self.grids, self.settings = reader, grids, settings
        self.dtype: torch.dtype = getattr(torch, settings.dtype)
        on_cpu = reader.device.type == "cpu"
        # on the CPU always the same number, since that gives an image the same bits whatever `batch_size` is
        self.step = CPU_FORWARD_IMAGES if on_cpu else settings.batch_size
        self.turn = contextlib.nullcontext() if on_cpu else threading.Lock()

    def __call__(self, paths: Sequence[Path]) -> dict[str, Tensor]:
        outputs = {layer: torch.empty(len(paths), *grid, dtype=self.dtype) for layer, grid in self.grids.items()}
        for first in range(0, len(paths), self.step):
            some = paths[first : first + self.step]
            for layer, output in self._forward(some).items():
                outputs[layer][first : first + len(some)] = output[: len(some)]
        self._require_finite(outputs, paths)
        return outputs

    def _forward(self, paths: Sequence[Path]) -> dict[str, Tensor]:
        size = self.settings.image_size
        images = np.zeros((self.step, size, size, 3), np.uint8)
        for image, path in zip(images, paths, strict=False):
            image[:] = read_rgb(path, size, self.settings.fit)
        with self.turn:
            return self.reader(images, self.dtype)

    def _require_finite(self, outputs: dict[str, Tensor], paths: Sequence[Path]) -> None:
        for layer, output in outputs.items():
            if not torch.stack(output.aminmax()).isfinite().all():  # NaN passes through both
                first = int((~output.isfinite().flatten(1).all(1)).nonzero()[0])
                raise UserError(f"{paths[first]}: layer `{layer}` gives {self._explain(output[first])}")

    def _explain(self, output: Tensor) -> str:
        if output.isnan().any():
            return "activations that are no numbers (NaN); are the weights those of this model, and sound?"
        advice = "; set `compute.activation_dtype: float32`" if self.dtype == torch.float16 else ""
        return f"infinite activations{advice}"
