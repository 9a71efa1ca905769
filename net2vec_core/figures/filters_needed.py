"""How many filters do concepts need, layer by layer? The share of concepts that reach 80 and 90 % with so many."""

import itertools

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.colors import to_rgb
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.ticker import FixedLocator, FuncFormatter, NullLocator, PercentFormatter

from net2vec_core.figures.iou_by_category import NETWORK_COLORS
from net2vec_core.figures.style import SOFT, shorten, styled, write_title

ALL = "all"
TASKS = ("segmentation", "classification")
PALEST = 0.35  # of a network's colour, in the first of many layers
LONGEST = 40  # letters of a layer's name
LEGEND_ROWS = 24
TICKS = [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000, 10000]
LayerColors = dict[tuple[str, str], tuple[float, float, float]]


@styled
def filters_needed(table: pd.DataFrame) -> Figure:
    """One panel a task and share: cumulative curves, one a layer, paler the earlier it comes in its network.

    Args:
        table: network, layer, task, category, share, filters, concepts_share: networks and their layers in the order in
            which they are drawn.
    """
    rows = table[table["category"] == ALL]
    tasks, shares = [task for task in TASKS if task in set(rows["task"])], sorted(set(rows["share"]))
    colors = layer_colors(rows)
    figure = Figure(figsize=(10, 1 + 2.9 * max(0.2, len(tasks))), layout="constrained")
    write_title(figure, finding(rows))
    for number, (task, share) in enumerate(itertools.product(tasks, shares), start=1):
        axes = figure.add_subplot(len(tasks), len(shares), number)
        _panel(axes, rows[(rows["task"] == task) & (rows["share"] == share)], colors)
        axes.set_title(f"{task.capitalize()}: {100 * share:.0f} % of the full score")
    if colors:
        columns = -(-len(colors) // LEGEND_ROWS)
        figure.legend(handles=_handles(colors), loc="outside right center", ncols=columns)
    return figure


def finding(rows: pd.DataFrame) -> str:
    """What the figure shows, in words: of the first network its first and its last layer."""
    if rows.empty:
        return "No layer has a score of subsets of filters"
    network, task = rows["network"].iloc[0], next(task for task in TASKS if task in set(rows["task"]))
    share = rows["share"].min()
    shown = rows[(rows["network"] == network) & (rows["task"] == task) & (rows["share"] == share)]
    halves = {str(layer): _needed_by_half(curve) for layer, curve in shown.groupby("layer", sort=False)}
    ends = [layer for number, layer in enumerate(halves) if number in (0, len(halves) - 1)]
    words = " and ".join(f"{halves[layer]} of {shorten(layer, LONGEST)}" for layer in ends)
    return f"{network}: for {100 * share:.0f} % of the full score, half of the concepts need {words}"


def layer_colors(rows: pd.DataFrame) -> LayerColors:
    """A colour for every (network, layer): the network's own, paler the earlier the layer."""
    colors: LayerColors = {}
    networks = rows[["network", "layer"]].drop_duplicates().groupby("network", sort=False)["layer"]
    for (network, layers), color in zip(networks, itertools.cycle(NETWORK_COLORS), strict=False):
        for number, layer in enumerate(layers, start=1):
            strength = PALEST + (1 - PALEST) * number / len(layers)
            red, green, blue = (1 - strength * (1 - part) for part in to_rgb(color))
            colors[str(network), str(layer)] = (red, green, blue)
    return colors


def _needed_by_half(curve: pd.DataFrame) -> int:
    return int(curve.loc[curve["concepts_share"] >= 0.5, "filters"].min())


def _panel(axes: Axes, rows: pd.DataFrame, colors: LayerColors) -> None:
    for (network, layer), color in colors.items():
        curve = rows[(rows["network"] == network) & (rows["layer"] == layer)].sort_values("filters")
        axes.plot(curve["filters"], curve["concepts_share"], color=color, lw=1.6, drawstyle="steps-post")
        axes.plot(curve["filters"][-1:], curve["concepts_share"][-1:], color=color, lw=0, marker="o", ms=4)
    axes.axhline(0.5, color=SOFT, lw=0.8, ls=(0, (4, 3)))
    axes.set_xscale("log")
    axes.xaxis.set_major_locator(FixedLocator([tick for tick in TICKS if tick <= rows["filters"].max()]))
    axes.xaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:g}"))
    axes.xaxis.set_minor_locator(NullLocator())
    axes.yaxis.set_major_formatter(PercentFormatter(1, symbol=" %"))
    axes.set(xlabel="filters, at most (logarithmic)", ylabel="concepts", ylim=(0, 1.03))
    axes.grid()


def _handles(colors: LayerColors) -> list[Line2D]:
    return [
        Line2D([], [], color=color, lw=2, label=shorten(f"{network} · {layer}", LONGEST))
        for (network, layer), color in colors.items()
    ]
