import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from net2vec_core.deciles import DECILES, concept_deciles, decile_places, filter_deciles


def plain_places(number):
    """The whole number nearest to each decile's rank, the higher one half-way."""
    places = []
    for decile in range(0, 101, 10):
        rank, rest = divmod(decile * (number - 1), 100)
        places.append(rank + (rest >= 50))
    return places


@pytest.mark.parametrize(
    ("number", "expected"),
    [
        (1, [0] * 11),
        (2, [0] * 5 + [1] * 6),
        (6, [0, 1, 1, 2, 2, 3, 3, 4, 4, 5, 5]),
        (11, list(range(11))),
        (101, list(range(0, 101, 10))),
    ],
)
def test_places_of_the_deciles(number, expected):
    assert decile_places(number).tolist() == expected


@given(st.integers(1, 10**6))
def test_places_go_from_the_lowest_to_the_highest(number):
    places = decile_places(number)
    assert places.tolist() == plain_places(number)
    assert (places[0], places[-1]) == (0, number - 1)
    assert (np.diff(places) >= 0).all()


def individual(seed=0):
    """IoUs with ties of two concepts: 57 images and 3 images."""
    rng = np.random.default_rng(seed)
    rows = [("b, c", image, rng.integers(0, 12) / 12) for image in rng.permutation(90)[:57]]
    rows += [("a", image, value) for image, value in [(7, 0.5), (3, 0.0), (5, 0.5)]]
    table = pd.DataFrame(rows, columns=["concept", "image", "iou_multi"])
    table["iou_single"] = 1 - table["iou_multi"]
    return table.sample(frac=1, random_state=seed)


def test_images_of_concepts_are_those_of_a_plain_sort():
    table = individual()
    found = concept_deciles(table, ["b, c", "a"])
    assert list(found.columns) == ["concept", "decile", "image", "iou_single", "iou_multi"]
    expected = []
    for concept in ("b, c", "a"):
        rows = [row for row in table.itertuples() if row.concept == concept]
        rows.sort(key=lambda row: (row.iou_multi, row.image))
        for decile, place in zip(range(0, 101, 10), plain_places(len(rows)), strict=True):
            row = rows[place]
            expected.append([concept, decile, row.image, row.iou_single, row.iou_multi])
    assert found.to_numpy().tolist() == expected


def test_few_images_stand_for_several_deciles():
    found = concept_deciles(individual(), ["a"])
    assert found["image"].tolist() == [3] * 3 + [5] * 5 + [7] * 3


def test_the_order_of_the_rows_changes_nothing():
    first, second = (concept_deciles(individual().sample(frac=1, random_state=seed), ["a", "b, c"]) for seed in (1, 2))
    pd.testing.assert_frame_equal(first, second)


def test_images_of_filters_are_those_of_a_plain_sort():
    rng = np.random.default_rng(0)
    maxima = np.maximum(rng.normal(size=(73, 5)), 0).astype(np.float32)  # half of them are equal
    found = filter_deciles(maxima, 100)
    assert list(found.columns) == ["filter", "decile", "image", "maximum"]
    expected = []
    for filter_ in range(5):
        ranked = sorted(range(73), key=lambda image: (maxima[image, filter_], image))
        for decile, place in zip(DECILES.tolist(), plain_places(73), strict=True):
            expected.append([100 + filter_, decile, ranked[place], float(maxima[ranked[place], filter_])])
    assert found.to_numpy().tolist() == expected
