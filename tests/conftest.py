from pathlib import Path

import numpy as np
import pytest
from hypothesis import settings

# the same examples each time, and no limit on an example's time, which says more about the machine than about the code
settings.register_profile("net2vec", deadline=None, derandomize=True)
settings.load_profile("net2vec")


@pytest.fixture(scope="session")
def golden():
    """Numbers that the arithmetic of the paper's authors gives on a small random probe set."""
    with np.load(Path(__file__).parent / "golden.npz", allow_pickle=False) as arrays:
        return dict(arrays)
