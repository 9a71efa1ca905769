"""Fonts for names in any script: matplotlib's own, and those of the machine for the characters that it lacks."""

import functools
import logging
import warnings
from collections.abc import Iterable
from pathlib import Path

import matplotlib as mpl
from matplotlib.font_manager import FontProperties, findfont, fontManager
from matplotlib.ft2font import FT2Font

OWN = "DejaVu Sans"  # matplotlib brings it: the same picture on every machine
# Free fonts and those of the systems, for scripts of Asia and for pictograms.
OF_THE_MACHINE = (
    "Noto Sans CJK SC",
    "Noto Sans CJK JP",
    "Noto Sans SC",
    "Noto Sans JP",
    "Noto Sans KR",
    "Source Han Sans SC",
    "WenQuanYi Micro Hei",
    "WenQuanYi Zen Hei",
    "Droid Sans Fallback",
    "PingFang SC",
    "Hiragino Sans",
    "Arial Unicode MS",
    "Microsoft YaHei",
    "Noto Sans Devanagari",
    "Noto Sans Thai",
    "Noto Emoji",
    "Symbola",
    "Segoe UI Emoji",
)
# said once, by `warn_of_boxes`; matplotlib says it each time that it measures or draws a name
warnings.filterwarnings("ignore", r"Glyph \d+ .* missing from font")

logging.getLogger("matplotlib.font_manager").setLevel(logging.ERROR)  # a font without a bold face is drawn all the same
logger = logging.getLogger(__name__)


@functools.cache
def families() -> tuple[str, ...]:
    """The font families that figures are drawn with, the first that has a character first."""
    installed = {font.name for font in fontManager.ttflist}
    return (OWN, *(family for family in OF_THE_MACHINE if family in installed))


def font_file(text: str, bold: bool) -> Path:
    """The font in which most characters of a text can be drawn; of equals the first of `families`."""
    files = [_file(family, bold) for family in families()]
    return max(files, key=lambda file: sum(ord(character) in _characters(file) for character in text))


def warn_of_boxes(names: Iterable[str]) -> None:
    """Log the names with characters that no font of the machine draws, if there are any."""
    known = frozenset[int]().union(*(_characters(_file(family, False)) for family in families()))
    lacking = [name for name in names if not {ord(character) for character in name if character.isprintable()} <= known]
    if lacking:
        logger.warning(
            "pictures show boxes for what no font here draws in %s; the page shows it, and a font such as"
            " Noto Sans CJK helps (`fc-list` lists fonts)",
            ", ".join(f"`{name}`" for name in lacking[:5]) + (" and others" if len(lacking) > 5 else ""),
        )


@functools.cache
def _file(family: str, bold: bool) -> Path:
    if family == OWN:
        return Path(mpl.get_data_path(), "fonts", "ttf", "DejaVuSans-Bold.ttf" if bold else "DejaVuSans.ttf")
    return Path(findfont(FontProperties(family=[family], weight="bold" if bold else "normal")))


@functools.cache
def _characters(file: Path) -> frozenset[int]:
    return frozenset(FT2Font(str(file)).get_charmap())
