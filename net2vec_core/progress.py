"""How far a long piece of work is: a line in the log every few seconds."""

import logging
from collections.abc import Iterator, Sequence
from typing import TypeVar

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


def progress(items: Sequence[Item], doing: str, unit: str) -> Iterator[Item]:
    """Pass `items` on and log how many came by, how fast, and how long the rest will still take."""
    form = "{desc}: {n_fmt} of {total_fmt} {unit}, {rate_fmt}, {remaining} left"
    return iter(_LogLine(items, desc=doing, unit=unit, bar_format=form, mininterval=SECONDS_BETWEEN_LINES, leave=False))
