import json

import numpy as np
import pytest
from PIL import Image
from pycocotools.coco import COCO

from net2vec_core.dataset.coco import open_reader
from net2vec_core.dataset.images import UnreadableError, resample_labels
from net2vec_core.errors import UserError
from net2vec_core.settings import DatasetSettings
from scenes import random_scenes, save, write_coco

HEIGHT, WIDTH, SIZE = 30, 40, 15
CATEGORIES = [{"id": 7, "name": "dog"}, {"id": 0, "name": "cat"}, {"id": 90, "name": "tie"}]
SQUARE = [[5, 5, 25, 5, 25, 25, 5, 25]]
TWO_PARTS = [[0, 0, 9, 0, 9, 9], [20.5, 10, 35.2, 12, 30, 28]]
CROWD = {"size": [HEIGHT, WIDTH], "counts": [100, 50, 500, 30, HEIGHT * WIDTH - 680]}
ANNOTATIONS = [
    {"id": 1, "image_id": 3, "category_id": 7, "iscrowd": 0, "segmentation": SQUARE},
    {"id": 2, "image_id": 3, "category_id": 0, "iscrowd": 0, "segmentation": TWO_PARTS},
    {"id": 3, "image_id": 3, "category_id": 7, "iscrowd": 1, "segmentation": CROWD},
    {"id": 4, "image_id": 3, "category_id": 90, "iscrowd": 0, "segmentation": []},
]


def write(folder, annotations=ANNOTATIONS, categories=CATEGORIES, name="all", **change):
    images = [{"id": 3 + n, "file_name": f"{n}.jpg", "height": HEIGHT, "width": WIDTH} for n in range(4)]
    for image in images:
        save(folder / name / image["file_name"], np.zeros((HEIGHT, WIDTH, 3), np.uint8))
    content = {"images": images, "annotations": annotations, "categories": categories} | change
    path = folder / "annotations" / f"instances_{name}.json"
    path.parent.mkdir(exist_ok=True)
    path.write_text(json.dumps(content))
    return path


def reader_of(folder, **coco):
    values = {"reader": "coco", "path": folder, "mask_size": SIZE, "coco": {"train": "all", "val": None} | coco}
    return open_reader(DatasetSettings.model_validate(values), folder)


def message_of(function, *arguments, **options):
    with pytest.raises(UserError) as caught:
        function(*arguments, **options)
    return str(caught.value)


def test_masks_are_those_of_cocos_own_library_and_may_overlap(tmp_path, capsys):
    path = write(tmp_path)
    reader, official = reader_of(tmp_path), COCO(str(path))
    capsys.readouterr()
    record = reader.read(0)
    numbers = {concept.name: concept.number for concept in reader.concepts}
    assert numbers == {"cat": 1, "dog": 2, "tie": 3}
    masks = {}
    for annotation in official.anns.values():
        if annotation["segmentation"]:
            name = official.cats[annotation["category_id"]]["name"]
            mask = resample_labels(official.annToMask(annotation) > 0, SIZE, "stretch")
            masks[name] = masks.get(name, False) | mask
    assert (masks["cat"] & masks["dog"]).any()
    assert len(record.masks) == 2
    for name, number in numbers.items():
        found = (record.masks == number).any(0)
        np.testing.assert_array_equal(found, masks.get(name, np.zeros((SIZE, SIZE), bool)))


def test_images_of_one_set_are_drawn_for_train_and_val(tmp_path):
    write(tmp_path)
    reader = reader_of(tmp_path)
    assert sorted(reader.read(image).split for image in range(4)) == ["train", "train", "train", "val"]
    rows = [f"{n}.jpg,{'val' if n < 2 else 'train'}" for n in range(4)]
    (tmp_path / "split.csv").write_text("\n".join(["image,split", *rows]))
    assert [reader_of(tmp_path).read(n).split for n in range(4)] == ["val", "val", "train", "train"]


def test_kinds_are_read_together(tmp_path):
    scenes = random_scenes(0)
    for kind in ("instances", "panoptic"):
        write_coco(tmp_path, scenes, kind)
    options = {"train": "train2017", "val": "val2017"}
    both = reader_of(tmp_path, kinds=["panoptic", "instances"], **options)
    one = reader_of(tmp_path, **options)
    assert both.images == one.images
    for image in range(len(scenes)):
        np.testing.assert_array_equal(both.read(image).masks, one.read(image).masks)


def test_image_without_annotations_has_no_masks(tmp_path):
    write(tmp_path)
    assert reader_of(tmp_path).read(1).masks.shape == (0, SIZE, SIZE)


def test_image_of_another_size_than_annotated_is_named(tmp_path):
    write(tmp_path)
    path = tmp_path / "all/0.jpg"
    Image.new("RGB", (HEIGHT, WIDTH)).save(path)
    with pytest.raises(UnreadableError) as caught:
        reader_of(tmp_path).read(0)
    assert str(caught.value) == f"{path}: the image is 30×40 pixels, its annotations say 40×30"


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"categories": None}, "'NoneType' object is not iterable"),
        ({"images": [{"id": 3, "height": 3, "width": 4}]}, "it has no `file_name`"),
        (
            {"annotations": [ANNOTATIONS[0] | {"image_id": 99}]},
            "an annotation names 99, which is the id of nothing there",
        ),
        (
            {"annotations": [ANNOTATIONS[0] | {"category_id": 99}]},
            "an annotation names 99, which is the id of nothing there",
        ),
    ],
)
def test_what_is_not_cocos_format_is_named(tmp_path, change, reason):
    path = write(tmp_path, **change)
    assert message_of(reader_of, tmp_path) == f"{path}: not annotations in COCO's format ({reason})"


def test_annotation_whose_region_does_not_fit_its_image_is_named(tmp_path):
    path = write(
        tmp_path, annotations=[*ANNOTATIONS, ANNOTATIONS[2] | {"id": 55, "segmentation": CROWD | {"counts": [9]}}]
    )
    assert message_of(reader_of, tmp_path) == (
        f"{path}: annotation 55 of 0.jpg: its run lengths do not come to the image's 30·40 pixels"
    )


def test_category_that_is_there_twice_is_named(tmp_path):
    path = write(tmp_path, categories=[*CATEGORIES, {"id": 8, "name": "dog"}])
    assert message_of(reader_of, tmp_path) == f"{path}: category name `dog` again"


def test_missing_annotations_are_named(tmp_path):
    assert message_of(reader_of, tmp_path) == (
        f"{tmp_path}/annotations/instances_all.json: cannot be read (No such file or directory); `dataset.coco` says"
        " which is read"
    )
