"""What a data set holds, in words: images, splits, concepts by category, and what is left out and why."""

from collections.abc import Iterable, Iterator
from typing import Any

import pandas as pd

from net2vec_core.dataset.records import SPLITS

LINES = 20  # of a list; more are counted
WIDTH = 40  # of a name at most, letters
COLUMNS = ["name", "train_images", "val_images", "mean_coverage"]


def describe_images(images: pd.DataFrame, skipped: pd.DataFrame, planes: int) -> Iterator[str]:
    """Lines about the images.

    Args:
        images: Columns split, height, width.
        skipped: Columns image, reason.
        planes: Of masks, in the image that has most.
    """
    counts = " and ".join(f"{(images['split'] == split).sum():,} {split}" for split in SPLITS)
    sizes = " × ".join(_span(images[side]) for side in ("width", "height"))
    yield f"{len(images):,} images: {counts}; {sizes} pixels (width × height); up to {planes} planes of masks"
    if len(skipped):
        yield f"{len(skipped):,} of {len(images) + len(skipped):,} images are left out:"
        yield from _list(f"  {reason}" for reason in skipped["reason"])


def describe_concepts(studied: pd.DataFrame) -> Iterator[str]:
    """Lines about the concepts, category by category, those in most images first.

    Args:
        studied: Columns name, category, pixel_level, train_images, val_images, mean_coverage.
    """
    yield f"{len(studied):,} concepts are studied"
    width = min(WIDTH, max(len(name) for name in studied["name"]))
    for category, rows in studied.groupby("category", sort=False):
        of_images = (~rows["pixel_level"]).sum()
        yield f"{category}: {len(rows):,} concepts" + (f", {of_images:,} of them of whole images" if of_images else "")
        yield f"  {'':{width}}  train images  val images  mean coverage"
        numbers = rows.sort_values("train_images", ascending=False, kind="stable")[COLUMNS]
        yield from _list(_row(row, width) for row in numbers.itertuples(index=False, name=None))


def describe_left_out(left_out: pd.DataFrame) -> Iterator[str]:
    """Lines about the concepts that are not studied: columns name, category, reason."""
    if len(left_out):
        yield f"{len(left_out):,} concepts are left out:"
        rows = left_out[["name", "category", "reason"]].itertuples(index=False, name=None)
        yield from _list(f"  {name} ({category}): {reason}" for name, category, reason in rows)


def _row(values: tuple[Any, ...], width: int) -> str:
    name, train, val, coverage = values
    return f"  {name[:width]:{width}}  {train:12,}  {val:10,}  {coverage:>13.2%}"


def _span(values: pd.Series) -> str:
    low, high = int(values.min()), int(values.max())
    return f"{low}" if low == high else f"{low}–{high}"


def _list(lines: Iterable[str]) -> Iterator[str]:
    """The first LINES of them, and how many more there are."""
    more = 0
    for number, line in enumerate(lines):
        if number < LINES:
            yield line
        else:
            more += 1
    if more:
        yield f"  … and {more:,} more"
