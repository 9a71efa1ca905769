"""Pickles of NumPy arrays, read without running any code of theirs."""

import pickle
import struct
from collections.abc import Collection
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np

from net2vec_core.errors import UserError

# what unpickling raises over a file that is damaged, or that holds more than it may
DAMAGE = (
    OSError,
    RuntimeError,
    EOFError,
    ValueError,
    LookupError,
    TypeError,
    AttributeError,
    AssertionError,
    struct.error,
    pickle.UnpicklingError,
)
Name = tuple[str, str]


class PlainObject:
    """An object of some class, as its attributes alone: `state`, by name."""

    state: dict[str, Any]

    def __setstate__(self, state: Any) -> None:
        self.state = dict(state)


class _Dtype:
    """What a pickle says of a dtype; NumPy's own would believe whatever flags it says, and follow forged pointers."""

    def __init__(self, code: str, *_options: Any) -> None:
        self.code = code

    def __setstate__(self, state: Any) -> None:
        self.order = state[1]


class _Array(np.ndarray[Any, Any]):
    """An array that can be unpickled from plain numbers only."""

    def __setstate__(self, state: Any) -> None:
        version, shape, said, by_column, content = state
        dtype = np.dtype(said.order + said.code)
        if dtype.kind not in "biuf":
            raise pickle.UnpicklingError(f"an array of {dtype} is not one of numbers")
        super().__setstate__((version, shape, dtype, by_column, content))


def _reconstruct(*_like: Any) -> _Array:
    return _Array(0)


_ARRAY_PARTS: dict[Name, Any] = {
    (module, name): value
    for module in ("numpy.core.multiarray", "numpy._core.multiarray", "numpy")
    for name, value in {"_reconstruct": _reconstruct, "ndarray": _Array, "dtype": _Dtype}.items()
}


class _ArrayUnpickler(pickle.Unpickler):
    """An unpickler of arrays of numbers, built-in containers and `plain` classes that refuses all other names."""

    def __init__(self, file: BinaryIO, plain: Collection[Name]) -> None:
        super().__init__(file, encoding="latin1")
        self.known = _ARRAY_PARTS | dict.fromkeys(plain, PlainObject)

    def find_class(self, module: str, name: str) -> Any:
        if (module, name) not in self.known:
            raise pickle.UnpicklingError(f"{module}.{name} is not a part of one")
        return self.known[module, name]


def read_array_pickle(path: Path, holding: str = "NumPy arrays", plain: Collection[Name] = ()) -> Any:
    """What a pickle of NumPy arrays in lists and dictionaries holds; nothing in it can run.

    Args:
        path: The file.
        holding: What it should be a pickle of, for messages.
        plain: Classes, by module and name, whose objects may be in it; they come out as PlainObject.

    Raises:
        UserError: if it is damaged, or names anything but arrays and these classes.
    """
    try:
        with path.open("rb") as file:
            return _ArrayUnpickler(file, plain).load()
    except DAMAGE as error:
        reason = str(error).partition("\n")[0] or type(error).__name__
        raise UserError(f"{path}: not a pickle of {holding} ({reason})") from None
