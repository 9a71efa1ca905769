"""Finding the images in a folder."""

import os
from collections.abc import Iterator
from pathlib import Path

SUFFIXES = frozenset((".png", ".jpg", ".jpeg", ".bmp", ".gif", ".tif", ".tiff", ".webp", ".ppm", ".pgm", ".jp2"))


def image_files(folder: Path) -> Iterator[tuple[str, Path]]:
    """The image files in a folder and its sub-folders, with their paths within it but for the suffix."""
    for place, folders, names in os.walk(folder, followlinks=True):
        folders.sort()
        for name in sorted(names):
            path = Path(place, name)
            if path.suffix.lower() in SUFFIXES and not name.startswith("."):
                yield path.relative_to(folder).with_suffix("").as_posix(), path
