from pathlib import Path

import numpy as np
import pytest
import zarr
from hypothesis import given
from hypothesis import strategies as st

from build import labels_from
from net2vec_core.config import parse_config
from net2vec_core.corner_patterns import corner_patterns
from net2vec_core.dependencies import made_from
from net2vec_core.errors import UserError
from net2vec_core.filter_masks import open_filter_masks, write_filter_masks
from net2vec_core.rotation import RotatedActivations, random_rotation, rotation_power
from net2vec_core.single_filter import count_filters
from net2vec_core.threshold import thresholds

POWERS = st.floats(0, 1)


def stored(activations, chunk=3):
    chunks = (min(chunk, len(activations)), min(4, activations.shape[1]), *activations.shape[2:])
    array = zarr.create_array({}, shape=activations.shape, chunks=chunks, dtype=activations.dtype)
    array[:] = activations
    return array


def rotated(activations, rotation):
    return RotatedActivations(stored(activations), rotation.astype(np.float32))


@given(filters=st.integers(1, 12), seed=st.integers(0, 99), power=POWERS)
def test_powers_are_rotations(filters, seed, power):
    rotation = random_rotation(filters, seed, power)
    assert rotation.dtype == np.float64
    np.testing.assert_allclose(rotation @ rotation.T, np.eye(filters), atol=1e-10)
    np.testing.assert_allclose(np.linalg.det(rotation), 1, atol=1e-10)


@given(filters=st.integers(1, 12), seed=st.integers(0, 99), first=POWERS, second=POWERS)
def test_powers_add_up(filters, seed, first, second):
    rotation = random_rotation(filters, seed, 1)
    product = rotation_power(rotation, first) @ rotation_power(rotation, second)
    np.testing.assert_allclose(product, rotation_power(rotation, first + second), atol=1e-10)


def test_half_and_whole_powers_of_a_large_rotation():
    whole, half = (random_rotation(201, 3, power) for power in (1, 0.5))
    np.testing.assert_allclose(half @ half, whole, atol=1e-10)
    np.testing.assert_allclose(half @ half.T, np.eye(201), atol=1e-10)
    np.testing.assert_array_equal(random_rotation(201, 3, 0), np.eye(201))


def test_half_a_quarter_turn_is_an_eighth():
    quarter, side = np.array([[0.0, -1], [1, 0]]), np.sqrt(0.5)
    np.testing.assert_allclose(rotation_power(quarter, 0.5), [[side, -side], [side, side]], atol=1e-12)


def test_rotations_are_drawn_uniformly():
    # of uniform rotations in space, the trace has mean 0 and mean square 1
    traces = np.array([np.trace(random_rotation(3, seed, 1)) for seed in range(2000)])
    assert abs(traces.mean()) < 0.08
    assert abs((traces**2).mean() - 1) < 0.12


@pytest.mark.parametrize("dtype", ["float16", "float32"])
def test_activations_are_turned_at_every_position(dtype):
    activations = np.random.default_rng(0).standard_normal((8, 70, 3, 2)).astype(dtype)
    rotation = random_rotation(70, 1, 1)
    shard = rotated(activations, rotation)
    expected = np.zeros(activations.shape)
    for image, y, x in np.ndindex(8, 3, 2):
        expected[image, :, y, x] = rotation @ activations[image, :, y, x].astype(np.float64)
    assert (shard.shape, shard.dtype) == (activations.shape, dtype)
    np.testing.assert_allclose(shard[:], expected, atol=1e-5 if dtype == "float32" else 3e-3)
    np.testing.assert_array_equal(shard[2:7, 64:70, 1:3], shard[:][2:7, 64:70, 1:3])


def test_power_0_leaves_thresholds_and_masks_as_they_are(tmp_path):
    activations = np.random.default_rng(1).standard_normal((9, 6, 4, 5)).clip(0).astype(np.float16)
    dense = {}
    for name, shard in (("as is", stored(activations)), ("turned", rotated(activations, random_rotation(6, 0, 0)))):
        limits = thresholds([shard], 0.2, threads=2)["threshold"].to_numpy(np.float64)
        write_filter_masks([shard], limits, tmp_path / name, {})
        dense[name] = open_filter_masks(tmp_path / name, {}).dense(0, 9)
    np.testing.assert_array_equal(dense["turned"], dense["as is"])


def test_thresholds_and_masks_are_of_the_same_values(tmp_path):
    activations = np.random.default_rng(2).standard_normal((40, 70, 3, 3)).astype(np.float16)
    shards = [rotated(part, random_rotation(70, 0, 0.7)) for part in (activations[:25], activations[25:])]
    table = thresholds(shards, 0.1, threads=2)
    write_filter_masks(shards, table["threshold"].to_numpy(np.float64), tmp_path / "m.zarr", {})
    share = open_filter_masks(tmp_path / "m.zarr", {}).dense(0, 40).mean(axis=(0, 2, 3))
    np.testing.assert_allclose(share, table["share_above"], atol=1e-12)


def concept_filters(concepts=8, images=40, side=5):
    """Concepts that lie anywhere, over one another, and activations whose filter k is 1 just where concept k is."""
    present = np.random.default_rng(3).random((images, concepts, side, side)) < 0.2
    planes = present * np.arange(1, concepts + 1, dtype=np.uint16)[:, None, None]
    is_train = np.arange(images) < images // 2
    return present.astype(np.float32), labels_from(planes, [[]] * images, is_train, list(range(1, concepts + 1)))


def test_filters_that_are_concepts_lose_them_when_turned(tmp_path):
    activations, labels = concept_filters()
    patterns, scores = corner_patterns((5, 5), (5, 5), True), {}
    for power in (0, 0.3, 1):
        shard = rotated(activations, random_rotation(8, 0, power))
        limits = thresholds([shard], 0.25, threads=1)["threshold"].to_numpy(np.float64)
        write_filter_masks([shard], limits, tmp_path / "m.zarr", {})
        counts = count_filters(open_filter_masks(tmp_path / "m.zarr", {}), labels, patterns, threads=1)
        scores[power] = counts.iou().max(axis=1).mean()
    assert scores[0] == 1
    assert scores[1] < scores[0.3] < 1
    assert scores[1] < 0.6


def test_values_beyond_the_dtype_are_refused():
    activations = np.full((2, 2, 1, 1), 6e4, np.float16)
    turned = rotated(activations, random_rotation(2, 0, 1) * 0 + np.sqrt(0.5))
    with pytest.raises(UserError, match=r"beyond float16; set `compute.activation_dtype: float32`"):
        turned[:]


def test_masks_say_that_they_are_of_rotated_filters(tmp_path):
    config = parse_config({}, "run.yaml")
    store = Path(tmp_path / "m.zarr")
    write_filter_masks(
        [stored(np.zeros((2, 2, 1, 1), np.float16))], np.zeros(2), store, made_from(config, "rotated", "squeezenet")
    )
    assert open_filter_masks(store, made_from(config, "rotated", "squeezenet")).images == 2
    with pytest.raises(UserError, match=r"`chance.rotation` was {'seed': 0, 'power': 1.0}, is now None"):
        open_filter_masks(store, made_from(config, "filter_masks", "squeezenet"))
