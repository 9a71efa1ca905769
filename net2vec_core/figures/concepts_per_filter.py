"""Is a filter shared by many concepts? How many concepts use each filter, and which filters most use."""

import math

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from net2vec_core.figures.style import INK, SOFT, shorten, styled
from net2vec_core.overlap import SEPARATOR, TOP_FILTERS

LISTED = 10
MAX_BARS = 40
MAX_COUNTED = 16
NAMES_LENGTH = 62
BAR = "#5B7DB1"


@styled
def concepts_per_filter(overlap: pd.DataFrame, name: str) -> Figure:
    """Two rows, for being a concept's best filter and for standing out in its embedding.

    Args:
        overlap: One row a filter: filter, best_for, concepts, top_for, top_concepts.
        name: Network and layer.
    """
    figure = Figure(figsize=(11, 5.6))
    best, top = figure.subplots(2, 2, width_ratios=[1, 1.5])
    used = int((overlap["best_for"] > 0).sum())
    figure.suptitle(f"{name}: {used} of {len(overlap)} filters are the best one for some concept", x=0.012, ha="left")
    _distribution(best[0], overlap["best_for"].to_numpy(), "for which the filter is the best single one")
    _most_shared(best[1], overlap, "best_for", "concepts")
    _distribution(top[0], overlap["top_for"].to_numpy(), f"among whose {TOP_FILTERS} largest |weights| the filter is")
    _most_shared(top[1], overlap, "top_for", "top_concepts")
    return figure


def bin_edges(highest: int) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
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


def _distribution(axes: Axes, counts: np.ndarray[tuple[int], np.dtype[np.int64]], meaning: str) -> None:
    edges = bin_edges(int(counts.max()))
    filters, _, bars = axes.hist(counts, edges, color=BAR, edgecolor="white", linewidth=0.8)
    if len(edges) <= MAX_COUNTED:
        axes.bar_label(bars, [f"{number:.0f}" if number else "" for number in filters], padding=1)
    axes.xaxis.get_major_locator().set_params(integer=True)
    axes.yaxis.get_major_locator().set_params(integer=True)
    axes.set(xlabel=f"concepts {meaning}", ylabel="filters", xlim=(edges[0] - 0.2, edges[-1] + 0.2))
    axes.margins(y=0.12)
    axes.set_title(f"{int((counts == 0).sum())} of {len(counts)} filters: none; the others:")


def _most_shared(axes: Axes, overlap: pd.DataFrame, column: str, names: str) -> None:
    most = overlap[overlap[column] > 0].nlargest(LISTED, column)
    places = -np.arange(len(most))
    axes.barh(places, most[column], color=BAR, height=0.72)
    for place, count, concepts in zip(places, most[column], most[names], strict=True):
        axes.annotate(listed(concepts), (count, place), (4, 0), textcoords="offset points", va="center", fontsize=7)
    axes.set_yticks(places, [f"filter {number}" for number in most["filter"]])
    # the names stand to the right of the bars
    axes.set(xlim=(0, 3.2 * max(1, overlap[column].max())), ylim=(-LISTED + 0.4, 0.6), xticks=[])
    axes.tick_params(axis="y", length=0)
    axes.spines["bottom"].set_visible(False)
    axes.set_title("The filters that most concepts share" if len(most) else "No filter is used", color=INK if len(most) else SOFT)
