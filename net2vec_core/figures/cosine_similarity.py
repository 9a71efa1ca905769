"""How concepts relate: the cosines between all embeddings of a layer, clustered."""

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.colors import to_rgb
from matplotlib.figure import Figure
from matplotlib.image import AxesImage
from numpy.typing import NDArray
from scipy.cluster.hierarchy import dendrogram, leaves_list

from net2vec_core.concept_map import cluster_tree
from net2vec_core.figures.style import SOFT, category_color, category_handles, shorten, styled, write_title

MAX_LABELS = 100


@styled
def cosine_similarity(cosines: pd.DataFrame, categories: pd.Series, name: str) -> Figure:
    """A heat map of `cosines` [concept, concept], similar concepts beside each other, with the tree that orders them.

    Args:
        cosines: Rows and columns are named after concepts.
        categories: Each concept's category; the index holds the concepts' names.
        name: Network and layer.
    """
    tree = cluster_tree(cosines.to_numpy())
    order = np.arange(len(cosines)) if tree is None else leaves_list(tree)
    ordered = cosines.iloc[order, order]
    side = min(11.0, max(4.5, 2 + 0.12 * len(cosines)))
    figure = Figure(figsize=(side + 1.4, side + 0.9), layout="constrained")
    grid = figure.add_gridspec(2, 2, width_ratios=[1, 45], height_ratios=[5, 45], wspace=0, hspace=0)
    write_title(figure, f"{name}: {finding(cosines)}")
    _tree(figure.add_subplot(grid[0, 1]), tree)
    strip, heat = figure.add_subplot(grid[1, 0]), figure.add_subplot(grid[1, 1])
    _strip(strip, categories[ordered.index])
    image = _heat(heat, ordered)
    figure.colorbar(image, ax=figure.axes, label="cosine of embeddings", shrink=0.35, aspect=25, anchor=(0, 0.85))
    _name(strip, heat, list(ordered.index))
    handles = category_handles(categories)
    figure.legend(handles=handles, loc="outside lower left", ncols=len(handles))
    return figure


def finding(cosines: pd.DataFrame) -> str:
    """What the figure shows, in words."""
    if len(cosines) < 2:
        return "the embedding of a single concept"
    others = np.where(np.eye(len(cosines), dtype=bool), -np.inf, cosines)
    first, second = (shorten(cosines.index[place]) for place in divmod(int(others.argmax()), len(others)))
    return f"nearest are the embeddings of {first} and {second} (cosine {others.max():.2f})"


def labelled(concepts: int) -> NDArray[np.int64]:
    """Which of so many rows bear their names: all, or evenly spaced ones where there is no room for all."""
    return np.arange(0, concepts, -(-concepts // MAX_LABELS))


def _tree(axes: Axes, tree: NDArray[np.float64] | None) -> None:
    axes.axis("off")
    if tree is not None:
        dendrogram(tree, ax=axes, no_labels=True, color_threshold=0, above_threshold_color=SOFT)
        axes.collections[0].set_linewidth(0.7)


def _strip(axes: Axes, categories: pd.Series) -> None:
    colors = np.array([to_rgb(category_color(category)) for category in categories])
    axes.imshow(colors[:, None], aspect="auto", interpolation="nearest")
    axes.set_xticks([])
    axes.spines[:].set_visible(False)


def _heat(axes: Axes, cosines: pd.DataFrame) -> AxesImage:
    axes.spines[:].set_visible(False)
    return axes.imshow(cosines, cmap="RdBu_r", vmin=-1, vmax=1, aspect="auto", interpolation="nearest")


def _name(strip: Axes, heat: Axes, names: list[str]) -> None:
    places = labelled(len(names))
    shown = [shorten(names[place]) for place in places]
    size = min(7.5, max(5.0, 7.5 * 60 / max(len(names), 1)))
    strip.set_yticks(places, shown, fontsize=size)
    heat.set_xticks(places, shown, fontsize=size, rotation=90)
    heat.set_yticks([])
    for axes in (strip, heat):
        axes.tick_params(length=0)
