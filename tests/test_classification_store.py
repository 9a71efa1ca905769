import numpy as np
import pytest

from net2vec_core.classification_store import (
    Classification,
    read_classification,
    write_classification,
)
from net2vec_core.errors import UserError

MADE_FROM = {"network": "a"}


@pytest.fixture
def fits():
    rng = np.random.default_rng(0)
    return Classification(
        weights=rng.random((3, 5), np.float32),
        bias=rng.random(3, np.float32),
        single_filter=np.array([4, 0, 2]),
        accuracy=np.array([[1, 0.5], [np.nan, np.nan], [0.9, 1]]),
        subset_scores=rng.random((3, 2, 2)),
        image=np.array([7, 1, 4, 9]),
        concept=np.array([0, 0, 2, 2]),
        correct=np.array([[True, False], [False, False], [True, True], [True, False]]),
    )


def same(first, second):
    for name, values in vars(first).items():
        np.testing.assert_array_equal(values, vars(second)[name])
        assert values.dtype == vars(second)[name].dtype


def test_store_gives_back_what_it_got(tmp_path, fits):
    store = tmp_path / "0.zarr"
    write_classification(store, fits, {"concepts": ["sky", "a, b", "NA"], "subset_sizes": [1, 3]}, MADE_FROM, "cpu")
    same(read_classification(store, MADE_FROM), fits)


def test_store_of_another_configuration_is_refused(tmp_path, fits):
    write_classification(tmp_path / "0.zarr", fits, {"concepts": []}, MADE_FROM, "cpu")
    with pytest.raises(UserError, match="`network` was a, is now b"):
        read_classification(tmp_path / "0.zarr", {"network": "b"})


def test_answers_are_those_of_each_concept(fits):
    assert [answers.tolist() for answers in fits.answers()] == [
        [[True, False], [False, False]],
        [],
        [[True, True], [True, False]],
    ]


def test_batches_are_joined_in_their_order(fits):
    def part(concepts, pairs, first):
        of_concepts = [fits.weights, fits.bias, fits.single_filter, fits.accuracy, fits.subset_scores]
        return Classification(
            *(values[concepts] for values in of_concepts),
            fits.image[pairs],
            fits.concept[pairs] - first,
            fits.correct[pairs],
        )

    parts = [part(slice(0, 2), slice(0, 2), 0), part(slice(2, 3), slice(2, 4), 2)]
    same(Classification.concatenate(parts), fits)
