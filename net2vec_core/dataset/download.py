"""Fetches a large file over HTTP: carries on where it stopped, and starts over when the file there has changed."""

import hashlib
import json
import logging
import re
import shutil
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path

import requests
from requests import Response
from requests.exceptions import ChunkedEncodingError, ConnectionError, RequestException, Timeout

from net2vec_core.errors import UserError
from net2vec_core.progress import progress_in_bytes
from net2vec_core.storage import write_bytes

PAUSES = (1, 4, 16)  # seconds before each further attempt
TIMEOUT = (20, 60)  # seconds without a connection, and without a byte
BLOCK = 1 << 16  # bytes; of a block that breaks off nothing is kept
BUSY = (408, 429, 500, 502, 503, 504)  # what a server says that may answer later

logger = logging.getLogger(__name__)


class _BrokenOffError(Exception):
    """The server stopped in the middle, or was busy."""


@dataclass(frozen=True)
class _Version:
    """Which file a server has: a part is carried on only with the rest of the same file.

    `tag` is its strong ETag, or else its date; `length` is in bytes; None where the server does not say.
    """

    url: str
    tag: str | None
    length: int | None


def fetch(url: str, path: Path, sha256: str | None = None) -> str:
    """Download `url` to `path`, which appears when it is complete; until then what came lies beside, as `{path}.part`.

    A file that is already at `path` is taken as it is. Dropped connections are tried again after PAUSES.

    Args:
        url: Address, http or https.
        path: File to write.
        sha256: What its SHA-256 must be, if known.

    Returns:
        The file's SHA-256.

    Raises:
        UserError: if the server does not give the file, the disk has no room for it, or its SHA-256 is another.
    """
    if not path.exists():
        _persist(lambda: _carry_on(url, _part(path)), url)
        _part(path).replace(path)
        _record(_part(path)).unlink(missing_ok=True)
    found = _digest(path)
    logger.info("%s has SHA-256 %s", path, found)
    if sha256 not in (None, found):
        path.unlink()
        raise UserError(
            f"{url}: the file's SHA-256 is {found}, not {sha256} as it should be; it was removed, so that the next run"
            " fetches it anew"
        )
    return found


def require_room(folder: Path, needed: int) -> None:
    """Refuse to write `needed` bytes into a folder whose disk has fewer left.

    Raises:
        UserError: with both numbers.
    """
    free = shutil.disk_usage(folder).free
    if needed > free:
        raise UserError(f"{folder}: {_in_words(needed)} are needed there, but the disk has {_in_words(free)} left")


def _in_words(size: int) -> str:
    return f"{size / 1e9:.1f} GB" if size >= 1e8 else f"{size / 1e6:.1f} MB"


def _part(path: Path) -> Path:
    return path.with_name(f"{path.name}.part")


def _record(part: Path) -> Path:
    return part.with_name(f"{part.name}.json")


def _persist(attempt: Callable[[], None], url: str) -> None:
    """Try, and try again after PAUSES where the connection fails."""
    reason: Exception | None = None
    for pause in (0, *PAUSES):
        if pause:
            logger.warning("%s: %s; trying again in %d s", url, _reason(reason), pause)
        time.sleep(pause)
        try:
            return attempt()
        except (ConnectionError, ChunkedEncodingError, Timeout, _BrokenOffError) as error:
            reason = error
        except RequestException as error:
            raise UserError(f"{url}: cannot be fetched ({_reason(error)})") from None
    raise UserError(
        f"{url}: cannot be fetched ({_reason(reason)}); what came so far is kept, and running again carries on"
    )


def _reason(error: Exception | None) -> str:
    """The innermost words of an error that wraps others."""
    while isinstance(error, Exception) and (inner := error.__context__ or error.__cause__) is not None:
        error = inner if isinstance(inner, Exception) else None
    return str(error) or type(error).__name__


def _carry_on(url: str, part: Path) -> None:
    """Add to `part` what it lacks."""
    known, done = _known(url, part)
    if known.length is not None and done == known.length:
        return
    headers = {"Accept-Encoding": "identity"}
    if done and known.tag:
        headers |= {"Range": f"bytes={done}-", "If-Range": known.tag}
    with requests.get(url, headers=headers, stream=True, timeout=TIMEOUT) as response:
        _require_success(response, part)
        if response.status_code == 206:
            _require_same(response, known, done, part)
        else:
            known, done = _start_over(response, url, part), 0
        if known.length is not None:
            require_room(part.parent, known.length - done)
        _append(response, part, known.length, done)


def _known(url: str, part: Path) -> tuple[_Version, int]:
    """Which file `part` is of, and how many bytes of it there are; none where it is not certain."""
    try:
        version = _Version(**json.loads(_record(part).read_text(encoding="utf-8")))
        if version.url == url:
            return version, part.stat().st_size
    except (OSError, ValueError, TypeError):
        pass
    return _Version(url, None, None), 0


def _start_over(response: Response, url: str, part: Path) -> _Version:
    part.unlink(missing_ok=True)  # before its record, which must never speak of another file
    version = _version(response, url, response.headers.get("Content-Length"))
    write_bytes(_record(part), json.dumps(asdict(version)).encode())
    return version


def _version(response: Response, url: str, length: str | None) -> _Version:
    tag = response.headers.get("ETag", "")
    strong = tag if tag.startswith('"') else response.headers.get("Last-Modified")
    return _Version(url, strong, int(length) if length and length.isdecimal() else None)


def _require_success(response: Response, part: Path) -> None:
    status = response.status_code
    if status == 416:  # nothing lies beyond what is there: it was another file
        part.unlink(missing_ok=True)
    if status == 416 or status in BUSY:
        raise _BrokenOffError(f"the server says {status} {response.reason}")
    if status not in (200, 206):
        raise UserError(f"{response.url}: cannot be fetched (the server says {status} {response.reason})")


def _require_same(response: Response, known: _Version, done: int, part: Path) -> None:
    """Start over where the server goes on with another file than the one that `part` is of, or at another place."""
    place = re.fullmatch(r"bytes (\d+)-\d+/(\d+)", response.headers.get("Content-Range", ""))
    if place and int(place[1]) == done and _version(response, known.url, place[2]) == known:
        return
    part.unlink(missing_ok=True)
    raise _BrokenOffError("the file there has changed")


def _append(response: Response, part: Path, length: int | None, done: int) -> None:
    with part.open("ab") as file, progress_in_bytes(length, done, f"fetching {part.stem}") as advance:
        for block in response.iter_content(BLOCK):
            file.write(block)
            advance(len(block))
    size = part.stat().st_size
    if length is not None and size != length:
        raise _BrokenOffError(f"the connection ended after {size:,} of {length:,} bytes")


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
