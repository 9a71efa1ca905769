"""Contact sheets: pages of small pictures with a few words, put together by Pillow, which is fast."""

import functools
from pathlib import Path

import numpy as np
from matplotlib.colors import to_rgb
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

from net2vec_core.figures.fonts import font_file
from net2vec_core.figures.style import INK, SOFT

TILE, GAP, MARGIN, HEADER = 96, 4, 16, 76  # pixels
STEP = TILE + GAP
QUALITY = 80


class Sheet:
    """A white page with a title, to which pictures of TILE × TILE pixels and words are added."""

    def __init__(self, width: int, height: int, title: str, subtitle: str) -> None:
        self.image = Image.new("RGB", (width, height), "white")
        self._draw = ImageDraw.Draw(self.image)
        self.words(MARGIN, MARGIN - 4, _fitting(title, width - 2 * MARGIN), 16, bold=True)
        self.words(MARGIN, MARGIN + 20, subtitle, 12, color=SOFT)

    def tile(self, x: int, y: int, pixels: NDArray[np.uint8], note: str = "") -> None:
        """Add a picture, uint8 [TILE, TILE, 3], with a note in its lower left corner."""
        self.image.paste(Image.fromarray(pixels), (x, y))
        place = (x + 4, y + TILE - 4)
        font = _font(12, font_file(note, bold=True))
        self._draw.text(place, note, INK, font, anchor="ls", stroke_width=2, stroke_fill="white")

    def words(
        self, x: int, y: int, text: str, size: int, anchor: str = "la", bold: bool = False, color: str = INK
    ) -> None:
        """Add words; `anchor` is Pillow's, `la` for x at their left and y at their top."""
        self._draw.text((x, y), text, color, _font(size, font_file(text, bold)), anchor=anchor)

    def save(self, path: Path) -> None:
        """Write the page as a JPEG."""
        self.image.save(path, "JPEG", quality=QUALITY, subsampling=0)  # colours as sharp as the lines they have


def color_of(name: str) -> tuple[int, int, int]:
    """Red, green and blue, 0 to 255, of a colour of `style`."""
    red, green, blue = (round(255 * share) for share in to_rgb(name))
    return red, green, blue


def _fitting(text: str, width: int) -> str:
    """The text in one line, or as much of it as fits into a title of this width, pixels, and an ellipsis."""
    line = " ".join(text.split())
    font = _font(16, font_file(line, bold=True))
    if font.getlength(line) <= width:
        return line
    end = max(end for end in range(len(line)) if font.getlength(f"{line[:end]}…") <= width)
    return f"{line[:end].rstrip()}…"


@functools.cache
def _font(size: int, file: Path) -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(file, size)
