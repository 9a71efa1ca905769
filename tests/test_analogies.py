import numpy as np
import pandas as pd
import pytest

from net2vec_core.analogies import COLUMNS, SHUFFLES, analogies_table, nearest, parse_analogy, shuffled_ranks
from net2vec_core.embedding import NEIGHBOURS
from net2vec_core.errors import UserError

KNOWN = ["sky", "sky-blue", "blue", "living room", "living", "a + b", "C=O", "1"]


@pytest.mark.parametrize(
    ("text", "terms", "expected"),
    [
        ("sky", {"sky": 1}, None),
        ("sky + blue - living room = 1", {"sky": 1, "blue": 1, "living room": -1}, "1"),
        (" sky+blue−living ", {"sky": 1, "blue": 1, "living": -1}, None),
        ("sky-blue + sky", {"sky-blue": 1, "sky": 1}, None),
        ("blue-sky", {"blue": 1, "sky": -1}, None),
        ("a + b - C=O = living room", {"a + b": 1, "C=O": -1}, "living room"),
        ("- blue + sky + sky", {"blue": -1, "sky": 2}, None),
    ],
)
def test_what_a_text_means(text, terms, expected):
    analogy = parse_analogy(text, KNOWN)
    assert (analogy.terms, analogy.expected) == (terms, expected)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("sky + bleu - 1", "`sky + bleu - 1`: no concept `bleu` is studied; did you mean blue"),
        ("skyy", "`skyy`: no concept `skyy` is studied; did you mean sky"),
        ("sky blue", "`sky blue`: no concept `sky blue` is studied; did you mean sky-blue"),
        ("sky + blue = livin room", "no concept `livin room` is studied; did you mean living room"),
        ("sky +", "`sky +`: a concept is missing"),
        ("", "``: a concept is missing"),
        ("sky + blue =", "`sky + blue =`: a concept is missing"),
        ("sky + blue = sky", "the answer `sky` is one of the terms"),
    ],
)
def test_a_text_that_means_nothing_is_explained(text, message):
    with pytest.raises(UserError) as caught:
        parse_analogy(text, KNOWN)
    assert message in str(caught.value)


@pytest.fixture
def planted():
    """Twenty concepts of random directions and lengths; `d` is exactly a + b − c of unit vectors."""
    rng = np.random.default_rng(0)
    vectors = rng.normal(size=(20, 64))
    unit = vectors / np.linalg.norm(vectors, axis=1, keepdims=True)
    vectors[3] = 7 * (unit[0] + unit[1] - unit[2])
    vectors *= rng.uniform(0.1, 50, (20, 1))
    return pd.DataFrame(vectors, index=pd.Index([*"abcdefghijklmnopqrst"], name="concept"))


def test_a_planted_sum_is_found_exactly(planted):
    cosines = nearest(parse_analogy("a + b - c", planted.index), planted)
    assert cosines.index[0] == "d"
    assert cosines.iloc[0] == pytest.approx(1)
    assert not {"a", "b", "c"} & set(cosines.index)
    assert len(cosines) == 17
    assert cosines.is_monotonic_decreasing


def test_the_table_scores_the_expected_answer_against_shuffled_names(planted):
    table = analogies_table(["a + b - c = d", "a + b - c"], planted)
    assert tuple(table.columns) == COLUMNS
    scored, free = table.iloc[:NEIGHBOURS], table.iloc[NEIGHBOURS:]
    assert scored["rank"].tolist() == list(range(1, NEIGHBOURS + 1))
    assert scored["neighbour"].iloc[0] == "d"
    assert (scored["expected_rank"] == 1).all()
    assert scored["shuffled_rank"].iloc[0] == pytest.approx(9, abs=1)  # ranks 1 to 17, all alike
    assert scored["p_value"].iloc[0] == pytest.approx(1 / 17, abs=0.03)
    assert free[["expected", "expected_rank", "shuffled_rank", "p_value"]].isna().all(axis=None)
    pd.testing.assert_frame_equal(table, analogies_table(["a + b - c = d", "a + b - c"], planted))


def test_p_values_of_noise_are_spread_evenly():
    rng = np.random.default_rng(1)
    weights = pd.DataFrame(rng.normal(size=(40, 8)), index=[f"c{number}" for number in range(40)])
    texts = [f"c{a} + c{b} - c{c} = c{d}" for a, b, c, d in (rng.choice(40, 4, replace=False) for _ in range(60))]
    p_values = analogies_table(texts, weights)["p_value"][::NEIGHBOURS]
    assert 0.35 < p_values.mean() < 0.65
    assert (p_values < 0.1).mean() < 0.25


def test_shuffled_ranks_leave_the_terms_out():
    ranks = shuffled_ranks([1, 1, -1], np.eye(5), np.random.default_rng(0))
    assert ranks.shape == (SHUFFLES,)
    assert (ranks == 1).all()  # the two others are alike


def test_a_sum_of_nothing_has_no_direction(planted):
    assert (nearest(parse_analogy("a - a", planted.index), planted) == 0).all()


def test_no_analogies_make_a_table_without_rows(planted):
    table = analogies_table([], planted)
    assert tuple(table.columns) == COLUMNS
    assert len(table) == 0


def test_an_unknown_concept_is_named(planted):
    with pytest.raises(UserError, match=r"^`analogies`: `a \+ z`: no concept `z` is studied"):
        analogies_table(["a + b", "a + z"], planted)
