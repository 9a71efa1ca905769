"""An image under a mask: faded outside it, with the mask's outline."""

import numpy as np
from numpy.typing import NDArray

FADED = 0.78  # share of light grey in what lies outside a mask
LIGHT = 238


def spotlight(pixels: NDArray[np.uint8], mask: NDArray[np.bool_], faded: float = FADED) -> NDArray[np.uint8]:
    """The image [y, x, 3], faded to light grey outside the mask [y, x], whose grid may be another."""
    grey = pixels.mean(axis=-1, keepdims=True, dtype=np.float32) * (1 - faded) + LIGHT * faded
    return np.where(on_grid(mask, pixels)[..., None], pixels, grey.astype(np.uint8))


def outlined(pixels: NDArray[np.uint8], mask: NDArray[np.bool_], color: tuple[int, int, int]) -> NDArray[np.uint8]:
    """The image [y, x, 3] with a line two pixels wide along the edge of the mask [y, x], whose grid may be another."""
    padded = np.pad(on_grid(mask, pixels), 1, mode="edge")
    middle, above, below = padded[1:-1, 1:-1], padded[:-2, 1:-1], padded[2:, 1:-1]
    left, right = padded[1:-1, :-2], padded[1:-1, 2:]
    edge = (middle != above) | (middle != below) | (middle != left) | (middle != right)
    return np.where(edge[..., None], np.array(color, np.uint8), pixels)


def on_grid(mask: NDArray[np.bool_], pixels: NDArray[np.uint8]) -> NDArray[np.bool_]:
    """The mask [y, x] on the grid of an image [y, x, 3]: at each pixel the value of the cell that it lies in."""
    index = (np.arange(size) * cells // size for size, cells in zip(pixels.shape, mask.shape, strict=False))
    return mask[np.ix_(*index)]
