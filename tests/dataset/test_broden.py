import pickle

import numpy as np
import pytest

from archive import CAT, DOTS, GRASS, INDEX, LABEL, LABELS, RED, SKY, STREET, WHEEL, Archive
from net2vec_core.dataset.broden import BrodenReader
from net2vec_core.dataset.images import resample_labels
from net2vec_core.dataset.readers import open_reader
from net2vec_core.dataset.toy.reader import ToyReader
from net2vec_core.errors import UserError
from net2vec_core.settings import DatasetSettings


@pytest.fixture
def archive(tmp_path):
    return Archive(tmp_path / "broden", image_side=20, mask_side=10)


@pytest.fixture(scope="module", params=[(224, 112), (227, 113)], ids=["broden1_224", "broden1_227"])
def real_size(request, tmp_path_factory):
    return Archive(tmp_path_factory.mktemp("broden") / "archive", *request.param, images=4)


def reader_of(archive, mask_size=10):
    return BrodenReader(DatasetSettings(reader="broden", path=archive.folder, mask_size=mask_size))


def message_of(function, *arguments):
    with pytest.raises(UserError) as caught:
        function(*arguments)
    return str(caught.value)


def assert_record(archive, reader, image):
    record, row = reader.read(image), archive.rows[image]
    assert record.image == archive.folder / "images" / row["image"]
    assert (record.split, record.height, record.width) == (row["split"], archive.image_side, archive.image_side)
    assert list(record.image_labels) == archive.image_labels[image]
    assert record.masks.dtype == np.uint16
    size = reader.settings.mask_size
    assert record.masks.shape == (len(archive.planes[image]), size, size)
    for mask, plane in zip(record.masks, archive.planes[image], strict=True):
        np.testing.assert_array_equal(mask, resample_labels(plane, size, "stretch"))


@pytest.mark.parametrize("mask_size", [None, 112, 56, 200])
def test_every_record_is_what_was_written(real_size, mask_size):
    reader = reader_of(real_size, mask_size or real_size.mask_side)
    assert len(reader.images) == len(real_size.rows)
    for image in range(len(reader.images)):
        assert_record(real_size, reader, image)


def test_masks_on_the_archives_own_grid_are_unchanged(real_size):
    record = reader_of(real_size, real_size.mask_side).read(1)
    np.testing.assert_array_equal(record.masks, real_size.planes[1])
    assert {GRASS, CAT, WHEEL} < set(np.unique(record.masks).tolist())


def test_concepts_are_those_of_the_label_table(archive):
    assert [(concept.number, concept.name, concept.category) for concept in reader_of(archive).concepts] == [
        (SKY, "sky", "object"),
        (RED, "red-c", "color"),
        (STREET, "street, narrow-s", "scene"),
        (GRASS, "grass", "material"),
        (CAT, 'the "cat"', "part"),
        (WHEEL, "NA", "part"),
        (DOTS, "dots", "texture"),
    ]


@pytest.mark.parametrize(
    ("cell", "category"),
    [
        ("object", "object"),
        ("part;object", "object"),
        ("scene(2);part(2)", "part"),
        ("other(9);color(1)", "other"),
        ("part;organ", "part"),
    ],
)
def test_main_category_of_a_label(archive, cell, category):
    archive.labels[0] = (SKY, "sky", cell, 1, 1, "")
    archive.write()
    assert reader_of(archive).concepts[0].category == category


def test_concept_of_several_categories_lies_in_several_planes(archive):
    reader = reader_of(archive)
    planes = reader.read(1).masks
    assert [bool((plane == CAT).any()) for plane in planes] == [True, True, False]
    assert GRASS in reader.read(2).image_labels
    assert (reader.read(1).masks[2] == GRASS).any()


def test_labels_that_were_too_rare_for_the_label_table_are_left_out(archive):
    archive.rows[0]["scene"] = f"0;{STREET}"
    archive.rows[2]["scene"] = "0"
    archive.write()
    reader = reader_of(archive)
    assert reader.read(0).image_labels == (STREET,)
    assert reader.read(2).image_labels == (GRASS, DOTS)


def test_archive_of_few_categories_is_read(archive):
    archive.write_table("category.csv", ["name"], [["object"], ["scene"]])
    reader = reader_of(archive)
    np.testing.assert_array_equal(reader.read(0).masks, archive.planes[0][1:])


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-8"])
def test_byte_order_mark_does_no_harm(archive, encoding):
    archive.labels[0] = (SKY, "Himmel ü 木", "object(1)", 1, 1, "")
    archive.write(encoding)
    reader = reader_of(archive)
    assert reader.concepts[0].name == "Himmel ü 木"
    assert_record(archive, reader, 0)


