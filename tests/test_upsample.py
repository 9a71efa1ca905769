import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchmarks import plain
from net2vec_core.upsample import interpolation_matrix

sizes = st.integers(1, 20)


@given(sizes, sizes, sizes, sizes, st.booleans(), st.integers(0, 100))
def test_equals_torch_interpolation(height, width, rows, columns, align_corners, seed):
    maps = np.random.default_rng(seed).standard_normal((2, height, width)).astype(np.float32)
    ours = (
        interpolation_matrix(height, rows, align_corners) @ maps @ interpolation_matrix(width, columns, align_corners).T
    )
    np.testing.assert_allclose(ours, plain.upsample(maps, (rows, columns), align_corners), atol=2e-5)


@given(sizes, sizes, st.booleans())
def test_keeps_constants(source, target, align_corners):
    np.testing.assert_allclose(interpolation_matrix(source, target, align_corners).sum(axis=1), 1, atol=1e-6)


def test_aligned_corners_meet():
    matrix = interpolation_matrix(4, 9, align_corners=True)
    assert matrix[0].tolist() == [1, 0, 0, 0]
    assert matrix[-1].tolist() == [0, 0, 0, 1]


@pytest.mark.parametrize("align_corners", [True, False])
def test_same_size_is_the_identity(align_corners):
    np.testing.assert_array_equal(interpolation_matrix(6, 6, align_corners), np.eye(6))
