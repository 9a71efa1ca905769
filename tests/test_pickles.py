import collections
import pickle
from pathlib import Path

import numpy as np
import pytest

from hostile import Runs, message_of
from net2vec_core.pickles import read_array_pickle


class ForgedDtype:
    """NumPy's own unpickling believes these flags, and then takes an array's bytes for pointers to objects."""

    def __reduce__(self):
        return np.dtype, ("O8", False, True), (3, "|", None, None, None, -1, -1, 0)


class ForgedArray:
    def __reduce__(self):
        empty = np.empty(0).__reduce__()
        return empty[0], (np.ndarray, (0,), b"b"), (1, (1,), ForgedDtype(), False, b"A" * 8)


def pickled(tmp_path, value, protocol=4):
    path = tmp_path / "arrays.pkl"
    path.write_bytes(pickle.dumps(value, protocol))
    return path


@pytest.mark.parametrize("protocol", [3, 4])
@pytest.mark.parametrize("order", ["C", "F"])
@pytest.mark.parametrize("dtype", ["<f4", ">f4", "<f8", "<f2", "i8", "u1", "?"])
def test_pickled_arrays_are_read_as_they_were(tmp_path, protocol, order, dtype):
    array = np.asarray(np.arange(24).reshape(2, 3, 4), dtype, order=order)
    read = read_array_pickle(pickled(tmp_path, {"a": [array, "text", 1.5]}, protocol))["a"]
    np.testing.assert_array_equal(read[0], array)
    assert read[0].dtype == array.dtype.newbyteorder("=")
    assert read[1:] == ["text", 1.5]


def test_pickled_code_does_not_run(tmp_path):
    proof = tmp_path / "ran"
    path = pickled(tmp_path, {"a": Runs(proof)})
    pickle.loads(path.read_bytes())
    assert proof.exists(), "the pickle is harmless, so that refusing it proves nothing"
    proof.unlink()
    assert message_of(read_array_pickle, path) == (
        f"{path}: not a pickle of NumPy arrays (posix.system is not a part of one)"
    )
    assert not proof.exists()


@pytest.mark.parametrize(
    ("value", "reason"),
    [
        (np.array([Path("x"), 1], object), "is not a part of one"),
        (np.array([None, 1], object), "an array of object is not one of numbers"),
        (np.array(["text"]), "an array of <U4 is not one of numbers"),
        (np.zeros(1, [("a", "f4")]), "is not one of numbers"),
        (ForgedArray(), "an array of object is not one of numbers"),
        (collections.OrderedDict(), "collections.OrderedDict is not a part of one"),
        (np.float32, "numpy.float32 is not a part of one"),
        (getattr, "builtins.getattr is not a part of one"),
    ],
)
def test_pickle_of_more_than_numbers_is_refused(tmp_path, value, reason):
    path = pickled(tmp_path, [value])
    message = message_of(read_array_pickle, path)
    assert message.startswith(f"{path}: not a pickle of NumPy arrays (")
    assert reason in message


def test_damaged_pickle_is_named(tmp_path):
    whole = pickle.dumps({"a": np.arange(100.0)}, 4)
    path = tmp_path / "a.pkl"
    for content in (b"", b"text", whole[: len(whole) // 2], whole[20:], b"\x80\x04N0.", b"\x80\x63."):
        path.write_bytes(content)
        assert message_of(read_array_pickle, path).startswith(f"{path}: not a pickle of NumPy arrays (")
