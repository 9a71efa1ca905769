import logging

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from net2vec_core.concepts import concept_table, left_out, with_masks
from net2vec_core.dataset.records import Concept
from net2vec_core.errors import UserError
from net2vec_core.settings import ConceptSettings

PIXELS = 100
CONCEPTS = [
    Concept(7, "sky", "object"),
    Concept(3, "street", "scene"),
    Concept(300, "NA", "part"),
    Concept(5, "1", "color"),
    Concept(4, "unused", "color"),
    Concept(6, "rare", "texture"),
]
SPLITS = ["train", "val", "train", "train", "val"]
HOLDS = {
    "sky": {0: 10, 1: 100, 2: 30, 3: 50},
    "street": {0: 100, 4: 100, 3: 100},
    "NA": {0: 1, 1: 99},
    "1": {2: 100, 4: 20},
    "rare": {0: 5, 2: 5},
}
IMAGES = pd.DataFrame({"image": range(5), "split": SPLITS})
OCCURRENCES = pd.DataFrame(
    [(image, name, pixels) for name, held in HOLDS.items() for image, pixels in held.items()],
    columns=["image", "concept", "pixels"],
).sort_values(["image", "concept"], ignore_index=True)


VOCABULARY = pd.DataFrame(
    [
        (c.number, c.name, c.category, any(pixels < PIXELS for pixels in HOLDS.get(c.name, {}).values()))
        for c in CONCEPTS
    ],
    columns=["concept_id", "name", "category", "pixel_level"],
)


def table(occurrences=OCCURRENCES, **settings):
    return concept_table(VOCABULARY, IMAGES, occurrences, PIXELS, ConceptSettings(**settings))


def names(**settings):
    return table(**settings)["name"].tolist()


def message_of(**settings):
    with pytest.raises(UserError) as caught:
        table(**settings)
    return str(caught.value)


def plain_row(concept):
    held = HOLDS[concept.name]
    coverage = [pixels / PIXELS for image, pixels in held.items() if SPLITS[image] == "train"]
    pixel_level = any(pixels < PIXELS for pixels in held.values())
    return {
        "concept_id": concept.number,
        "name": concept.name,
        "category": concept.category,
        "pixel_level": pixel_level,
        "train_images": len(coverage),
        "val_images": sum(SPLITS[image] == "val" for image in held),
        "mean_coverage": pytest.approx(sum(coverage) / len(coverage)),
        "alpha": pytest.approx(1 - sum(coverage) / len(coverage) if pixel_level else 0),
    }


def test_rows_are_those_of_a_plain_loop_in_the_order_of_numbers():
    found = table().to_dict("records")
    studied = [concept for concept in CONCEPTS if concept.name in ("street", "1", "sky", "NA")]
    assert found == [plain_row(concept) for concept in sorted(studied, key=lambda concept: concept.number)]
    assert [type(value) for value in found[0].values()] == [int, str, str, bool, int, int, float, float]


def test_concept_of_whole_images_has_alpha_zero():
    street = table().set_index("name").loc["street"]
    assert (street["pixel_level"], street["mean_coverage"], street["alpha"]) == (False, 1.0, 0.0)


def test_concept_that_fills_only_some_images_is_of_pixel_level():
    described = table().set_index("name")
    assert described.loc["1", "pixel_level"]
    assert described.loc["1", "alpha"] == 0  # its only train image is full
    assert described.loc["sky", "alpha"] == pytest.approx(0.7)


@given(order=st.permutations(range(len(OCCURRENCES))))
def test_order_of_occurrences_does_not_matter(order):
    pd.testing.assert_frame_equal(table(OCCURRENCES.iloc[order]), table())


