"""Mistakes in data of the formats of others: COCO, PASCAL VOC, ADE20K, class folders."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image
from scipy.io import savemat

from bad_input.frame import Case
from bad_input.spoiling import both, config, moved, text, without

SIDE = 20
SQUARE = [[2, 2, 12, 2, 12, 12, 2, 12]]
ANNOTATIONS = "data/annotations/instances_train2017.json"
OF_2021 = "data/images/ADE/training/a.json"
LISTS = "data/ImageSets/Segmentation"


def read_as(reader: str, make: Callable[[], object], name: str, spoil: Callable[[], object], message: str) -> Case:
    settings = {"reader": reader, "path": "data", "image_size": 40, "mask_size": 10}
    return Case(name, both(config({"dataset": settings}), make, spoil), "dataset", message)


def coco(name: str, spoil: Callable[[], object], message: str) -> Case:
    return read_as("coco", _make_coco, name, spoil, message)


def voc(name: str, spoil: Callable[[], object], message: str) -> Case:
    return read_as("voc", _make_voc, name, spoil, message)


def ade20k(name: str, spoil: Callable[[], object], message: str) -> Case:
    return read_as("ade20k", _make_ade20k, name, spoil, message)


def ade20k_2021(name: str, spoil: Callable[[], object], message: str) -> Case:
    return read_as("ade20k", _make_ade20k_2021, name, spoil, message)


def class_folders(name: str, spoil: Callable[[], object], message: str) -> Case:
    return read_as("imagefolder", _make_classes, name, spoil, message)


def _image(path: str, mode: str = "RGB", color: Any = 0) -> None:
    Path(path).parent.mkdir(parents=True, exist_ok=True)
    Image.new(mode, (SIDE, SIDE), color).save(path)


def _make_coco() -> None:
    Path("data/annotations").mkdir(parents=True)
    for split in ("train2017", "val2017"):
        _image(f"data/{split}/a.jpg")
        content = {
            "images": [{"id": 1, "file_name": "a.jpg", "height": SIDE, "width": SIDE}],
            "annotations": [{"id": 5, "image_id": 1, "category_id": 1, "segmentation": SQUARE}],
            "categories": [{"id": 1, "name": "cat"}, {"id": 2, "name": "dog"}],
        }
        Path(f"data/annotations/instances_{split}.json").write_text(json.dumps(content))


def annotated(change: Callable[[dict[str, Any]], object]) -> Callable[[], object]:
    """Change the annotations of train."""

    def write() -> None:
        content = json.loads(Path(ANNOTATIONS).read_text())
        change(content)
        Path(ANNOTATIONS).write_text(json.dumps(content))

    return write


def _make_voc() -> None:
    Path(LISTS).mkdir(parents=True)
    for split in ("train", "val"):
        Path(LISTS, f"{split}.txt").write_text(f"{split}\n")
        _image(f"data/JPEGImages/{split}.jpg")
        _image(f"data/SegmentationClass/{split}.png", "L", 3)


def _make_ade20k() -> None:
    for folder in ("training", "validation"):
        _image(f"data/images/{folder}/a.jpg")
        _image(f"data/images/{folder}/a_seg.png", color=(0, 1, 0))
    names = np.array(["cat", "dog"], object)
    savemat("data/index_ade20k.mat", {"index": {"objectnames": names, "proportionClassIsPart": [0.0, 0.0]}})


def _make_ade20k_2021() -> None:
    listed = [{"id": 0, "name": "cat", "name_ndx": 1, "parts": {"part_level": 0}}]
    for folder in ("training", "validation"):
        _image(f"data/images/ADE/{folder}/a.jpg")
        _image(f"data/images/ADE/{folder}/a_seg.png", color=(0, 1, 0))
        Path(f"data/images/ADE/{folder}/a.json").write_text(json.dumps({"annotation": {"object": listed}}))


def _make_classes() -> None:
    for name in ("cat/a", "cat/b", "dog/a", "dog/b"):
        _image(f"data/{name}.png")


def region(value: Any) -> Callable[[], object]:
    return annotated(lambda content: content["annotations"][0].update(segmentation=value))


CASES = [
    coco(
        "COCO without its annotations",
        without(ANNOTATIONS),
        "data/annotations/instances_train2017.json: cannot be read (No such file or directory);"
        " `dataset.coco` says which is read",
    ),
    coco(
        "COCO's annotations cut off",
        text(ANNOTATIONS, '{"images": [{"id": 1,'),
        "data/annotations/instances_train2017.json: not annotations in COCO's format (…)",
    ),
    coco(
        "COCO's annotations without categories",
        annotated(lambda content: content.pop("categories")),
        "data/annotations/instances_train2017.json: not annotations in COCO's format (it has no `categories`)",
    ),
    coco(
        "a COCO category twice",
        annotated(lambda content: content["categories"][1].update(name="cat")),
        "data/annotations/instances_train2017.json: category name `cat` again",
    ),
    coco(
        "COCO's annotations of brackets alone",
        text(ANNOTATIONS, "[" * 200_000),
        "data/annotations/instances_train2017.json: not annotations in COCO's format (maximum recursion depth …)",
    ),
    coco(
        "a COCO image of infinite height",
        annotated(lambda content: content["images"][0].update(height=float("inf"))),
        "data/annotations/instances_train2017.json: not annotations in COCO's format (cannot convert float infinity"
        " to integer)",
    ),
    coco(
        "a COCO category id twice",
        annotated(lambda content: content["categories"][1].update(id=1)),
        "data/annotations/instances_train2017.json: category id `1` again",
    ),
    coco(
        "a COCO category without a name",
        annotated(lambda content: content["categories"][1].update(name="")),
        "data/annotations/instances_train2017.json: the name of a category is no text",
    ),
    coco(
        "a COCO image id twice",
        annotated(lambda content: content["images"].append(content["images"][0])),
        "data/annotations/instances_train2017.json: image id `1` again",
    ),
    coco(
        "a COCO annotation of an image that is not listed",
        annotated(lambda content: content["annotations"][0].update(image_id=9)),
        "data/annotations/instances_train2017.json: not annotations in COCO's format (an annotation names 9,"
        " which is the id of nothing there)",
    ),
    coco(
        "a COCO annotation of an unknown category",
        annotated(lambda content: content["annotations"][0].update(category_id=9)),
        "data/annotations/instances_train2017.json: not annotations in COCO's format (an annotation names 9,"
        " which is the id of nothing there)",
    ),
    coco(
        "a COCO image of another size than annotated",
        annotated(lambda content: content["images"][0].update(width=30)),
        "data/train2017/a.jpg: the image is 20×20 pixels, its annotations say 30×20",
    ),
    coco(
        "a COCO region of another size than its image",
        region({"size": [9, 9], "counts": [81]}),
        f"{ANNOTATIONS}: annotation 5 of a.jpg: its run lengths are of [9, 9], the image of [20, 20] (height, width)",
    ),
    coco(
        "COCO run lengths beyond the image",
        region({"size": [SIDE, SIDE], "counts": [0, 900000]}),
        f"{ANNOTATIONS}: annotation 5 of a.jpg: its run lengths do not come to the image's 20·20 pixels",
    ),
    coco(
        "COCO run lengths that end before the image does",
        region({"size": [SIDE, SIDE], "counts": [100, 50]}),
        f"{ANNOTATIONS}: annotation 5 of a.jpg: its run lengths do not come to the image's 20·20 pixels",
    ),
    coco(
        "compressed COCO run lengths that are cut off",
        region({"size": [SIDE, SIDE], "counts": "T3T3"}),
        f"{ANNOTATIONS}: annotation 5 of a.jpg: its run lengths do not come to the image's 20·20 pixels",
    ),
    coco(
        "compressed COCO run lengths that are garbage",
        region({"size": [SIDE, SIDE], "counts": "zzzz"}),
        f"{ANNOTATIONS}: annotation 5 of a.jpg: its `counts` are no compressed run lengths",
    ),
    coco(
        "a COCO polygon of two numbers",
        region([[1, 2]]),
        f"{ANNOTATIONS}: annotation 5 of a.jpg: a polygon is not a list of at least three points [x, y, x, y, …]",
    ),
    coco(
        "a COCO box where a polygon should be",
        region([2, 2, 10, 10]),
        f"{ANNOTATIONS}: annotation 5 of a.jpg: a polygon is not a list of at least three points [x, y, x, y, …]",
    ),
    coco(
        "a COCO polygon with a coordinate that is no number",
        region([[2, 2, 12, 2, 12, None]]),
        f"{ANNOTATIONS}: annotation 5 of a.jpg: a polygon holds what is no number",
    ),
    coco(
        "a COCO polygon of another image",
        region([[700, 500, 800, 500, 800, 600]]),
        f"{ANNOTATIONS}: annotation 5 of a.jpg: a polygon lies far outside the image of 20×20 pixels",
    ),
    voc(
        "VOC without its list of images",
        without(f"{LISTS}/val.txt"),
        "data/ImageSets/Segmentation/val.txt: cannot be read (No such file or directory); `dataset.path`"
        " must name a folder such as VOCdevkit/VOC2012",
    ),
    voc(
        "an empty list of VOC",
        text(f"{LISTS}/val.txt", ""),
        "the data set has no image of split `val`; concepts are learned on train, scored on val",
    ),
    voc(
        "a VOC image in both lists",
        text(f"{LISTS}/val.txt", "train\nval\n"),
        "data/ImageSets/Segmentation/train.txt and data/ImageSets/Segmentation/val.txt: `train` stands there 2"
        " times; an image is train or val, once",
    ),
    voc(
        "a list of VOC's for classification",
        text(f"{LISTS}/val.txt", "val -1\n"),
        "data/ImageSets/Segmentation/val.txt: row 1: `val -1` is not the name of an image alone",
    ),
    voc(
        "a VOC image that is not there",
        text(f"{LISTS}/val.txt", "2007_000032\n"),
        "data/JPEGImages/2007_000032.jpg: no such image",
    ),
    voc(
        "a VOC mask that is not there",
        without("data/SegmentationClass/train.png"),
        "data/SegmentationClass/train.png: no such image",
    ),
    voc(
        "a VOC mask of an unknown class",
        lambda: _image("data/SegmentationClass/train.png", "L", 30),
        "data/SegmentationClass/train.png: the mask holds 30, expected 0 to 20 or 255",
    ),
    voc(
        "parts of VOC that are no MATLAB file",
        text("data/Annotations_Part/train.mat", "parts"),
        "data/Annotations_Part/train.mat: not an annotation of PASCAL-Part (…)",
    ),
    ade20k(
        "ADE20K without its index",
        without("data/index_ade20k.mat"),
        "data/index_ade20k.mat: cannot be read (No such file or directory); `dataset.path` must name an"
        " unpacked ADE20K, of 2016 with this index or of 2021 with images/ADE/",
    ),
    ade20k(
        "ADE20K with an index that is no MATLAB file",
        text("data/index_ade20k.mat", "index" * 99),
        "data/index_ade20k.mat: not ADE20K's index (…)",
    ),
    ade20k(
        "ADE20K with another MATLAB file",
        lambda: savemat("data/index_ade20k.mat", {"x": 1}),
        "data/index_ade20k.mat: not ADE20K's index ('index')",
    ),
    ade20k(
        "ADE20K without masks",
        without("data/images/training/a_seg.png"),
        "data/images/training/a_seg.png: no such image",
    ),
    ade20k(
        "an ADE20K mask of an unknown index",
        lambda: _image("data/images/training/a_seg.png", color=(0, 9, 0)),
        "data/images/training/a_seg.png: index 9, which is not in index_ade20k.mat",
    ),
    ade20k(
        "ADE20K without images of val",
        without("data/images/validation"),
        "the data set has no image of split `val`; concepts are learned on train, scored on val",
    ),
    ade20k_2021(
        "ADE20K of 2021 without an image's names",
        without(OF_2021),
        f"{OF_2021}: cannot be read (No such file or directory); every image needs one",
    ),
    ade20k_2021(
        "ADE20K of 2021 with names that are cut off",
        text(OF_2021, '{"annotation": {"object": [{"name'),
        f"{OF_2021}: not an annotation of ADE20K (…)",
    ),
    ade20k_2021(
        "ADE20K of 2021 with names of another kind",
        text(OF_2021, '{"shapes": []}'),
        f"{OF_2021}: not an annotation of ADE20K (it has no `annotation`)",
    ),
    ade20k_2021(
        "ADE20K of 2021 with an impossible number of a name",
        text(OF_2021, '{"annotation": {"object": {"name": "a", "name_ndx": 99999, "parts": {"part_level": 0}}}}'),
        f"{OF_2021}: `name_ndx` is 99999, expected 0 to 65535",
    ),
    ade20k_2021(
        "an ADE20K mask of 2021 of an unknown index",
        lambda: _image("data/images/ADE/training/a_seg.png", color=(0, 9, 0)),
        "data/images/ADE/training/a_seg.png: index 9, which is not in any image's .json",
    ),
    class_folders(
        "an image in no class folder",
        lambda: _image("data/a.png"),
        "data/a.png: the image lies in no class folder; `dataset.path` must name a folder of class folders",
    ),
    class_folders(
        "class folders of train without those of val",
        both(moved("data", "train"), lambda: Path("data").mkdir(), moved("train", "data/train")),
        "data: train/ without val/; call the other split's folder so, or let `dataset.path` name train/ itself,"
        " and splits are drawn",
    ),
    class_folders(
        "a single class folder",
        without("data/dog"),
        "data: `cat` is the only class; it takes others to tell it from",
    ),
    class_folders(
        "class folders without images",
        both(without("data"), lambda: Path("data").mkdir()),
        "data: no images; `dataset.path` must name a folder of class folders",
    ),
    class_folders(
        "a class twice in classes.csv",
        text("data/classes.csv", "folder,name,category\ncat,tom,pet\ncat,cat,pet\n"),
        "data/classes.csv: row 3: folder `cat` again",
    ),
    class_folders(
        "two classes of one name",
        text("data/classes.csv", "folder,name,category\ncat,pet,object\ndog,pet,object\n"),
        "data/classes.csv: row 3: name `pet` again",
    ),
    class_folders(
        "a class of the name of another folder",
        text("data/classes.csv", "folder,name,category\ncat,dog,object\n"),
        "data/classes.csv: several folders are called `dog`; a class needs a name of its own",
    ),
    class_folders(
        "a folder that classes.csv names and the data lack",
        text("data/classes.csv", "folder,name,category\nkat,tom,object\n"),
        "data/classes.csv: row 2: the data set has no folder `kat`; did you mean cat?",
    ),
]
