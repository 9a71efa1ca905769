import csv
import pickle

import numpy as np
import pytest
from PIL import Image

from net2vec_core.dataset.folder import open_reader, sources
from net2vec_core.dataset.images import UnreadableError, resample_labels
from net2vec_core.errors import UserError
from net2vec_core.settings import DatasetSettings

LABELS = [(1, "liver", "organ"), (7, "tumour, large", "lesion"), (300, "vessel", "organ")]
RNG = np.random.default_rng(0)


def write_image(path, height=30, width=40):
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.fromarray(RNG.integers(0, 256, (height, width, 3), np.uint8)).save(path)


def write_mask(path, values):
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.fromarray(np.asarray(values)).save(path)


def write_labels(folder, rows=LABELS, head=("number", "name", "category"), encoding="utf-8"):
    with (folder / "labels.csv").open("w", newline="", encoding=encoding) as file:
        csv.writer(file).writerows([head, *rows])


def indices(height=30, width=40, numbers=(0, 1, 7), dtype=np.uint8):
    return RNG.choice(np.array(numbers, dtype), (height, width))


@pytest.fixture
def folder(tmp_path):
    for name in ("a.jpg", "b.png", "c.JPEG"):
        write_image(tmp_path / "images" / name)
        write_mask(tmp_path / "masks" / f"{name.partition('.')[0]}.png", indices())
    write_labels(tmp_path)
    return tmp_path


def settings_of(path, **values):
    return DatasetSettings.model_validate({"reader": "folder", "path": path, "mask_size": 12} | values)


def reader_of(path, **values):
    return open_reader(settings_of(path, **values), path)


def message_of(function, *arguments, **options):
    with pytest.raises(UserError) as caught:
        function(*arguments, **options)
    return str(caught.value)


def read_mask(path):
    return np.asarray(Image.open(path)).astype(np.uint16)


@pytest.mark.parametrize("fit", ["stretch", "crop"])
def test_records_are_what_lies_in_the_folders(folder, fit):
    reader = reader_of(folder, fit=fit)
    assert [path.relative_to(folder).as_posix() for path in reader.images] == [
        "images/a.jpg",
        "images/b.png",
        "images/c.JPEG",
    ]
    for image, name in enumerate("abc"):
        record = reader.read(image)
        assert (record.image, record.height, record.width) == (reader.images[image], 30, 40)
        assert record.masks.dtype == np.uint16
        expected = resample_labels(read_mask(folder / "masks" / f"{name}.png"), 12, fit)
        np.testing.assert_array_equal(record.masks, expected[None])
    assert sorted(reader.read(image).split for image in range(3)) == ["train", "train", "val"]


def test_concepts_are_those_of_the_table_of_any_category(folder):
    found = [(concept.number, concept.name, concept.category) for concept in reader_of(folder).concepts]
    assert found == LABELS


def test_masks_in_sub_folders_are_planes(folder):
    for plane in ("organs", "lesions"):
        write_mask(folder / "masks" / plane / "a.png", indices(numbers=(0, 300), dtype=np.uint16))
    (folder / "masks/a.png").unlink()
    masks = reader_of(folder).read(0).masks
    for mask, plane in zip(masks, ("lesions", "organs"), strict=True):
        np.testing.assert_array_equal(mask, resample_labels(read_mask(folder / f"masks/{plane}/a.png"), 12, "stretch"))
    assert len(reader_of(folder).read(1).masks) == 1


def test_masks_of_images_in_sub_folders_lie_in_the_same(folder):
    write_image(folder / "images/clip/a.png")
    write_mask(folder / "masks/clip/a.png", indices())
    write_mask(folder / "masks/organs/clip/a.png", indices())
    reader = reader_of(folder)
    image = reader.images.index(folder / "images/clip/a.png")
    assert len(reader.read(image).masks) == 2
    assert len(reader.read(0).masks) == 1


def test_masks_may_be_coarser_than_images(folder):
    write_mask(folder / "masks/a.png", indices(15, 20))
    expected = resample_labels(read_mask(folder / "masks/a.png"), 12, "stretch")
    np.testing.assert_array_equal(reader_of(folder).read(0).masks[0], expected)


def test_ignored_numbers_are_no_label(folder):
    write_mask(folder / "masks/a.png", np.array([[0, 255], [7, 254]], np.uint8).repeat(15, 0).repeat(20, 1))
    masks = reader_of(folder, mask_size=2, folder={"ignore": [254, 255]}).read(0).masks
    assert masks.tolist() == [[[0, 0], [7, 0]]]


def test_the_table_of_splits_is_followed(folder):
    (folder / "split.csv").write_text("image,split\nc.JPEG,train\na,val\nb,train\n")
    reader = reader_of(folder)
    assert [reader.read(image).split for image in range(3)] == ["val", "train", "train"]


def test_other_files_and_hidden_ones_do_no_harm(folder):
    for name in ("images/notes.txt", "images/.a.png", "masks/Thumbs.db", "masks/._a.png"):
        (folder / name).write_bytes(b"x")
    assert len(reader_of(folder).images) == 3


def test_folders_may_be_links(folder, tmp_path_factory):
    elsewhere = tmp_path_factory.mktemp("elsewhere")
    (folder / "images").rename(elsewhere / "images")
    (folder / "images").symlink_to(elsewhere / "images")
    assert len(reader_of(folder).images) == 3


