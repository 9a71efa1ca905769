from itertools import pairwise

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from build import labels_from
from memory_reader import CONCEPTS, MemoryReader
from net2vec_core.errors import UserError
from net2vec_core.labels import IMAGES_PER_CHUNK, DatasetFiles, count_pixels, open_labels, read_vocabulary, write_labels
from net2vec_core.storage import open_store, read_table

MADE_FROM = {"dataset": {"reader": "memory"}}
MASKS = arrays(np.uint16, st.tuples(*[st.integers(1, 4)] * 3), elements=st.sampled_from([0, 1, 2, 700, 65535]))
NAME = {concept.number: concept.name for concept in CONCEPTS}


class Written:
    """What `write_labels` makes of a reader."""

    def __init__(self, folder, reader, workers=2, skip=False):
        self.folder, self.reader = folder, reader
        names = "labels.zarr", "images.csv", "occurrences.csv.gz", "skipped.csv"
        self.store, self.images, self.occurrences, self.skipped = (folder / name for name in names)
        folder.mkdir(exist_ok=True)
        files = DatasetFiles(self.store, self.images, self.occurrences, self.skipped)
        write_labels(reader, reader.size, files, MADE_FROM, skip, workers)

    def open(self, names):
        numbers = {concept.name: concept.number for concept in CONCEPTS}
        concepts = pd.DataFrame({"concept_id": [numbers[name] for name in names], "name": names})
        images, occurrences = read_table(self.images), read_table(self.occurrences, dtype={"concept": str})
        return open_labels(self.store, images, occurrences, concepts, MADE_FROM)

    def files(self):
        return {
            str(path.relative_to(self.folder)): path.read_bytes() for path in self.folder.rglob("*") if path.is_file()
        }


@pytest.fixture(scope="module")
def written(tmp_path_factory):
    return Written(tmp_path_factory.mktemp("labels"), MemoryReader())


def plain_mask(reader, image, number):
    """The union over planes, pixel by pixel, or every pixel for a label of the whole image."""
    mask = np.zeros((reader.size, reader.size), bool)
    for y in range(reader.size):
        for x in range(reader.size):
            mask[y, x] = any(plane[y, x] == number for plane in reader.masks[image])
    return mask | (number in reader.image_labels[image])


def plain_pairs(reader, names):
    """(image, position of the concept, mask) of every image that holds a concept."""
    number = {concept.name: concept.number for concept in CONCEPTS}
    for image in range(len(reader.images)):
        masks = {name: plain_mask(reader, image, number[name]) for name in names}
        held = [name for name in names if masks[name].any()]
        for name in sorted(held, key=number.get):
            yield image, names.index(name), masks[name]


@given(masks=MASKS, image_labels=st.lists(st.sampled_from([1, 2, 8]), unique=True))
def test_pixels_are_counted_as_a_plain_loop_counts_them(masks, image_labels):
    planes, height, width = masks.shape
    expected = {}
    for y in range(height):
        for x in range(width):
            for number in {int(masks[plane, y, x]) for plane in range(planes)} - {0}:
                expected[number] = expected.get(number, 0) + 1
    expected.update(dict.fromkeys(image_labels, height * width))
    assert count_pixels(masks, image_labels) == sorted(expected.items())


@given(masks=MASKS, data=st.data())
def test_order_of_planes_does_not_matter(masks, data):
    order = data.draw(st.permutations(range(len(masks))))
    assert count_pixels(masks[order], ()) == count_pixels(masks, ())


def test_masks_are_stored_as_they_were_read(written):
    masks = open_store(written.store, "dataset", MADE_FROM)["masks"]
    assert masks.dtype == np.uint16
    assert masks.chunks == (IMAGES_PER_CHUNK, 1, 12, 12)
    assert len(written.reader.images) > 2 * IMAGES_PER_CHUNK
    np.testing.assert_array_equal(masks[:], written.reader.masks)


def test_table_of_images_is_in_the_readers_order(written):
    table = read_table(written.images)
    assert table.columns.tolist() == ["image", "path", "split", "height", "width"]
    assert table["image"].tolist() == list(range(150))
    assert table["path"].tolist() == [f"images/{image}, ü.png" for image in range(150)]
    assert table["split"].tolist() == written.reader.splits
    assert table["height"].tolist() == [20] * 150
    assert table["width"].tolist() == [30 + image for image in range(150)]


def test_table_of_occurrences_is_that_of_a_plain_loop(written):
    table = read_table(written.occurrences, dtype={"concept": str})
    names = list(NAME.values())
    expected = [(image, names[concept], mask.sum()) for image, concept, mask in plain_pairs(written.reader, names)]
    assert list(table.itertuples(index=False, name=None)) == expected
    assert set(table["concept"]) == {"NA", "sky, blue", 'the "cat"', "7", "street"}


def test_vocabulary_holds_concepts_that_no_image_holds(written):
    vocabulary = read_vocabulary(written.store, MADE_FROM)
    assert vocabulary["concept_id"].tolist() == [concept.number for concept in CONCEPTS]
    assert vocabulary["name"].tolist() == [concept.name for concept in CONCEPTS]
    planes = open_store(written.store, "dataset", MADE_FROM)["masks"][:]
    assert vocabulary["pixel_level"].tolist() == [bool((planes == concept.number).any()) for concept in CONCEPTS]


def test_labels_of_another_configuration_are_refused(written):
    with pytest.raises(UserError, match=r"`dataset.reader` was memory, is now toy"):
        read_vocabulary(written.store, {"dataset": {"reader": "toy"}})


