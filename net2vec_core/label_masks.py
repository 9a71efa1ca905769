"""Concepts' masks from the planes of labels, compiled."""

import numpy as np
from numpy.typing import NDArray

from net2vec_core.compiled import compiled


@compiled
def draw(planes: NDArray[np.uint16], image: NDArray[np.int64], number: NDArray[np.int64]) -> NDArray[np.bool_]:
    """The masks of some pairs, bool [pair, pixel]: where any plane holds the concept's number, or everywhere for 0.

    Args:
        planes: uint16 [image, plane, pixel].
        image: int64 [pair].
        number: int64 [pair].
    """
    masks = np.zeros((len(image), planes.shape[2]), np.uint8)
    for pair in range(len(image)):
        if number[pair] == 0:
            masks[pair] = 1
        else:
            for plane in range(planes.shape[1]):
                _add(planes[image[pair], plane], np.uint16(number[pair]), masks[pair])
    return masks.view(np.bool_)


@compiled
def _add(plane: NDArray[np.uint16], number: np.uint16, mask: NDArray[np.uint8]) -> None:
    for pixel in range(len(mask)):
        mask[pixel] |= np.uint8(plane[pixel] == number)
