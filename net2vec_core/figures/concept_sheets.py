"""What a concept's masks look like at every decile of IoU: one contact sheet a concept."""

import functools
import re
import unicodedata
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from net2vec_core.figures.drawing import Drawing
from net2vec_core.figures.example_choice import Example, examples_from
from net2vec_core.figures.sheet import GAP, HEADER, MARGIN, STEP, TILE, Sheet, color_of
from net2vec_core.figures.spotlight import outlined, spotlight
from net2vec_core.figures.style import SOFT, category_color, shorten
from net2vec_core.parallel import ordered_map
from net2vec_core.progress import progress

CONCEPTS_AT_ONCE = 64
BLOCKS = 2  # of rows, side by side
LABEL = 62  # pixels, for the deciles
BLOCK = LABEL + 4 * STEP
SLUG_LENGTH = 60


def draw_concept_sheets(deciles: pd.DataFrame, concepts: pd.DataFrame, drawing: Drawing, folder: Path) -> None:
    """Write each concept's sheet to `folder`.

    Args:
        deciles: Columns concept, decile, image, iou_single, iou_multi.
        concepts: Columns concept_id, concept, category, single_filter, encoded; one row a concept of `deciles`.
        drawing: What from, and how.
        folder: Where to.
    """
    chosen, words = shown_once(deciles), f"{drawing.name} · recipe {drawing.recipe}"
    for first in progress(range(0, len(concepts), CONCEPTS_AT_ONCE), "drawing concepts", "batch"):
        batch = concepts.iloc[first : first + CONCEPTS_AT_ONCE]
        rows = chosen[chosen["concept"].isin(batch["concept"])].reset_index(drop=True)
        draw = functools.partial(
            _draw_sheet, examples_from(rows, batch, drawing.sources, drawing.thumbnail), words, folder
        )
        keys = batch[["concept_id", "concept", "single_filter"]].itertuples(index=False, name=None)
        places = rows.groupby("concept").indices
        for _ in ordered_map(draw, ((*key, places[key[1]]) for key in keys), drawing.threads):
            pass


def _draw_sheet(
    example_of: Callable[[int], Example], name: str, folder: Path, concept: tuple[int, str, int, NDArray[np.int64]]
) -> None:
    """Write the sheet of a concept: its number, its name, its best filter, and the places of its examples."""
    number, concept_name, filter_, places = concept
    sheet = concept_sheet([example_of(place) for place in places.tolist()], filter_, name)
    sheet.save(folder / f"{number:04d}-{slug(concept_name)}.jpg")


def shown_once(deciles: pd.DataFrame) -> pd.DataFrame:
    """The rows whose image is none of their concept's rows before; `rank` says which deciles the image stands for."""
    spans = deciles.groupby(["concept", "image"], sort=False)["decile"].agg(["min", "max"])
    ranks = [f"{low} %" if low == high else f"{low}–{high} %" for low, high in spans.to_numpy().tolist()]
    return deciles.drop_duplicates(["concept", "image"]).reset_index(drop=True).assign(rank=ranks)


def slug(name: str) -> str:
    """A concept's name for a file: lower-case letters of the Latin alphabet, digits and single `-`; it may be empty."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:SLUG_LENGTH].rstrip("-")


def concept_sheet(examples: Sequence[Example], filter_: int, name: str) -> Sheet:
    """A row of four pictures for each example: image, labelled mask, best single filter's mask, embedding's mask."""
    rows = -(-len(examples) // BLOCKS)
    concept, category = examples[0].concept, examples[0].category
    width, height = 2 * MARGIN + BLOCKS * BLOCK + (BLOCKS - 1) * MARGIN - GAP, HEADER + rows * STEP + MARGIN - GAP
    evidence = "encoded: above chance" if examples[0].encoded else "not above chance"
    title = f"{shorten(concept, 48)} ({category})  ·  {evidence}  ·  {name}"
    subtitle = (
        "val images that hold it, at the deciles of the embedding's IoU; each mask's IoU in that image is written on it"
    )
    sheet = Sheet(width, height, title, subtitle)
    for block in range(min(BLOCKS, len(examples))):
        left = MARGIN + block * (BLOCK + MARGIN) + LABEL
        for tile, words in enumerate(("image", "labelled", f"filter {filter_}", "all filters")):
            sheet.words(left + tile * STEP, HEADER - 6, words, 12, "ls")
    for number, example in enumerate(examples):
        block, row = divmod(number, rows)
        _draw(sheet, MARGIN + block * (BLOCK + MARGIN), HEADER + row * STEP, example)
    return sheet


def _draw(sheet: Sheet, x: int, y: int, example: Example) -> None:
    sheet.words(x + LABEL - 8, y + TILE // 2, example.rank, 12, "rm", color=SOFT)
    sheet.tile(x + LABEL, y, example.pixels)
    color = color_of(category_color(example.category))
    notes = ["", f"{example.iou_single:.2f}", f"{example.iou_multi:.2f}"]
    masks = [example.labelled, example.single, example.multi]
    for tile, (mask, note) in enumerate(zip(masks, notes, strict=True), start=1):
        pixels = outlined(spotlight(example.pixels, mask), mask, color)
        sheet.tile(x + LABEL + tile * STEP, y, pixels, note)
