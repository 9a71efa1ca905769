import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from net2vec_core.dataset.planes import separate, stacked

MASKS = st.lists(st.tuples(st.integers(1, 5), arrays(bool, (4, 4))), max_size=8)


@given(MASKS)
def test_every_concept_keeps_its_mask_and_covers_no_other(masks):
    planes = stacked(masks, 4)
    assert planes.dtype == np.uint16
    for number in range(1, 6):
        union = np.zeros((4, 4), bool)
        for other, mask in masks:
            union |= mask & (other == number)
        np.testing.assert_array_equal((planes == number).any(0), union)
        assert (planes == number).any((1, 2)).sum() <= 1


def test_concepts_that_do_not_overlap_share_a_plane():
    labels = np.array([[0, 1], [9, 300]], np.uint16)
    np.testing.assert_array_equal(stacked(separate(labels), 2), labels[None])
    assert stacked([], 2).shape == (0, 2, 2)
