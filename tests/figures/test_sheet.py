import numpy as np
import pytest
from PIL import Image

from net2vec_core.figures.sheet import GAP, HEADER, MARGIN, TILE, Sheet

RED = (255, 0, 0)


def page(title="concept", width=400):
    return Sheet(width, 300, title, "what is shown")


def ink(sheet, left, top, right, bottom):
    """How many pixels of a part of the page are not white."""
    return int((np.asarray(sheet.image)[top:bottom, left:right] < 255).any(axis=-1).sum())


def test_a_tile_lies_where_it_is_put():
    sheet = page()
    sheet.tile(50, 100, np.full((TILE, TILE, 3), RED, np.uint8))
    red = (np.asarray(sheet.image) == RED).all(axis=-1)
    assert red[100 : 100 + TILE, 50 : 50 + TILE].all()
    assert red.sum() == TILE * TILE


def test_a_note_stays_within_its_tile():
    sheet, plain = page(), page()
    for drawn, note in ((sheet, "0.53"), (plain, "")):
        drawn.tile(50, 100, np.full((TILE, TILE, 3), RED, np.uint8), note)
    rows, columns = np.nonzero((np.asarray(sheet.image) != np.asarray(plain.image)).any(axis=-1))
    assert rows.min() > 100 + TILE // 2
    assert rows.max() < 100 + TILE
    assert columns.min() >= 50
    assert columns.max() < 50 + TILE


@pytest.mark.parametrize("title", ["", "short", "long " * 100, "W" * 300, "two\nlines\tand $x^2$ <b>", "Ü 猫 \x00"])
def test_any_title_stays_within_the_page(title):
    sheet = page(title)
    assert ink(sheet, 400 - MARGIN, 0, 400, 300) == 0
    assert ink(sheet, 0, HEADER - GAP, 400, 300) == 0
    assert ink(sheet, 0, 0, 400, HEADER) > 100


def test_the_same_page_gives_the_same_bytes(tmp_path):
    for name in ("a", "b"):
        page().save(tmp_path / f"{name}.jpg")
    assert (tmp_path / "a.jpg").read_bytes() == (tmp_path / "b.jpg").read_bytes()
    with Image.open(tmp_path / "a.jpg") as image:
        assert (image.format, image.size) == ("JPEG", (400, 300))
