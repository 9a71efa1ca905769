"""Zarr stores and tables on disk: written beside their place, renamed into it when complete."""

import asyncio
import gzip
import io
import os
import shutil
import zlib
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

import numpy as np
import pandas as pd
import zarr
from numpy.typing import NDArray
from zarr.abc.store import Store
from zarr.codecs import ZstdCodec
from zarr.core.sync import sync
from zarr.errors import GroupNotFoundError

import net2vec_core
from net2vec_core.errors import UserError

FORMAT_VERSION = 3
OF_DATA = {"dataset.fingerprint": "another data set", "network.fingerprint": "other weights"}
POINTER = "objects.json"  # in a folder that stands for a store elsewhere
COMPRESSOR = ZstdCodec(level=1)  # smallest and fastest on float16 activations; shuffling makes both worse

_written: ContextVar[dict[Path, str] | None] = ContextVar("_written", default=None)


@contextmanager
def noting_what_is_written() -> Iterator[dict[Path, str]]:
    """What grows by each file, store and folder that is written within the block, with the device that computed it."""
    written: dict[Path, str] = {}
    token = _written.set(written)
    try:
        yield written
    finally:
        _written.reset(token)


def note_written(path: Path, device: str = "cpu") -> None:
    """Add a path to what is written, if that is noted."""
    if (written := _written.get()) is not None:
        written[path] = device


@contextmanager
def new_store(
    path: Path, stage: str, made_from: dict[str, Any], objects: str | None = None, device: str = "cpu"
) -> Iterator[zarr.Group]:
    """A Zarr group that appears at `path` when the block ends, and not at all when it fails.

    Its attributes carry the format version, the package version, the stage, `made_from` (the configuration's part on
    which it depends), the device that computed it, which changes nothing but rounding, and the number and size of its
    files, by which `open_store` sees whether all are there. With `objects`, an `s3://` address, these files lie below
    it, and at `path` a folder that says where.
    """
    attributes: dict[str, Any] = {
        "format_version": FORMAT_VERSION,
        "package_version": net2vec_core.__version__,
        "stage": stage,
        "made_from": made_from,
        "device": device,
    }
    with _new_place(path) if objects is None else _new_place_elsewhere(path, objects) as place:
        try:
            group = zarr.open_group(place.zarr, mode="w", zarr_format=3, attributes=attributes)
            yield group
            group.attrs["content"] = _content(place)
        except BaseException:
            sync(_writers_done())
            raise
    note_written(path, device)


class _Place(Protocol):
    """Where the files of a store lie."""

    @property
    def zarr(self) -> str | Store:
        """The place as zarr takes it."""

    def sizes(self) -> list[int]:
        """The sizes of its files, bytes, but its own description's."""


@dataclass(frozen=True)
class _Folder:
    path: Path

    @property
    def zarr(self) -> str:
        return str(self.path)

    def sizes(self) -> list[int]:
        """Without hidden files, which a desktop may add."""
        files = (path for path in self.path.rglob("[!.]*") if path != self.path / "zarr.json" and path.is_file())
        return [file.stat().st_size for file in files]


@contextmanager
def _new_place(path: Path) -> Iterator[_Place]:
    with new_folder(path) as folder:
        yield _Folder(folder)


@contextmanager
def _new_place_elsewhere(path: Path, base: str) -> Iterator[_Place]:
    from net2vec_core.object_storage import new_objects, write_pointer  # of packages that few need

    with new_objects(path, base) as objects, new_folder(path) as folder:
        yield objects
        write_pointer(folder, objects)


def _place_of(path: Path) -> _Place:
    """Where the files of the store at `path` lie: there, or where the folder there says."""
    if not (path / POINTER).exists():
        return _Folder(path)
    from net2vec_core.object_storage import read_pointer

    return read_pointer(path)


@contextmanager
def new_folder(path: Path) -> Iterator[Path]:
    """An empty folder to fill, which appears at `path` when the block ends, and not at all when it fails."""
    partial = beside(path)
    remove(partial)
    try:
        partial.mkdir(parents=True)
        yield partial
        _put(partial, path)
    finally:
        remove(partial)


async def _writers_done() -> None:
    """Wait for the chunks that zarr still writes after one has failed; they would reappear after their removal."""
    others = asyncio.all_tasks() - {asyncio.current_task()}
    if others:
        await asyncio.wait(others, timeout=60)


def open_store(path: Path, stage: str, made_from: dict[str, Any] | None) -> zarr.Group:
    """The Zarr group at `path`, read-only; `made_from` None takes it whatever configuration made it.

    Raises:
        UserError: if there is none, another stage, format version or configuration made it, or files of it are missing
            or cut off, which zarr would read as zeros.
    """
    try:
        place = _place_of(path)
        group = zarr.open_group(place.zarr, mode="r", zarr_format=3)
        found: dict[str, Any] = group.attrs.asdict()
    except (GroupNotFoundError, FileNotFoundError, NotADirectoryError):
        if (path / POINTER).exists():
            raise _damaged(path, "its data elsewhere are gone") from None
        raise UserError(f"{path}: no such store; run `snakemake` to make it") from None
    except (ValueError, LookupError, TypeError) as error:
        raise _damaged(path, f"its description cannot be read: {error}") from None
    _require_kind(path, found, stage)
    if made_from is not None:
        _require_same(path, found["made_from"], made_from)
    content = _content(place)
    if found["content"] != content:
        raise _damaged(path, f"it holds {_in_words(content)}, and {_in_words(found['content'])} were written")
    return group


