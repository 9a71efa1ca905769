"""Which concepts gain from combining filters: those with many train images, or large ones?"""

import math

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import LogLocator, NullFormatter, StrMethodFormatter

from net2vec_core.failures import AGAINST, ALL
from net2vec_core.figures.placement import label_points
from net2vec_core.figures.style import (
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

LABELLED = 5
WORDS = {"train_images": "train images that hold the concept", "mean_coverage": "mean share of an image that it covers"}


@styled
def gain(scores: pd.DataFrame, trends: pd.DataFrame, name: str) -> Figure:
    """A row of panels for each recipe, a panel for each of AGAINST; the concepts with the largest losses are named.

    Args:
        scores: Columns concept, category, recipe, gain, encoded and those of AGAINST, of one seed.
        trends: As `gain_trends` gives them.
        name: Network and layer.
    """
    recipes = scores["recipe"].unique().tolist()
    figure = Figure(figsize=(11, 1.2 + 3.3 * len(recipes)), layout="constrained")
    panels = figure.subplots(len(recipes), len(AGAINST), sharey=True, squeeze=False)
    write_title(figure, f"{name}: {finding(scores)}")
    for recipe, row in zip(recipes, panels, strict=True):
        for against, axes in zip(AGAINST, row, strict=True):
            _panel(axes, scores[scores["recipe"] == recipe], against)
            axes.set_title(f"Recipe {recipe}: {correlation(trends, recipe, against)}")
        row[0].set_ylabel("gain in IoU over the best single filter")
    handles = [*category_handles(scores["category"]), *encoded_handles()]
    figure.legend(handles=handles, loc="outside lower left", ncols=len(handles))
    figure.draw_without_rendering()  # places the axes, which the labels have to know
    figure.set_layout_engine("none")
    for recipe, row in zip(recipes, panels, strict=True):
        for against, axes in zip(AGAINST, row, strict=True):
            _name_losses(axes, scores[scores["recipe"] == recipe], against)
    return figure


def finding(scores: pd.DataFrame) -> str:
    """What the figure shows, in words."""
    of_recipes = scores.groupby("recipe", sort=False)["gain"]
    losses = ", ".join(f"{int((gains < 0).sum())} ({recipe})" for recipe, gains in of_recipes)
    return f"of {scores['concept'].nunique()} concepts, one filter beats the embedding for {losses}"


def correlation(trends: pd.DataFrame, recipe: str, against: str) -> str:
    """Spearman's correlation over all concepts, in words."""
    row = trends[(trends["category"] == ALL) & (trends["recipe"] == recipe) & (trends["against"] == against)]
    coefficient, p_value = row[["rank_correlation", "p_value"]].to_numpy(np.float64)[0].tolist()
    if math.isnan(coefficient):
        return "no rank correlation"
    return f"rank correlation {coefficient:.2f} ({'p < 0.001' if p_value < 0.001 else f'p = {p_value:.2g}'})"


def _panel(axes: Axes, scores: pd.DataFrame, against: str) -> None:
    axes.set_xscale("log")
    axes.grid()
    axes.axhline(0, color=SOFT, lw=1)
    for category in in_order(scores["category"]):
        rows = scores[scores["category"] == category]
        color, marker = category_color(category), category_marker(category)
        for encoded, points in rows.groupby("encoded"):
            look = point_style(bool(encoded))
            axes.scatter(points[against], points["gain"], s=24, c=color, marker=marker, zorder=3, **look)
    axes.margins(0.06)
    axes.set_xlabel(f"{WORDS[against]} (logarithmic)")
    axes.xaxis.set_major_locator(LogLocator(subs=(1, 2, 5)))
    axes.xaxis.set_major_formatter(StrMethodFormatter("{x:g}"))
    axes.xaxis.set_minor_formatter(NullFormatter())


def _name_losses(axes: Axes, scores: pd.DataFrame, against: str) -> None:
    worst = np.argsort(scores["gain"].to_numpy(), kind="stable")[:LABELLED].tolist()
    names = {number: shorten(scores["concept"].iloc[number]) for number in worst if scores["gain"].iloc[number] < 0}
    label_points(axes, scores[[against, "gain"]].to_numpy(np.float64), names)
