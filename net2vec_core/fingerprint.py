"""Which data set results are of: a digest of all that is in it, wherever it lies."""

import hashlib
from pathlib import Path
from typing import Any

import numpy as np
import zarr

from net2vec_core.parallel import ordered_map
from net2vec_core.progress import progress
from net2vec_core.storage import read_table

CHUNK = 64  # images whose masks are read together


def dataset_fingerprint(images: Path, occurrences: Path, masks: zarr.Array[Any], threads: int) -> str:
    """A digest of a data set's images, their splits and sizes, and their labels; not of the places where files lie.

    Args:
        images: Table of image, path, split, height, width.
        occurrences: Table of image, concept, pixels.
        masks: uint16 [image, plane, y, x].
        threads: How many images are read at once.
    """
    table = read_table(images, dtype={"path": str})
    digest = hashlib.sha256(table.drop(columns="path").to_csv(index=False).encode())
    digest.update(occurrences.read_bytes())
    for first in range(0, len(table), CHUNK):
        digest.update(np.asarray(masks[first : first + CHUNK]).tobytes())
    paths = progress([Path(path) for path in table["path"]], "taking the data set's fingerprint", "image")
    for of_image in ordered_map(file_digest, paths, threads):
        digest.update(of_image.encode())
    return digest.hexdigest()[:16]


def file_digest(path: Path) -> str:
    """The SHA-256 of a file."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
