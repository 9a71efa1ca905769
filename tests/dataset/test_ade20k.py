import json

import numpy as np
import pytest
from scipy.io import savemat

from net2vec_core.dataset.ade20k import open_reader
from net2vec_core.errors import UserError
from net2vec_core.settings import DatasetSettings
from scenes import random_scenes, save, write_ade20k, write_ade20k_2021


@pytest.fixture
def folder(tmp_path):
    write_ade20k(tmp_path, random_scenes(0))
    return tmp_path


def reader_of(folder):
    return open_reader(DatasetSettings(reader="ade20k", path=folder, mask_size=9), folder)


def message_of(function, *arguments):
    with pytest.raises(UserError) as caught:
        function(*arguments)
    return str(caught.value)


def write_index(folder, names, shares):
    index = {"objectnames": np.array(names, object), "proportionClassIsPart": np.array(shares)[:, None]}
    savemat(folder / "index_ade20k.mat", {"index": index})


def test_names_are_the_first_synonym_where_that_is_no_others(folder):
    write_index(folder, ["bank, river bank", "door", "bank, institute", "person, someone"], [0.0, 0.7, 0.1, 0.5])
    found = [(concept.number, concept.name, concept.category) for concept in reader_of(folder).concepts]
    assert found == [
        (1, "bank, river bank", "object"),
        (2, "door", "part"),
        (3, "bank, institute", "object"),
        (4, "person", "object"),
    ]


def test_parts_of_parts_are_further_planes_and_large_indices_are_read(folder):
    write_index(folder, [f"name {number}" for number in range(1000)], [0.0] * 1000)
    reader = reader_of(folder)
    shape = random_scenes(0)[0].objects.shape
    colors = np.zeros((*shape, 3), np.uint8)
    colors[..., 0], colors[..., 1] = 30, 200
    save(reader.images[0].with_name(f"{reader.images[0].stem}_parts_2.png"), colors)
    masks = reader.read(0).masks
    assert len(masks) == 3
    assert (masks[2] == 3 * 256 + 200).all()


def test_index_without_a_name_is_named(folder):
    write_index(folder, ["cat", "dog"], [0.0, 0.0])
    path = reader_of(folder).images[0].with_name("scene0_seg.png")
    colors = np.zeros((*random_scenes(0)[0].objects.shape, 3), np.uint8)
    colors[..., 1] = 3
    save(path, colors)
    assert message_of(reader_of(folder).read, 0) == f"{path}: index 3, which is not in index_ade20k.mat"


def test_missing_or_damaged_index_is_named(folder):
    path = folder / "index_ade20k.mat"
    savemat(path, {"other": 1})
    assert message_of(reader_of, folder) == f"{path}: not ADE20K's index ('index')"
    path.write_bytes(b"x" * 200)
    assert message_of(reader_of, folder).startswith(f"{path}: not ADE20K's index (")
    path.unlink()
    assert message_of(reader_of, folder).startswith(f"{path}: cannot be read (")


@pytest.fixture
def of_2021(tmp_path):
    """A data set in the layout of 2021, with a function that changes the objects that its first image's file lists."""
    write_ade20k_2021(tmp_path, random_scenes(0))

    def change(objects, encoding="utf-8"):
        path = reader_of(tmp_path).images[0].with_suffix(".json")
        content = json.loads(path.read_text())
        content["annotation"]["object"] = objects
        path.write_bytes(json.dumps(content, ensure_ascii=False).encode(encoding))
        return path

    return tmp_path, change


def described(number, name, level=0):
    return {"name_ndx": number, "name": name, "parts": {"part_level": level}}


def names(folder):
    return {concept.number: (concept.name, concept.category) for concept in reader_of(folder).concepts}


def test_masks_of_instances_are_no_images(of_2021):
    folder, _ = of_2021
    assert {path.stem for path in reader_of(folder).images} == {scene.name for scene in random_scenes(0)}
    assert list(folder.rglob("instance_*.png"))


def test_names_of_2021_are_those_of_most_uses(of_2021):
    folder, change = of_2021
    change(
        [
            *[described(900, "door, portal", 1), described(900, "door", 0), described(900, "door, portal", 2)],
            *[described(901, "bank, river"), described(902, "bank, institute"), described(903, "twin")],
            *[described(904, "twin"), described(0, "nothing")],
        ]
    )
    found = {number: name for number, name in names(folder).items() if number not in range(1, 500)}
    assert found == {
        900: ("door", "part"),
        901: ("bank, river", "object"),
        902: ("bank, institute", "object"),
        903: ("twin (903)", "object"),
        904: ("twin (904)", "object"),
    }


def test_names_of_2021_may_be_in_latin_1_and_an_only_object_no_list(of_2021):
    folder, change = of_2021
    change(described(900, "château"), "latin-1")
    assert names(folder)[900] == ("château", "object")


def test_an_image_without_objects_is_read(of_2021):
    folder, change = of_2021
    change([])
    assert reader_of(folder).read(0).masks.shape[1:] == (9, 9)


@pytest.mark.parametrize(
    ("objects", "reason"),
    [
        ([{"name": "cat"}], "it has no `name_ndx`"),
        ([{"name_ndx": "many"}], "invalid literal for int() with base 10: 'many'"),
        (3, "'int' object is not iterable"),
    ],
)
def test_what_is_no_annotation_of_2021_is_named(of_2021, objects, reason):
    folder, change = of_2021
    path = change(objects)
    assert message_of(reader_of, folder) == f"{path}: not an annotation of ADE20K ({reason})"


def test_an_index_that_no_file_of_2021_names_is_named(of_2021):
    folder, _ = of_2021
    reader = reader_of(folder)
    path = reader.images[0].with_name(f"{reader.images[0].stem}_seg.png")
    save(path, np.full((*random_scenes(0)[0].objects.shape, 3), 90, np.uint8))
    assert message_of(reader.read, 0) == f"{path}: index 2394, which is not in any image's .json"


def test_a_missing_file_of_names_is_named(of_2021):
    folder, change = of_2021
    path = change([])
    path.unlink()
    assert message_of(reader_of, folder) == f"{path}: cannot be read (No such file or directory); every image needs one"
