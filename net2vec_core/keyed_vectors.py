"""gensim's own files of word vectors, read without gensim and without running any code of theirs."""

from collections.abc import Collection
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from net2vec_core.errors import UserError
from net2vec_core.pickles import PlainObject, read_array_pickle

KEYED_VECTORS = ("gensim.models.keyedvectors", "KeyedVectors")
HOLDING = "gensim's KeyedVectors, which `model.wv.save` writes"
FIRST_BYTE = b"\x80"  # of every pickle that gensim writes


def is_pickle(path: Path) -> bool:
    """Whether the file can be gensim's own."""
    with path.open("rb") as file:
        return file.read(1) == FIRST_BYTE


def read_keyed_vectors(path: Path, words: Collection[str]) -> dict[str, NDArray[np.float64]]:
    """The vectors [dimension] of those of `words` that a file of `KeyedVectors.save` holds.

    gensim writes large arrays to files beside it; of these, only the rows of the words are read.

    Raises:
        UserError: if the file is damaged or holds anything else, or the file beside it is missing.
    """
    content = read_array_pickle(path, HOLDING, [KEYED_VECTORS])
    state = content.state if isinstance(content, PlainObject) else {}
    rows = state.get("key_to_index")
    if not isinstance(rows, dict):
        raise UserError(f"{path}: not a pickle of {HOLDING} (it has no `key_to_index`)")
    vectors = state["vectors"] if "vectors" in state else _read_beside(path)
    try:
        return {word: _row(vectors, rows[word], f"`{word}`") for word in words if word in rows}
    except (ValueError, LookupError, TypeError) as error:
        raise UserError(f"{path}: not a pickle of {HOLDING} ({error})") from None


def _read_beside(path: Path) -> NDArray[Any]:
    file = path.with_name(f"{path.name}.vectors.npy")
    try:
        vectors: NDArray[Any] = np.load(file, mmap_mode="r", allow_pickle=False)
    except (OSError, ValueError, EOFError) as error:
        reason = error.strerror if isinstance(error, OSError) and error.strerror else error
        raise UserError(f"{file}: the vectors of {path.name} cannot be read ({reason})") from None
    return vectors


def _row(vectors: NDArray[Any], row: int, where: str) -> NDArray[np.float64]:
    vector = np.array(vectors[row], np.float64)
    if vector.ndim != 1 or not np.isfinite(vector).all():
        raise ValueError(f"{where}: a row of finite numbers is needed")
    return vector
