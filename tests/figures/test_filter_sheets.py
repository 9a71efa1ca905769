import numpy as np
import pandas as pd
import pytest
from matplotlib.colors import to_rgb
from PIL import Image

from build import random_scene
from net2vec_core.deciles import DECILES, filter_deciles
from net2vec_core.figures import filter_sheets
from net2vec_core.figures.drawing import Drawing
from net2vec_core.figures.example_choice import Sources
from net2vec_core.figures.filter_sheets import LABEL, OUTLINE, draw_filter_sheets, filter_sheet
from net2vec_core.figures.predictions import Predictor
from net2vec_core.figures.sheet import HEADER, MARGIN, STEP, TILE
from net2vec_core.figures.spotlight import outlined

RED = tuple(round(255 * share) for share in to_rgb(OUTLINE))


def tile_at(page, row, column):
    top, left = HEADER + row * STEP, MARGIN + LABEL + column * STEP
    return page[top : top + TILE, left : left + TILE]


@pytest.fixture
def layer(tmp_path):
    """Twelve filters over 30 images, whose blue says which they are."""
    scene = random_scene(7, images=30, density=0.2)
    for image in range(30):
        Image.new("RGB", (20, 10), (0, 0, 8 * image)).save(tmp_path / f"{image}.png")
    images = pd.DataFrame({"path": [str(tmp_path / f"{image}.png") for image in range(30)]})
    predictor = Predictor(scene.masks, scene.labels.mask_shape, True)
    nothing = pd.DataFrame()
    sources = Sources(
        nothing, pd.Index([]), np.zeros((0, 12)), np.zeros(0), scene.labels, predictor, images, 16, "stretch"
    )
    maxima = np.random.default_rng(0).random((30, 12)).astype(np.float32)
    return scene, Drawing(sources, "net", "iou", 2), filter_deciles(maxima, 0)


def test_each_filter_has_a_row_of_its_images_and_masks(layer, tmp_path, monkeypatch):
    monkeypatch.setattr(filter_sheets, "FILTERS_PER_SHEET", 5)
    scene, drawing, deciles = layer
    folder, pages = tmp_path / "sheets", {}
    folder.mkdir()
    monkeypatch.setattr(filter_sheets.Sheet, "save", lambda sheet, path: pages.update({path.name: sheet.image}))
    draw_filter_sheets(deciles, drawing, folder)
    assert sorted(pages) == ["0000-0004.jpg", "0005-0009.jpg", "0010-0011.jpg"]
    for row in deciles.itertuples():
        page = np.asarray(pages[sorted(pages)[row.filter // 5]])
        found = tile_at(page, row.filter % 5, row.decile // 10)
        pixels = np.full((TILE, TILE, 3), (0, 0, 8 * row.image), np.uint8)
        mask = drawing.sources.predictor.single(scene.active[row.image, row.filter])
        upper = slice(0, TILE * 2 // 3)  # the maximum is written below
        np.testing.assert_array_equal(found[upper], outlined(pixels, mask, RED)[upper])


def test_masks_are_outlined_and_the_rest_is_as_it_was(layer):
    _, _, deciles = layer
    rows = deciles[deciles["filter"].isin([10, 11])]
    pictures = [np.full((TILE, TILE, 3), number, np.uint8) for number in range(2 * len(DECILES))]
    sheet = filter_sheet(rows, pictures, "net")
    page = np.asarray(sheet.image)
    for number in range(2 * len(DECILES)):
        assert (tile_at(page, *divmod(number, len(DECILES)))[: TILE // 2] == number).all()
    assert sheet.image.size == (2 * MARGIN + LABEL + 11 * STEP - 4, HEADER + 2 * STEP + MARGIN - 4)


def test_images_are_decoded_once(layer, tmp_path, monkeypatch):
    _, drawing, deciles = layer
    decoded = []
    monkeypatch.setattr(
        "net2vec_core.figures.drawing.read_rgb",
        lambda path, size, _: decoded.append(path) or np.zeros((size, size, 3), np.uint8),
    )
    alone = Drawing(drawing.sources, "net", "iou", 1)
    for _ in range(2):
        draw_filter_sheets(deciles, alone, tmp_path)
    assert len(decoded) == deciles["image"].nunique()
