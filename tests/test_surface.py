import numpy as np
import pytest

from net2vec_core.surface import patch_side, surface
from net2vec_core.upsample import interpolation_matrix

SIZES = [
    ((13, 13), (112, 112), 1),
    ((13, 13), (112, 112), 2),
    ((5, 6), (40, 48), 2),
    ((1, 2), (12, 24), 3),
    ((7, 7), (7, 7), 1),
]


@pytest.mark.parametrize(("grid", "size", "patch"), SIZES)
@pytest.mark.parametrize("align_corners", [True, False])
def test_rows_and_columns_are_the_interpolation_averaged_over_patches(grid, size, align_corners, patch):
    made = surface(grid, size, align_corners, patch)
    for matrix, cells, pixels in zip((made.rows, made.columns.T), grid, size, strict=True):
        expected = (
            interpolation_matrix(cells, pixels, align_corners).reshape(pixels // patch, patch, cells).mean(axis=1)
        )
        np.testing.assert_allclose(matrix, expected, atol=1e-7, rtol=0)
    assert made.grid == grid
    assert made.shape == (size[0] // patch, size[1] // patch)


def test_patches_fill_the_mask_grid_with_four_or_more_to_a_cell():
    assert patch_side((13, 13), (112, 112)) == 2
    assert patch_side((27, 27), (112, 112)) == 1
    assert patch_side((2, 2), (120, 120)) == 15
    assert patch_side((7, 7), (113, 113)) == 1
