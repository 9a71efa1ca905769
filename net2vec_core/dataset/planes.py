"""Masks of concepts that may overlap, laid into as few planes as they fit in one after another."""

from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray


def stacked(masks: Iterable[tuple[int, NDArray[np.bool_]]], size: int) -> NDArray[np.uint16]:
    """Planes uint16 [plane, size, size] of concepts' numbers with their masks, bool [size, size]; 0 = none.

    Masks of one concept are united; each concept lies in the first plane where it covers no other.
    """
    unions: dict[int, NDArray[np.bool_]] = {}
    for number, mask in masks:
        unions[number] = unions[number] | mask if number in unions else mask
    planes: list[NDArray[np.uint16]] = []
    for number, mask in unions.items():
        plane = next((plane for plane in planes if not plane[mask].any()), None)
        if plane is None:
            plane = np.zeros((size, size), np.uint16)
            planes.append(plane)
        plane[mask] = number
    return np.array(planes, np.uint16).reshape(-1, size, size)


def separate(labels: NDArray[np.uint16]) -> Iterable[tuple[int, NDArray[np.bool_]]]:
    """Each number in a label map [y, x] but 0, with its mask."""
    return [(int(number), labels == number) for number in np.unique(labels) if number]