@pytest.mark.parametrize(
    ("settings", "expected"),
    [
        ({}, ["street", "1", "sky", "NA"]),
        ({"categories": ["object", "part"]}, ["sky", "NA"]),
        ({"include": ["NA", "street"]}, ["street", "NA"]),
        ({"exclude": ["sky", "1"]}, ["street", "NA"]),
        ({"include": ["street"], "categories": ["scene"]}, ["street"]),
        ({"min_train": 2}, ["street", "sky"]),
        ({"min_train": 3}, ["sky"]),
        ({"exclude": ["unused"]}, ["street", "1", "sky", "NA"]),
    ],
)
def test_concepts_are_chosen(settings, expected):
    assert names(**settings) == expected


def test_chosen_rows_are_numbered_from_zero():
    assert table(include=["NA"]).index.tolist() == [0]


@pytest.mark.parametrize("key", ["include", "exclude"])
def test_unknown_concept_is_named_with_the_nearest(key):
    message = message_of(**{key: ["sky", "stret"]})
    assert message == "`concepts`: the data set has no concept `stret`; did you mean street?"


def test_included_concepts_with_too_few_images_are_named_with_what_they_have():
    assert message_of(include=["sky", "unused", "rare"], min_train=2) == (
        "`concepts.include`: `unused` has 0 and 0; `rare` has 2 and 0; 2 train and 1 val images are needed"
    )


@pytest.mark.parametrize("settings", [{"min_train": 9}, {"categories": []}])
def test_no_concept_left_is_a_mistake(settings):
    assert message_of(**settings) == "no concept is left to study: loosen `concepts` in the configuration"


def test_data_set_without_any_label_leaves_no_concept():
    with pytest.raises(UserError, match=r"^the data set has no label in any image"):
        table(OCCURRENCES.iloc[:0])


def test_rare_concepts_are_left_out_with_a_word(caplog):
    with caplog.at_level(logging.INFO, "net2vec_core"):
        table()
    assert caplog.messages == [
        "2 concepts are left out, since 1 train and 1 val images are needed: `unused` has 0 and 0; `rare` has 2 and 0"
    ]


def test_nothing_is_said_where_nothing_is_left_out(caplog):
    with caplog.at_level(logging.INFO, "net2vec_core"):
        table(categories=["object"])
    assert caplog.messages == []


def test_concepts_of_whole_images_are_segmented_only_where_asked_for():
    described = table()
    assert with_masks(described, image_level=False)["name"].tolist() == ["1", "sky", "NA"]
    assert with_masks(described, image_level=False).index.tolist() == [0, 1, 2]
    pd.testing.assert_frame_equal(with_masks(described, image_level=True), described)


def test_shares_stay_between_zero_and_one():
    described = table()
    for column in ("mean_coverage", "alpha"):
        assert np.isfinite(described[column]).all()
        assert described[column].between(0, 1).all()


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"include": ["sky"], "exclude": ["sky"]}, "`concepts`: `sky` is in `include` and in `exclude`"),
        (
            {"categories": ["object", "material"]},
            "`concepts.categories`: the data set has no category `material`; it has object, scene, part, color,"
            " texture",
        ),
        (
            {"include": ["sky"], "categories": ["color"]},
            "`concepts.include`: `sky` is of category `object`, which `concepts.categories` leaves out",
        ),
    ],
)
def test_contradictions_are_named(settings, message):
    assert message_of(**settings) == message


def test_what_is_left_out_is_named_with_its_reason():
    settings = ConceptSettings(categories=["object", "part", "scene", "texture"], exclude=["NA"], min_val=1)
    left = left_out(VOCABULARY, IMAGES, OCCURRENCES, PIXELS, settings)
    said, rare = "`concepts` in the configuration says so", "2 train and 0 val images; 1 and 1 are needed"
    assert dict(zip(left["name"], left["reason"], strict=True)) == {"unused": said, "1": said, "NA": said, "rare": rare}
    studied = concept_table(VOCABULARY, IMAGES, OCCURRENCES, PIXELS, settings)
    assert sorted([*left["name"], *studied["name"]]) == sorted(VOCABULARY["name"])
