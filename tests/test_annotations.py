import numpy as np
import pandas as pd

from net2vec_core.annotations import annotations

VOCABULARY = pd.DataFrame(
    {"name": ["tree", "bark", "red", "leaf", "sea"], "category": ["object", "part", "color", "part", "scene"]}
)


def test_any_label_of_the_category_annotates_an_image_also_one_that_is_not_studied():
    studied = VOCABULARY[VOCABULARY["name"].isin(["tree", "bark", "red"])]
    occurrences = pd.DataFrame({"image": [0, 0, 1, 3, 4], "concept": ["tree", "red", "leaf", "sea", "bark"]})
    found = annotations(studied, VOCABULARY, occurrences, images=5)
    tree, bark, red = found.of_concepts().T.tolist()
    assert tree == [True, False, False, False, False]
    assert bark == [False, True, False, False, True]
    assert red == [True, False, False, False, False]
    assert found.images.shape == (5, 3), "categories without a studied concept need no column"


def test_concepts_of_one_category_share_it():
    parts = VOCABULARY[VOCABULARY["category"] == "part"]
    found = annotations(parts, VOCABULARY, pd.DataFrame({"image": [1], "concept": ["leaf"]}), images=2)
    assert found.category.tolist() == [0, 0]
    np.testing.assert_array_equal(found.of_concepts(), [[False, False], [True, True]])
