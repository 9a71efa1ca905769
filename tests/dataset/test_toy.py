"""The toy probe set: same bytes for the same seed, exact masks, every concept there."""

import subprocess
import sys
from collections import Counter

import numpy as np
import pytest

from net2vec_core.dataset.records import Split
from net2vec_core.dataset.toy import CONCEPTS, PLANES, Drawing, draw
from net2vec_core.dataset.toy.canvas import Canvas
from net2vec_core.dataset.toy.colors import PROTOTYPES, name_colors, to_lab
from net2vec_core.dataset.toy.deck import DECK, deal
from net2vec_core.dataset.toy.outlines import box, disc
from net2vec_core.dataset.toy.shape import SIDE, rasterise
from net2vec_core.dataset.toy.surfaces import Surface
from net2vec_core.dataset.toy.vocabulary import NUMBER

NAME = {concept.number: concept.name for concept in CONCEPTS}
CATEGORY = {concept.number: concept.category for concept in CONCEPTS}
IMAGES = 5 * len(DECK)
RED = Surface("smooth", ((200, 0, 0), (255, 40, 40)), "metal")
WHITE = Surface("smooth", ((240, 240, 240), (255, 255, 255)), "wood")


def _labels(drawing: Drawing) -> set[int]:
    return {*np.unique(drawing.masks).tolist(), *drawing.image_labels} - {0}


@pytest.fixture(scope="module")
def drawings() -> list[Drawing]:
    return [draw(index, seed=0, image_size=32, mask_size=56) for index in range(IMAGES)]


def test_vocabulary_is_numbered_from_one_with_unique_names() -> None:
    assert [concept.number for concept in CONCEPTS] == list(range(1, len(CONCEPTS) + 1))
    assert len(NUMBER) == len(CONCEPTS)
    assert 60 <= len(CONCEPTS) <= 80
    assert set(CATEGORY.values()) == {"color", "object", "part", "material", "scene", "texture"}


def test_shapes_and_types() -> None:
    drawing = draw(3, seed=0, image_size=97, mask_size=31)
    assert drawing.image.shape == (97, 97, 3)
    assert drawing.image.dtype == np.uint8
    assert drawing.masks.shape == (len(PLANES), 31, 31)
    assert drawing.masks.dtype == np.uint16


def test_same_bytes_in_another_order_and_process() -> None:
    here = {index: draw(index, seed=5, image_size=64, mask_size=40) for index in (9, 2)}
    code = (
        "from net2vec_core.dataset.toy import draw; import sys;"
        "d = draw(2, seed=5, image_size=64, mask_size=40);"
        "sys.stdout.buffer.write(d.image.tobytes() + d.masks.tobytes())"
    )
    there = subprocess.run([sys.executable, "-c", code], capture_output=True, check=True).stdout
    assert there == here[2].image.tobytes() + here[2].masks.tobytes()
    assert here[2].image.tobytes() != here[9].image.tobytes()


def test_seed_changes_the_image() -> None:
    first, second = (draw(0, seed=seed, image_size=64, mask_size=8).image for seed in (0, 1))
    assert not np.array_equal(first, second)


def test_image_and_masks_do_not_depend_on_each_others_size() -> None:
    wide = draw(4, seed=0, image_size=224, mask_size=112)
    narrow = draw(4, seed=0, image_size=50, mask_size=112)
    fine = draw(4, seed=0, image_size=224, mask_size=56)
    assert np.array_equal(wide.image, fine.image)
    assert np.array_equal(wide.masks, narrow.masks)
    assert (wide.image_labels, wide.split) == (narrow.image_labels, narrow.split)


def test_masks_of_two_sizes_agree_where_their_centres_coincide() -> None:
    # The centres of 32 cells are those of every third of 96 cells, the second, the fifth, ...
    for index in range(6):
        coarse, fine = (draw(index, seed=0, image_size=8, mask_size=size).masks for size in (32, 96))
        assert np.array_equal(coarse, fine[:, 1::3, 1::3])


def test_labels_are_of_their_planes_category(drawings: list[Drawing]) -> None:
    for drawing in drawings:
        for plane, category in zip(drawing.masks, PLANES, strict=True):
            assert {CATEGORY[number] for number in np.unique(plane[plane > 0])} <= {category}
        assert [CATEGORY[number] in ("scene", "texture") for number in drawing.image_labels] == [True]


def test_every_pixel_has_a_color(drawings: list[Drawing]) -> None:
    assert all((drawing.masks[0] > 0).all() for drawing in drawings)


def test_every_concept_occurs_often_enough_in_both_splits(drawings: list[Drawing]) -> None:
    seen = Counter((number, drawing.split) for drawing in drawings for number in _labels(drawing))
    wanted: dict[Split, int] = {"train": 3, "val": 1}
    missing = [(NAME[number], split) for number in NAME for split in wanted if seen[number, split] < wanted[split]]
    assert missing == []


