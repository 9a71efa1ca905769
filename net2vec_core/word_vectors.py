"""Word vectors that the user brings: word2vec's text format, plain or gzip-compressed."""

import gzip
import zlib
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from net2vec_core.errors import UserError
from net2vec_core.exports import as_word


def read_word_vectors(path: Path, names: Sequence[str]) -> pd.DataFrame:
    """The vectors of those of `names` that the file holds, [concept, dimension], in the order of `names`.

    White space in names is `_` in the file. Only the lines of these names are read as numbers; of a word that comes
    twice, the first counts.

    Raises:
        UserError: if the file is missing or not in word2vec's text format.
    """
    try:
        with gzip.open(path, "rt", encoding="utf-8") if path.suffix == ".gz" else path.open(encoding="utf-8") as lines:
            vectors = _read(lines, {as_word(name): name for name in names})
    except OSError as error:
        raise UserError(f"{path}: the word vectors cannot be read ({error.strerror or error})") from None
    except (ValueError, EOFError, zlib.error) as error:  # a UnicodeDecodeError is a ValueError
        raise UserError(f"{path} is not in word2vec's text format: {error}") from None
    found = [name for name in names if name in vectors]
    return pd.DataFrame([vectors[name] for name in found], index=pd.Index(found, name="concept", dtype="str"))


def _read(lines: Iterator[str], names: Mapping[str, str]) -> dict[str, NDArray[np.float64]]:
    """The vectors of the words in `names`, by the name that each word stands for."""
    words, size = _header(next(lines, ""))
    vectors: dict[str, NDArray[np.float64]] = {}
    last = 1
    for last, line in enumerate(lines, start=2):
        word, _, numbers = line.rstrip().partition(" ")
        if word in names:
            vectors.setdefault(names[word], _numbers(numbers, size, f"line {last}, `{word}`"))
    if last - 1 != words:
        raise ValueError(f"the first line says {words:,} words, {last - 1:,} follow")
    return vectors


def _header(line: str) -> tuple[int, int]:
    match line.split():
        case [words, size] if words.isdecimal() and size.isdecimal() and int(size):
            return int(words), int(size)
    raise ValueError("its first line should be the number of words and that of dimensions")


def _numbers(text: str, size: int, where: str) -> NDArray[np.float64]:
    try:
        vector = np.array([float(number) for number in text.split(" ")])
    except ValueError:
        raise ValueError(f"{where}: these are not numbers separated by single spaces") from None
    if len(vector) != size or not np.isfinite(vector).all():
        raise ValueError(f"{where}: {size} finite numbers are needed")
    return vector