@pytest.mark.parametrize(
    "names", [["NA", "sky, blue", 'the "cat"', "7", "street", "unused"], ["street", "sky, blue"], ["7"], ["unused"]]
)
def test_pairs_and_their_masks_are_those_of_a_plain_loop(written, names):
    labels = written.open(names)
    expected = list(plain_pairs(written.reader, names))
    found = labels.pair_masks(0, len(written.reader.images))
    assert found.dtype == bool
    assert len(found) == len(labels.image) == len(expected)
    for pair, (image, concept, mask) in enumerate(expected):
        assert (labels.image[pair], labels.concept[pair], labels.pixels[pair]) == (image, concept, mask.sum())
        np.testing.assert_array_equal(found[pair], mask)


def test_masks_of_some_pairs_come_in_the_order_asked_for(written):
    names = ["street", "sky, blue", "7"]
    pairs = list(plain_pairs(written.reader, names))
    chosen = [pairs[place] for place in np.random.default_rng(0).integers(0, len(pairs), 60)]
    images, concepts = (np.array([pair[which] for pair in chosen]) for which in (0, 1))
    assert len(set(images // IMAGES_PER_CHUNK)) > 1
    found = written.open(names).masks_of(images, concepts)
    np.testing.assert_array_equal(found, [mask for _, _, mask in chosen])


def test_labels_know_the_splits_and_the_grid(written):
    labels = written.open(["street"])
    assert labels.is_train.tolist() == [split == "train" for split in written.reader.splits]
    assert labels.mask_shape == (12, 12)
    assert labels.numbers.tolist() == [9]


def test_label_of_the_whole_image_fills_its_mask(written):
    labels = written.open(["street"])
    assert labels.pair_masks(0, 150).all()
    assert len(labels.image) == 149  # all but the one without
    assert 1 not in labels.image


def test_image_without_studied_concepts_has_no_pairs(written):
    assert written.open(["street"]).pair_masks(1, 2).shape == (0, 12, 12)


@given(cuts=st.sets(st.integers(1, 149)))
def test_masks_do_not_depend_on_how_images_are_cut_into_pieces(written, cuts):
    reader = written.reader
    labels = labels_from(reader.masks, reader.image_labels, [True] * 150, [2, 5, 300, 65535, 9])
    edges = [0, *sorted(cuts), 150]
    pieces = [labels.pair_masks(start, stop) for start, stop in pairwise(edges)]
    np.testing.assert_array_equal(np.concatenate(pieces), labels.pair_masks(0, 150))


@pytest.mark.parametrize("workers", [1, 3])
def test_number_of_workers_changes_no_byte(written, tmp_path, workers):
    assert Written(tmp_path / "again", MemoryReader(), workers).files() == written.files()


def test_image_that_cannot_be_read_leaves_nothing_behind(tmp_path):
    with pytest.raises(UserError, match=r"^image 100 is broken$"):
        Written(tmp_path, MemoryReader(broken=100))
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(("val_share", "missing"), [(0, "val"), (1, "train")])
def test_empty_split_is_named_and_leaves_nothing_behind(tmp_path, val_share, missing):
    with pytest.raises(UserError) as caught:
        Written(tmp_path, MemoryReader(images=3, val_share=val_share))
    assert str(caught.value) == (
        f"the data set has no image of split `{missing}`; concepts are learned on train, scored on val"
    )
    assert list(tmp_path.iterdir()) == []


def test_data_set_without_images_is_named(tmp_path):
    reader = MemoryReader(images=2)
    reader.images = []
    with pytest.raises(UserError, match=r"^the data set has no image of split `train`"):
        Written(tmp_path, reader)


def test_images_that_cannot_be_read_are_left_out_and_listed(tmp_path):
    unreadable = [3, 64, 65, 149]
    whole, reader = MemoryReader(), MemoryReader(unreadable=unreadable)
    written = Written(tmp_path, reader, skip=True)
    kept = [image for image in range(150) if image not in unreadable]
    masks = open_store(written.store, "dataset", MADE_FROM)["masks"]
    np.testing.assert_array_equal(masks[:], whole.masks[kept])
    images = read_table(written.images)
    assert images["image"].tolist() == list(range(146))
    assert images["path"].tolist() == [str(whole.images[image]) for image in kept]
    assert read_table(written.skipped).to_dict("list") == {
        "image": [str(whole.images[image]) for image in unreadable],
        "reason": [f"image {image}, it cannot be read" for image in unreadable],
    }
    names = list(NAME.values())
    new = dict(zip(kept, range(146), strict=True))
    expected = [(new[image], names[c], mask.sum()) for image, c, mask in plain_pairs(whole, names) if image in new]
    assert list(read_table(written.occurrences, dtype={"concept": str}).itertuples(index=False, name=None)) == expected


def test_image_that_cannot_be_read_stops_unless_it_is_to_be_skipped(tmp_path):
    with pytest.raises(UserError, match=r"^image 64, it cannot be read$"):
        Written(tmp_path, MemoryReader(unreadable=[64]))
    assert list(tmp_path.iterdir()) == []


def test_mistake_in_the_tables_stops_even_where_images_are_skipped(tmp_path):
    with pytest.raises(UserError, match=r"^image 100 is broken$"):
        Written(tmp_path, MemoryReader(broken=100), skip=True)


def test_nothing_skipped_is_an_empty_table(written):
    assert written.skipped.read_text() == "image,reason\n"
