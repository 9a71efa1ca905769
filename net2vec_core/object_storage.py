"""The files of stores on S3-compatible storage, and what lies in a store's place: a folder that says where they are.

Objects cannot be renamed. So each store is written below an address of its own, and the folder appears when all of it
is there. A hidden file beside it lists the addresses, so that what a killed job or an older store left is removed.
"""

import hashlib
import json
import re
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

import obstore
from obstore.store import S3Store
from zarr.storage import ObjectStore

from net2vec_core.errors import UserError
from net2vec_core.storage import POINTER, beside

if TYPE_CHECKING:  # obstore has its types in stubs alone
    from obstore import ObjectMeta


@dataclass(frozen=True)
class Objects:
    """The objects below an `s3://` address; what else it takes to reach them is in the variables AWS_*."""

    address: str

    @property
    def zarr(self) -> ObjectStore[S3Store]:
        """The objects as zarr takes them."""
        return ObjectStore(self._store())

    def sizes(self) -> list[int]:
        """Their sizes, bytes, but that of the store's own description."""
        return [found["size"] for found in self._all() if found["path"] != "zarr.json"]

    def digests(self) -> Iterator[tuple[str, str]]:
        """The name and the SHA-256 of each, in the order of a folder's files."""
        store = self._store()
        for path in sorted(PurePosixPath(found["path"]) for found in self._all()):
            digest = hashlib.sha256()
            for some in obstore.get(store, str(path)).stream():
                digest.update(some)
            yield str(path), digest.hexdigest()

    def remove(self) -> None:
        """Remove them all."""
        obstore.delete(self._store(), [found["path"] for found in self._all()])

    def _all(self) -> "list[ObjectMeta]":
        return [found for some in obstore.list(self._store()) for found in some]

    def _store(self) -> S3Store:
        # an endpoint without TLS is one that the user has named
        return S3Store.from_url(self.address, client_options={"allow_http": True})


@contextmanager
def new_objects(path: Path, base: str) -> Iterator[Objects]:
    """An address below `base`, at which nothing lies yet, for the files of the store at `path`.

    When the block ends, those of all earlier stores of this path are removed; when it fails, those written in it.

    Raises:
        UserError: if an earlier address, all below which would be removed, is none that is made here.
    """
    listed = path.with_name(f".{path.name}.addresses")
    earlier = listed.read_text(encoding="utf-8").split() if listed.exists() else []
    for address in earlier:
        if not re.fullmatch(rf"s3://\S+/{re.escape(path.name)}/[0-9a-f]{{16}}", address):
            raise UserError(f"{listed}: {address} is no address of a store {path.name}; remove the file")
    new = Objects("/".join([base.rstrip("/"), path.as_posix().strip("/"), secrets.token_hex(8)]))
    _write_lines(listed, [*earlier, new.address])
    try:
        yield new
    except BaseException:
        new.remove()
        _write_lines(listed, earlier)
        raise
    for address in earlier:
        Objects(address).remove()
    _write_lines(listed, [new.address])


def write_pointer(folder: Path, objects: Objects) -> None:
    """Say in a folder where the files of its store lie."""
    (folder / POINTER).write_text(json.dumps({"address": objects.address}), encoding="utf-8")


def read_pointer(folder: Path) -> Objects:
    """Where the files of the store lie for which a folder stands."""
    return Objects(json.loads((folder / POINTER).read_text(encoding="utf-8"))["address"])


def _write_lines(path: Path, lines: list[str]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = beside(path)
    partial.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")
    partial.replace(path)