def _require_kind(path: Path, found: dict[str, Any], stage: str) -> None:
    if "format_version" not in found:
        raise UserError(f"{path} is not a store of net2vec; remove it and run `snakemake` to make one")
    if found["stage"] != stage:
        raise UserError(f"{path} is a store of the stage `{found['stage']}`, where one of `{stage}` is needed")
    if found["format_version"] != FORMAT_VERSION:
        raise UserError(
            f"{path} is in format {found['format_version']} of another version of net2vec, not in format"
            f" {FORMAT_VERSION}; run `snakemake` to make it anew"
        )


def _content(place: _Place) -> dict[str, int]:
    sizes = place.sizes()
    return {"files": len(sizes), "bytes": sum(sizes)}


def _in_words(content: dict[str, int]) -> str:
    return f"{content['files']:,} files of {content['bytes']:,} bytes"


def _damaged(path: Path, reason: str) -> UserError:
    return UserError(f"{path} is damaged ({reason}); remove it and run `snakemake` to make it anew")


def stored_together(images: NDArray[np.int64], images_per_chunk: int) -> Iterator[tuple[int, int, NDArray[np.int64]]]:
    """The places in `images` whose images lie in one stored chunk, int64, with the first and last + 1 of these images.

    Reading chunk by chunk, each chunk is read only once.
    """
    order = np.argsort(images, kind="stable")
    ends = np.flatnonzero(np.diff(images[order] // images_per_chunk)) + 1
    for places in np.split(order, ends) if len(images) else []:
        yield int(images[places[0]]), int(images[places[-1]]) + 1, places


def _require_same(path: Path, found: Any, expected: dict[str, Any]) -> None:
    for key, was, is_now in _differences(found, expected):
        what = OF_DATA.get(key, "another configuration")
        raise UserError(
            f"{path} was made from {what}: `{key}` was {was}, is now {is_now};"
            " run `snakemake` to make it anew, or give this configuration a `run` name of its own"
        )


def _differences(found: Any, expected: Any, key: str = "") -> Iterator[tuple[str, Any, Any]]:
    """The dotted keys whose values differ, with both values."""
    if isinstance(found, dict) and isinstance(expected, dict):
        for part in sorted(found.keys() | expected.keys()):
            yield from _differences(found.get(part), expected.get(part), f"{key}.{part}".lstrip("."))
    elif found != expected:
        yield key, found, expected


def write_table(table: pd.DataFrame, path: Path, float_format: str = "%.6g", index: bool = False) -> None:
    """Write a CSV (gzip-compressed if its name ends in .gz), the same bytes for the same table, whole or not at all."""
    text = table.to_csv(index=index, float_format=float_format, lineterminator="\n")
    write_bytes(path, _gzip(text.encode()) if path.suffix == ".gz" else text.encode())


def read_table(path: Path, columns: Collection[str] = (), **options: Any) -> pd.DataFrame:
    """A CSV of this run; names such as `NA` or `null` stay text.

    Raises:
        UserError: if the file is missing or damaged, or lacks one of `columns` or of those whose dtype is given.
    """
    try:
        table: pd.DataFrame = pd.read_csv(path, keep_default_na=False, na_values=[""], **options)
    except FileNotFoundError:
        raise UserError(f"{path}: no such table; run `snakemake` to make it") from None
    except (ValueError, EOFError, zlib.error, gzip.BadGzipFile) as error:
        raise _damaged(path, str(error).strip()) from None
    for column in (*columns, *options.get("dtype", ())):
        if column not in table:
            raise _damaged(path, f"it has no column `{column}`")
    return table


def write_bytes(path: Path, content: bytes) -> None:
    """Write a file, whole or not at all."""
    partial = beside(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        partial.write_bytes(content)
        _put(partial, path)
    finally:
        remove(partial)


def _put(partial: Path, path: Path) -> None:
    """Give a complete file or folder its name, once it is on the disk: after a power cut it is whole or not there."""
    for part in [partial, *partial.rglob("*")]:
        descriptor = os.open(part, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
    if partial.is_dir():
        remove(path)
    partial.replace(path)
    note_written(path)


def beside(path: Path) -> Path:
    """Where the thing that will be at `path` is written."""
    return path.with_name(f".{path.name}.partial")


def remove(path: Path) -> None:
    """Remove a file or a folder, if there is one."""
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)


def _gzip(content: bytes) -> bytes:
    # no file name and no time in the header: the same table gives the same bytes
    buffer = io.BytesIO()
    with gzip.GzipFile(filename="", mode="wb", fileobj=buffer, mtime=0, compresslevel=6) as stream:
        stream.write(content)
    return buffer.getvalue()
