"""Unpacks a zip archive inside its folder only, completely or not at all."""

import lzma
import stat
import zipfile
import zlib
from collections.abc import Iterable
from pathlib import Path, PurePosixPath, PureWindowsPath
from zipfile import ZipFile, ZipInfo

from net2vec_core.dataset.download import require_room
from net2vec_core.errors import UserError
from net2vec_core.progress import progress
from net2vec_core.storage import beside, remove

ENCRYPTED = 1  # bit of a member's flags
DISK_BLOCK = 4096  # bytes; a small file takes a whole one
DAMAGE = (zipfile.BadZipFile, zlib.error, lzma.LZMAError, EOFError, RuntimeError)


def unpack(archive: Path, folder: Path, tables: Iterable[str]) -> None:
    """Unpack the data set in a zip archive to `folder`, which appears when it is complete.

    Every member is checked before the first is written. A data set may lie in folders of the archive: `folder` is the
    one that holds `tables`.

    Raises:
        UserError: if the archive is damaged or has no such tables, a member is a link or would lie outside the folder,
            or the disk has no room for it. A damaged archive is removed, so that the next run fetches it anew.
    """
    partial = beside(folder)
    remove(partial)
    try:
        with ZipFile(archive) as content:
            members = content.infolist()
            root = _root(archive, members, set(tables))
            _require_harmless(archive, members)
            require_room(archive.parent, sum(_size_on_disk(member) for member in members))
            for member in progress(members, f"unpacking {archive.name}", "file"):
                content.extract(member, partial)
        remove(folder)
        (partial / root).rename(folder)
    except DAMAGE as error:
        archive.unlink()
        raise UserError(f"{archive}: damaged ({error}); it was removed, so that the next run fetches it anew") from None
    finally:
        remove(partial)


def _root(archive: Path, members: list[ZipInfo], tables: set[str]) -> PurePosixPath:
    """The folder of the archive in which all of `tables` lie."""
    paths = [PurePosixPath(member.filename) for member in members]
    holding: dict[PurePosixPath, set[str]] = {}
    for path in paths:
        holding.setdefault(path.parent, set()).add(path.name)
    for folder, names in holding.items():
        if tables <= names:
            return folder
    raise UserError(f"{archive}: no folder of the archive holds {', '.join(sorted(tables))}")


def _require_harmless(archive: Path, members: list[ZipInfo]) -> None:
    for member in members:
        wrong = _what_is_wrong(member)
        if wrong:
            raise UserError(f"{archive}: its member {member.filename!r} {wrong}; nothing was unpacked")


def _what_is_wrong(member: ZipInfo) -> str | None:
    # also as Windows reads it, since an archive that is made for one system and hostile on another is not Broden
    path = PureWindowsPath(member.filename)
    kind = stat.S_IFMT(member.external_attr >> 16)
    if path.anchor:
        return "has an absolute path"
    if ".." in path.parts:
        return "would lie outside the folder"
    if kind == stat.S_IFLNK:
        return "is a link"
    if kind not in (0, stat.S_IFREG, stat.S_IFDIR):
        return "is neither a file nor a folder"
    return "is encrypted" if member.flag_bits & ENCRYPTED else None


def _size_on_disk(member: ZipInfo) -> int:
    return -(-member.file_size // DISK_BLOCK) * DISK_BLOCK