def test_index_of_other_column_order_is_read(archive):
    columns = INDEX[::-1]
    archive.write_table("index.csv", columns, [[row[column] for column in columns] for row in archive.rows])
    assert_record(archive, reader_of(archive), 1)


def test_empty_cells_may_be_left_out_at_the_end_of_a_row(archive):
    lines = (archive.folder / "index.csv").read_text().splitlines()
    (archive.folder / "index.csv").write_text("\n".join(line.rstrip(",") for line in lines))
    assert lines[4].endswith(",,,,,,")
    for image in range(len(archive.rows)):
        assert_record(archive, reader_of(archive), image)


@pytest.mark.parametrize("rows", [slice(0, None), slice(1, 2)])
def test_rows_longer_than_their_header_are_refused_not_shifted(archive, rows):
    head, *lines = (archive.folder / "index.csv").read_text().splitlines()
    lines[rows] = [f"{line}," for line in lines[rows]]
    (archive.folder / "index.csv").write_text("\n".join([head, *lines]))
    row = 2 + (rows.start or 0)
    message = message_of(reader_of, archive)
    assert message.startswith(f"{archive.folder}/index.csv: not a CSV table (")
    assert f"Expected 12 fields in line {row}, saw 13" in message


def test_reader_can_be_sent_to_another_process(archive):
    assert_record(archive, pickle.loads(pickle.dumps(reader_of(archive))), 1)


def test_empty_split_is_named_before_anything_is_read(archive):
    archive.rows.clear()
    archive.write()
    assert message_of(reader_of, archive) == (
        f"{archive.folder / 'index.csv'}: no image of split `train`; concepts are learned on train and scored on val"
    )


@pytest.mark.parametrize("name", ["index.csv", "label.csv", "category.csv"])
def test_missing_table_is_named(archive, name):
    (archive.folder / name).unlink()
    assert message_of(reader_of, archive) == (
        f"{archive.folder / name}: cannot be read (No such file or directory);"
        " `dataset.path` must name an unpacked Broden"
    )


@pytest.mark.parametrize(
    ("name", "column"),
    [("index.csv", "split"), ("index.csv", "sh"), ("index.csv", "texture"), ("label.csv", "name")],
)
def test_missing_column_is_named_with_those_there_are(archive, name, column):
    columns, rows = (
        (LABEL, archive.labels) if name == "label.csv" else (INDEX, [list(r.values()) for r in archive.rows])
    )
    renamed = ["other" if known == column else known for known in columns]
    archive.write_table(name, renamed, rows)
    assert message_of(reader_of, archive) == (
        f"{archive.folder / name}: no column `{column}`; the columns are {', '.join(renamed)}"
    )


@pytest.mark.parametrize("content", [b"", b"number,name,category\n1,sky,object,4\n2", b'a,"b\n'])
def test_file_that_is_no_table_is_named(archive, content):
    (archive.folder / "label.csv").write_bytes(content)
    message = message_of(reader_of, archive)
    assert message.startswith(f"{archive.folder}/label.csv: not a CSV table (")


def test_table_in_another_encoding_is_named(archive):
    (archive.folder / "label.csv").write_bytes(b"number,\xff\xfe")
    assert (
        message_of(reader_of, archive)
        == f"{archive.folder}/label.csv: not UTF-8 from byte 7 on; save it as `CSV UTF-8`"
    )


@pytest.mark.parametrize("start", [b"", b"\xef\xbb\xbf"])
def test_byte_of_another_encoding_is_counted_from_the_beginning_of_a_large_table(archive, start):
    labels = start + b"number,name,category\n" + b"1,sky,object\n" * 30_000
    (archive.folder / "label.csv").write_bytes(labels + b"\xff")
    assert f": not UTF-8 from byte {len(labels)} on;" in message_of(reader_of, archive)


def test_space_around_cells_does_not_count(archive):
    archive.rows[1]["sh"] = f" {archive.rows[1]['sh']} "
    archive.write()
    assert reader_of(archive).read(1)


def test_category_without_a_column_is_named(archive):
    archive.write_table("category.csv", ["name"], [["object"], ["animal"]])
    assert message_of(reader_of, archive) == (
        f"{archive.folder}/index.csv: no column `animal`; the columns are {', '.join(INDEX)}"
    )


def test_label_without_a_category_is_named(archive):
    archive.labels[2] = (STREET, "street", "", 1, 1, "")
    archive.write()
    assert message_of(reader_of, archive) == f"{archive.folder}/label.csv: row 4: the label has no category"


