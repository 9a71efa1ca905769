"""How far a long piece of work is: a line in the log every few seconds."""

import logging
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any, TypeVar

from tqdm import tqdm

SECONDS_BETWEEN_LINES = 5

Item = TypeVar("Item")
logger = logging.getLogger(__name__)


class _LogLine(tqdm):  # type: ignore[type-arg]
    """A tqdm that writes lines to the log, so that jobs running side by side do not overwrite each other's bars."""

    def display(self, msg: str | None = None, pos: int | None = None) -> None:
        del msg, pos
        if self.n:
            logger.info("%s", self)


class _CountLine(_LogLine):
    """A line about things that are counted; `unit` names one of them."""

    @property
    def format_dict(self) -> dict[str, Any]:
        """What a line is made of: tqdm's, the things in the right number, and how fast they come."""
        known = super().format_dict
        rate = known["rate"] or known["n"] / max(known["elapsed"], 1e-9)
        things = known["unit"] if known["total"] == 1 else plural(known["unit"])
        return {**known, "things": things, "speed": speed(rate)}


def progress(items: Sequence[Item], doing: str, unit: str) -> Iterator[Item]:
    """Pass `items` on and log how many came by, how fast, and how long the rest will still take; `unit` is one item."""
    form = "{desc}: {n_fmt} of {total_fmt} {things}, {speed}, {remaining} left"
    return iter(
        _CountLine(items, desc=doing, unit=unit, bar_format=form, mininterval=SECONDS_BETWEEN_LINES, leave=False)
    )


def speed(rate: float) -> str:
    """So many a second, or how many seconds each takes."""
    if rate < 1:
        return f"{1 / max(rate, 1e-9):.3g} s each"
    return f"{rate:,.0f} a second" if rate >= 100 else f"{rate:.3g} a second"


def plural(unit: str) -> str:
    """`batches of concepts` for `batch of concepts`."""
    first, *rest = unit.split(" ")
    return " ".join([first + ("es" if first.endswith("tch") else "s"), *rest])


@contextmanager
def progress_in_bytes(total: int | None, done: int, doing: str) -> Iterator[Callable[[int], object]]:
    """Log how many bytes came, of `total` where that is known; what it gives is told of each further piece's size."""
    with _LogLine(
        total=total,
        initial=done,
        desc=doing,
        unit="B",
        unit_scale=True,
        bar_format="{desc}: {n_fmt}B of {total_fmt}B, {rate_fmt}, {remaining} left",
        mininterval=SECONDS_BETWEEN_LINES,
        leave=False,
    ) as bar:
        yield bar.update
