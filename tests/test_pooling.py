import numpy as np
import pytest
import zarr

from net2vec_core.errors import UserError
from net2vec_core.pooling import pool, read_pooled, write_pooled


def stored(activations, chunk=3):
    chunks = (min(chunk, len(activations)), min(4, activations.shape[1]), *activations.shape[2:])
    array = zarr.create_array({}, shape=activations.shape, chunks=chunks, dtype=activations.dtype)
    array[:] = activations
    return array


@pytest.mark.parametrize("dtype", ["float16", "float32"])
def test_means_over_positions(dtype):
    activations = np.random.default_rng(0).standard_normal((10, 6, 5, 7)).astype(dtype)
    pooled = pool([stored(activations[:4]), stored(activations[4:])])
    assert pooled.dtype == np.float32
    np.testing.assert_allclose(pooled, activations.astype(np.float64).mean((2, 3)), atol=1e-6)


def test_large_activations_do_not_overflow_float16():
    activations = np.full((2, 3, 40, 40), 60_000, np.float16)
    np.testing.assert_array_equal(pool([stored(activations)]), np.full((2, 3), activations[0, 0, 0, 0]))


def test_a_fully_connected_layer_is_its_own_mean():
    activations = np.random.default_rng(1).random((5, 4, 1, 1), np.float32)
    np.testing.assert_array_equal(pool([stored(activations)]), activations[:, :, 0, 0])


def test_shards_and_chunks_change_nothing():
    activations = np.random.default_rng(2).standard_normal((30, 9, 4, 3)).astype(np.float16)
    whole = pool([stored(activations, chunk=30)])
    shards = [stored(activations[first:last]) for first, last in [(0, 7), (7, 8), (8, 30)]]
    np.testing.assert_array_equal(pool(shards), whole)


def test_store_gives_back_what_it_got_and_refuses_another_configuration(tmp_path):
    pooled = np.random.default_rng(3).random((5, 4), np.float32)
    write_pooled(tmp_path / "pooled.zarr", pooled, {"network": "a"})
    np.testing.assert_array_equal(read_pooled(tmp_path / "pooled.zarr", {"network": "a"}), pooled)
    with pytest.raises(UserError, match="`network` was a, is now b"):
        read_pooled(tmp_path / "pooled.zarr", {"network": "b"})
