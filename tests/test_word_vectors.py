import gzip

import numpy as np
import pytest

from net2vec_core.embedding import Embeddings
from net2vec_core.errors import UserError
from net2vec_core.exports import word2vec_text
from net2vec_core.word_vectors import read_word_vectors

TEXT = "4 2\nsky 1 2\nliving_room -0.5 1e-3\nthe not read\nsky 3 4 \n"


@pytest.mark.parametrize("name", ["w.txt", "w.vec.gz"])
def test_the_vectors_of_known_names(tmp_path, name):
    content = TEXT.encode()
    (tmp_path / name).write_bytes(gzip.compress(content) if name.endswith(".gz") else content)
    vectors = read_word_vectors(tmp_path / name, ["grass", "living room", "sky"])
    assert vectors.index.tolist() == ["living room", "sky"]
    np.testing.assert_array_equal(vectors, [[-0.5, 1e-3], [1, 2]])


def test_our_own_export_is_read(tmp_path):
    weights = np.random.default_rng(0).normal(size=(3, 5)).astype(np.float32)
    names = ["a b", "c", "null"]
    (tmp_path / "w").write_bytes(word2vec_text(names, Embeddings("t", "r", 0, weights, np.zeros(3, np.float32))))
    np.testing.assert_array_equal(read_word_vectors(tmp_path / "w", names).astype(np.float32), weights)


def test_no_known_name_makes_an_empty_table(tmp_path):
    (tmp_path / "w").write_text(TEXT)
    assert len(read_word_vectors(tmp_path / "w", ["grass"])) == 0


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "its first line should be the number of words and that of dimensions"),
        (b"sky 1 2\n", "its first line should be"),
        (b"1 0\nsky\n", "its first line should be"),
        (b"1 2\nsky 1\n", "line 2, `sky`: 2 finite numbers are needed"),
        (b"1 2\nsky 1 nan\n", "line 2, `sky`: 2 finite numbers are needed"),
        (b"1 2\nsky 1 x\n", "line 2, `sky`: these are not numbers separated by single spaces"),
        (b"1 2\nsky\n", "line 2, `sky`: these are not numbers"),
        (b"3 2\nsky 1 2\n", "the first line says 3 words, 1 follow"),
        (b"1 2\nsky \xff\xfe\n", "'utf-8' codec can't decode"),
    ],
)
def test_a_malformed_file_is_explained(tmp_path, content, message):
    (tmp_path / "w.txt").write_bytes(content)
    with pytest.raises(UserError) as caught:
        read_word_vectors(tmp_path / "w.txt", ["sky"])
    assert str(caught.value).startswith(f"{tmp_path / 'w.txt'} is not in word2vec's format: {message}")


def test_a_file_that_cannot_be_read_is_named(tmp_path):
    with pytest.raises(UserError, match=r"w.txt: the word vectors cannot be read \(No such file or directory\)"):
        read_word_vectors(tmp_path / "w.txt", [])
    (tmp_path / "w.gz").write_bytes(TEXT.encode())
    with pytest.raises(UserError, match=r"w.gz: the word vectors cannot be read \(Not a gzipped file"):
        read_word_vectors(tmp_path / "w.gz", [])
    (tmp_path / "half.gz").write_bytes(gzip.compress(TEXT.encode() * 100)[:-20])
    with pytest.raises(UserError, match=r"half.gz is not in word2vec's format: Compressed file ended before"):
        read_word_vectors(tmp_path / "half.gz", [])
