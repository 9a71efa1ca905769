import numpy as np
import pandas as pd
import pytest

from net2vec_core.embedding import cosine_similarity as cosines_of
from net2vec_core.figures.cosine_similarity import MAX_LABELS, cosine_similarity, finding, labelled
from net2vec_core.figures.style import CATEGORY_COLORS


def concepts(vectors, names=None):
    names = names or [f"c{number}" for number in range(len(vectors))]
    return cosines_of(pd.DataFrame(vectors, index=pd.Index(names, name="concept")))


def categories(cosines, category="object"):
    return pd.Series(category, index=cosines.index)


def test_similar_concepts_stand_beside_each_other():
    vectors = np.array([[1, 0], [0, 1], [1, 0.1], [0.1, 1]])
    cosines = concepts(vectors, ["sea", "cat", "water", "dog"])
    figure = cosine_similarity(cosines, categories(cosines), "net")
    names = [label.get_text() for label in figure.axes[1].get_yticklabels()]
    assert {frozenset(names[:2]), frozenset(names[2:])} == {frozenset({"sea", "water"}), frozenset({"cat", "dog"})}
    assert [label.get_text() for label in figure.axes[2].get_xticklabels()] == names
    (image,) = figure.axes[2].images
    np.testing.assert_allclose(image.get_array(), cosines.loc[names, names])


def test_the_strip_shows_each_concepts_category():
    cosines = concepts(np.eye(3), ["a", "b", "c"])
    kinds = pd.Series({"a": "color", "b": "scene", "c": "part"})
    strip = cosine_similarity(cosines, kinds, "net").axes[1]
    names = [label.get_text() for label in strip.get_yticklabels()]
    shown = strip.images[0].get_array()[:, 0]
    expected = [
        [int(CATEGORY_COLORS[kinds[name]][place : place + 2], 16) / 255 for place in (1, 3, 5)] for name in names
    ]
    np.testing.assert_allclose(shown, expected)


@pytest.mark.parametrize("number", [1, 2, 3])
def test_few_concepts_and_vectors_of_zeros(number):
    vectors = np.eye(3)[:number]
    vectors[-1] = 0
    cosines = concepts(vectors)
    figure = cosine_similarity(cosines, categories(cosines), "net")
    assert len(figure.axes[1].get_yticklabels()) == number


def test_names_are_shown_as_they_are():
    cosines = concepts(np.eye(2), ["$100 bill$", "x^2$"])
    figure = cosine_similarity(cosines, categories(cosines), "net")
    labels = figure.axes[1].get_yticklabels()
    assert {label.get_text() for label in labels} == {"$100 bill$", "x^2$"}
    assert not any(label.get_parse_math() for label in labels)


def test_hundreds_of_concepts_are_named_in_part():
    cosines = concepts(np.random.default_rng(0).normal(size=(250, 8)))
    figure = cosine_similarity(cosines, categories(cosines), "net")
    assert len(figure.axes[1].get_yticks()) == 84
    assert figure.axes[2].images[0].get_array().shape == (250, 250)


@pytest.mark.parametrize("number", [1, 99, 100, 101, 682])
def test_labelled_rows_are_evenly_spaced_and_not_too_many(number):
    places = labelled(number)
    assert len(places) <= MAX_LABELS
    assert len(np.unique(np.diff(places))) <= 1
    assert number > MAX_LABELS or len(places) == number


def test_the_finding_names_the_nearest_pair():
    cosines = concepts(np.array([[1, 0], [0, 1], [1, 1]]), ["a", "b", "c"])
    assert finding(cosines) == "nearest are the embeddings of a and c (cosine 0.71)"
    assert finding(cosines.iloc[:1, :1]) == "the embedding of a single concept"
