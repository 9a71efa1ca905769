"""The one exception that is meant for the person at the keyboard."""

from collections.abc import Iterable
from difflib import get_close_matches


class UserError(Exception):
    """A mistake in a configuration, data set or store. Its text says what is wrong, where, and what would be right."""


def shorten(text: str, length: int = 200) -> str:
    """The text, or its beginning and an ellipsis."""
    return text if len(text) <= length else f"{text[: length - 1]}…"


def others(number: int) -> str:
    """`1 other`, `2 others`."""
    return f"{number} other{'' if number == 1 else 's'}"


def did_you_mean(name: str, known: Iterable[str]) -> str:
    """`; did you mean a, b?` with the known names nearest to `name`, or nothing where none is near."""
    near = get_close_matches(name, list(known), n=3, cutoff=0.5)
    return f"; did you mean {', '.join(near)}?" if near else ""
