import numpy as np
import pytest
from scipy.io import savemat

from net2vec_core.dataset.ade20k import open_reader
from net2vec_core.errors import UserError
from net2vec_core.settings import DatasetSettings
from scenes import random_scenes, save, write_ade20k


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
    assert message_of(reader_of(folder).read, 0) == f"{path}: index 3, but index_ade20k.mat has 2 names"


def test_missing_or_damaged_index_is_named(folder):
    path = folder / "index_ade20k.mat"
    savemat(path, {"other": 1})
    assert message_of(reader_of, folder) == f"{path}: not ADE20K's index ('index')"
    path.write_bytes(b"x" * 200)
    assert message_of(reader_of, folder).startswith(f"{path}: not ADE20K's index (")
    path.unlink()
    assert message_of(reader_of, folder).startswith(f"{path}: cannot be read (")
