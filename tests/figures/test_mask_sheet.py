import numpy as np
import pandas as pd
import pytest

from build import labels_from
from net2vec_core.figures.mask_sheet import BLOCK, LABEL, MAX_CONCEPTS, mask_sheet
from net2vec_core.figures.sheet import HEADER, MARGIN, STEP, TILE, color_of
from net2vec_core.figures.style import category_color

SIZE = 8


def concepts_of(names, category="organ"):
    return pd.DataFrame({"name": names, "category": category, "train_images": 3, "val_images": 2})


def tile(sheet, column, row=0):
    x, y = MARGIN + LABEL + column * STEP, HEADER + row * STEP
    return np.asarray(sheet.image)[y : y + TILE, x : x + TILE].astype(int)


@pytest.fixture
def labels():
    masks = np.zeros((7, 1, SIZE, SIZE), np.uint16)
    for image in range(7):
        masks[image, 0, :, : image + 1] = 3  # image 6 has the largest mask
    return labels_from(masks, [[]] * 7, [True] * 7, [3])


def test_a_concepts_masks_are_shown_from_the_smallest_to_the_largest(labels):
    pixels = np.full((TILE, TILE, 3), (200, 30, 30), np.uint8)
    shown = []
    sheet = mask_sheet(concepts_of(["liver"]), labels, lambda image: shown.append(image) or pixels, "mine")
    assert shown == [0, 2, 3, 4, 6]
    for column, image in enumerate(shown):
        edge = (image + 1) * TILE // SIZE
        picture = tile(sheet, column)[: TILE // 2]
        assert (picture[:, : edge - 1] == (200, 30, 30)).all()
        assert (picture[:, edge - 1] == color_of(category_color("organ"))).all()
        assert (np.ptp(picture[:, edge + 2 :], axis=-1) < 45).all()


def test_of_many_concepts_some_are_shown():
    names = [f"concept {number}" for number in range(3 * MAX_CONCEPTS)]
    masks = np.arange(1, len(names) + 1, dtype=np.uint16).repeat(4).reshape(-1, 1, 2, 2)
    many = labels_from(masks, [[]] * len(names), [True] * len(names), list(range(1, len(names) + 1)))
    shown = []
    pixels = np.zeros((TILE, TILE, 3), np.uint8)
    sheet = mask_sheet(concepts_of(names), many, lambda image: shown.append(image) or pixels, "mine")
    assert len(shown) == MAX_CONCEPTS
    assert shown[0] == 0
    assert shown[-1] == len(names) - 1
    assert sheet.image.width > 2 * BLOCK
