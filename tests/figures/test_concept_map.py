import numpy as np
import pandas as pd
import pytest
from matplotlib.collections import LineCollection

from net2vec_core.figures.concept_map import concept_map, finding


def places_of(scores, seed=0):
    rng = np.random.default_rng(seed)
    table = scores[["concept", "category"]].assign(x=rng.normal(size=len(scores)), y=rng.normal(size=len(scores)))
    return table.assign(cluster=np.arange(len(scores)) // 3)


def test_every_concept_has_its_place_and_is_tied_to_its_clusters_middle(make_scores):
    places = places_of(make_scores(20))
    axes = concept_map(places, "net").axes[0]
    (ties,) = (part for part in axes.collections if isinstance(part, LineCollection))
    points = np.concatenate([part.get_offsets() for part in axes.collections if part is not ties])
    np.testing.assert_allclose(sorted(points.tolist()), sorted(places[["x", "y"]].to_numpy().tolist()))
    middle = places.loc[3:5, ["x", "y"]].mean()
    np.testing.assert_allclose(ties.get_segments()[4], [middle, places.loc[4, ["x", "y"]].tolist()])


def test_points_are_named_as_they_are(make_scores):
    labels = {text.get_text(): text for text in concept_map(places_of(make_scores(6)), "net").axes[0].texts}
    assert {"$100 bill$", "x^2$"} <= labels.keys()
    assert not labels["x^2$"].get_parse_math()


@pytest.mark.parametrize("number", [1, 2, 300])
def test_few_and_many_concepts_make_a_figure(make_scores, number):
    figure = concept_map(places_of(make_scores(number)), "net")
    low, high = figure.axes[0].get_xlim()
    assert low < high


def test_the_finding_counts_clusters():
    places = pd.DataFrame({"concept": list("abcdef"), "cluster": [0, 0, 1, 0, 1, 2]})
    assert finding(places) == "5 concepts in 2 clusters, 1 by themselves"
    assert finding(places[places["cluster"] != 1]) == "3 concepts in 1 cluster, 1 by themselves"
