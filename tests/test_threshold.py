import numpy as np
import pytest
import zarr
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from benchmarks import plain
from net2vec_core import threshold as module
from net2vec_core.threshold import from_key, thresholds, thresholds_of_quantiles, to_key

DTYPES = ["float16", "float32"]


def floats(dtype, shape):
    """Arrays of finite numbers, drawn by their bits, which reaches every size and sign."""
    bits = hnp.arrays(f"uint{8 * np.dtype(dtype).itemsize}", shape)
    return bits.map(lambda array: np.where(np.isfinite(array.view(dtype)), array.view(dtype), np.dtype(dtype).type(0)))


def stored(activations, chunk=3):
    chunks = (min(chunk, len(activations)), min(4, activations.shape[1]), *activations.shape[2:])
    array = zarr.create_array({}, shape=activations.shape, chunks=chunks, dtype=activations.dtype)
    array[:] = activations
    return array


@pytest.mark.parametrize("quantile", [0.005, 0.05])
def test_golden_thresholds_exactly(golden, quantile):
    table = thresholds([stored(golden["activations"], chunk=32)], quantile, threads=2)
    np.testing.assert_array_equal(table["threshold"].to_numpy(np.float32), golden[f"threshold_{quantile}"])
    assert table["filter"].tolist() == list(range(24))


@pytest.mark.parametrize("dtype", DTYPES)
@given(data=st.data())
@settings(max_examples=25)
def test_equals_sorting(dtype, data):
    shape = data.draw(st.tuples(st.integers(1, 7), st.integers(1, 6), st.integers(1, 3), st.integers(1, 3)))
    activations = data.draw(floats(dtype, shape))
    quantile = data.draw(st.sampled_from([0.005, 0.1, 0.25, 0.5, 0.9]))
    table = thresholds([stored(activations)], quantile, threads=1)
    expected = plain.threshold(activations, quantile)
    np.testing.assert_array_equal(table["threshold"].to_numpy(dtype), expected)
    above = (activations > expected[None, :, None, None]).mean(axis=(0, 2, 3))
    np.testing.assert_allclose(table["share_above"], above, atol=1e-12)
    np.testing.assert_array_equal(table["maximum"].to_numpy(dtype), activations.max(axis=(0, 2, 3)))


class Counting:
    """Stored activations that count how many of them are read."""

    def __init__(self, array):
        self.array, self.read = array, 0
        self.shape, self.chunks, self.dtype, self.ndim = array.shape, array.chunks, array.dtype, array.ndim

    def __getitem__(self, index):
        values = self.array[index]
        self.read += values.size
        return values


@pytest.mark.parametrize("dtype", DTYPES)
@given(data=st.data())
@settings(max_examples=25)
def test_several_quantiles_equal_sorting(dtype, data):
    shape = data.draw(st.tuples(st.integers(1, 7), st.integers(1, 6), st.integers(1, 3), st.integers(1, 3)))
    activations = data.draw(floats(dtype, shape))
    quantiles = data.draw(st.lists(st.sampled_from([0.005, 0.1, 0.25, 0.5, 0.9]), min_size=1, max_size=3))
    limits = thresholds_of_quantiles([stored(activations)], quantiles, threads=1)
    assert limits.dtype == dtype
    np.testing.assert_array_equal(limits, [plain.threshold(activations, quantile) for quantile in quantiles])


@pytest.mark.parametrize(("dtype", "passes"), [("float16", 1), ("float32", 2)])
@pytest.mark.parametrize("quantiles", [[0.1], [0.5, 0.1, 0.005]])
def test_several_quantiles_cost_no_more_readings_than_one(dtype, passes, quantiles):
    activations = np.random.default_rng(2).standard_normal((5, 70, 4, 3)).astype(dtype)
    shard = Counting(stored(activations, chunk=5))
    thresholds_of_quantiles([shard], quantiles, threads=1)
    assert shard.read == passes * activations.size


@pytest.mark.parametrize("dtype", DTYPES)
def test_shards_blocks_and_threads_change_nothing(dtype, monkeypatch):
    activations = np.random.default_rng(1).standard_normal((30, 9, 4, 3)).astype(dtype)
    whole = thresholds([stored(activations, chunk=30)], 0.03, threads=1)
    monkeypatch.setattr(module, "BLOCK_BYTES", 1)
    shards = [stored(activations[first:last]) for first, last in [(0, 7), (7, 8), (8, 30)]]
    assert thresholds(shards, 0.03, threads=3).equals(whole)


def test_quantiles_are_taken_as_decimals():
    # 1 − 0.1 is a little more than 0.9 in binary: a rank from floats would be one too high
    activations = np.arange(10, dtype=np.float32).reshape(10, 1, 1, 1)
    assert thresholds([stored(activations)], 0.1, threads=1)["threshold"].item() == 8


@pytest.mark.parametrize("dtype", DTYPES)
@given(data=st.data())
def test_keys_keep_order_and_value(dtype, data):
    values = data.draw(floats(dtype, 20))
    keys = to_key(values)
    np.testing.assert_array_equal(from_key(keys, values.dtype), values)
    np.testing.assert_array_equal(values[np.argsort(keys, kind="stable")], np.sort(values))
