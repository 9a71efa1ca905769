"""Colours: sRGB to CIELAB, and the basic colour name of every pixel."""

from functools import cache

import numpy as np
from numpy.typing import NDArray

from net2vec_core.dataset.toy.vocabulary import NUMBER

PROTOTYPES: dict[str, tuple[tuple[int, int, int], ...]] = {
    "black": ((12, 12, 12), (35, 35, 38)),
    "blue": ((25, 30, 100), (30, 70, 190), (70, 110, 165), (90, 150, 220), (140, 190, 235)),
    "brown": ((65, 42, 25), (105, 65, 38), (145, 100, 62), (178, 138, 98)),
    "gray": ((75, 75, 75), (125, 125, 125), (170, 170, 170)),
    "green": ((25, 70, 30), (35, 130, 50), (75, 95, 45), (95, 160, 60), (130, 185, 95)),
    "orange": ((205, 95, 25), (235, 125, 30), (250, 165, 60)),
    "pink": ((220, 80, 140), (240, 130, 165), (240, 185, 195)),
    "purple": ((65, 30, 90), (110, 45, 140), (150, 105, 190)),
    "red": ((130, 20, 22), (190, 25, 30), (220, 70, 60)),
    "white": ((222, 222, 222), (250, 250, 250)),
    "yellow": ((205, 175, 40), (240, 215, 45), (245, 230, 130)),
}
LEVEL_BITS = 5
TO_XYZ = np.array([[0.4124, 0.3576, 0.1805], [0.2126, 0.7152, 0.0722], [0.0193, 0.1192, 0.9505]])
WHITE_POINT = np.array([0.9505, 1.0, 1.089])
# Names depend on hue and chroma more than on lightness: a dark and a light green are both green.
LAB_WEIGHTS = np.array([0.7, 1.0, 1.0])


def to_lab(rgb: NDArray[np.float64]) -> NDArray[np.float64]:
    """CIELAB [..., 3] of sRGB values [..., 3] in 0 to 255 (white point D65)."""
    unit = rgb / 255
    linear = np.where(unit <= 0.04045, unit / 12.92, ((unit + 0.055) / 1.055) ** 2.4)
    xyz = linear @ TO_XYZ.T / WHITE_POINT
    x, y, z = np.moveaxis(np.where(xyz > 0.008856, np.cbrt(xyz), 7.787 * xyz + 16 / 116), -1, 0)
    return np.stack([116 * y - 16, 500 * (x - y), 200 * (y - z)], axis=-1)


@cache
def _table() -> NDArray[np.uint8]:
    """The colour concept's number of every coarse sRGB triple: uint8 [red, green, blue], 2^LEVEL_BITS a side."""
    levels = (np.arange(2**LEVEL_BITS) + 0.5) * 2 ** (8 - LEVEL_BITS)
    grid = np.stack(np.meshgrid(levels, levels, levels, indexing="ij"), axis=-1)
    names = [name for name, prototypes in PROTOTYPES.items() for _ in prototypes]
    centres = np.array([rgb for prototypes in PROTOTYPES.values() for rgb in prototypes], dtype=np.float64)
    difference = (to_lab(grid)[..., None, :] - to_lab(centres)) * LAB_WEIGHTS
    nearest = np.square(difference).sum(axis=-1).argmin(axis=-1)
    numbers: NDArray[np.uint8] = np.array([NUMBER[name] for name in names], dtype=np.uint8)[nearest]
    return numbers


def name_colors(image: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Number of the colour concept of every pixel: uint8 [y, x] of an sRGB image uint8 [y, x, 3]."""
    red, green, blue = np.moveaxis(image >> (8 - LEVEL_BITS), -1, 0)
    names: NDArray[np.uint8] = _table()[red, green, blue]
    return names
