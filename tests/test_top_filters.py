import numpy as np
import pytest

from net2vec_core.top_filters import largest, subset_sizes


def test_largest_weights_are_kept_of_equals_the_first():
    kept = largest(np.array([[0.1, -3, 0, 2], [1, 1, -1, 1]], np.float32), [1, 2])
    assert kept.astype(int).tolist() == [[[0, 1, 0, 0], [0, 1, 0, 1]], [[1, 0, 0, 0], [1, 1, 0, 0]]]


@pytest.mark.parametrize(
    ("wanted", "filters", "sizes"),
    [([], 8, [1]), ([4, 2], 8, [1, 2, 4]), ([1, 8, 64], 8, [1]), ([7], 8, [1, 7]), ([3], 1, [1])],
)
def test_one_filter_is_always_fitted_and_all_are_not_fitted_again(wanted, filters, sizes):
    assert subset_sizes(wanted, filters) == sizes
