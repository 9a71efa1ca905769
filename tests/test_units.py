import numpy as np
import pandas as pd
import pytest

from build import filter_masks_from, labels_from
from net2vec_core.annotations import Annotations
from net2vec_core.corner_patterns import corner_patterns
from net2vec_core.single_filter import FilterCounts, count_filters
from net2vec_core.units import detectors_table, units_table

CONCEPTS = pd.DataFrame({"name": ["tree", "a, b", "bark"], "category": ["object", "object", "part"]})


@pytest.fixture
def units():
    """Filters that are concepts: 0 and 3 the tree, 1 the bark, 2 everything; 4 misses all."""
    planes = np.zeros((40, 1, 12, 12), np.uint16)
    planes[:10, 0, :6], planes[10:12, 0, :, 6:], planes[20:30, 0, 3:9] = 1, 2, 3
    active = np.zeros((40, 5, 12, 12), bool)
    active[:, 0], active[:, 1], active[:, 2] = planes[:, 0] == 1, planes[:, 0] == 3, True
    active[::2, 3] = planes[::2, 0] == 1
    is_train = np.arange(40) % 2 == 0
    labels = labels_from(planes, [[]] * 40, is_train, [1, 2, 3])
    images = np.stack([np.arange(40) < 20, np.arange(40) >= 20], axis=1)
    patterns = corner_patterns((12, 12), (12, 12), True)
    annotated = Annotations(images, np.array([0, 0, 1]))
    return units_table(CONCEPTS, count_filters(filter_masks_from(active), labels, patterns, 1, annotated))


def test_planted_filters_are_found(units):
    assert units["filter"].tolist() == [0, 1, 2, 3, 4]
    assert units["concept"].tolist()[:4] == ["tree", "bark", "tree", "tree"]
    assert units["category"].tolist()[:4] == ["object", "part", "object", "object"]
    # everything: half of the pixels of half of the images; half of the tree: all of it in train, nothing in val
    assert units["iou"].tolist() == [1, 1, 0.25, 0.5, 0]
    assert units["detector"].tolist() == [True, True, True, True, False]


def test_a_filter_that_misses_all_has_no_concept(units):
    assert units.loc[4, ["concept", "category"]].isna().all()


def test_detectors_are_counted_by_category(units):
    assert detectors_table(units, CONCEPTS).to_dict("list") == {
        "category": ["object", "part", "all"],
        "detectors": [3, 1, 4],
        "unique_detectors": [1, 1, 2],
    }


def test_a_filter_at_the_threshold_detects_nothing():
    counts = FilterCounts(np.array([[[1, 1], [2, 2]]]), np.array([[[20, 20], [20, 20]]]), np.array([[[5, 5], [10, 5]]]))
    units = units_table(CONCEPTS.iloc[:1], counts)
    assert units["iou"].tolist() == [0.04, 4 / 55]
    assert units["detector"].tolist() == [False, True]


def test_categories_without_detectors_are_listed():
    units = units_table(CONCEPTS, FilterCounts(np.zeros((3, 2, 2), np.int64), np.ones((3, 2, 2), np.int64)))
    assert detectors_table(units, CONCEPTS)["detectors"].tolist() == [0, 0, 0]
