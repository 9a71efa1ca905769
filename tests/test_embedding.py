import subprocess
import sys

import numpy as np
import pandas as pd
import pytest

import net2vec_core
from net2vec_core.embedding import (
    Embeddings,
    cosine_similarity,
    neighbours,
    read_embeddings,
    read_weights,
    write_embeddings,
)
from net2vec_core.errors import UserError


def table(rows, names):
    return pd.DataFrame(np.array(rows, np.float32), index=pd.Index(names, name="concept"))


def test_cosines_by_hand():
    cosines = cosine_similarity(table([[1, 0], [1, 1], [-2, 0], [0, 0]], ["a", "b", "c", "none"]))
    assert cosines.loc["a", "b"] == pytest.approx(np.sqrt(0.5))
    assert cosines.loc["a", "c"] == -1
    assert cosines.loc["a", "none"] == 0
    np.testing.assert_allclose(cosines, cosines.T)


def test_neighbours_are_the_others_nearest_first():
    nearest = neighbours(cosine_similarity(table([[1, 0], [1, 0.1], [0, 1]], ["a", "b", "c"])))
    assert nearest[nearest["concept"] == "a"]["neighbour"].tolist() == ["b", "c"]
    assert nearest["rank"].tolist() == [1, 2] * 3
    assert (nearest["concept"] != nearest["neighbour"]).all()


def test_one_concept_has_no_neighbours():
    assert len(neighbours(cosine_similarity(table([[1, 0]], ["a"])))) == 0


def test_store_keeps_tasks_recipes_and_seeds_apart(tmp_path):
    rng = np.random.default_rng(0)
    fits = [
        Embeddings("segmentation", "paper", seed, rng.random((2, 5), np.float32), np.zeros(2, np.float32), device)
        for seed, device in ((0, "cpu"), (7, "cuda"))
    ]
    write_embeddings(tmp_path / "e.zarr", ["x", "NA"], fits, {"k": 1})
    weights = read_weights(tmp_path / "e.zarr", "segmentation", "paper", 7, {"k": 1})
    np.testing.assert_array_equal(weights, fits[1].weights)
    assert weights.index.tolist() == ["x", "NA"]
    (again,) = read_embeddings(tmp_path / "e.zarr", "segmentation", ["paper"], 7, {"k": 1})
    assert (again.path, again.device) == ("segmentation/paper/7", "cuda")
    with pytest.raises(UserError, match="`k` was 1, is now 2"):
        read_weights(tmp_path / "e.zarr", "segmentation", "paper", 7, {"k": 2})


def test_users_load_a_table_without_a_configuration(tmp_path):
    rng = np.random.default_rng(0)
    fits = [
        Embeddings("segmentation", recipe, seed, rng.random((2, 5), np.float32), np.zeros(2, np.float32))
        for recipe in ("paper", "iou")
        for seed in (9, 10)
    ]
    write_embeddings(tmp_path / "e.zarr", ["x", "1"], fits, {"k": 1})
    first = net2vec_core.load_embeddings(str(tmp_path / "e.zarr"))
    np.testing.assert_array_equal(first.loc["x"], fits[0].weights[0])
    assert first.index.tolist() == ["x", "1"]
    assert (first.index.name, first.columns.name) == ("concept", "filter")
    np.testing.assert_array_equal(net2vec_core.load_embeddings(tmp_path / "e.zarr", recipe="iou"), fits[2].weights)
    np.testing.assert_array_equal(net2vec_core.load_embeddings(tmp_path / "e.zarr", seed=10), fits[1].weights)
    with pytest.raises(
        UserError, match=r"no embeddings classification/\*/\*.*it has segmentation/paper/9, segmentation"
    ):
        net2vec_core.load_embeddings(tmp_path / "e.zarr", "classification")
    with pytest.raises(UserError, match="no such store"):
        net2vec_core.load_embeddings(tmp_path / "f.zarr")


def test_importing_the_package_stays_light():
    code = "import sys, net2vec_core; sys.exit(bool({'numpy', 'pandas', 'zarr', 'torch'} & sys.modules.keys()))"
    subprocess.run([sys.executable, "-c", code], check=True)
    with pytest.raises(AttributeError, match="no attribute 'load'"):
        net2vec_core.load  # noqa: B018
