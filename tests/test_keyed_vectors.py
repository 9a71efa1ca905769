import pickle
import sys
import types

import numpy as np
import pytest

from net2vec_core.errors import UserError
from net2vec_core.word_vectors import read_word_vectors

VECTORS = np.array([[1, 2], [3, 4], [5, 6]], np.float32)
WORDS = {"sky": 0, "sea_lion": 1, "tree": 2}


def write_like_gensim(path, **state):
    """A pickle of gensim's class, which is there only while it is written."""
    name = "gensim.models.keyedvectors"
    with pytest.MonkeyPatch.context() as patch:
        for module in ("gensim", "gensim.models", name):
            patch.setitem(sys.modules, module, types.ModuleType(module))
        kind = sys.modules[name].KeyedVectors = type("KeyedVectors", (), {"__module__": name})
        kept = kind()
        vars(kept).update(state)
        path.write_bytes(pickle.dumps(kept, protocol=4))


def test_vectors_are_read_without_gensim(tmp_path):
    write_like_gensim(tmp_path / "w.kv", vectors=VECTORS, key_to_index=WORDS)
    found = read_word_vectors(tmp_path / "w.kv", ["tree", "sea lion", "unknown"])
    assert found.index.tolist() == ["tree", "sea lion"]
    np.testing.assert_array_equal(found, [[5, 6], [3, 4]])


def test_large_vectors_lie_in_a_file_beside(tmp_path):
    write_like_gensim(tmp_path / "w.kv", key_to_index=WORDS)
    with pytest.raises(UserError, match=r"w\.kv\.vectors\.npy: the vectors of w\.kv cannot be read"):
        read_word_vectors(tmp_path / "w.kv", ["sky"])
    np.save(tmp_path / "w.kv.vectors.npy", VECTORS)
    np.testing.assert_array_equal(read_word_vectors(tmp_path / "w.kv", ["sky"]), [[1, 2]])


class Runs:
    def __reduce__(self):
        return (sys.exit, ("it ran",))


@pytest.mark.parametrize(
    ("state", "message"),
    [
        ({"key_to_index": WORDS, "vectors": Runs()}, "sys.exit is not a part of one"),
        ({"vectors": VECTORS}, "it has no `key_to_index`"),
        ({"key_to_index": {"sky": 9}, "vectors": VECTORS}, "out of bounds"),
        ({"key_to_index": {"sky": 0}, "vectors": VECTORS * np.nan}, "finite"),
    ],
)
def test_nothing_runs_and_what_is_wrong_is_said(tmp_path, state, message):
    write_like_gensim(tmp_path / "w.kv", **state)
    with pytest.raises(UserError, match=r"w\.kv: not a pickle of gensim's KeyedVectors") as caught:
        read_word_vectors(tmp_path / "w.kv", ["sky"])
    assert message in str(caught.value)


def test_the_binary_format_of_word2vec(tmp_path):
    rows = [word.encode() + b" " + vector.tobytes() + b"\n" for word, vector in zip(WORDS, VECTORS, strict=True)]
    (tmp_path / "w.bin").write_bytes(b"3 2\n" + b"".join(rows))
    found = read_word_vectors(tmp_path / "w.bin", ["sea lion", "sky"])
    np.testing.assert_array_equal(found, [[3, 4], [1, 2]])
    (tmp_path / "w.bin").write_bytes(b"3 2\n" + b"".join(rows)[:-6])
    with pytest.raises(UserError, match="is not in word2vec's format"):
        read_word_vectors(tmp_path / "w.bin", ["tree"])


def test_files_that_gensim_itself_wrote(tmp_path):
    keyedvectors = pytest.importorskip("gensim.models.keyedvectors")
    written = keyedvectors.KeyedVectors(vector_size=2)
    written.add_vectors(list(WORDS), VECTORS)
    written.save(str(tmp_path / "w.kv"))
    written.save_word2vec_format(str(tmp_path / "w.bin"), binary=True)
    written.save_word2vec_format(str(tmp_path / "w.txt"), binary=False)
    for name in ("w.kv", "w.bin", "w.txt"):
        np.testing.assert_allclose(read_word_vectors(tmp_path / name, ["tree", "sky"]), [[5, 6], [1, 2]])
