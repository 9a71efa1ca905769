import numpy as np
import pandas as pd
import pytest

from net2vec_core.embedding import Embeddings, cosine_similarity, neighbours, read_weights, write_embeddings
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
        Embeddings("segmentation", "paper", seed, rng.random((2, 5), np.float32), np.zeros(2, np.float32))
        for seed in (0, 7)
    ]
    write_embeddings(tmp_path / "e.zarr", ["x", "NA"], fits, {"k": 1})
    weights = read_weights(tmp_path / "e.zarr", "segmentation", "paper", 7, {"k": 1})
    np.testing.assert_array_equal(weights, fits[1].weights)
    assert weights.index.tolist() == ["x", "NA"]
    with pytest.raises(UserError, match="`k` was 1, is now 2"):
        read_weights(tmp_path / "e.zarr", "segmentation", "paper", 7, {"k": 2})
