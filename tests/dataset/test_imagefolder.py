import numpy as np
import pytest

from net2vec_core.dataset.imagefolder import open_reader, sources
from net2vec_core.errors import UserError
from net2vec_core.settings import DatasetSettings
from scenes import save

CLASSES = {"banded": 5, "dotted": 2, "a/abbey": 1}


@pytest.fixture
def folder(tmp_path):
    for name, count in CLASSES.items():
        for number in range(count):
            save(tmp_path / name / f"{number}.jpg", np.zeros((8, 9, 3), np.uint8))
    return tmp_path


def settings_of(folder, **values):
    return DatasetSettings.model_validate({"reader": "imagefolder", "path": folder, "mask_size": 4} | values)


def reader_of(path, **values):
    return open_reader(settings_of(path, **values), path)


def message_of(function, *arguments):
    with pytest.raises(UserError) as caught:
        function(*arguments)
    return str(caught.value)


def test_a_class_is_a_label_of_the_whole_image(folder):
    reader = reader_of(folder, imagefolder={"category": "texture"})
    names = {concept.number: concept.name for concept in reader.concepts}
    assert set(names.values()) == set(CLASSES)
    assert {concept.category for concept in reader.concepts} == {"texture"}
    for image, path in enumerate(reader.images):
        record = reader.read(image)
        assert path.parent == folder / names[record.image_labels[0]]
        assert (record.height, record.width, record.masks.shape) == (8, 9, (0, 4, 4))


def test_splits_are_drawn_within_each_class(folder):
    reader = reader_of(folder)
    splits = {}
    for image, path in enumerate(reader.images):
        splits.setdefault(path.parent.relative_to(folder).as_posix(), []).append(reader.read(image).split)
    assert sorted(splits["banded"]) == ["train"] * 3 + ["val"] * 2
    assert sorted(splits["dotted"]) == ["train", "val"]
    assert splits["a/abbey"] == ["train"]


def test_a_table_of_splits_is_followed(folder):
    names = [f"{name}/{number}.jpg" for name, count in CLASSES.items() for number in range(count)]
    rows = [f"{name},{'val' if name.endswith('0.jpg') else 'train'}" for name in names]
    (folder / "split.csv").write_text("\n".join(["image,split", *rows]))
    reader = reader_of(folder)
    for image, path in enumerate(reader.images):
        assert reader.read(image).split == ("val" if path.name == "0.jpg" else "train")


def test_classes_may_have_other_names_and_categories(folder):
    (folder / "classes.csv").write_text("folder,name,category\nbanded,Streifen,texture\n")
    found = {concept.name: concept.category for concept in reader_of(folder).concepts}
    assert found == {"a/abbey": "object", "dotted": "object", "Streifen": "texture"}


def test_sources_are_the_class_folders_and_tables(folder):
    (folder / "classes.csv").write_text("folder,name,category\n")
    found = [path.relative_to(folder).as_posix() for path in sources(settings_of(folder))]
    assert found == [".", "classes.csv", "a/abbey", "banded", "dotted"]


def test_image_without_a_class_is_named(folder):
    save(folder / "x.jpg", np.zeros((8, 9, 3), np.uint8))
    assert message_of(reader_of, folder) == (
        f"{folder}/x.jpg: the image lies in no class folder; `dataset.path` must name a folder of class folders"
    )


def test_no_images_are_named(tmp_path):
    assert message_of(reader_of, tmp_path) == (
        f"{tmp_path}: no images; `dataset.path` must name a folder of class folders"
    )
