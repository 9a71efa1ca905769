import numpy as np
import pandas as pd
import pytest

from net2vec_core.comparison import Space, comparison_table
from net2vec_core.figures.layer_pairs import finding, layer_pairs, matrix


def space(network, layer, seed):
    vectors = np.random.default_rng(seed).normal(size=(12, 5))
    return Space.of_vectors(network, layer, pd.DataFrame(vectors, index=[f"c{number}" for number in range(12)]))


@pytest.fixture
def pairs():
    layers = [space("n", "a", 0), space("n", "b", 1), space("m", "a", 0)]
    return comparison_table(layers, [space("word vectors", "w.txt", 2)])


LAYERS = ["n · a", "n · b", "m · a"]


def test_the_matrix_is_symmetric_and_empty_where_nothing_was_compared(pairs):
    values = matrix(pairs, "rank_correlation", [*LAYERS, "word vectors · w.txt"])
    assert values.loc["n · a", "m · a"] == pytest.approx(1)
    np.testing.assert_array_equal(values, values.T)
    assert np.isnan(np.diag(values)).all()


def test_figure_has_a_number_for_each_pair_and_crosses_out_chance(pairs):
    figure = layer_pairs(pairs, LAYERS)
    left, right = figure.axes[:2]
    names = [label.get_text() for label in left.get_yticklabels()]
    assert names == [*LAYERS, "word vectors · w.txt"]
    assert len(left.texts) == len(right.texts) == 12
    crossed = {tuple(place) for place in left.collections[0].get_offsets().astype(int).tolist()}
    assert (0, 2) not in crossed
    assert crossed == {(column, row) for row, column in crossed}
    expected = int((pairs["p_value"] >= 0.05).sum()) * 2
    assert len(crossed) == expected > 0


def test_one_layer_alone_makes_a_figure(pairs):
    figure = layer_pairs(pairs.iloc[:0], ["n · a"])
    figure.draw_without_rendering()
    assert finding(pairs.iloc[:0]) == "No two layers to compare"


def test_the_finding_names_the_most_alike(pairs):
    assert finding(pairs) == "Most alike: n · a and m · a (1.00)"


def test_a_single_layer_gets_words_and_no_empty_matrix(pairs):
    figure = layer_pairs(pairs.iloc[:0], ["n · a"])
    assert not figure.axes
    assert figure.get_suptitle() == "No two layers to compare"
