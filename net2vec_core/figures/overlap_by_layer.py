"""Are filters shared by more concepts in some layers than in others? The shares of filters by number of concepts."""

import matplotlib as mpl
import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from net2vec_core.figures.style import FAINT, INK, shorten, styled, write_title

LONGEST = 36  # letters of a name
LETTER, BAR = 0.075, 0.34  # inches
WRITTEN = 0.06  # the least share for which there is room for a number
DARK = 0.55  # of the colour map, where numbers turn white


@styled
def overlap_by_layer(histograms: dict[str, pd.DataFrame], top_filters: int) -> Figure:
    """Two panels, one bar a layer in each: for being a concept's best filter, and for standing out in its embedding.

    Args:
        histograms: For each layer, in the order in which they are drawn, its table of kind, concepts (a bin's right
            edge) and share.
        top_filters: How many filters of largest weight an embedding is said to use.
    """
    names = [shorten(name, LONGEST) for name in histograms]
    label, height = LETTER * max(map(len, names)), BAR * len(names)
    figure = Figure(figsize=(max(9, label + 7.5), height + 1.6), layout="constrained")
    write_title(figure, finding(histograms))
    titles = {
        "best": "Best single filter of … concepts",
        "top": f"Among the {top_filters} largest |weights| of … concepts",
    }
    panels = figure.subplots(1, 2, sharey=True)
    for axes, (kind, title) in zip(panels, titles.items(), strict=True):
        _stack(axes, shares(histograms, kind), title)
    panels[0].set_yticks(-np.arange(len(names)), names)
    figure.legend(handles=panels[0].containers, loc="outside lower left", ncols=10, title="concepts", alignment="left")
    return figure


def shares(histograms: dict[str, pd.DataFrame], kind: str) -> pd.DataFrame:
    """The share of filters in each bin, one row a layer, one column a bin, named by its right edge."""
    every = pd.concat(histograms.values(), keys=range(len(histograms)), names=["layer", "row"])
    edges = sorted(every["concepts"].unique())  # of both kinds, so that a colour means the same in both panels
    table = every[every["kind"] == kind].pivot_table("share", "layer", "concepts")
    return table.reindex(columns=edges).fillna(0)


def finding(histograms: dict[str, pd.DataFrame]) -> str:
    """What the figure shows, in words."""
    top = shares(histograms, "top")
    shared = top.to_numpy()[:, top.columns.to_numpy(np.int64) > 1].sum(axis=1)
    name = shorten(list(histograms)[shared.argmax()], LONGEST)
    return f"Filters that stand out in several concepts' embeddings: most in {name} ({shared.max():.0%})"


def _stack(axes: Axes, values: pd.DataFrame, title: str) -> None:
    places, left = -np.arange(len(values)), np.zeros(len(values))
    depth = np.linspace(0.3, 1, max(2, len(values.columns) - 1))
    for number, (edge, share) in enumerate(values.items()):
        color = FAINT if number == 0 else mpl.colormaps["Blues"](depth[number - 1])
        bars = axes.barh(places, share, 0.72, left, color=color, label=_range(int(str(edge))))
        written = [f"{value:.0%}" if value >= WRITTEN else "" for value in share]
        dark = number > 0 and depth[number - 1] > DARK
        axes.bar_label(bars, written, label_type="center", fontsize=7, color="white" if dark else INK)
        left += share.to_numpy()
    axes.set(xlim=(0, 1), xticks=[])
    axes.tick_params(length=0)
    axes.spines[:].set_visible(False)
    axes.set_title(title)


def _range(edge: int) -> str:
    """The whole numbers of the bin with this right edge."""
    return str(edge) if edge <= 2 else f"{edge // 2 + 1}–{edge}"
