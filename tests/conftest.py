import os
import shutil
import subprocess
from pathlib import Path

import numpy as np
import pytest
from hypothesis import settings

from browser import NoBrowserError, headless_browser

# the same examples each time, and no limit on an example's time, which says more about the machine than about the code
settings.register_profile("net2vec", deadline=None, derandomize=True)
settings.load_profile("net2vec")


@pytest.fixture(scope="session")
def golden():
    """Numbers that the arithmetic of the paper's authors gives on a small random probe set."""
    with np.load(Path(__file__).parent / "golden.npz", allow_pickle=False) as arrays:
        return dict(arrays)


@pytest.fixture
def small_disk(tmp_path):
    """A file system of 256 KiB; the kernel lets only root make one."""
    folder = tmp_path / "disk"
    folder.mkdir()
    if shutil.which("mount") is None or os.geteuid() != 0:
        pytest.skip("only root can mount a small file system")
    made = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=256k", "tmpfs", folder], capture_output=True, text=True)
    if made.returncode:
        pytest.skip(f"no small file system can be mounted here: {made.stderr.strip()}")
    yield folder
    subprocess.run(["umount", folder], check=True)


@pytest.fixture(scope="session")
def browser():
    """One for all tests, since a second cannot be started beside it."""
    try:
        with headless_browser() as found:
            yield found
    except NoBrowserError as lack:
        pytest.skip(str(lack))
