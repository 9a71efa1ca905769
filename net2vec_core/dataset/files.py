"""Finding the files of a data set."""

import os
from collections.abc import Iterator
from pathlib import Path, PurePosixPath

from net2vec_core.errors import UserError

SUFFIXES = frozenset((".png", ".jpg", ".jpeg", ".bmp", ".gif", ".tif", ".tiff", ".webp", ".ppm", ".pgm", ".jp2"))


def image_files(folder: Path) -> Iterator[tuple[str, Path]]:
    """The image files in a folder and its sub-folders, with their paths within it but for the suffix."""
    for place, folders, names in os.walk(folder, followlinks=True):
        folders[:] = sorted(name for name in folders if not _leads_back(place, name))
        for name in sorted(names):
            path = Path(place, name)
            if path.suffix.lower() in SUFFIXES and not name.startswith("."):
                yield path.relative_to(folder).with_suffix("").as_posix(), path


def _leads_back(place: str, name: str) -> bool:
    """Whether a folder is a link to one that it lies in, which has no end."""
    path = Path(place, name)
    if not path.is_symlink():
        return False
    here = Path(place).resolve()
    return path.resolve() in (here, *here.parents)


def inside(folder: Path, name: str, table: Path) -> Path:
    """The path of a file in `folder` that a data set's own table names.

    Raises:
        UserError: if the name leads out of the folder: to a file that is not the data set's, and may be a secret.
    """
    parts = PurePosixPath(name)
    if parts.is_absolute() or ".." in parts.parts or "\0" in name:
        raise UserError(f"{table}: the file name {name!r} leads out of {folder}")
    return folder / name
