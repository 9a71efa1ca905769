import copy
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image
from torch import nn

from net2vec_core.errors import UserError
from net2vec_core.layouts import Call, Reading
from net2vec_core.network import LayerReader
from net2vec_core.preprocessing import IMAGENET
from net2vec_core.probe import ProbeSettings, probe
from net2vec_core.storage import open_store

SIZE = 24


@pytest.fixture
def images(tmp_path):
    rng = np.random.default_rng(0)
    paths = []
    for number in range(21):
        paths.append(tmp_path / f"{number}.png")
        Image.fromarray(rng.integers(0, 256, (SIZE, SIZE, 3), np.uint8)).save(paths[-1])
    return paths


@pytest.fixture
def network():
    torch.manual_seed(0)
    return nn.Sequential(nn.Conv2d(3, 70, 3), nn.ReLU(inplace=True), nn.MaxPool2d(2), nn.Conv2d(70, 5, 3, stride=2))


def run(network, images, store, layers=("1", "3"), dtype="float16", batch_size=8, threads=2):
    calls = [Call(name, "", None) for name in ("0", "1", "2", "3")]
    grids = {"1": (70, 22, 22), "3": (5, 5, 5)}
    readings = {layer: Reading(*grids[layer]) for layer in layers}
    reader = LayerReader(copy.deepcopy(network).eval(), IMAGENET, calls, readings, "cpu")
    settings = ProbeSettings(SIZE, "stretch", dtype, batch_size, threads)
    probe(reader, {layer: grids[layer] for layer in layers}, images, settings, store, {})
    return {layer: open_store(store, "probe", {})[layer] for layer in layers}


@pytest.mark.parametrize("dtype", ["float16", "float32"])
def test_stores_what_the_network_gives(network, images, tmp_path, dtype):
    arrays = run(network, images, tmp_path / "a.zarr", dtype=dtype)
    batch = torch.cat([IMAGENET(torch.from_numpy(np.array(Image.open(path))[None])) for path in images])
    with torch.inference_mode():
        expected = {"1": network[:2](batch), "3": network(batch)}
    for layer, array in arrays.items():
        assert array.dtype == dtype
        np.testing.assert_allclose(
            array[:], expected[layer].numpy(), rtol=1e-3 if dtype == "float16" else 1e-5, atol=1e-3
        )


def test_batches_shards_and_threads_do_not_change_a_bit(network, images, tmp_path):
    whole = run(network, images, tmp_path / "whole.zarr", batch_size=64, threads=1)["3"][:]
    for number, (batch_size, threads) in enumerate([(1, 2), (7, 1), (8, 3)]):
        again = run(network, images, tmp_path / f"{number}.zarr", batch_size=batch_size, threads=threads)["3"][:]
        np.testing.assert_array_equal(again, whole)
    shards = [run(network, part, tmp_path / f"{len(part)}.zarr")["3"][:] for part in (images[:4], images[4:])]
    np.testing.assert_array_equal(np.concatenate(shards), whole)


def test_an_undecodable_image_is_named_and_nothing_is_left(network, images, tmp_path):
    images[13].write_bytes(images[13].read_bytes()[:200])
    with pytest.raises(UserError, match=r"13\.png: the image cannot be decoded"):
        run(network, images, tmp_path / "a.zarr")
    assert not list(Path(tmp_path).glob("*.zarr*"))
    assert not list(Path(tmp_path).glob(".*"))


def test_activations_beyond_float16_are_refused_with_advice(network, images, tmp_path):
    with torch.no_grad():
        network[0].weight.mul_(1e6)
    with pytest.raises(UserError, match=r"0\.png: layer `1` gives infinite activations; set `compute"):
        run(network, images, tmp_path / "a.zarr")
    assert np.isfinite(run(network, images, tmp_path / "b.zarr", dtype="float32")["1"][:]).all()
