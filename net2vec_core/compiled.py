"""Loops that Numba compiles, for arithmetic that arrays cannot express without passing over memory again and again."""

from collections.abc import Callable
from typing import Any, ParamSpec, TypeVar

import numba

Arguments = ParamSpec("Arguments")
Result = TypeVar("Result")

# sums may be taken in any order, which vector instructions need; NaN and infinity keep their meaning
FREEDOMS = {"contract", "nsz", "reassoc", "arcp"}
OPTIONS: dict[str, Any] = {"nogil": True, "error_model": "numpy", "fastmath": FREEDOMS}


def compiled(function: Callable[Arguments, Result]) -> Callable[Arguments, Result]:
    """The function, compiled at its first call and kept on disk; other threads run beside it.

    What a compiled function calls must stand in its own file: Numba looks at that file's time to tell whether what it
    kept is still valid.
    """
    try:
        return _compile(function, cache=True)
    except RuntimeError:  # there is no place to keep compiled code
        return _compile(function)


def inlined(function: Callable[Arguments, Result]) -> Callable[Arguments, Result]:
    """The function, for compiled ones to call at no cost."""
    return _compile(function, inline="always")


def _compile(function: Callable[Arguments, Result], **options: Any) -> Callable[Arguments, Result]:
    done: Callable[Arguments, Result] = numba.njit(**OPTIONS, **options)(function)
    return done
