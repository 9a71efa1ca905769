"""What each layer of each network encodes: mean IoU by category."""

import itertools
import math

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from numpy.typing import NDArray

from net2vec_core.figures.style import INK, SOFT, category_color, in_order, shorten, styled, write_title

ALL = "all concepts"
MAX_WIDTH = 14  # of a row of panels, inches
NETWORK_COLORS = ("#004488", "#BB5566", "#DDAA33", "#228833", "#66CCEE", "#AA3377")  # after Paul Tol
RESAMPLES = 2000


@styled
def iou_by_category(scores: pd.DataFrame) -> Figure:
    """One panel a category, in it all networks with their layers side by side.

    Args:
        scores: Columns network, layer, concept, category, multi, single, encoded: one row a concept and layer,
            networks and their layers in the order in which they are drawn.
    """
    panels = [ALL, *in_order(scores["category"])]
    panel_width = max(1.9, 0.5 + 0.3 * len(scores[["network", "layer"]].drop_duplicates()))
    rows = math.ceil(len(panels) * panel_width / MAX_WIDTH)
    columns = math.ceil(len(panels) / rows)
    figure = Figure(figsize=(max(8.5, 0.6 + columns * panel_width), 0.9 + 3.1 * rows), layout="constrained")
    axes = figure.subplots(rows, columns, sharey=True, squeeze=False).ravel()
    colors = dict(zip(scores["network"].unique().tolist(), itertools.cycle(NETWORK_COLORS), strict=False))
    for panel, category in zip(axes, panels, strict=False):
        _panel(panel, scores if category == ALL else scores[scores["category"] == category], category, colors)
    for empty in axes[len(panels) :]:
        empty.remove()
    write_title(figure, finding(scores))
    figure.supylabel("mean IoU on val images", fontsize=8)
    figure.legend(handles=_handles(colors), loc="outside lower left", ncols=4)
    return figure


def finding(scores: pd.DataFrame) -> str:
    """What the figure shows, in words."""
    means = scores.groupby(["network", "layer"], sort=False)[["multi", "single"]].mean()
    best = means.loc[[means["multi"].idxmax()]].reset_index().iloc[0]
    figures = f"{best['multi']:.2f} with all filters, {best['single']:.2f} with the best single one"
    return f"Mean IoU by category: highest in {best['network']} · {best['layer']}\n({figures})"


def mean_interval(values: NDArray[np.float64]) -> tuple[float, float]:
    """The 95 % percentile bootstrap interval of a mean over concepts; NaN for fewer than two."""
    if len(values) < 2:
        return math.nan, math.nan
    drawn = np.random.default_rng(0).choice(values, (RESAMPLES, len(values)))
    low, high = np.percentile(drawn.mean(axis=1), [2.5, 97.5])
    return float(low), float(high)


def _panel(axes: Axes, scores: pd.DataFrame, category: str, colors: dict[str, str]) -> None:
    names: dict[float, str] = {}
    for number, (network, color) in enumerate(colors.items()):
        layers = scores[scores["network"] == network].groupby("layer", sort=False)
        places = np.arange(layers.ngroups) + len(names) + 0.6 * number
        for score, shift, face in (("single", -0.16, "white"), ("multi", 0.16, color)):
            values = [layer[score].to_numpy() for _, layer in layers]
            told = [layer["encoded"].to_numpy() & (score == "multi") for _, layer in layers]
            _series(axes, places + shift, values, told, color, face)
        names |= {
            float(place): f"{shorten(str(layer))} ({rows['encoded'].sum()})"
            for place, (layer, rows) in zip(places, layers, strict=True)
        }
    axes.set_xticks(list(names), list(names.values()), rotation=90)
    axes.set_xlim(-0.6, max(names) + 0.6)
    axes.set_ylim(bottom=0)
    axes.grid(axis="y")
    axes.set_title(
        f"{category} ({scores['concept'].nunique()})",
        color=INK if category == ALL else category_color(category),
        weight="bold",
    )


def _series(
    axes: Axes,
    places: NDArray[np.floating],
    values: list[NDArray[np.float64]],
    told: list[NDArray[np.bool_]],
    color: str,
    face: str,
) -> None:
    """Means with their intervals, layer by layer, and the concepts behind them, those that are `told` darker."""
    rng = np.random.default_rng(0)
    for place, of_layer, is_told in zip(places, values, told, strict=True):
        jitter = rng.uniform(-0.07, 0.07, len(of_layer))
        for rows, most in ((~is_told, 0.25), (is_told, 0.75)):
            alpha = min(most, 80 * most / len(of_layer))
            axes.scatter(place + jitter[rows], of_layer[rows], s=5, color=color, alpha=alpha, linewidth=0)
        axes.vlines(place, *mean_interval(of_layer), color=color, lw=1.6)
    axes.plot(places, [of_layer.mean() for of_layer in values], color=color, lw=0.9, marker="o", ms=6, mfc=face)


def _handles(colors: dict[str, str]) -> list[Line2D]:
    return [
        *(Line2D([], [], color=color, lw=4, label=shorten(network, 40)) for network, color in colors.items()),
        Line2D([], [], color=INK, lw=0, marker="o", ms=6, mfc="white", label="best single filter"),
        Line2D([], [], color=INK, lw=0, marker="o", ms=6, label="embedding: all filters"),
        Line2D([], [], color=INK, lw=1.6, label="95 % interval of the mean"),
        Line2D([], [], color=SOFT, lw=0, marker="o", ms=2.5, label="one concept"),
        Line2D([], [], color=INK, lw=0, marker="o", ms=2.5, label="one encoded above chance (how many)"),
    ]
