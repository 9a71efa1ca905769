import re

import numpy as np
import pytest
import yaml
from PIL import Image

from net2vec_core.cli.inspect import inspect
from net2vec_core.errors import UserError
from scenes import random_scenes, write_folder


@pytest.fixture
def configured(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    write_folder(tmp_path / "mine", random_scenes(0, count=12))

    def write(**values):
        dataset = {"reader": "folder", "path": "mine", "mask_size": 16} | values.pop("dataset", {})
        path = tmp_path / "mine.yaml"
        path.write_text(yaml.safe_dump({"run": "mine", "dataset": dataset} | values))
        return path

    return write


def test_a_data_set_is_described_and_drawn(configured, capsys):
    path = configured(concepts={"exclude": ["cat"], "min_val": 2})
    inspect(path, threads=1)
    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == "Data set: folder in mine"
    assert re.fullmatch(
        r"12 images: 8 train and 4 val; \d+–\d+ × \d+–\d+ pixels \(.*\); up to 2 planes of masks", lines[1]
    )
    assert "  cat (object): `concepts` in the configuration says so" in lines
    assert any(re.fullmatch(r"\d concepts are studied", line) for line in lines)
    assert lines[-1] == "Masks on images: results/mine/figures/dataset/masks.jpg"
    with Image.open("results/mine/figures/dataset/masks.jpg") as sheet:
        assert np.asarray(sheet).std() > 10


def test_nothing_but_the_sheet_is_written(configured, tmp_path):
    inspect(configured(), threads=1)
    written = [path.relative_to(tmp_path).as_posix() for path in (tmp_path / "results").rglob("*") if path.is_file()]
    assert written == ["results/mine/figures/dataset/masks.jpg"]


def test_what_cannot_be_read_is_listed(configured, tmp_path, capsys):
    (tmp_path / "mine/images/scene3.png").write_bytes(b"")
    inspect(configured(dataset={"on_bad_image": "skip"}), threads=1)
    out = capsys.readouterr().out
    assert "1 of 12 images are left out:\n  mine/images/scene3.png: the image cannot be decoded" in out
    with pytest.raises(UserError, match=r"^mine/images/scene3.png: the image cannot be decoded"):
        inspect(configured(), threads=1)


def test_images_are_described_even_if_no_concept_is_left(configured, capsys):
    with pytest.raises(UserError, match="no concept is left to study"):
        inspect(configured(concepts={"min_val": 99}), threads=1)
    out = capsys.readouterr().out
    assert "12 images: 8 train and 4 val" in out
    assert "7 concepts are left out:" in out
