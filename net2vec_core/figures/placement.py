"""Names beside the points of a scatter, without overlaps."""

from collections.abc import Iterator

import numpy as np
from matplotlib.axes import Axes
from matplotlib.text import Annotation
from matplotlib.transforms import Bbox
from numpy.typing import NDArray

from net2vec_core.figures.style import HALO, SOFT

ANGLES = np.radians([0, 180, 90, 270, 30, 150, 330, 210])
DIRECTIONS = np.stack([np.cos(ANGLES), np.sin(ANGLES)], axis=1)
DISTANCES = (5, 10, 16, 24, 34)  # points, as all lengths here
MARKER = 3.5


def label_points(axes: Axes, points: NDArray[np.float64], names: dict[int, str]) -> list[Annotation]:
    """Write the names of some of the `points` [point, x or y] beside them; a name without room is left out.

    The figure's layout has to be final. `names` are keyed by the number of their point; the first have first choice.
    """
    to_points = 72 / axes.figure.dpi
    places = axes.transData.transform(points) * to_points
    room = Bbox(axes.bbox.get_points() * to_points)
    taken = [Bbox([place - MARKER, place + MARKER]) for place in places]
    labels = []
    for number, name in names.items():
        half = _size(axes, name) * to_points / 2
        for offset in _offsets(half):
            box = Bbox([places[number] + offset - half, places[number] + offset + half])
            if _inside(box, room) and not box.count_overlaps(taken):
                labels.append(_write(axes, points[number], name, offset))
                taken.append(box)
                break
    return labels


def _offsets(half: NDArray[np.float64]) -> Iterator[NDArray[np.float64]]:
    """Where the middle of a name may lie, seen from its point; `half` is half the name's width and height."""
    for distance in DISTANCES:
        for direction in DIRECTIONS:
            yield direction * distance + np.sign(direction.round(3)) * half


def _inside(box: Bbox, room: Bbox) -> bool:
    corners = zip(box.min, box.max, room.min, room.max, strict=True)
    return all(lower <= low and high <= upper for low, high, lower, upper in corners)


def _size(axes: Axes, name: str) -> NDArray[np.float64]:
    text = axes.text(0, 0, name)
    box = text.get_window_extent()
    text.remove()
    return np.array([box.width, box.height])


def _write(axes: Axes, point: NDArray[np.float64], name: str, offset: NDArray[np.float64]) -> Annotation:
    leader = {"arrowstyle": "-", "color": SOFT, "linewidth": 0.5, "shrinkA": 0, "shrinkB": 3}
    return axes.annotate(
        name,
        (point[0], point[1]),
        (offset[0], offset[1]),
        textcoords="offset points",
        ha="center",
        va="center",
        arrowprops=leader,
        path_effects=HALO,
    )