def test_scenes_carry_several_labels_a_pixel_and_textures_only_colors(drawings: list[Drawing]) -> None:
    for drawing in drawings:
        labels = (drawing.masks > 0).sum(axis=0).mean()
        if CATEGORY[drawing.image_labels[0]] == "texture":
            assert labels == 1
        else:
            assert labels > 1.7


def test_parts_lie_on_objects(drawings: list[Drawing]) -> None:
    for drawing in drawings:
        _, thing, part, _ = drawing.masks
        assert (thing[part > 0] > 0).all()


def test_sizes_have_a_long_tail(drawings: list[Drawing]) -> None:
    def coverage(name: str) -> float:
        shares = [float((drawing.masks == NUMBER[name]).any(axis=0).mean()) for drawing in drawings]
        return float(np.median([share for share in shares if share]))

    assert coverage("sky") > 0.15
    assert coverage("eye") < 0.005


def test_deck_gives_every_subject_in_proportion_and_three_tenths_to_val() -> None:
    dealt = [deal(index, seed=11) for index in range(10 * len(DECK))]
    assert Counter(dealt) == Counter((subject, "val") for subject in DECK for _ in range(3)) + Counter(
        (subject, "train") for subject in DECK for _ in range(7)
    )
    assert [subject for subject, _ in dealt[: len(DECK)]] != [
        subject for subject, _ in dealt[len(DECK) : 2 * len(DECK)]
    ]


def test_painted_box_gives_exactly_its_mask() -> None:
    canvas = Canvas(np.random.default_rng(0))
    canvas.paint(rasterise(box(0.25, 0.5, 0.5, 0.75)), RED, "car", "door")
    image, planes = canvas.arrays()
    expected = np.zeros((SIDE, SIDE), dtype=bool)
    quarter = SIDE // 4
    expected[2 * quarter : 3 * quarter + 1, quarter : 2 * quarter + 1] = True
    for plane, name in zip(planes, ("car", "door", "metal"), strict=True):
        assert np.array_equal(plane, np.where(expected, NUMBER[name], 0))
    assert np.array_equal(image.any(axis=-1), expected)


def test_later_paint_covers_earlier_in_image_and_every_plane() -> None:
    canvas = Canvas(np.random.default_rng(0))
    canvas.paint(rasterise(box(0.2, 0.2, 0.8, 0.8)), RED, "car", "door")
    canvas.paint(rasterise(disc(0.5, 0.5, 0.1)), WHITE, "table")
    image, planes = canvas.arrays()
    centre, beside = (SIDE // 2, SIDE // 2), (SIDE // 4, SIDE // 4)
    assert planes[:, *centre].tolist() == [NUMBER["table"], 0, NUMBER["wood"]]
    assert planes[:, *beside].tolist() == [NUMBER["car"], NUMBER["door"], NUMBER["metal"]]
    assert image[centre].min() > 200
    assert image[beside][1] < 60


def test_shapes_are_clipped_to_the_canvas() -> None:
    assert rasterise(box(1.2, 0.1, 1.5, 0.2)) is None
    shape = rasterise(box(-0.5, 0.9, 0.5, 1.5))
    assert shape is not None
    assert shape.bounds == (0, int(0.9 * SIDE), SIDE // 2 + 1, SIDE)


def test_tint_leaves_labels_alone() -> None:
    canvas = Canvas(np.random.default_rng(0))
    canvas.tint(rasterise(disc(0.5, 0.5, 0.2)), (255, 255, 255), 0.5, blur=0.02)
    image, planes = canvas.arrays()
    assert image[SIDE // 2, SIDE // 2].tolist() == pytest.approx([127.5] * 3, abs=2)
    assert not image[0, 0].any()
    assert not planes.any()


@pytest.mark.parametrize(
    ("rgb", "name"),
    [
        ((0, 0, 0), "black"),
        ((255, 255, 255), "white"),
        ((128, 128, 128), "gray"),
        ((255, 0, 0), "red"),
        ((0, 160, 0), "green"),
        ((0, 0, 255), "blue"),
        ((255, 255, 0), "yellow"),
        ((255, 140, 0), "orange"),
        ((128, 0, 128), "purple"),
        ((255, 150, 190), "pink"),
        ((110, 65, 30), "brown"),
    ],
)
def test_pure_colors_have_their_names(rgb: tuple[int, int, int], name: str) -> None:
    image = np.full((2, 3, 3), rgb, dtype=np.uint8)
    assert np.array_equal(name_colors(image), np.full((2, 3), NUMBER[name]))


def test_prototypes_cover_the_color_concepts() -> None:
    assert set(PROTOTYPES) == {concept.name for concept in CONCEPTS if concept.category == "color"}


def test_lab_of_known_colors() -> None:
    known = {(255, 255, 255): (100, 0, 0), (255, 0, 0): (53.24, 80.09, 67.20), (0, 0, 255): (32.30, 79.19, -107.86)}
    assert np.allclose(to_lab(np.array(list(known), dtype=np.float64)), list(known.values()), atol=0.1)
