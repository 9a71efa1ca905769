"""Mistakes in folders of images and masks."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

from bad_input.frame import Case
from bad_input.spoiling import (
    both,
    config,
    copied,
    cut,
    moved,
    nothing,
    picture,
    text,
    without,
)

LABELS = "number,name,category\n1,liver,organ\n2,vessel,organ\n"
SIDE = 20


def folder(name: str, spoil: Callable[[], object], message: str, **keys: Any) -> Case:
    """A folder `data` of four images with one mask each."""
    settings = {"reader": "folder", "path": "data", "image_size": 40, "mask_size": 10} | keys
    return Case(name, both(config({"dataset": settings}), make_folder, spoil), "dataset", message)


def make_folder() -> None:
    rng = np.random.default_rng(0)
    for part in ("images", "masks"):
        Path("data", part).mkdir(parents=True)
    for name in "abcd":
        Image.fromarray(rng.integers(0, 256, (SIDE, SIDE, 3), np.uint8)).save(f"data/images/{name}.png")
        Image.fromarray(rng.integers(0, 3, (SIDE, SIDE), np.uint8)).save(f"data/masks/{name}.png")
    Path("data/labels.csv").write_text(LABELS)


def split(content: str) -> Callable[[], object]:
    return text("data/split.csv", content)


def pages(path: str) -> Callable[[], object]:
    """Write an image of two pages."""
    page = Image.new("L", (SIDE, SIDE), 1)
    return lambda: page.save(path, save_all=True, append_images=[page])


CASES = [
    folder(
        "a folder without labels.csv",
        without("data/labels.csv"),
        "data/labels.csv: cannot be read (No such file or directory); `dataset.path` must name a folder with"
        " images/, masks/ and labels.csv",
    ),
    folder(
        "a folder without images",
        without("data/images"),
        "data/images: no images; `dataset.path` must name a folder with images/, masks/ and labels.csv",
    ),
    folder(
        "labels.csv without a category column",
        text("data/labels.csv", "number,name\n1,liver\n"),
        "data/labels.csv: no column `category`; the columns are number, name",
    ),
    folder(
        "labels.csv with semicolons",
        text("data/labels.csv", LABELS.replace(",", ";")),
        "data/labels.csv: no column `number`; the columns are number;name;category; separate them by commas, not"
        " by semicolons",
    ),
    folder(
        "labels.csv as Excel's Unicode text",
        text("data/labels.csv", LABELS.replace(",", "\t").encode("utf-16")),
        "data/labels.csv: not UTF-8 from byte 0 on; save it as `CSV UTF-8`",
    ),
    folder(
        "labels.csv in Windows' own encoding",
        text("data/labels.csv", LABELS.replace("liver", "Kanüle").encode("cp1252")),
        "data/labels.csv: not UTF-8 from byte 26 on; save it as `CSV UTF-8`",
    ),
    folder(
        "labels.csv with a column twice",
        text("data/labels.csv", "number,name,name,category\n1,liver,Leber,organ\n"),
        "data/labels.csv: column `name` stands there twice",
    ),
    folder(
        "labels.csv without a row",
        text("data/labels.csv", "number,name,category\n"),
        "data/labels.csv: no label; expected a row for each concept",
    ),
    folder(
        "a label number with a decimal point",
        text("data/labels.csv", LABELS.replace("1,", "1.0,")),
        "data/labels.csv: row 2: `number` is '1.0', expected a number from 1 to 65535",
    ),
    folder(
        "a label of number 0",
        text("data/labels.csv", LABELS + "0,background,none\n"),
        "data/labels.csv: row 4: `number` is '0', expected a number from 1 to 65535",
    ),
    folder(
        "an image without a mask",
        without("data/masks/b.png"),
        "data/images/b.png: it has no mask; expected data/masks/b.png, or in sub-folders, one a plane"
        " (`dataset.on_bad_image: skip` leaves them out)",
    ),
    folder(
        "a mask without an image",
        without("data/images/b.png"),
        "data/masks/b.png: data/images has no image of this name (`dataset.on_bad_image: skip` leaves them out)",
    ),
    folder(
        "a mask with more to its name than its image's",
        moved("data/masks/b.png", "data/masks/b_mask.png"),
        "data/images/b.png: it has no mask; expected data/masks/b.png, or in sub-folders, one a plane; rename"
        " data/masks/b_mask.png, if that is its mask; so it is with 1 other (`dataset.on_bad_image: skip` leaves"
        " them out)",
    ),
    folder(
        "a link to an image that has moved",
        both(without("data/images/b.png"), lambda: Path("data/images/b.png").symlink_to("moved/b.png")),
        "data/images/b.png: no such image",
    ),
    folder(
        "masks of black and white where white is the concept",
        lambda: [Image.new("L", (SIDE, SIDE), 255).save(f"data/masks/{name}.png") for name in "abcd"],
        "data/masks/a.png: label 255 is not in data/labels.csv: give it a row there, or, where it stands for no"
        " label, list it under `dataset.folder.ignore`",
    ),
    folder(
        "a mask of several pictures",
        both(without("data/masks/b.png"), pages("data/masks/b.tif")),
        "data/masks/b.tif: the mask has 2 pictures; save each in a file of its own",
    ),
    folder(
        "a name with a line break",
        text("data/labels.csv", 'number,name,category\n1,"li\nver",organ\n2,vessel,organ\n'),
        "concept 1: 'li\\nver' holds a line break or another control character; name it otherwise",
    ),
    folder(
        "a name with a zero byte",
        text("data/labels.csv", LABELS.replace("liver", "li\0ver")),
        "concept 1: 'li\\x00ver' holds a line break or another control character; name it otherwise",
    ),
    folder(
        "split.csv with paths from elsewhere",
        split("image,split\ndata/images/a.png,train\nb,val\nc,val\nd,val\n"),
        "data/split.csv: row 2: the data set has no image `data/images/a.png`; it has images such as `a.png`",
    ),
    folder(
        "no mask at all",
        without("data/masks"),
        "data/images/a.png: it has no mask; expected data/masks/a.png, or in sub-folders, one a plane; so it"
        " is with 3 others (`dataset.on_bad_image: skip` leaves them out)",
    ),
    folder(
        "two images of the same name",
        copied("data/images/b.png", "data/images/b.jpg"),
        "data/images/b.png: the name of data/images/b.jpg again; a mask is found by its image's name without"
        " the suffix",
    ),
    folder(
        "a mask saved as JPEG",
        moved("data/masks/b.png", "data/masks/b.jpg"),
        "data/masks/b.jpg: a JPEG does not keep label numbers; expected a PNG (`dataset.on_bad_image: skip`"
        " leaves them out)",
    ),
    folder(
        "a mask of colours",
        picture("data/masks/b.png", "RGB", (SIDE, SIDE)),
        "data/masks/b.png: the mask is an image of mode RGB, expected label numbers as grey values of 8 or"
        " 16 bits or as palette indices (modes L, I;16, P)",
    ),
    folder(
        "a mask with a number that labels.csv lacks",
        picture("data/masks/b.png", "L", (SIDE, SIDE), 255),
        "data/masks/b.png: label 255 is not in data/labels.csv: give it a row there, or, where it stands for no"
        " label, list it under `dataset.folder.ignore`",
    ),
    folder(
        "a mask with a value over 65,535",
        both(without("data/masks/b.png"), picture("data/masks/b.tiff", "I", (SIDE, SIDE), 70000)),
        "data/masks/b.tiff: the mask holds 70000, expected label numbers from 0 to 65535",
    ),
    folder(
        "a mask of another shape than its image",
        picture("data/masks/b.png", "L", (SIDE, 10)),
        "data/masks/b.png: the mask is 20×10 pixels, its image 20×20: they do not show the same",
    ),
    folder(
        "half a mask of a folder",
        cut("data/masks/b.png", 0.7),
        "data/masks/b.png: the image cannot be decoded (…truncated…)",
    ),
    folder(
        "every image is bad",
        without("data/masks"),
        "none of the data set's 4 images can be read; the first: data/images/a.png: it has no mask; expected"
        " data/masks/a.png, or in sub-folders, one a plane",
        on_bad_image="skip",
    ),
    folder(
        "split.csv with an unknown image",
        split("image,split\na,train\nb,val\nc,val\ne,val\n"),
        "data/split.csv: row 5: the data set has no image `e`; it has images such as `a.png`",
    ),
    folder(
        "split.csv without a row for an image",
        split("image,split\na,train\nb,val\nc,val\n"),
        "data/split.csv: no row for image `d.png`",
    ),
    folder(
        "split.csv with an image twice",
        split("image,split\na,train\nb,val\nc,val\nd,val\na.png,val\n"),
        "data/split.csv: row 6: image `a.png` again",
    ),
    folder(
        "split.csv with an unknown split",
        split("image,split\na,train\nb,val\nc,val\nd,test\n"),
        "data/split.csv: row 5: split `test` is none of train, val",
    ),
    folder(
        "split.csv without an image of val",
        split("image,split\na,train\nb,train\nc,train\nd,train\n"),
        "data/split.csv: no image of split `val`; concepts are learned on train and scored on val",
    ),
    folder(
        "split.csv without a column that splits",
        split("image,part\na,train\n"),
        "data/split.csv: no column `split` or `group`, one of which is needed; the columns are image, part",
    ),
    folder(
        "split.csv with an image without a group",
        split("image,group\na,1\nb,1\nc,2\nd,\n"),
        "data/split.csv: row 5: the image has no group",
    ),
    folder(
        "split.csv with all images in one group",
        split("image,group\na,1\nb,1\nc,1\nd,1\n"),
        "data/split.csv: the data set cannot be split into train and val: that takes two images, of different groups",
    ),
    folder(
        "split.csv with a group in both splits",
        split("image,split,group\na,train,1\nb,val,1\nc,val,2\nd,val,2\n"),
        "data/split.csv: group `1` lies in train and in val",
    ),
    folder(
        "a number that is a label and is to be ignored",
        nothing,
        "`dataset.folder.ignore`: 1 is `liver` in data/labels.csv; list only numbers that are no labels",
        folder={"ignore": [1]},
    ),
]
