import numpy as np
import pandas as pd
import pytest
from scipy.spatial.distance import pdist

from net2vec_core.concept_map import cluster_tree, clusters, concept_map, plane
from net2vec_core.embedding import cosine_similarity


def cosines_of(vectors):
    names = [f"c{number}" for number in range(len(vectors))]
    return cosine_similarity(pd.DataFrame(vectors, index=pd.Index(names, name="concept")))


def test_places_of_vectors_on_a_circle_keep_all_distances():
    angles = np.random.default_rng(0).uniform(0, 2 * np.pi, 12)
    unit = np.column_stack([np.cos(angles), np.sin(angles)])
    places = plane(cosines_of(unit * np.arange(1, 13)[:, None]).to_numpy())
    np.testing.assert_allclose(pdist(places), pdist(unit), atol=1e-7)
    np.testing.assert_allclose(places.mean(axis=0), 0, atol=1e-12)


def test_places_are_the_first_two_principal_components():
    vectors = np.random.default_rng(1).normal(size=(30, 9))
    unit = vectors / np.linalg.norm(vectors, axis=1, keepdims=True)
    left, singular, _ = np.linalg.svd(unit - unit.mean(axis=0))
    places = plane(cosines_of(vectors).to_numpy())
    np.testing.assert_allclose(np.abs(places), np.abs(left[:, :2] * singular[:2]), atol=1e-10)
    assert (places.max(axis=0) >= -places.min(axis=0)).all()


@pytest.mark.parametrize("number", [1, 2, 3])
def test_few_concepts_have_places(number):
    places = plane(cosines_of(np.eye(3)[:number]).to_numpy())
    assert places.shape == (number, 2)
    assert np.isfinite(places).all()
    np.testing.assert_allclose(pdist(places), np.sqrt(2), atol=1e-12)


def test_planted_clusters_are_found_the_largest_first():
    rng = np.random.default_rng(2)
    member_of = np.repeat([0, 1, 2], [2, 6, 4])
    vectors = np.eye(50)[member_of] + 0.05 * rng.normal(size=(12, 50))
    np.testing.assert_array_equal(clusters(cosines_of(vectors).to_numpy()), [[2, 0, 1][group] for group in member_of])


def test_vectors_at_right_angles_are_clusters_of_their_own():
    assert clusters(cosines_of(np.eye(3)).to_numpy()).tolist() == [0, 1, 2]
    assert clusters(np.ones((1, 1))).tolist() == [0]


def test_the_table_has_a_row_a_concept_in_order():
    cosines = cosines_of(np.random.default_rng(3).normal(size=(5, 3)))
    kinds = pd.Series(["part", "color", "scene", "part", "object", "color"], index=["x", "c4", "c3", "c2", "c1", "c0"])
    table = concept_map(cosines, kinds)
    assert table.columns.tolist() == ["concept", "category", "x", "y", "cluster"]
    assert table["concept"].tolist() == list(cosines.index)
    assert table["category"].tolist() == ["color", "object", "part", "scene", "color"]


def test_rounding_and_opposite_vectors_do_not_upset_the_clustering():
    cosines = np.array([[1 + 1e-9, -1 - 1e-9, 0.2], [-1 - 1e-9, 1, 0.2 + 1e-7], [0.2, 0.2, 1]])
    tree = cluster_tree(cosines)
    assert tree is not None
    assert tree.shape == (2, 4)
    assert cluster_tree(cosines[:1, :1]) is None
