"""Which concepts lie together: a plane on which near points are similar embeddings."""

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.collections import LineCollection
from matplotlib.figure import Figure

from net2vec_core.concept_map import MIN_COSINE
from net2vec_core.figures.placement import label_points
from net2vec_core.figures.style import (
    SOFT,
    category_color,
    category_handles,
    category_marker,
    in_order,
    shorten,
    styled,
    write_title,
)


@styled
def concept_map(places: pd.DataFrame, name: str) -> Figure:
    """All concepts on a plane, those of a cluster tied to its middle; names where there is room.

    Args:
        places: Columns concept, category, x, y, cluster.
        name: Network and layer.
    """
    figure = Figure(figsize=(9, 8.4), layout="constrained")
    axes = figure.subplots()
    write_title(figure, f"{name}: {finding(places)}")
    _ties(axes, places)
    for category in in_order(places["category"]):
        rows = places[places["category"] == category]
        color, marker = category_color(category), category_marker(category)
        axes.scatter(rows["x"], rows["y"], s=30, c=color, marker=marker, ec="white", lw=0.5, zorder=3)
    _frame(axes)
    handles = category_handles(places["category"])
    figure.legend(handles=handles, loc="outside lower left", ncols=len(handles))
    figure.draw_without_rendering()  # places the axes, which the labels have to know
    figure.set_layout_engine("none")
    points = places[["x", "y"]].to_numpy(np.float64)
    outermost = np.argsort(-np.linalg.norm(points, axis=1), kind="stable").tolist()
    label_points(axes, points, {number: shorten(places["concept"].iloc[number]) for number in outermost})
    return figure


def finding(places: pd.DataFrame) -> str:
    """What the figure shows, in words."""
    sizes = places["cluster"].value_counts()
    alone = int((sizes == 1).sum())
    clusters = len(sizes) - alone
    return f"{len(places) - alone} concepts in {clusters} cluster{'s' * (clusters != 1)}, {alone} by themselves"


def _ties(axes: Axes, places: pd.DataFrame) -> None:
    middles = places.groupby("cluster")[["x", "y"]].transform("mean").to_numpy()
    points = places[["x", "y"]].to_numpy()
    lines = [np.array(ends) for ends in zip(middles, points, strict=True)]
    axes.add_collection(LineCollection(lines, colors=SOFT, linewidths=0.8, alpha=0.5))


def _frame(axes: Axes) -> None:
    axes.margins(0.08)
    axes.set_aspect("equal", adjustable="datalim")
    axes.grid()
    axes.set(xlabel="first axis of the unit vectors", ylabel="second axis")
    axes.set_title(f"Near points: similar embeddings. Lines: clusters of mean cosine {MIN_COSINE} or more")
