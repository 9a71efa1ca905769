import numpy as np
import pytest

from net2vec_core.figures.spotlight import outlined, spotlight


def test_the_spotlight_leaves_the_inside_as_it_is():
    pixels = np.random.default_rng(0).integers(0, 255, (12, 8, 3)).astype(np.uint8)
    mask = np.zeros((3, 4), bool)
    mask[1, 2] = True
    lit = spotlight(pixels, mask)
    np.testing.assert_array_equal(lit[4:8, 4:6], pixels[4:8, 4:6])
    outside = np.delete(lit.reshape(-1, 3), [8 * y + x for y in range(4, 8) for x in (4, 5)], axis=0)
    assert (np.ptp(outside, axis=1) == 0).all()
    assert outside.min() > 180


@pytest.mark.parametrize("full", [True, False])
def test_a_mask_of_all_or_no_pixels_has_no_outline(full):
    pixels = np.random.default_rng(0).integers(0, 255, (12, 8, 3)).astype(np.uint8)
    np.testing.assert_array_equal(outlined(pixels, np.full((3, 4), full), (255, 0, 0)), pixels)


def test_the_outline_follows_the_edge_on_both_sides():
    pixels = np.full((12, 12, 3), 50, np.uint8)
    mask = np.zeros((3, 3), bool)
    mask[1, 1] = True  # pixels 4 to 7
    drawn = (outlined(pixels, mask, (255, 0, 9)) == (255, 0, 9)).all(axis=-1)
    inside = np.zeros((12, 12), bool)
    inside[4:8, 4:8] = True
    for y in range(12):
        for x in range(12):
            beside = [(y + dy, x + dx) for dy, dx in ((0, 1), (0, -1), (1, 0), (-1, 0))]
            expected = any(inside[place] != inside[y, x] for place in beside if max(place) < 12)
            assert drawn[y, x] == expected, (y, x)
    assert (outlined(pixels, mask, (255, 0, 9))[~drawn] == 50).all()
