import numpy as np
import zarr

from net2vec_core.counts import PairCounts, iou


def test_iou_of_two_empty_masks_is_zero():
    np.testing.assert_array_equal(iou(np.array([0, 2, 3]), np.array([0, 4, 3])), [0, 0.5, 1])


def test_concatenation_sorts_by_image_then_concept():
    first = PairCounts(*(np.array(values) for values in ([1, 2], [5, 4], [10, 20], [11, 21])))
    second = PairCounts(*(np.array(values) for values in ([1, 0], [3, 9], [30, 40], [31, 41])))
    both = PairCounts.concatenate([first, second])
    assert both.image.tolist() == [0, 1, 1, 2]
    assert both.concept.tolist() == [9, 3, 5, 4]
    assert both.intersection.tolist() == [40, 30, 10, 20]
    assert both.union.tolist() == [41, 31, 11, 21]


def test_concepts_are_chosen_and_renumbered():
    counts = PairCounts(*(np.array(values) for values in ([0, 0, 1, 2], [1, 3, 2, 3], [5, 6, 7, 8], [9, 9, 9, 9])))
    chosen = counts.of_concepts(np.array([1, 3]))
    assert chosen.image.tolist() == [0, 0, 2]
    assert chosen.concept.tolist() == [0, 1, 1]
    assert chosen.intersection.tolist() == [5, 6, 8]


def test_round_trip_through_a_store():
    counts = PairCounts(*(np.arange(4) * factor for factor in (1, 2, 3, 4)))
    group = zarr.open_group({}, mode="w")
    counts.save(group)
    for name, values in vars(PairCounts.load(group)).items():
        np.testing.assert_array_equal(values, vars(counts)[name])
