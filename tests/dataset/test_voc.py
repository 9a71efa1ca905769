import numpy as np
import pytest
from scipy.io import savemat

from net2vec_core.dataset.images import UnreadableError
from net2vec_core.dataset.voc import CLASSES, open_reader, sources
from net2vec_core.errors import UserError
from net2vec_core.settings import DatasetSettings
from scenes import random_scenes, save, write_voc


@pytest.fixture
def folder(tmp_path):
    write_voc(tmp_path, random_scenes(0))
    return tmp_path


def settings_of(folder, **values):
    return DatasetSettings.model_validate({"reader": "voc", "path": folder, "mask_size": 9} | values)


def reader_of(folder, **values):
    return open_reader(settings_of(folder, **values), folder)


def message_of(kind, function, *arguments):
    with pytest.raises(kind) as caught:
        function(*arguments)
    return str(caught.value)


def test_without_parts_the_twenty_classes_are_read(folder):
    (folder / "Annotations_Part").rename(folder / "elsewhere")
    reader = reader_of(folder)
    assert [concept.name for concept in reader.concepts] == list(CLASSES)
    assert all(len(reader.read(image).masks) <= 1 for image in range(len(reader.images)))
    assert folder / "Annotations_Part" not in sources(settings_of(folder))


def test_numbered_parts_are_one_concept(folder):
    masks = np.eye(2, dtype=np.uint8)[:, :, None] * np.ones((1, 1, 2), np.uint8)
    parts = np.array([{"part_name": f"wheel_{n + 1}", "mask": mask} for n, mask in enumerate(masks)])
    scene = random_scenes(0)[0]
    things = np.array([{"class": "car", "class_ind": 7, "mask": 1, "parts": parts}])
    savemat(folder / f"Annotations_Part/{scene.name}.mat", {"anno": {"imname": scene.name, "objects": things}})
    assert "car wheel" in [concept.name for concept in reader_of(folder).concepts]


def test_damaged_parts_are_named_or_left_out(folder):
    path = folder / "Annotations_Part/scene1.mat"
    path.write_bytes(path.read_bytes()[:200])
    assert message_of(UserError, reader_of, folder).startswith(f"{path}: not an annotation of PASCAL-Part (")
    reader = reader_of(folder, on_bad_image="skip")
    image = reader.images.index(folder / "JPEGImages/scene1.jpg")
    assert message_of(UnreadableError, reader.read, image).startswith(f"{path}: not an annotation of PASCAL-Part (")


def test_index_of_no_class_is_named(folder):
    path = folder / "SegmentationClass/scene0.png"
    save(path, np.full(random_scenes(0)[0].objects.shape, 21, np.uint8))
    assert message_of(UnreadableError, reader_of(folder).read, 0) == (
        f"{path}: the mask holds 21, expected 0 to 20 or 255"
    )


def test_missing_list_is_named(folder):
    (folder / "ImageSets/Segmentation/val.txt").unlink()
    assert message_of(UserError, reader_of, folder) == (
        f"{folder}/ImageSets/Segmentation/val.txt: cannot be read (No such file or directory); `dataset.path` must"
        " name a folder such as VOCdevkit/VOC2012"
    )
