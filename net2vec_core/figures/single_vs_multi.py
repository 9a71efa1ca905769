"""Does one filter suffice? Each concept's best single filter against its embedding."""

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from net2vec_core.figures.placement import label_points
from net2vec_core.figures.style import (
    FAINT,
    INK,
    SOFT,
    category_color,
    category_handles,
    category_marker,
    encoded_handles,
    in_order,
    point_style,
    shorten,
    styled,
    write_title,
)

MAX_ROWS = 40
LABELLED = 9
TICKS = [0, 0.01, 0.05, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1]


@styled
def single_vs_multi(scores: pd.DataFrame, name: str) -> Figure:
    """A scatter of all concepts and a list of at most MAX_ROWS of them.

    Args:
        scores: One row a concept, as `read_scores` gives it.
        name: Network and layer.
    """
    rows = choose_rows(scores)
    height = max(5.2, 1.6 + 0.155 * (len(rows) + 2 * rows["category"].nunique()))
    figure = Figure(figsize=(11, height), layout="constrained")
    left, right = figure.subplots(1, 2, width_ratios=[1.15, 1])
    write_title(figure, f"{name}: {finding(scores)}")
    _scatter(left, scores)
    _list(right, rows, len(scores))
    figure.legend(handles=_handles(scores), loc="outside lower left", ncols=9, columnspacing=1.4)
    figure.draw_without_rendering()  # places the axes, which the labels have to know
    figure.set_layout_engine("none")
    label_points(left, scores[["single", "multi"]].to_numpy(), _telling(scores))
    return figure


def finding(scores: pd.DataFrame) -> str:
    """What the figure shows, in words."""
    better = int((scores["multi"] > scores["single"]).sum())
    means = f"mean IoU {scores['multi'].mean():.2f} against {scores['single'].mean():.2f}"
    return f"all filters together beat the best one for {better} of {len(scores)} concepts ({means})"


def choose_rows(scores: pd.DataFrame) -> pd.DataFrame:
    """At most MAX_ROWS concepts, evenly spread over the ranking by gain; by category, the largest IoU first."""
    ranked = scores.iloc[np.argsort(scores["multi"] - scores["single"], kind="stable")]
    spread = np.unique(np.linspace(0, len(ranked) - 1, MAX_ROWS).round().astype(int))
    order = {category: place for place, category in enumerate(in_order(scores["category"]))}
    rows = ranked.iloc[spread].assign(place=lambda table: table["category"].map(order))
    return rows.sort_values(["place", "multi"], ascending=[True, False], kind="stable").drop(columns="place")


def _telling(scores: pd.DataFrame) -> dict[int, str]:
    """The concepts with the largest gain and loss, by their row's number."""
    gain = (scores["multi"] - scores["single"]).reset_index(drop=True)
    chosen = [*gain.nlargest(LABELLED).index, *gain.nsmallest(LABELLED).index]
    return {number: shorten(scores["concept"].iloc[number]) for number in chosen}


def _scatter(axes: Axes, scores: pd.DataFrame) -> None:
    highest = _highest(scores)
    for scale, limit in ((axes.set_xscale, axes.set_xlim), (axes.set_yscale, axes.set_ylim)):
        scale("function", functions=(lambda value: np.sqrt(np.maximum(value, 0)), np.square))
        limit(0, highest)
    ticks = [tick for tick in TICKS if tick <= highest]
    axes.set_xticks(ticks, [f"{tick:g}" for tick in ticks])
    axes.set_yticks(ticks, [f"{tick:g}" for tick in ticks])
    axes.grid()
    axes.axline((0, 0), (highest, highest), color=SOFT, lw=0.8, ls=(0, (4, 3)))
    alpha = min(0.4, 60 / len(scores))
    for category in in_order(scores["category"]):
        rows, color = scores[scores["category"] == category], category_color(category)
        axes.vlines(rows["single"], rows["multi_low"], rows["multi_high"], color=color, lw=0.7, alpha=alpha)
        axes.hlines(rows["multi"], rows["single_low"], rows["single_high"], color=color, lw=0.7, alpha=alpha)
        marker = category_marker(category)
        for encoded, points in rows.groupby("encoded"):
            look = point_style(bool(encoded))
            axes.scatter(
                points["single"], points["multi"], s=24, c=color, marker=marker, zorder=3, clip_on=False, **look
            )
    axes.set(
        xlabel="IoU of the best single filter (square-root scale)",
        ylabel="IoU of the embedding: all filters (square-root scale)",
    )
    encoded = int(scores["encoded"].sum())
    axes.set_title(f"Above the line: combining filters helps; {encoded} of {len(scores)} are encoded above chance")


def _list(axes: Axes, rows: pd.DataFrame, concepts: int) -> None:
    heights = -np.arange(len(rows)) - rows["category"].ne(rows["category"].shift()).cumsum().to_numpy()
    colors = rows["category"].map(category_color).tolist()
    axes.hlines(heights, 0, _highest(rows), color=FAINT, lw=0.7, zorder=0)
    axes.hlines(heights, rows["single"], rows["multi"], color=colors, lw=2.4, alpha=0.3)
    for score, faces in (("single", ["white"] * len(rows)), ("multi", colors)):
        axes.hlines(heights, rows[f"{score}_low"], rows[f"{score}_high"], color=SOFT, lw=0.7)
        axes.scatter(rows[score], heights, s=20, c=faces, edgecolor=colors, linewidth=1, zorder=3, clip_on=False)
    axes.set_yticks(heights, [shorten(name) for name in rows["concept"]])
    for label, encoded in zip(axes.get_yticklabels(), rows["encoded"], strict=True):
        label.set(weight="bold" if encoded else "normal", color=INK if encoded else SOFT)
    axes.set(xlim=(0, _highest(rows)), ylim=(heights.min() - 0.8, 0.2), xlabel="IoU on val images")
    axes.tick_params(axis="y", length=0)
    axes.spines["left"].set_visible(False)
    everything = len(rows) == concepts
    shown = "All concepts" if everything else f"{len(rows)} of {concepts} concepts, from every rank of gain"
    axes.set_title(f"{shown}; bold: encoded")


def _highest(scores: pd.DataFrame) -> float:
    """Where the axes end."""
    columns = scores[["multi", "single", "multi_high", "single_high"]]
    return 1.06 * max(0.05, float(np.nanmax(columns.to_numpy(np.float64))))


def _handles(scores: pd.DataFrame) -> list[Line2D]:
    return [
        *category_handles(scores["category"]),
        *encoded_handles(),
        Line2D([], [], color=INK, lw=0, marker="o", ms=5, mfc="white", label="best single filter"),
        Line2D([], [], color=INK, lw=0, marker="o", ms=5, label="embedding: all filters"),
        Line2D([], [], color=SOFT, lw=0.8, label="95 % interval"),
    ]
