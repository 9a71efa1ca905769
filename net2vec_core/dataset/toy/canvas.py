"""The canvas: an image and its label planes, painted together and supersampled.

Later paint covers earlier paint in the image and in every plane.
"""

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageChops, ImageOps

from net2vec_core.dataset.toy.shape import SIDE, Shape, blurred
from net2vec_core.dataset.toy.surfaces import Color, Surface
from net2vec_core.dataset.toy.vocabulary import NUMBER

PAINTED_PLANES = ("object", "part", "material")


class Canvas:
    """An image of SIDE pixels a side and its planes of labels; `rng` is the source of all that is random on it."""

    def __init__(self, rng: np.random.Generator) -> None:
        """A black canvas without labels; light falls from a random side."""
        self.rng = rng
        self.image = Image.new("RGB", (SIDE, SIDE))
        self.planes = {plane: Image.new("L", (SIDE, SIDE)) for plane in PAINTED_PLANES}
        self.light = float(rng.choice([-1, 1]))

    def paint(
        self,
        shape: Shape | None,
        surface: Surface,
        thing: str = "",
        part: str = "",
        *,
        relief: float = 0.0,
        horizon: float | None = None,
    ) -> None:
        """Cover a shape with a surface and label it: object `thing`, its `part`, the surface's material.

        `relief` (0 to 1) rounds the shape by shading; with a `horizon` the surface is level ground seen from above.
        """
        if shape is None:
            return
        pixels = self._pixels(shape, surface, horizon)
        if relief:
            pixels = ImageChops.multiply(pixels, self._relief(shape.mask, relief))
        self.image.paste(pixels, (shape.left, shape.top), shape.mask)
        self.label(shape, thing, part, surface.material)

    def label(self, shape: Shape, thing: str, part: str, material: str) -> None:
        """Write labels where the shape covers at least half a pixel; an empty name clears its plane."""
        covered = shape.mask.convert("1", dither=Image.Dither.NONE)
        for plane, name in zip(PAINTED_PLANES, (thing, part, material), strict=True):
            self.planes[plane].paste(NUMBER[name] if name else 0, shape.bounds, covered)

    def tint(self, shape: Shape | None, color: Color, strength: float, blur: float = 0.0) -> None:
        """Lay translucent colour on the image alone (shadow, glow, haze), its border blurred (in image sides)."""
        if shape is None:
            return
        soft = shape.softened(blur)
        veil = Image.blend(Image.new("L", soft.mask.size), soft.mask, strength)
        self.image.paste(color, soft.bounds, veil)

    def arrays(self) -> tuple[NDArray[np.uint8], NDArray[np.uint8]]:
        """The image uint8 [SIDE, SIDE, 3] and the planes uint8 [plane, SIDE, SIDE]."""
        return np.asarray(self.image), np.stack([np.asarray(self.planes[plane]) for plane in PAINTED_PLANES])

    def _pixels(self, shape: Shape, surface: Surface, horizon: float | None) -> Image.Image:
        if horizon is None:
            return surface.cut(self.rng, shape.mask.size)
        left, top, right, low = shape.bounds
        across = (np.arange(left, right) + 0.5) / SIDE - 0.5
        return surface.recede(self.rng, across, (np.arange(top, low) + 0.5) / SIDE - horizon)

    def _relief(self, mask: Image.Image, depth: float) -> Image.Image:
        """Light on a bulging shape: bright inside, towards the lamp, dark at the far border."""
        reach = max(2, round(0.22 * min(mask.size)))
        soft = blurred(ImageOps.expand(mask, reach), reach / 2)
        aside = reach + round(self.light * reach * 0.4)
        upwards = round(reach * 1.4)
        lit = soft.crop((aside, upwards, aside + mask.width, upwards + mask.height))
        shade = Image.blend(Image.new("L", mask.size, 255), lit, depth)
        return Image.merge("RGB", (shade, shade, shade))
