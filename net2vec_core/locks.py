"""Locks on files, which the kernel frees when their holder ends, however it ends."""

import fcntl
import logging
import os
import socket
from datetime import datetime
from pathlib import Path
from typing import IO, cast

from net2vec_core.errors import UserError

logger = logging.getLogger(__name__)


def lock(path: Path) -> IO[str] | None:
    """Lock a file, made where there is none, until what is returned is closed; None where another has locked it."""
    return _lock(path, fcntl.LOCK_EX | fcntl.LOCK_NB)


def wait_and_lock(path: Path, reason: str) -> IO[str]:
    """The same, waiting until no other has locked it; a warning says the reason where that takes a while."""
    file = lock(path)
    if file is None:
        logger.warning("%s", reason)
        file = cast(IO[str], _lock(path, fcntl.LOCK_EX))
    return file


def lock_run(folder: Path) -> IO[str]:
    """Keep other processes from working on the results in `folder` until what is returned is closed.

    Raises:
        UserError: if another does already; it is named.
    """
    path = folder / ".lock"
    file = lock(path)
    if file is None:
        holder = path.read_text(encoding="utf-8") or "it has just begun"
        raise UserError(
            f"{folder}: another `snakemake` works on this run ({holder}); wait until it ends, or give this"
            " configuration a `run` name of its own"
        )
    file.truncate(0)
    file.write(f"process {os.getpid()} on {socket.gethostname()}, since {datetime.now():%Y-%m-%d %H:%M}")
    file.flush()
    return file


def _lock(path: Path, how: int) -> IO[str] | None:
    path.parent.mkdir(parents=True, exist_ok=True)
    file = path.open("a+", encoding="utf-8")
    try:
        fcntl.flock(file, how)
    except BlockingIOError:
        file.close()
        return None
    except OSError as error:
        logger.warning("%s: the file system has no locks (%s)", path.parent, error.strerror)
    return file
