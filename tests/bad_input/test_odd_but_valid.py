"""Odd things that are no mistakes: names of every kind, images of every kind, and a table with a byte order mark."""

import csv
import shutil
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from archive import CAT, GRASS, RED, SKY, STREET, WHEEL, Archive
from bad_input.data_sets import SIDE, make_folder
from bad_input.frame import ASK, CONFIG, EMBEDDINGS, LAYER, RUN, STAGES, net2vec, write_config
from net2vec_core.embedding import load_embeddings
from net2vec_core.storage import read_table

NAMES = {
    SKY: 'sky, "blue"; high',
    GRASS: "<script>alert(1)</script>",
    CAT: "../cat/dog\\cat",
    WHEEL: "=1+2 + 木 - колесо",
    RED: "NA",
    STREET: "$x_1$ {0} %s 'a' & b",
}
SEGMENTED = [NAMES[number] for number in (SKY, GRASS, CAT)]
TABLES = ["segmentation", "single_filter", "neighbours", "map"]


@pytest.fixture(scope="module")
def odd_names(tmp_path_factory):
    """A finished run whose concepts have odd names, its table of labels with a byte order mark."""
    folder = tmp_path_factory.mktemp("odd")
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        archive = Archive("broden", image_side=20, mask_side=10)
        archive.labels = [(row[0], NAMES.get(row[0], row[1]), *row[2:]) for row in archive.labels]
        archive.write(encoding="utf-8-sig")
        write_config(CONFIG | {"analogies": [f"{NAMES[SKY]} + {NAMES[GRASS]} = {NAMES[CAT]}"]})
        Path(RUN).mkdir(parents=True)
        shutil.copy("run.yaml", f"{RUN}/config.yaml")
        for command in STAGES.values():
            done = net2vec(command)
            assert done.status == 0, done.stderr
    return folder


@pytest.mark.parametrize("table", TABLES)
def test_odd_names_stand_in_tables_as_they_are(odd_names, table):
    names = read_table(odd_names / LAYER / f"{table}.csv", dtype={"concept": str})["concept"]
    assert set(SEGMENTED) <= set(names) <= set(NAMES.values())


def test_odd_names_are_those_of_the_embeddings(odd_names):
    assert load_embeddings(odd_names / LAYER / "embeddings.zarr").index.tolist() == SEGMENTED


@pytest.mark.parametrize("name", SEGMENTED)
def test_odd_names_can_be_asked_for(odd_names, monkeypatch, name):
    monkeypatch.chdir(odd_names)
    for about in ("neighbours", "images"):
        done = net2vec(f"{ASK} {about} {shell_quoted(name)}")
        assert done.status == 0, done.stderr
        assert name in done.stdout


@pytest.mark.parametrize("form", ["word2vec", "projector", "safetensors", "numpy"])
def test_odd_names_are_exported(odd_names, monkeypatch, form):
    monkeypatch.chdir(odd_names)
    done = net2vec(f"export {EMBEDDINGS} --format {form} --output out-{form}")
    assert done.status == 0, done.stderr
    written = [path for path in Path().glob(f"out-{form}*") for path in ([path] if path.is_file() else path.iterdir())]
    assert any("script" in path.read_bytes().decode("utf-8", "replace") or form == "numpy" for path in written)


def shell_quoted(name):
    quoted = name.replace("'", "'\"'\"'")
    return f"'{quoted}'"


@pytest.fixture
def in_folder(tmp_path, monkeypatch):
    """A folder of images and masks, and the command that reads it."""
    monkeypatch.chdir(tmp_path)
    make_folder()
    settings = {"reader": "folder", "path": "data", "image_size": SIDE, "mask_size": SIDE}
    write_config(CONFIG | {"dataset": settings})
    Path(RUN).mkdir(parents=True)


def images_read():
    done = net2vec(STAGES["dataset"])
    assert done.status == 0, done.stderr
    return read_table(Path(RUN, "dataset", "images.csv"), dtype={"path": str}).set_index("path")


@pytest.mark.usefixtures("in_folder")
def test_images_of_every_kind_are_read():
    pixels = np.random.default_rng(0).integers(0, 256, (SIDE, SIDE, 3), np.uint8)
    grey = (pixels[..., 0].astype(np.uint16) * 257).astype(np.uint16)
    Image.fromarray(grey).save("data/images/a.png")
    Image.fromarray(pixels).convert("P").save("data/images/b.png")
    Path("data/images/c.png").unlink()
    Image.fromarray(pixels).convert("CMYK").save("data/images/c.jpg")
    Image.fromarray(np.dstack([pixels, pixels[..., :1]]), "RGBA").save("data/images/d.png")
    assert len(images_read()) == 4
    assert net2vec(STAGES["concepts"]).status == 0
    done = net2vec(STAGES["probe"])
    assert done.status == 0, done.stderr


@pytest.mark.usefixtures("in_folder")
def test_an_image_that_lies_on_its_side_is_turned_and_its_mask_is_not():
    upright = Image.fromarray(np.random.default_rng(0).integers(0, 256, (10, SIDE, 3), np.uint8))
    exif = Image.Exif()
    exif[0x0112] = 6  # to be turned by a quarter when shown
    upright.save("data/images/a.png", exif=exif)
    Image.new("L", (10, SIDE), 1).save("data/masks/a.png")
    row = images_read().loc["data/images/a.png"]
    assert (row["height"], row["width"]) == (SIDE, 10)


@pytest.mark.usefixtures("in_folder")
def test_what_is_skipped_is_listed_with_the_reason():
    Path("data/images/b.png").write_bytes(b"")
    settings = {"reader": "folder", "path": "data", "image_size": 40, "mask_size": 10, "on_bad_image": "skip"}
    write_config(CONFIG | {"dataset": settings})
    assert "data/images/b.png" not in images_read().index
    with Path(RUN, "dataset", "skipped.csv").open(newline="") as table:
        assert list(csv.reader(table)) == [
            ["image", "reason"],
            ["data/images/b.png", "data/images/b.png: the image cannot be decoded (no image format that can be read)"],
        ]
