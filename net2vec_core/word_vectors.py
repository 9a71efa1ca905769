"""Word vectors that the user brings: word2vec's text or binary format, plain or gzip-compressed, or gensim's own."""

import gzip
import io
import zlib
from collections.abc import Collection, Iterator, Sequence
from pathlib import Path
from typing import BinaryIO, cast

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from net2vec_core.errors import UserError
from net2vec_core.exports import as_word
from net2vec_core.keyed_vectors import is_pickle, read_keyed_vectors

CHUNK = 2**20  # bytes that are read together
LONGEST = 2**16  # bytes of a first line or of a word
SAMPLE = 2**16  # bytes that tell text from numbers
CONTROL_CHARACTERS = bytes({*range(32)} - {*b"\t\n\r\f\v"})

Vectors = dict[str, NDArray[np.float64]]


def read_word_vectors(path: Path, names: Sequence[str]) -> pd.DataFrame:
    """The vectors of those of `names` that the file holds, [concept, dimension], in the order of `names`.

    White space in names is `_` in the file. Only these words are read as numbers; of a word that comes twice, the
    first counts. What the format is, the content says.

    Raises:
        UserError: if the file is missing or damaged, or its format is another.
    """
    words = {as_word(name) for name in names}
    try:
        vectors = read_keyed_vectors(path, words) if is_pickle(path) else _read_word2vec(path, words)
    except OSError as error:
        raise UserError(f"{path}: the word vectors cannot be read ({error.strerror or error})") from None
    found = [name for name in names if as_word(name) in vectors]
    return pd.DataFrame([vectors[as_word(name)] for name in found], index=pd.Index(found, name="concept", dtype="str"))


def _read_word2vec(path: Path, wanted: Collection[str]) -> Vectors:
    with gzip.open(path) if path.suffix == ".gz" else path.open("rb") as opened:
        stream = cast(BinaryIO, opened)
        try:
            words, size = _header(stream.readline(LONGEST))
            return (_read_binary if _is_binary(stream) else _read_text)(stream, words, size, wanted)
        except (ValueError, EOFError, zlib.error) as error:  # a UnicodeDecodeError is a ValueError
            raise UserError(f"{path} is not in word2vec's format: {error}") from None


def _header(line: bytes) -> tuple[int, int]:
    match line.split():
        case [words, size] if words.isdigit() and size.isdigit() and int(size):
            return int(words), int(size)
    raise ValueError("its first line should be the number of words and that of dimensions")


def _is_binary(stream: BinaryIO) -> bool:
    """Whether control characters follow, as in float32 numbers and not in text; the stream stays where it is."""
    place = stream.tell()
    following = stream.read(SAMPLE)
    stream.seek(place)
    return len(following.translate(None, CONTROL_CHARACTERS)) < len(following)


def _read_text(stream: BinaryIO, words: int, size: int, wanted: Collection[str]) -> Vectors:
    """The vectors of the wanted words; a line is a word and its numbers, separated by spaces."""
    vectors: Vectors = {}
    last = 1
    for last, line in enumerate(io.TextIOWrapper(stream, encoding="utf-8"), start=2):
        word, _, numbers = line.rstrip().partition(" ")
        if word in wanted:
            vectors.setdefault(word, _numbers(numbers, size, f"line {last}, `{word}`"))
    if last - 1 != words:
        raise ValueError(f"the first line says {words:,} words, {last - 1:,} follow")
    return vectors


def _numbers(text: str, size: int, where: str) -> NDArray[np.float64]:
    try:
        vector = np.array([float(number) for number in text.split(" ")])
    except ValueError:
        raise ValueError(f"{where}: these are not numbers separated by single spaces") from None
    return _checked(vector, size, where)


def _checked(vector: NDArray[np.float64], size: int, where: str) -> NDArray[np.float64]:
    if len(vector) != size or not np.isfinite(vector).all():
        raise ValueError(f"{where}: {size} finite numbers are needed")
    return vector


def _read_binary(stream: BinaryIO, words: int, size: int, wanted: Collection[str]) -> Vectors:
    """The vectors of the wanted words; an entry is a word, a space, float32 numbers, and a line's end or none."""
    encoded = {word.encode(): word for word in wanted}
    vectors: Vectors = {}
    for entry, content in _entries(stream, words, size * np.dtype("<f4").itemsize):
        word = encoded.get(entry)
        if word is not None:
            vectors.setdefault(word, _checked(np.frombuffer(content, "<f4").astype(np.float64), size, f"`{word}`"))
    return vectors


def _entries(stream: BinaryIO, words: int, width: int) -> Iterator[tuple[bytes, bytes]]:
    """Each word and the `width` bytes after it."""
    buffer, start = b"", 0
    for number in range(words):
        end = buffer.find(b" ", start)
        while end < 0 or end + 1 + width > len(buffer):
            more = stream.read(CHUNK)
            if not more or (end < 0 and len(buffer) - start > LONGEST):
                raise ValueError(f"the first line says {words:,} words, {number:,} follow")
            buffer, start = buffer[start:] + more, 0
            end = buffer.find(b" ")
        yield buffer[start:end].lstrip(b"\n"), buffer[end + 1 : end + 1 + width]
        start = end + 1 + width
    if (buffer[start:] + stream.read(CHUNK)).strip():
        raise ValueError(f"the first line says {words:,} words, more follow")
