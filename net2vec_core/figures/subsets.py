"""How many filters does a concept need? The scores of embeddings of only so many filters."""

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.collections import LineCollection
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Patch
from matplotlib.ticker import NullLocator

from net2vec_core.figures.style import (
    HALO,
    INK,
    SOFT,
    category_color,
    category_handles,
    category_marker,
    in_order,
    styled,
    write_title,
)

BAND = "#C9D1DA"
TASKS = {"segmentation": "IoU", "classification": "accuracy"}
LOWEST = {"segmentation": 0.0, "classification": 0.5}  # what an embedding reaches that knows nothing
CLOSEST = 0.06  # two numbers of filters that are both named on the axis, as a share of its length
FAINTEST, LINES = 0.06, 20  # concepts' lines: the more, the fainter


@styled
def subsets(table: pd.DataFrame, name: str) -> Figure:
    """One panel a task: median and quartiles of the val scores over the number of filters, and categories' medians.

    Args:
        table: One row a concept, task and number of filters: concept, category, task, filters, score_val, filters_80.
        name: Network and layer.
    """
    known = table.dropna(subset=["score_val"])
    tasks = [task for task in TASKS if task in set(known["task"])]
    figure = Figure(figsize=(max(8.5, 5.5 * len(tasks)), 4.6), layout="constrained")
    write_title(figure, f"{name}: {finding(known)}")
    for number, task in enumerate(tasks, start=1):
        _panel(figure.add_subplot(1, len(tasks), number), known[known["task"] == task], task)
    figure.legend(handles=_handles(known), loc="outside lower left", ncols=9, columnspacing=1.4)
    return figure


def finding(table: pd.DataFrame) -> str:
    """What the figure shows, in words, of the first task that it has."""
    for task in TASKS:
        rows = table[table["task"] == task]
        if len(rows):
            needed, most = needed_by_half(rows), rows["filters"].max()
            return f"half of the concepts reach 80 % of their full score with {needed} of {most} filters"
    return "no concept has a score"


def needed_by_half(rows: pd.DataFrame) -> int:
    """The smallest number of filters with which half of a task's concepts, or more, reach 80 % of the full score."""
    return int(rows.groupby("concept")["filters_80"].first().quantile(0.5, interpolation="lower"))


def _panel(axes: Axes, rows: pd.DataFrame, task: str) -> None:
    curves = rows.pivot(index="filters", columns="concept", values="score_val")
    filters, scores = curves.index.to_numpy(np.int64), curves.to_numpy(np.float64)
    _concepts(axes, filters, scores)
    for category in in_order(rows["category"]):
        medians = rows[rows["category"] == category].groupby("filters")["score_val"].median()
        color, marker = category_color(category), category_marker(category)
        axes.plot(medians.index, medians, color=color, lw=1.2, marker=marker, ms=3.5, mec="white", mew=0.4)
    axes.plot(filters, np.nanmedian(scores, axis=1), color=INK, lw=2.4, zorder=3)
    _half(axes, needed_by_half(rows), filters[-1])
    _axis(axes, filters.tolist())
    axes.set(xlabel="filters, those of largest |weight| (logarithmic)", ylabel=f"{TASKS[task]} on val images")
    axes.set_ylim(bottom=min(LOWEST[task], np.nanmin(scores)))
    axes.set_title(f"{task.capitalize()} ({curves.shape[1]} concepts)")


def _concepts(axes: Axes, filters: np.ndarray, scores: np.ndarray) -> None:
    """A line a concept, and the band that holds the middle half of them; scores [number of filters, concept]."""
    segments = [np.column_stack([filters, curve])[np.isfinite(curve)] for curve in scores.T]
    alpha = max(FAINTEST, min(0.5, LINES / len(segments)))
    axes.add_collection(LineCollection(segments, colors=SOFT, linewidths=0.5, alpha=alpha))
    axes.fill_between(filters, *np.nanpercentile(scores, [25, 75], axis=1), color=BAND, lw=0, alpha=0.7)


def _half(axes: Axes, needed: int, most: int) -> None:
    axes.axvline(needed, color=INK, lw=0.8, ls=(0, (4, 3)))
    inwards = -1 if needed**2 > most else 1
    axes.annotate(
        f"half of the concepts reach 80 %\nof their full score with {needed}",
        xy=(needed, 1),
        xytext=(4 * inwards, -1),
        xycoords=axes.get_xaxis_transform(),
        textcoords="offset points",
        ha="right" if inwards < 0 else "left",
        va="top",
        fontsize=7,
        path_effects=HALO,
    )


def _axis(axes: Axes, filters: list[int]) -> None:
    """A logarithmic axis that names the numbers of filters that were fitted, as far as they have room."""
    named, closest = filters[-1:], (filters[-1] / filters[0]) ** CLOSEST
    for number in reversed(filters[:-1]):
        if number * closest <= named[0]:
            named.insert(0, number)
    axes.set_xscale("log")
    axes.set_xticks(named, [str(number) for number in named])
    axes.xaxis.set_minor_locator(NullLocator())
    axes.set_xlim(filters[0] / 1.1, filters[-1] * 1.1)
    axes.grid(axis="y")


def _handles(table: pd.DataFrame) -> list[Line2D | Patch]:
    return [
        Line2D([], [], color=INK, lw=2.4, label="median of all"),
        Patch(color=BAND, lw=0, alpha=0.7, label="middle half"),
        Line2D([], [], color=SOFT, lw=0.7, label="one concept"),
        *category_handles(table["category"]),
    ]
