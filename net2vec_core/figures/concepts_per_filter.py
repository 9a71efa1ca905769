"""Is a filter shared by many concepts? How many concepts use each filter, and which filters most use."""

import math

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator
from numpy.typing import NDArray

from net2vec_core.figures.style import shorten, styled, write_title
from net2vec_core.overlap import SEPARATOR

LISTED = 10
MAX_BARS = 40
COUNTED_BARS = 16
NAMES_LENGTH = 60
LETTER = 0.0118  # width of a name's letter, as a share of the panel's
LONGEST_BAR = 0.4  # share of the panel's width
CONCEPTS = {"best_for": "concepts", "top_for": "top_concepts"}
BAR = "#5B7DB1"
STEPS = [1, 2, 5, 10]


@styled
def concepts_per_filter(overlap: pd.DataFrame, top_filters: int, name: str) -> Figure:
    """Two rows, for being a concept's best filter and for standing out in its embedding.

    Args:
        overlap: One row a filter: filter, best_for, concepts, top_for, top_concepts.
        top_filters: How many filters of largest weight an embedding is said to use.
        name: Network and layer.
    """
    figure = Figure(figsize=(11, 5.6), layout="constrained")
    used = int((overlap["best_for"] > 0).sum())
    write_title(figure, f"{name}: {used} of {len(overlap)} filters are the best one for some concept")
    uses = {"best_for": "Best single filter of", "top_for": f"Among the {top_filters} largest |weights| of"}
    for (left, right), (column, use) in zip(figure.subplots(2, 2, width_ratios=[1, 1.4]), uses.items(), strict=True):
        _distribution(left, overlap[column].to_numpy(), use)
        _most_shared(right, overlap, column, use)
    return figure


def bin_edges(highest: int) -> NDArray[np.float64]:
    """Edges of at most MAX_BARS bars of whole numbers 1 to `highest`, half-way between numbers."""
    width = max(1, math.ceil(highest / MAX_BARS))
    return np.arange(0.5, max(highest, 1) + width, width)


def listed(names: str, length: int = NAMES_LENGTH) -> str:
    """As many of the SEPARATOR-joined names as `length` characters hold, and how many more there are."""
    every = [shorten(name) for name in names.split(SEPARATOR)]
    ends = np.cumsum([len(name) + 2 for name in every]) - 2
    shown = max(1, int((ends <= length).sum()))
    more = f" + {len(every) - shown} more" if shown < len(every) else ""
    return ", ".join(every[:shown]) + more


def _distribution(axes: Axes, counts: NDArray[np.int64], use: str) -> None:
    edges = bin_edges(int(counts.max()))
    filters, _ = np.histogram(counts, edges)
    width = edges[1] - edges[0]
    bars = axes.bar(edges[:-1] + width / 2, filters, 0.85 * width, color=BAR)
    if len(filters) <= COUNTED_BARS:
        axes.bar_label(bars, [str(number or "") for number in filters], padding=1)
    axes.xaxis.set_major_locator(MaxNLocator(9, integer=True, steps=STEPS))
    axes.yaxis.set_major_locator(MaxNLocator(5, integer=True, steps=STEPS))
    axes.set(xlabel="number of concepts", ylabel="filters", xlim=(0.3, max(6.5, edges[-1]) + 0.2))
    axes.margins(y=0.12)
    axes.set_title(f"{use} … concepts (none: {int((counts == 0).sum())} of {len(counts)})")


def _most_shared(axes: Axes, overlap: pd.DataFrame, column: str, use: str) -> None:
    most = overlap[overlap[column] > 0].nlargest(LISTED, column)
    places = -np.arange(len(most))
    names = [listed(concepts) for concepts in most[CONCEPTS[column]]]
    axes.barh(places, most[column], color=BAR, height=0.72)
    for place, count, text in zip(places, most[column], names, strict=True):
        axes.annotate(text, (count, place), (4, 0), textcoords="offset points", va="center", fontsize=7)
    axes.set_yticks(places, [f"filter {number}" for number in most["filter"]])
    room = min(LONGEST_BAR, 1 - LETTER * max(map(len, names), default=0))
    axes.set(xlim=(0, max(1, overlap[column].max()) / room), ylim=(0.6 - LISTED, 0.6), xticks=[])
    axes.tick_params(axis="y", length=0)
    axes.spines["bottom"].set_visible(False)
    axes.set_title(f"{use} the most concepts")
