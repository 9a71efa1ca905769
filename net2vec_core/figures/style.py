"""The look that all figures share, and how they are saved."""

import io
import textwrap
import zlib
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import matplotlib as mpl
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patheffects import withStroke

from net2vec_core.figures.fonts import families
from net2vec_core.storage import write_bytes

# Okabe and Ito's colours, which colour-blind people tell apart; the marker says the same once more.
CATEGORY_COLORS: dict[str, str] = {
    "color": "#CC79A7",
    "object": "#0072B2",
    "part": "#D55E00",
    "material": "#009E73",
    "scene": "#56B4E9",
    "texture": "#E69F00",
}
CATEGORY_MARKERS: dict[str, str] = {
    "color": "s",
    "object": "o",
    "part": "^",
    "material": "D",
    "scene": "P",
    "texture": "X",
}
# Other data have other categories: a digest of the name chooses, the same in every figure (colours after Paul Tol).
OTHER_COLORS = ("#332288", "#AA4499", "#117733", "#882255", "#44AA99", "#999933", "#661100", "#6699CC")
OTHER_MARKERS = ("v", "<", ">", "p", "h", "*", "d", "8")
INK = "#20262E"
SOFT = "#8D96A0"
FAINT = "#E3E7EB"
TITLE_CHARACTER = 7.4  # points, of a bold letter of size 11 in the mean, with some room
HALO = [withStroke(linewidth=2.2, foreground="white")]

styled = mpl.rc_context(
    {
        "font.family": list(families()),
        "font.size": 8,
        "text.parse_math": False,  # a concept's name may hold a $
        "text.color": INK,
        "axes.labelcolor": INK,
        "axes.edgecolor": SOFT,
        "axes.linewidth": 0.7,
        "axes.spines.top": False,
        "axes.spines.right": False,
        "axes.titlesize": 9,
        "axes.titlelocation": "left",
        "axes.axisbelow": True,
        "grid.color": FAINT,
        "grid.linewidth": 0.7,
        "xtick.color": SOFT,
        "ytick.color": SOFT,
        "xtick.labelcolor": INK,
        "ytick.labelcolor": INK,
        "legend.frameon": False,
        "figure.titlesize": 11,
        "figure.titleweight": "bold",
        "savefig.dpi": 160,
        "svg.hashsalt": "net2vec",
    }
)
"""Decorates functions that draw."""


@styled
def save(figure: Figure, path: Path) -> None:
    """Write `path`.png and `path`.svg, the same bytes for the same figure."""
    for suffix, metadata in {".png": {}, ".svg": {"Date": None}}.items():
        buffer = io.BytesIO()
        figure.savefig(buffer, format=suffix[1:], metadata=metadata)
        write_bytes(path.with_suffix(suffix), buffer.getvalue())


def write_title(figure: Figure, text: str) -> None:
    """Write what a figure shows above it, on as many lines as its width asks for."""
    at_most = int(figure.get_figwidth() * 72 / TITLE_CHARACTER)
    lines = [line for part in text.split("\n") for line in textwrap.wrap(part, at_most)]
    figure.suptitle("\n".join(lines), x=0.012, ha="left")


def in_order(categories: Iterable[str]) -> list[str]:
    """The categories that occur, in the order of the colours, others after them by name."""
    present = set(categories)
    known = [category for category in CATEGORY_COLORS if category in present]
    return [*known, *sorted(present - CATEGORY_COLORS.keys())]


def category_color(category: str) -> str:
    """The colour of a category, whichever its name."""
    return CATEGORY_COLORS.get(category, OTHER_COLORS[_digest(category) % len(OTHER_COLORS)])


def category_marker(category: str) -> str:
    """The marker of a category, whichever its name."""
    return CATEGORY_MARKERS.get(category, OTHER_MARKERS[_digest(category) % len(OTHER_MARKERS)])


def category_handles(categories: Iterable[str]) -> list[Line2D]:
    """Legend entries of categories."""
    return [
        Line2D([], [], color=category_color(name), marker=category_marker(name), linestyle="", label=name)
        for name in in_order(categories)
    ]


def point_style(encoded: bool) -> dict[str, Any]:
    """How the point of a concept looks that is encoded above chance, or is not."""
    return {"ec": INK, "lw": 0.9} if encoded else {"ec": "white", "lw": 0.5, "alpha": 0.45}


def encoded_handles() -> list[Line2D]:
    """Legend entries of what is encoded above chance, and what is not."""
    dot: dict[str, Any] = {"lw": 0, "marker": "o", "ms": 5, "mfc": SOFT}
    return [
        Line2D([], [], **dot, mec=INK, label="encoded: above chance"),
        Line2D([], [], **dot, mec="white", alpha=0.45, label="not above chance"),
    ]


def _digest(name: str) -> int:
    return zlib.crc32(name.encode())


def shorten(name: str, length: int = 24) -> str:
    """The name, or its beginning and an ellipsis where it is longer than `length`."""
    return name if len(name) <= length else f"{name[: length - 1].rstrip()}…"
