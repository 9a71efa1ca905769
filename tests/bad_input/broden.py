"""Mistakes in an unpacked Broden, and in images and masks of any data set."""

import struct
import zlib
from collections.abc import Callable

from bad_input.frame import Case
from bad_input.spoiling import (
    both,
    cell,
    column_named,
    config,
    cut,
    folder_instead,
    moved,
    picture,
    row,
    rows,
    text,
    without,
)

INDEX, LABEL = "broden/index.csv", "broden/label.csv"
IMAGE, MASK = "broden/images/set/0000.jpg", "broden/images/set/0000_object_1.png"


def broden(name: str, spoil: Callable[[], object], message: str) -> Case:
    return Case(name, spoil, "dataset", message)


def huge_png(path: str) -> Callable[[], object]:
    """A PNG of some bytes that claims to be 60,000 pixels wide and high."""
    header = b"IHDR" + struct.pack(">IIBBBBB", 60000, 60000, 8, 2, 0, 0, 0)
    chunk = struct.pack(">I", 13) + header + struct.pack(">I", zlib.crc32(header))
    return text(path, b"\x89PNG\r\n\x1a\n" + chunk + struct.pack(">I", 9) + b"IDAT")


CASES = [
    broden(
        "a data set that is not there",
        config({"dataset.path": "nowhere"}),
        "nowhere/category.csv: cannot be read (No such file or directory); `dataset.path` must name an unpacked Broden",
    ),
    broden(
        "a missing table of labels",
        without(LABEL),
        "broden/label.csv: cannot be read (No such file or directory); `dataset.path` must name an unpacked Broden",
    ),
    broden("an empty index", text(INDEX, ""), "broden/index.csv: not a CSV table (No columns to parse from file)"),
    broden(
        "an index without a column",
        column_named(INDEX, "split", "part"),
        "broden/index.csv: no column `split`; the columns are image, part, ih, iw, sh, sw, color, object,"
        " part, material, scene, texture",
    ),
    broden(
        "an index that is not UTF-8",
        text(INDEX, "image,split\nä.jpg,train\n".encode("latin-1")),
        "broden/index.csv: not UTF-8 from byte 12 on; save it as `CSV UTF-8`",
    ),
    broden(
        "a row longer than the header",
        row(INDEX, *["x"] * 13),
        "broden/index.csv: not a CSV table (…Expected 12 fields in line 10, saw 13)",
    ),
    broden(
        "no image at all",
        rows(INDEX, lambda _row: False),
        "broden/index.csv: no image of split `train`; concepts are learned on train and scored on val",
    ),
    broden(
        "no image of split val",
        rows(INDEX, lambda image: image["split"] == "train"),
        "broden/index.csv: no image of split `val`; concepts are learned on train and scored on val",
    ),
    broden(
        "an unknown split",
        cell(INDEX, 3, "split", "test"),
        "broden/index.csv: row 3: split `test` is none of train, val",
    ),
    broden(
        "an image that the index has twice",
        cell(INDEX, 4, "image", "set/0001.jpg"),
        "broden/index.csv: row 4: image `set/0001.jpg` again",
    ),
    broden(
        "a size that is no number",
        cell(INDEX, 4, "sh", "wide"),
        "broden/index.csv: row 4: `sh` is 'wide', expected a number from 1 to 65535",
    ),
    broden(
        "a label number beyond 65,535",
        cell(LABEL, 3, "number", "65536"),
        "broden/label.csv: row 3: `number` is '65536', expected a number from 1 to 65535",
    ),
    broden("a label number twice", cell(LABEL, 3, "number", "1"), "broden/label.csv: row 3: number `1` again"),
    broden("a label name twice", cell(LABEL, 3, "name", "sky"), "broden/label.csv: row 3: name `sky` again"),
    broden("a label without a name", cell(LABEL, 3, "name", " "), "broden/label.csv: row 3: the label has no name"),
    broden(
        "a label without a category",
        cell(LABEL, 3, "category", ""),
        "broden/label.csv: row 3: the label has no category",
    ),
    broden(
        "a category with a name that tables need",
        cell(LABEL, 3, "category", "all"),
        "broden/label.csv: row 3: `all` stands for all categories; name it otherwise",
    ),
    broden(
        "an image that the index names and the folder lacks",
        without(IMAGE),
        "broden/images/set/0000.jpg: no such image",
    ),
    broden(
        "an image of zero bytes",
        text(IMAGE, b""),
        "broden/images/set/0000.jpg: the image cannot be decoded (no image format that can be read)",
    ),
    broden("half an image", cut(IMAGE), "broden/images/set/0000.jpg: the image cannot be decoded (…)"),
    broden(
        "a text with the name of an image",
        text(IMAGE, "see attachment"),
        "broden/images/set/0000.jpg: the image cannot be decoded (no image format that can be read)",
    ),
    broden(
        "a PostScript file with the name of an image",
        text(IMAGE, "%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\n"),
        "broden/images/set/0000.jpg: the image cannot be decoded (no image format that can be read)",
    ),
    broden(
        "a folder with the name of an image",
        folder_instead(IMAGE),
        "broden/images/set/0000.jpg: the image cannot be decoded (…Is a directory…)",
    ),
    broden(
        "an image that would fill the memory",
        huge_png(IMAGE),
        "broden/images/set/0000.jpg: the image cannot be decoded (Image size (3600000000 pixels) exceeds limit …)",
    ),
    broden(
        "an image of 32 bits a value",
        both(picture("a.tiff", "F"), moved("a.tiff", IMAGE)),
        "broden/images/set/0000.jpg: the image has values of 32 bits, whose range is not known; save it with"
        " 8 or 16 bits a channel",
    ),
    broden(
        "a mask that the index names and the folder lacks",
        without(MASK),
        "broden/images/set/0000_object_1.png: no such image",
    ),
    broden("half a mask", cut(MASK), "broden/images/set/0000_object_1.png: the image cannot be decoded (…truncated…)"),
    broden(
        "a mask of another size than the index says",
        picture(MASK, "RGB", (12, 10)),
        "broden/images/set/0000_object_1.png: the mask is 12×10 pixels, expected 10×10",
    ),
    broden(
        "a mask with a palette where colours are needed",
        picture(MASK, "P"),
        "broden/images/set/0000_object_1.png: the mask is an image of mode P, expected RGB (label = R + 256·G)",
    ),
    broden(
        "a mask of 16 bits where colours are needed",
        picture(MASK, "I;16"),
        "broden/images/set/0000_object_1.png: the mask is an image of mode I;16, expected RGB (label = R + 256·G)",
    ),
    broden(
        "a mask with an unknown label",
        picture(MASK, "RGB", color=(2, 3, 0)),
        "broden/images/set/0000_object_1.png: label 770 is not in broden/label.csv",
    ),
    broden(
        "an image of an unknown label",
        cell(INDEX, 4, "texture", "4000"),
        "broden/index.csv: row 4: label 4000 is not in broden/label.csv",
    ),
]
