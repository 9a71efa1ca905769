import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from build import random_scene
from net2vec_core.classification_data import PADDING, Draws, draws_of


def draws(shares=(0.3, 0.7, 0.5), images=90, seed=0):
    rng = np.random.default_rng(0)
    holds = rng.random((len(shares), images)) < np.array(shares)[:, None]
    return Draws([f"concept {number}" for number in range(len(shares))], holds, np.arange(images) % 3 != 0, seed)


def drawn(row):
    images = row[row != PADDING]
    assert (row[len(images) :] == PADDING).all(), "padding comes last"
    return images


@given(st.integers(0, 2**32), st.integers(0, 29), st.lists(st.floats(0, 1), min_size=1, max_size=4))
def test_half_of_the_images_hold_the_concept_and_none_comes_twice(seed, epoch, shares):
    some = draws(shares, seed=seed)
    for rows, split in ((some.epoch(epoch), some.is_train), (some.val(), ~some.is_train)):
        for row, holds in zip(rows, some.holds, strict=True):
            images = drawn(row)
            assert len(set(images)) == len(images)
            assert split[images].all()
            assert len(images) == 2 * holds[images].sum()
            assert holds[images].sum() == min((holds & split).sum(), (~holds & split).sum())


def test_each_epoch_draws_anew_and_the_same_one_draws_the_same():
    some = draws()
    assert not np.array_equal(some.epoch(0), some.epoch(1))
    np.testing.assert_array_equal(some.epoch(3), draws().epoch(3))
    np.testing.assert_array_equal(some.val(), draws().val())


def test_another_seed_draws_other_images():
    for draw in (lambda some: some.epoch(0), lambda some: some.val()):
        assert not np.array_equal(draw(draws(seed=0)), draw(draws(seed=1)))


def test_a_concepts_images_do_not_depend_on_the_others():
    some = draws()
    alone = some.of(slice(1, 2))
    np.testing.assert_array_equal(drawn(alone.epoch(5)[0]), drawn(some.epoch(5)[1]))
    np.testing.assert_array_equal(drawn(alone.val()[0]), drawn(some.val()[1]))


@pytest.mark.parametrize("share", [0, 1])
def test_a_concept_of_all_or_of_no_images_has_nothing_to_draw(share):
    assert draws([share]).epoch(0).shape == (1, 0)


def test_labels_say_which_image_holds_which_concept():
    scene = random_scene(seed=0)
    scene.image_level = [[9] if image % 2 else [] for image in range(40)]
    scene.numbers = [2, 9]
    some = draws_of(scene.labels, ["a", "b"], seed=0)
    np.testing.assert_array_equal(some.holds[0], (scene.planes == 2).any((1, 2, 3)))
    np.testing.assert_array_equal(some.holds[1], np.arange(40) % 2 == 1)
    np.testing.assert_array_equal(some.is_train, scene.is_train)
