import numpy as np
import pytest

from net2vec_core.segmentation_data import Cells
from net2vec_core.segmentation_kernels import _sigmoid, _slope_of_sigmoid, _softplus, count_active, patch_counts

LOGITS = np.linspace(-40, 40, 4001).astype(np.float32)


def sigmoid(z):
    return 1 / (1 + np.exp(-z.astype(np.float64)))


EXACT = {
    _sigmoid: sigmoid,
    _slope_of_sigmoid: lambda z: sigmoid(z) * sigmoid(-z),
    _softplus: lambda z: np.logaddexp(0, z.astype(np.float64)),
}


@pytest.mark.parametrize("function", EXACT, ids=lambda function: function.__name__)
def test_sigmoid_and_its_kin_are_as_exact_as_float32(function):
    ours = np.array([function(z) for z in LOGITS])
    assert (ours == ours.astype(np.float32)).all(), "Numba hands float32 over as Python's float"
    np.testing.assert_allclose(ours, EXACT[function](LOGITS), atol=3e-7, rtol=3e-7)


def test_active_cells_are_counted_for_the_images_asked_for():
    cells = Cells(np.array([0, 2, 2, 5]), np.array([1, 3, 0, 1, 1], np.int32), np.arange(5, dtype=np.int32))
    assert count_active(cells, np.array([0, 1]), 4).tolist() == [0, 1, 0, 1]
    assert count_active(cells, np.array([2, 0]), 4).tolist() == [1, 3, 0, 1]


@pytest.mark.parametrize(("shape", "side"), [((12, 18), 3), ((16, 16), 2), ((30, 45), 15)])
def test_patches_count_their_pixels(shape, side):
    masks = np.random.default_rng(0).random((5, *shape)) < 0.4
    counts = patch_counts(np.packbits(masks, axis=-1, bitorder="little"), side, (shape[0] // side, shape[1] // side))
    expected = masks.reshape(5, shape[0] // side, side, shape[1] // side, side).sum(axis=(2, 4))
    np.testing.assert_array_equal(counts, expected)