def test_unknown_split_is_named_with_its_row(archive):
    archive.rows[2]["split"] = "test"
    archive.write()
    message = message_of(reader_of, archive)
    assert message == f"{archive.folder}/index.csv: row 4: split `test` is none of train, val"


@pytest.mark.parametrize("value", ["", "wide", "-1", "0", "1.5", "65536", "99999", "1" * 100])
@pytest.mark.parametrize("column", ["sh", "sw"])
def test_impossible_size_is_named_with_its_row(archive, column, value):
    archive.rows[1][column] = value
    archive.write()
    message = message_of(reader_of, archive)
    assert message == f"{archive.folder}/index.csv: row 3: `{column}` is {value!r}, expected a number from 1 to 65535"


@pytest.mark.parametrize("value", ["", "one", "0", "65536", "-7"])
def test_impossible_label_number_is_named_with_its_row(archive, value):
    archive.labels[1] = (value, *archive.labels[1][1:])
    archive.write()
    message = message_of(reader_of, archive)
    assert message == f"{archive.folder}/label.csv: row 3: `number` is {value!r}, expected a number from 1 to 65535"


def test_largest_label_number_is_read(archive):
    archive.labels.append((65535, "last", "object(1)", 1, 1, ""))
    plane = np.full((10, 10), 65535)
    archive.write_mask(archive.rows[0]["object"], plane)
    archive.write()
    np.testing.assert_array_equal(reader_of(archive).read(0).masks[1], plane)


@pytest.mark.parametrize(("column", "value"), [("number", SKY), ("name", "sky")])
def test_label_that_is_there_twice_is_named_with_its_row(archive, column, value):
    again = {"number": 99, "name": "other"} | {column: value}
    archive.labels.append((again["number"], again["name"], "object(1)", 1, 1, ""))
    archive.write()
    row = len(LABELS) + 2
    assert message_of(reader_of, archive) == f"{archive.folder}/label.csv: row {row}: {column} `{value}` again"


@pytest.mark.parametrize("name", ["", "  "])
def test_label_without_a_name_is_named_with_its_row(archive, name):
    archive.labels[1] = (RED, name, "color(1)", 1, 1, "")
    archive.write()
    assert message_of(reader_of, archive) == f"{archive.folder}/label.csv: row 3: the label has no name"


def test_unknown_image_label_is_named_with_its_row(archive):
    archive.rows[2]["texture"] = f"{DOTS};4000"
    archive.write()
    assert message_of(reader_of(archive).read, 2) == (
        f"{archive.folder}/index.csv: row 4: label 4000 is not in {archive.folder}/label.csv"
    )


def test_unknown_label_in_a_mask_is_named_with_the_mask(archive):
    mask = archive.rows[0]["object"]
    archive.write_mask(mask, np.full((10, 10), 770))
    assert message_of(reader_of(archive).read, 0) == (
        f"{archive.folder}/images/{mask}: label 770 is not in {archive.folder}/label.csv"
    )


def test_mask_of_another_size_than_the_index_says_is_named(archive):
    mask = archive.rows[0]["color"]
    archive.write_mask(mask, np.zeros((10, 12), int))
    assert message_of(reader_of(archive).read, 0) == (
        f"{archive.folder}/images/{mask}: the mask is 12×10 pixels, expected 10×10"
    )


@pytest.mark.parametrize(("column", "reason"), [("image", "no such image"), ("color", "no such image")])
def test_missing_file_is_named(archive, column, reason):
    path = archive.folder / "images" / archive.rows[0][column]
    path.unlink()
    assert message_of(reader_of(archive).read, 0) == f"{path}: {reason}"


@pytest.mark.parametrize("content", [b"", b"no image"])
@pytest.mark.parametrize("column", ["image", "color"])
def test_file_that_is_no_image_is_named(archive, column, content):
    path = archive.folder / "images" / archive.rows[0][column]
    path.write_bytes(content)
    message = message_of(reader_of(archive).read, 0)
    assert message == f"{path}: the image cannot be decoded (no image format that can be read)"


def test_configuration_names_the_reader(archive, tmp_path):
    settings = DatasetSettings(reader="broden", path=archive.folder, mask_size=56)
    reader = open_reader(settings, tmp_path)
    assert isinstance(reader, BrodenReader)
    assert (reader.folder, reader.settings.mask_size) == (archive.folder, 56)
    assert isinstance(open_reader(DatasetSettings(), tmp_path), ToyReader)
