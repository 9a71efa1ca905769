import numpy as np
import pytest

from net2vec_core.activations import read_images


@pytest.mark.parametrize("sizes", [[10], [3, 7], [1, 1, 4, 1, 3]])
def test_images_are_counted_over_all_shards(sizes):
    activations = np.arange(10 * 2 * 3).reshape(10, 2, 3, 1)
    shards = np.split(activations, np.cumsum(sizes)[:-1])
    for start in range(10):
        for stop in range(start + 1, 11):
            np.testing.assert_array_equal(read_images(shards, start, stop), activations[start:stop])
