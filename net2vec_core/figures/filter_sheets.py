"""What each filter answers to: images at every decile of its maximum, many filters a contact sheet."""

from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from net2vec_core.deciles import DECILES
from net2vec_core.figures.drawing import Drawing
from net2vec_core.figures.sheet import GAP, HEADER, MARGIN, STEP, TILE, Sheet, color_of
from net2vec_core.figures.spotlight import outlined
from net2vec_core.figures.style import SOFT
from net2vec_core.parallel import ordered_map

FILTERS_PER_SHEET = 16
LABEL = 46  # pixels, for the filters' numbers
OUTLINE = "#E6194B"


def draw_filter_sheets(deciles: pd.DataFrame, drawing: Drawing, folder: Path) -> None:
    """Write the sheets of consecutive filters to `folder`.

    Args:
        deciles: Columns filter, decile, image, maximum: one row a filter and decile, in order.
        drawing: What from, and how.
        folder: Where to.
    """
    predictor = drawing.sources.predictor
    cells = predictor.filter_cells(deciles["image"].to_numpy(), deciles["filter"].to_numpy())

    def draw(first: int) -> None:
        here = slice(first, first + FILTERS_PER_SHEET * len(DECILES))
        rows = deciles.iloc[here]
        pictures = [
            outlined(drawing.thumbnail(image), predictor.single(mask), color_of(OUTLINE))
            for image, mask in zip(rows["image"].tolist(), cells[here], strict=True)
        ]
        filters = rows["filter"].tolist()
        filter_sheet(rows, pictures, drawing.name).save(folder / f"{filters[0]:04d}-{filters[-1]:04d}.jpg")

    for _ in ordered_map(draw, range(0, len(deciles), FILTERS_PER_SHEET * len(DECILES)), drawing.threads):
        pass


def filter_sheet(deciles: pd.DataFrame, pictures: list[NDArray[np.uint8]], name: str) -> Sheet:
    """A row of pictures for each filter, one for each of its rows in `deciles`."""
    filters = deciles["filter"].unique().tolist()
    width, height = (
        2 * MARGIN + LABEL + len(DECILES) * STEP - GAP,
        HEADER + len(filters) * STEP + MARGIN - GAP,
    )
    title = f"Filters {filters[0]} to {filters[-1]}  ·  {name}"
    subtitle = "images at the deciles of each filter's maximum, which is written on them; outlined: where it is active"
    sheet = Sheet(width, height, title, subtitle)
    for column, decile in enumerate(DECILES.tolist()):
        sheet.words(MARGIN + LABEL + column * STEP, HEADER - 6, f"{decile} %", 12, "ls", color=SOFT)
    for row, filter_ in enumerate(filters):
        sheet.words(MARGIN + LABEL - 8, HEADER + row * STEP + TILE // 2, str(filter_), 13, "rm", bold=True)
    for number, (pixels, maximum) in enumerate(zip(pictures, deciles["maximum"], strict=True)):
        row, column = divmod(number, len(DECILES))
        sheet.tile(MARGIN + LABEL + column * STEP, HEADER + row * STEP, pixels, f"{maximum:.3g}")
    return sheet
