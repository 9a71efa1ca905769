"""How alike layers and networks see the concepts: rank correlations of their cosines, pair by pair."""

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from net2vec_core.figures.style import INK, shorten, styled, write_title

ALPHA = 0.05
LONGEST = 36  # letters of a name
LETTER, CELL = 0.075, 0.34  # inches
COLUMNS = {"rank_correlation": "Rank correlation of cosines", "neighbour_agreement": "Shared nearest neighbours"}


@styled
def layer_pairs(pairs: pd.DataFrame, layers: list[str]) -> Figure:
    """Two symmetric matrices, one row a layer: rank correlation, and agreement on nearest neighbours.

    A run of one layer and no word vectors has no pairs, and gets the title alone.

    Args:
        pairs: The table of comparisons.
        layers: `network · layer` of every layer of the run, in its order.
    """
    names = [*layers, *(name for name in _names(pairs, "second").unique() if name not in layers)]
    if len(names) < 2:
        alone = Figure(figsize=(8.5, 0.6))
        write_title(alone, finding(pairs))
        return alone
    label, side = LETTER * max(len(shorten(name, LONGEST)) for name in names), max(2.4, CELL * len(names))
    figure = Figure(figsize=(max(8.5, label + 2 * side + 1.2), label + side + 0.5), layout="constrained")
    write_title(figure, finding(pairs))
    panels = figure.subplots(1, 2, sharey=True)
    for axes, (column, title) in zip(panels, COLUMNS.items(), strict=True):
        _matrix(axes, matrix(pairs, column, names), title)
    _star(panels[0], pairs, names)
    figure.colorbar(panels[0].images[0], ax=list(panels), shrink=0.8, aspect=25)
    return figure


def finding(pairs: pd.DataFrame) -> str:
    """What the figure shows, in words."""
    known = pairs.dropna(subset=["rank_correlation"])
    if known.empty:
        return "No two layers to compare"
    best = known.loc[[known["rank_correlation"].idxmax()]]
    first, second = (shorten(_names(best, which).iloc[0], LONGEST) for which in ("first", "second"))
    return f"Most alike: {first} and {second} ({best['rank_correlation'].iloc[0]:.2f})"


def matrix(pairs: pd.DataFrame, column: str, names: list[str]) -> pd.DataFrame:
    """A column of the table as a symmetric matrix; NaN where two spaces were not compared."""
    values = pd.DataFrame(np.nan, index=names, columns=names)
    for first, second, value in zip(_names(pairs, "first"), _names(pairs, "second"), pairs[column], strict=True):
        values.loc[first, second] = values.loc[second, first] = value
    return values


def _names(pairs: pd.DataFrame, which: str) -> pd.Series:
    return pairs[f"{which}_network"].str.cat(pairs[f"{which}_layer"], sep=" · ")


def _matrix(axes: Axes, values: pd.DataFrame, title: str) -> None:
    axes.imshow(values, cmap="RdBu_r", vmin=-1, vmax=1, aspect="auto")
    shown = [shorten(name, LONGEST) for name in values.index]
    places = range(len(values))
    axes.set_xticks(places, shown, rotation=90)
    axes.set_yticks(places, shown)
    axes.tick_params(length=0)
    axes.spines[:].set_visible(False)
    axes.set_title(title)
    for (row, column), value in np.ndenumerate(values.to_numpy(np.float64)):
        if np.isfinite(value):
            color = "white" if abs(value) > 0.6 else INK
            axes.text(column, row, f"{value:.2f}", ha="center", va="center", fontsize=7, color=color)


def _star(axes: Axes, pairs: pd.DataFrame, names: list[str]) -> None:
    """Cross out the correlations that exchanged concepts reach, too."""
    p_values = matrix(pairs, "p_value", names).to_numpy()
    rows, columns = np.nonzero(p_values >= ALPHA)
    axes.scatter(columns, rows, marker="x", s=90, color=INK, linewidth=0.8)
    axes.set_xlabel(f"crossed out: p ≥ {ALPHA}" if len(rows) else "")