def test_reader_can_be_sent_to_another_process(folder):
    reader = reader_of(folder)
    np.testing.assert_array_equal(pickle.loads(pickle.dumps(reader)).read(1).masks, reader.read(1).masks)


def test_sources_change_when_files_come(folder):
    write_mask(folder / "masks/organs/a.png", indices())
    found = [path.relative_to(folder).as_posix() for path in sources(settings_of(folder))]
    assert found == ["labels.csv", "images", "masks", "masks/organs"]
    (folder / "split.csv").touch()
    assert folder / "split.csv" in sources(settings_of(folder))


def test_sources_of_a_folder_that_is_not_there_are_named_all_the_same(tmp_path):
    found = [path.name for path in sources(settings_of(tmp_path / "none"))]
    assert found == ["labels.csv", "images", "masks"]


def unpaired(folder):
    write_image(folder / "images/d.png")
    write_mask(folder / "masks/e.png", indices())
    (folder / "masks/c.png").unlink()
    write_mask(folder / "masks/c.jpg", indices())


def test_what_does_not_pair_is_an_error_at_once(folder):
    unpaired(folder)
    assert message_of(reader_of, folder) == (
        f"{folder}/masks/c.jpg: a JPEG does not keep label numbers; expected a PNG; so it is with 2 others"
        " (`dataset.on_bad_image: skip` leaves them out)"
    )
    (folder / "masks/c.jpg").rename(folder / "masks/c.bmp")
    (folder / "images/d.png").unlink()
    assert message_of(reader_of, folder) == (
        f"{folder}/masks/e.png: {folder}/images has no image of this name (`dataset.on_bad_image: skip` leaves them"
        " out)"
    )


def test_what_does_not_pair_can_be_left_out(folder):
    unpaired(folder)
    masks = folder / "masks"
    reader = reader_of(folder, on_bad_image="skip")
    problems = {}
    for image, path in enumerate(reader.images):
        try:
            reader.read(image)
        except UnreadableError as error:
            problems[path.name] = str(error)
    assert problems == {
        "c.JPEG": f"{masks}/c.jpg: a JPEG does not keep label numbers; expected a PNG",
        "d.png": f"{folder}/images/d.png: it has no mask; expected {masks}/d.png, or in sub-folders, one a plane",
        "e.png": f"{masks}/e.png: {folder}/images has no image of this name",
    }


def test_two_images_of_one_name_are_named(folder):
    write_image(folder / "images/a.png")
    assert message_of(reader_of, folder) == (
        f"{folder}/images/a.png: the name of {folder}/images/a.jpg again; a mask is found by its image's name without"
        " the suffix"
    )


@pytest.mark.parametrize("part", ["images", "labels.csv"])
def test_missing_part_is_named(folder, part):
    (folder / part).rename(folder / "other")
    assert "`dataset.path` must name a folder with images/, masks/ and labels.csv" in message_of(reader_of, folder)


@pytest.mark.parametrize(
    ("row", "message"),
    [
        ((0, "liver", "organ"), "row 2: `number` is '0', expected a number from 1 to 65535"),
        ((7, "liver", "organ"), "row 3: number `7` again"),
        ((1, "vessel", "organ"), "row 4: name `vessel` again"),
        ((1, "", "organ"), "row 2: the label has no name"),
        ((1, "liver", " "), "row 2: the label has no category"),
        ((1, "liver", "all"), "row 2: `all` stands for all categories; name it otherwise"),
    ],
)
def test_wrong_label_is_named_with_its_row(folder, row, message):
    write_labels(folder, [row, *LABELS[1:]])
    assert message_of(reader_of, folder) == f"{folder}/labels.csv: {message}"


def test_missing_column_is_named(folder):
    write_labels(folder, head=("number", "label", "category"))
    assert message_of(reader_of, folder) == (
        f"{folder}/labels.csv: no column `name`; the columns are number, label, category"
    )


def test_byte_order_mark_does_no_harm(folder):
    write_labels(folder, [(1, "肝臓 ü", "organ"), *LABELS[1:]], encoding="utf-8-sig")
    assert reader_of(folder).concepts[0].name == "肝臓 ü"


def test_number_that_is_no_label_is_named(folder):
    write_mask(folder / "masks/b.png", np.full((30, 40), 255, np.uint8))
    assert message_of(reader_of(folder).read, 1) == (
        f"{folder}/masks/b.png: label 255 is not in {folder}/labels.csv: give it a row there, or, where it stands for"
        " no label, list it under `dataset.folder.ignore`"
    )


def test_mask_of_another_shape_is_named(folder):
    write_mask(folder / "masks/b.png", indices(40, 30))
    assert message_of(reader_of(folder).read, 1) == (
        f"{folder}/masks/b.png: the mask is 30×40 pixels, its image 40×30 (turned upright, as its EXIF orientation"
        " says): they do not show the same"
    )


@pytest.mark.parametrize("name", ["images/b.png", "masks/b.png"])
@pytest.mark.parametrize("keep", [0, 0.5])
def test_damaged_file_is_named(folder, name, keep):
    content = (folder / name).read_bytes()
    (folder / name).write_bytes(content[: int(len(content) * keep)])
    with pytest.raises(UnreadableError) as caught:
        reader_of(folder).read(1)
    assert str(caught.value).startswith(f"{folder}/{name}: the image cannot be decoded (")
