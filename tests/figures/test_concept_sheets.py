import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from matplotlib.colors import to_rgb
from PIL import Image

from build import random_scene
from net2vec_core.deciles import concept_deciles
from net2vec_core.figures import concept_sheets
from net2vec_core.figures.concept_sheets import (
    BLOCK,
    LABEL,
    SLUG_LENGTH,
    concept_sheet,
    draw_concept_sheets,
    shown_once,
    slug,
)
from net2vec_core.figures.drawing import Drawing
from net2vec_core.figures.example_choice import Example, Sources
from net2vec_core.figures.predictions import Predictor
from net2vec_core.figures.sheet import HEADER, MARGIN, STEP, TILE
from net2vec_core.figures.style import CATEGORY_COLORS

GREEN = (10, 200, 30)


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("tree", "tree"),
        ("Crosswalk (white stripes)", "crosswalk-white-stripes"),
        ("../../etc/passwd", "etc-passwd"),
        ('a/b\\c:d*e?f"g<h>i|j\x00k\nl', "a-b-c-d-e-f-g-h-i-j-k-l"),
        ("-rf .", "rf"),
        ("Café & Öl", "cafe-ol"),
        ("CON", "con"),
        ("猫", ""),
        ("", ""),
        ("x" * 500, "x" * SLUG_LENGTH),
        ("y" * (SLUG_LENGTH - 1) + " z", "y" * (SLUG_LENGTH - 1)),
    ],
)
def test_slugs_of_hostile_names(name, expected):
    assert slug(name) == expected


@given(st.text())
def test_a_slug_is_safe_in_a_file_name(name):
    found = slug(name)
    assert set(found) <= set("abcdefghijklmnopqrstuvwxyz0123456789-")
    assert len(found) <= SLUG_LENGTH
    assert found == found.strip("-")
    assert "--" not in found


def test_an_image_of_several_deciles_is_shown_once():
    individual = pd.DataFrame(
        {"concept": ["a"] * 3 + ["b"] * 20, "image": [5, 1, 2, *range(20)], "iou_single": 0.0, "iou_multi": 0.0}
    )
    individual["iou_multi"] = np.arange(23) / 23
    shown = shown_once(concept_deciles(individual, ["a", "b"]))
    of_a = shown[shown["concept"] == "a"]
    assert of_a["image"].tolist() == [5, 1, 2]
    assert of_a["rank"].tolist() == ["0–20 %", "30–70 %", "80–100 %"]
    assert shown[shown["concept"] == "b"]["rank"].tolist() == [f"{decile} %" for decile in range(0, 101, 10)]


def example(rank, labelled, single, multi):
    """One with masks of 4 × 4 cells, each given by the cells that are on."""
    masks = np.zeros((3, 4, 4), bool)
    for mask, cells in zip(masks, (labelled, single, multi), strict=True):
        for cell in cells:
            mask[cell] = True
    return Example("$a$", "part", True, rank, np.full((TILE, TILE, 3), GREEN, np.uint8), *masks, 0.25, 0.5)


def middle_of(cell):
    """A cell's middle on a tile; the note lies over the lowest cells on the left."""
    return tuple(TILE // 4 * position + TILE // 8 for position in cell)


@pytest.mark.parametrize("rows", [1, 2, 3, 11])
def test_the_page_shows_each_mask_in_its_place(rows):
    places = [(row, column) for row in range(3) for column in range(4)]
    rng = np.random.default_rng(0)
    chosen = [[[places[n] for n in rng.choice(12, 4, replace=False)] for _ in range(3)] for _ in range(rows)]
    sheet = concept_sheet([example("0 %", *masks) for masks in chosen], 7, "net")
    page = np.asarray(sheet.image)
    in_block = -(-rows // 2)
    outline = (np.array(to_rgb(CATEGORY_COLORS["part"])) * 255).round()
    for number, masks in enumerate(chosen):
        block, row = divmod(number, in_block)
        left, top = MARGIN + block * (BLOCK + MARGIN) + LABEL, HEADER + row * STEP
        assert (page[top : top + TILE, left : left + TILE] == GREEN).all()
        for tile, mask in enumerate(masks, start=1):
            found = page[top : top + TILE, left + tile * STEP : left + tile * STEP + TILE]
            assert (found == outline).all(axis=-1).any()
            for cell in places:
                pixel = found[middle_of(cell)]
                assert (tuple(pixel) == GREEN) == (cell in mask)
                assert cell in mask or (np.ptp(pixel) == 0 and pixel[0] > 180), "faded to light grey"


@pytest.fixture
def drawing(tmp_path):
    """A random layer of two concepts, in images whose red says which they are."""
    scene = random_scene(5, images=70, concepts=2, density=0.3)
    for image in range(70):
        Image.new("RGB", (20, 10), (image, 0, 0)).save(tmp_path / f"{image}.png")
    labels, names = scene.labels, np.array(["../x", "sky, blue"])
    rng = np.random.default_rng(0)
    individual = pd.DataFrame({"image": labels.image, "concept": names[labels.concept], "iou_single": 0.0})
    individual["iou_multi"] = rng.random(len(individual))
    images = pd.DataFrame({"path": [str(tmp_path / f"{image}.png") for image in range(70)]})
    predictor = Predictor(scene.masks, labels.mask_shape, True)
    weights = rng.normal(size=(2, 12))
    return Drawing(
        Sources(individual, pd.Index(names), weights, np.zeros(2), labels, predictor, images, 16, "stretch"),
        "net",
        "iou",
        2,
    )


@pytest.mark.parametrize("at_once", [1, 64])
def test_each_concept_has_a_file_of_its_own_images(drawing, tmp_path, monkeypatch, at_once):
    monkeypatch.setattr(concept_sheets, "CONCEPTS_AT_ONCE", at_once)
    folder = tmp_path / "sheets"
    folder.mkdir()
    deciles = concept_deciles(drawing.sources.on_val(), ["../x", "sky, blue"])
    concepts = pd.DataFrame(
        {
            "concept_id": [3, 12345],
            "concept": ["../x", "sky, blue"],
            "category": "part",
            "single_filter": [4, 1],
            "encoded": True,
        }
    )
    draw_concept_sheets(deciles, concepts, drawing, folder)
    assert sorted(path.name for path in folder.iterdir()) == ["0003-x.jpg", "12345-sky-blue.jpg"]
    for concept, name in zip(concepts["concept"], ("0003-x", "12345-sky-blue"), strict=True):
        with Image.open(folder / f"{name}.jpg") as image:
            page = np.asarray(image).astype(int)
        expected = deciles.loc[deciles["concept"] == concept, "image"].tolist()
        for number, image in enumerate(expected):
            block, row = divmod(number, 6)
            y, x = HEADER + row * STEP + TILE // 2, MARGIN + block * (BLOCK + MARGIN) + LABEL + TILE // 2
            assert abs(page[y, x, 0] - image) <= 3, "JPEG keeps colours nearly"
