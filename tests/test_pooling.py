import numpy as np
import pytest
import zarr

from net2vec_core import pooling
from net2vec_core.errors import UserError
from net2vec_core.pooling import pool, read_maxima, read_pooled, write_pooled


def stored(activations, chunk=3):
    chunks = (min(chunk, len(activations)), min(4, activations.shape[1]), *activations.shape[2:])
    array = zarr.create_array({}, shape=activations.shape, chunks=chunks, dtype=activations.dtype)
    array[:] = activations
    return array


def pooled(shards):
    """Mean and maximum [image, filter]."""
    blocks = list(pool(shards))
    return [np.concatenate([getattr(block, name) for block in blocks]) for name in ("mean", "maximum")]


def plain_maximum(activations):
    images, filters, height, width = activations.shape
    return [
        [max(activations[i, k, y, x] for y in range(height) for x in range(width)) for k in range(filters)]
        for i in range(images)
    ]


@pytest.mark.parametrize("dtype", ["float16", "float32"])
def test_mean_and_maximum_over_positions(dtype):
    activations = np.random.default_rng(0).standard_normal((10, 6, 5, 7)).astype(dtype)
    mean, maximum = pooled([stored(activations[:4]), stored(activations[4:])])
    assert mean.dtype == maximum.dtype == np.float32
    np.testing.assert_allclose(mean, activations.astype(np.float64).mean((2, 3)), atol=1e-6)
    np.testing.assert_array_equal(maximum, plain_maximum(activations))


def test_large_activations_do_not_overflow_float16():
    activations = np.full((2, 3, 40, 40), 60_000, np.float16)
    for values in pooled([stored(activations)]):
        np.testing.assert_array_equal(values, np.full((2, 3), activations[0, 0, 0, 0]))


def test_a_fully_connected_layer_is_its_own_mean_and_maximum():
    activations = np.random.default_rng(1).random((5, 4, 1, 1), np.float32)
    for values in pooled([stored(activations)]):
        np.testing.assert_array_equal(values, activations[:, :, 0, 0])


def test_shards_chunks_and_blocks_change_nothing(monkeypatch):
    activations = np.random.default_rng(2).standard_normal((30, 9, 4, 3)).astype(np.float16)
    whole = pooled([stored(activations, chunk=30)])
    shards = [stored(activations[first:last]) for first, last in [(0, 7), (7, 8), (8, 30)]]
    monkeypatch.setattr(pooling, "IMAGES_PER_CHUNK", 11)
    np.testing.assert_array_equal(pooled(shards), whole)


def test_no_more_than_a_block_is_held(monkeypatch):
    monkeypatch.setattr(pooling, "IMAGES_PER_CHUNK", 4)
    shards = [stored(np.zeros((10, 3, 2, 2), np.float32))]
    assert [len(block.mean) for block in pool(shards)] == [4, 4, 2]


@pytest.fixture
def store(tmp_path, monkeypatch):
    """A store whose images and filters lie in several chunks, and the activations that it was made from."""
    monkeypatch.setattr(pooling, "IMAGES_PER_CHUNK", 4)
    monkeypatch.setattr(pooling, "FILTERS_PER_CHUNK", 3)
    activations = np.random.default_rng(3).random((10, 7, 2, 2), np.float32)
    write_pooled(tmp_path / "pooled.zarr", pool([stored(activations)]), 10, 7, {"network": "a"})
    return tmp_path / "pooled.zarr", activations


def test_the_store_gives_back_means_and_maxima(store):
    path, activations = store
    np.testing.assert_allclose(read_pooled(path, {"network": "a"}), activations.mean((2, 3)), atol=1e-6)
    firsts, maxima = zip(*read_maxima(path, {"network": "a"}), strict=True)
    assert firsts == (0, 3, 6)
    assert [part.shape for part in maxima] == [(10, 3), (10, 3), (10, 1)]
    np.testing.assert_array_equal(np.concatenate(maxima, axis=1), activations.max((2, 3)))


@pytest.mark.parametrize("read", [read_pooled, lambda *arguments: next(read_maxima(*arguments))])
def test_the_store_refuses_another_configuration(store, read):
    with pytest.raises(UserError, match="`network` was a, is now b"):
        read(store[0], {"network": "b"})
