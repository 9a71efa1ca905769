"""What a concept's masks look like: labelled, found by the best single filter, and found by the embedding."""

from collections.abc import Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from numpy.typing import NDArray

from net2vec_core.figures.example_choice import RANKS, Example
from net2vec_core.figures.spotlight import spotlight
from net2vec_core.figures.style import HALO, INK, SOFT, category_color, shorten, styled

TILES = ("image", "labelled", "best single filter", "all filters")
TILE, GAP, LEFT, TOP = 1.28, 0.22, 0.64, 0.86  # inches


@styled
def examples(shown: Sequence[Example], name: str) -> Figure:
    """One row a concept, one block of four tiles for each of RANKS.

    Args:
        shown: The examples, those of a concept one after the other.
        name: Network and layer.
    """
    concepts = list(dict.fromkeys(example.concept for example in shown))
    width, height = LEFT + 2 * (len(TILES) * TILE + GAP), TOP + len(concepts) * TILE
    figure = Figure(figsize=(width, height + 0.1))
    title = f"{name}: what one filter and what all filters find"
    figure.suptitle(title, x=0.012, y=1 - 0.1 / height, ha="left", va="top")
    for example in shown:
        row, block = concepts.index(example.concept), list(RANKS).index(example.rank)
        tiles = _add_tiles(figure, row, block)
        _draw(tiles, example)
        if block == 0:
            _name_row(tiles[0], example)
        if row == 0:
            _name_columns(tiles, example.rank)
    return figure


def _add_tiles(figure: Figure, row: int, block: int) -> list[Axes]:
    width, height = figure.get_size_inches()
    left, bottom = LEFT + block * (len(TILES) * TILE + GAP), height - TOP - (row + 1) * TILE
    places = [(left + tile * TILE, bottom) for tile in range(len(TILES))]
    side = TILE - 0.05
    return [figure.add_axes((x / width, y / height, side / width, side / height)) for x, y in places]


def _draw(tiles: list[Axes], example: Example) -> None:
    for tile in tiles:
        tile.set(xticks=[], yticks=[])
        tile.spines[:].set_visible(False)
    tiles[0].imshow(example.pixels)
    for tile, mask in zip(tiles[1:], (example.labelled, example.single, example.multi), strict=True):
        tile.imshow(spotlight(example.pixels, mask))
        if mask.any() and not mask.all():
            color = category_color(example.category)
            tile.contour(*_centres(mask, example.pixels), mask, levels=[0.5], colors=[color], linewidths=1.4)
    for tile, iou in zip(tiles[2:], (example.iou_single, example.iou_multi), strict=True):
        tile.text(0.04, 0.05, f"IoU {iou:.2f}", transform=tile.transAxes, weight="bold", path_effects=HALO)


def _centres(mask: NDArray[np.bool_], pixels: NDArray[np.uint8]) -> list[NDArray[np.float64]]:
    """Where the mask's columns and rows lie on the image."""
    sizes = list(zip(mask.shape, pixels.shape, strict=False))[::-1]
    return [(np.arange(cells) + 0.5) * size / cells - 0.5 for cells, size in sizes]


def _name_row(tile: Axes, example: Example) -> None:
    color = category_color(example.category)
    tile.set_ylabel(f"{shorten(example.concept, 17)}\n{example.category}", color=color, weight="bold", labelpad=14)
    evidence, color = ("encoded", INK) if example.encoded else ("not above chance", SOFT)
    beside = tile.text(-0.04, 0.5, evidence, transform=tile.transAxes, color=color, fontsize=7)
    beside.set(rotation=90, ha="right", va="center")


def _name_columns(tiles: list[Axes], rank: str) -> None:
    for tile, title in zip(tiles, TILES, strict=True):
        tile.set_title(title, fontsize=8, pad=3)
    tiles[0].text(0, 1.2, rank, transform=tiles[0].transAxes, fontsize=9.5, weight="bold", va="bottom")
