import numpy as np
import pandas as pd
import pytest
from scipy import stats

from net2vec_core.comparison import (
    Comparison,
    Space,
    compare,
    comparison_table,
    linear_cka,
    mantel,
    neighbour_agreement,
)


def space(vectors, network="net", layer="l", names=None):
    names = names or [f"c{number}" for number in range(len(vectors))]
    return Space.of_vectors(network, layer, pd.DataFrame(vectors, index=pd.Index(names, name="concept")))


@pytest.fixture
def rng():
    return np.random.default_rng(0)


def random_cosines(rng, concepts=12, dimensions=6):
    vectors = rng.normal(size=(concepts, dimensions))
    unit = vectors / np.linalg.norm(vectors, axis=1, keepdims=True)
    return unit @ unit.T


def test_a_space_and_its_rotation_are_the_same(rng):
    vectors = rng.normal(size=(30, 8))
    rotation = np.linalg.qr(rng.normal(size=(8, 8)))[0]
    result = compare(space(vectors), space(3 * vectors @ rotation))
    assert result.shared_concepts == 30
    assert result.squared_difference == pytest.approx(0, abs=1e-20)
    assert result.rank_correlation == pytest.approx(1)
    assert result.p_value == 0.001
    assert result.cka == pytest.approx(1)
    assert result.neighbour_agreement == 1
    assert result.chance_agreement == pytest.approx(5 / 29)


def test_random_spaces_have_nothing_in_common(rng):
    result = compare(space(rng.normal(size=(63, 512))), space(rng.normal(size=(63, 256))))
    assert abs(result.rank_correlation) < 0.1
    assert result.p_value > 0.01
    assert abs(result.cka) < 0.1  # 0.85 without debiasing
    assert result.neighbour_agreement == pytest.approx(result.chance_agreement, abs=0.06)
    assert result.squared_difference > 1


def test_only_shared_concepts_count(rng):
    vectors = rng.normal(size=(7, 4))
    first = space(vectors[:6], names=list("abcdef"))
    second = space(vectors[[6, 5, 4, 3, 2, 1]], names=list("gfedcb"))
    result = compare(first, second)
    assert result.shared_concepts == 5
    assert result.squared_difference == pytest.approx(0, abs=1e-20)


def test_with_few_shared_concepts_nothing_is_said(rng):
    result = compare(space(rng.normal(size=(3, 4))), space(rng.normal(size=(9, 4))))
    assert result.shared_concepts == 3
    assert np.isnan([result.squared_difference, result.rank_correlation, result.p_value, result.cka]).all()


@pytest.mark.parametrize("concepts", [4, 5])
def test_few_concepts_are_compared_without_trouble(rng, concepts):
    result = compare(space(rng.normal(size=(concepts, 4))), space(rng.normal(size=(concepts, 4))))
    assert np.isfinite([result.rank_correlation, result.p_value, result.cka]).all()
    assert result.neighbour_agreement == result.chance_agreement == 1


def test_a_space_of_zeros_has_no_correlation(rng):
    result = compare(space(np.zeros((8, 3))), space(rng.normal(size=(8, 3))))
    assert np.isnan([result.rank_correlation, result.p_value, result.cka]).all()


def test_the_correlation_is_spearmans(rng):
    ours, theirs = random_cosines(rng), random_cosines(rng)
    places = np.triu_indices(12, 1)
    correlation, _ = mantel(ours, theirs, rng)
    assert correlation == pytest.approx(stats.spearmanr(ours[places], theirs[places]).statistic)


def test_p_values_of_noise_are_spread_evenly(rng):
    p_values = [mantel(random_cosines(rng), random_cosines(rng), rng)[1] for _ in range(60)]
    assert stats.kstest(p_values, "uniform").pvalue > 0.01


def test_debiased_cka_by_the_definition(rng):
    first, second = rng.normal(size=(9, 4)), rng.normal(size=(9, 5))

    def hsic(a, b):
        """Song et al. 2012, equation 5."""
        one, other = ((m @ m.T) * (1 - np.eye(9)) for m in (a, b))
        ones = np.ones(9)
        cross = ones @ one @ ones * (ones @ other @ ones) / (8 * 7) - 2 / 7 * ones @ one @ other @ ones
        return (np.trace(one @ other) + cross) / (9 * 6)

    assert linear_cka(first, second) == pytest.approx(
        hsic(first, second) / np.sqrt(hsic(first, first) * hsic(second, second))
    )


def test_neighbour_agreement_by_hand():
    ours = np.array([[np.cos(a - b) for a in range(7)] for b in range(7)]) * 0.5 ** np.abs(
        np.subtract.outer(range(7), range(7))
    )
    agreement, chance = neighbour_agreement(ours, ours[::-1, ::-1])
    assert (agreement, chance) == (1, 5 / 6)
    opposite, _ = neighbour_agreement(ours, -ours)
    assert opposite == pytest.approx(4 / 5)  # of 6 others, the 5 nearest and the 5 farthest share 4


def test_similarities_without_vectors_have_no_cka(rng):
    vectors = space(rng.normal(size=(9, 4)))
    result = compare(vectors, Space("WordNet", "path similarity", vectors.similarities))
    assert result.rank_correlation == pytest.approx(1)
    assert result.squared_difference == 0
    assert result.neighbour_agreement == 1
    assert np.isnan(result.cka)


def test_the_table_has_every_pair_and_the_other_spaces(rng):
    layers = [space(rng.normal(size=(6, 3)), *names) for names in (("n", "a"), ("n", "b"), ("m", "a"))]
    words = space(rng.normal(size=(6, 2)), "word vectors", "w.txt")
    wordnet = Space("WordNet", "path similarity", words.similarities)
    table = comparison_table(layers, [words, wordnet])
    pairs = table[["first_network", "first_layer", "second_network", "second_layer"]].agg(" ".join, axis=1)
    assert pairs.tolist() == [
        "n a n b",
        "n a m a",
        "n b m a",
        *(f"{p} word vectors w.txt" for p in ("n a", "n b", "m a")),
        *(f"{p} WordNet path similarity" for p in ("n a", "n b", "m a")),
    ]
    pd.testing.assert_frame_equal(table, comparison_table(layers, [words, wordnet]))


def test_a_single_layer_makes_a_table_without_rows(rng):
    table = comparison_table([space(rng.normal(size=(6, 3)))], [])
    assert table.columns.tolist() == list(Comparison.__dataclass_fields__)
    assert len(table) == 0
