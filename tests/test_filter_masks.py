import numpy as np
import pytest
import zarr

from build import filter_masks_from
from net2vec_core.errors import UserError
from net2vec_core.filter_masks import open_filter_masks, write_filter_masks


def shard(values):
    array = zarr.create_array({}, shape=values.shape, chunks=values.shape, dtype=values.dtype)
    array[:] = values
    return array


@pytest.mark.parametrize("dtype", ["float16", "float32"])
def test_store_holds_what_is_strictly_above_the_threshold(tmp_path, dtype):
    activations = np.random.default_rng(0).integers(0, 6, (150, 5, 3, 7)).astype(dtype)
    limits = np.array([0, 1, 2.5, 4, 5])
    write_filter_masks([shard(activations[:70]), shard(activations[70:])], limits, tmp_path / "m.zarr", {"a": 1})
    masks = open_filter_masks(tmp_path / "m.zarr", {"a": 1})
    assert masks.grid == (3, 7)
    expected = activations > limits.astype(dtype)[None, :, None, None]
    np.testing.assert_array_equal(masks.dense(0, 150), expected)
    np.testing.assert_array_equal(masks.dense(63, 66), expected[63:66])


def test_golden_masks(golden, tmp_path):
    limits = golden["threshold_0.05"]
    write_filter_masks([shard(golden["activations"])], limits.astype(float), tmp_path / "m.zarr", {})
    masks = open_filter_masks(tmp_path / "m.zarr", {})
    np.testing.assert_array_equal(masks.dense(0, 150), golden["activations"] > limits[None, :, None, None])
    assert not masks.dense(0, 150)[:, 7].any(), "filter 7 is dead"


def test_thresholds_of_another_layer_are_refused(tmp_path):
    with pytest.raises(UserError, match="3 thresholds for 5 filters"):
        write_filter_masks([shard(np.zeros((2, 5, 1, 1), np.float32))], np.zeros(3), tmp_path / "m.zarr", {})
    assert not list(tmp_path.iterdir())


def test_active_cells_are_those_of_the_dense_masks():
    active = np.random.default_rng(2).random((6, 4, 5, 5)) < 0.1
    active[3] = False
    cells = filter_masks_from(active).active_cells(1, 6)
    for image in range(5):
        here = slice(cells.start[image], cells.start[image + 1])
        filter_, y, x = active[image + 1].nonzero()
        np.testing.assert_array_equal(cells.filter[here], filter_)
        np.testing.assert_array_equal(cells.cell[here], y * 5 + x)
