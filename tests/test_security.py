"""Doors by which what comes from outside might do more than be read; docs/security.md lists them all."""

import json
import re
import shlex

import pytest

from archive import SKY, Archive
from net2vec_core.config import parse_config
from net2vec_core.dataset.readers import open_reader
from net2vec_core.errors import UserError
from net2vec_core.settings import DatasetSettings
from scenes import random_scenes, write_coco, write_voc
from workspace import Workspace, with_changes

OUTSIDE = ["../../secret.png", "/etc/secret.png", "set/../../../secret.png", "a\0b"]
TOUCH = "x'; touch ran; '$(touch ran)`touch ran` | touch ran & \"x"


def message_of_reader(folder, reader, **values):
    with pytest.raises(UserError) as caught:
        open_reader(DatasetSettings.model_validate({"reader": reader, "path": folder, "mask_size": 9} | values), folder)
    return str(caught.value)


@pytest.mark.parametrize("name", OUTSIDE[:3])
def test_brodens_tables_name_no_files_outside(tmp_path, name):
    archive = Archive(tmp_path / "broden", image_side=20, mask_side=10)
    own, archive.rows[2]["image"] = archive.rows[2]["image"], name
    archive.write()
    table = tmp_path / "broden/index.csv"
    assert message_of_reader(archive.folder, "broden") == (
        f"{table}: the file name {name!r} leads out of {tmp_path}/broden/images"
    )
    archive.rows[2] |= {"image": own, "object": name}
    archive.write()
    reader = open_reader(DatasetSettings(reader="broden", path=archive.folder, mask_size=10), tmp_path)
    with pytest.raises(UserError, match="leads out of"):
        reader.read(2)


@pytest.mark.parametrize("name", OUTSIDE)
@pytest.mark.parametrize("kind", ["instances", "panoptic"])
def test_cocos_annotations_name_no_files_outside(tmp_path, name, kind):
    write_coco(tmp_path, random_scenes(0), kind)
    (path,) = (tmp_path / "annotations").glob(f"{kind}_train*.json")
    content = json.loads(path.read_text())
    where = content["annotations" if kind == "panoptic" else "images"]
    where[0]["file_name"] = name
    path.write_text(json.dumps(content))
    values = {"coco": {"train": path.stem.removeprefix(f"{kind}_"), "val": None, "kinds": [kind]}}
    message = message_of_reader(tmp_path, "coco", **values)
    assert message.startswith(f"{path}: the file name {name!r} leads out of {tmp_path}")


@pytest.mark.parametrize("name", OUTSIDE[:2])
def test_vocs_lists_name_no_files_outside(tmp_path, name):
    write_voc(tmp_path, random_scenes(0))
    path = tmp_path / "ImageSets/Segmentation/val.txt"
    path.write_text(f"{path.read_text()}\n{name}\n")
    assert message_of_reader(tmp_path, "voc") == f"{path}: the file name {name!r} leads out of {tmp_path}"


@pytest.mark.parametrize("name", ["../up", "a/b", "/abs", "a;b", "$(a)", "a b", "demo\n", "", ".", "-n"])
def test_names_that_become_paths_and_arguments_are_plain_words(name):
    network = {"model": "torchvision/alexnet", "weights": "random", "layers": ["features.0"]}
    for values in (
        {"run": name},
        {"networks": {name: network}},
        {"networks": {"net": network | {"layers": [name]}}},
    ):
        with pytest.raises(UserError):
            parse_config(values, "run.yaml")


def test_no_path_of_the_configuration_reaches_a_shell(tmp_path):
    space = Workspace(tmp_path)
    archive = Archive(tmp_path / TOUCH / "broden", image_side=64, mask_side=32)
    for name in ("w.pt", "words.txt"):
        (tmp_path / TOUCH / name).touch()
    config = with_changes(
        ("cache", TOUCH),
        ("dataset", {"reader": "broden", "path": str(archive.folder)}),
        ("networks", "small", "weights", f"{TOUCH}/w.pt"),
        ("word_vectors", f"{TOUCH}/words.txt"),
    )
    result = space.snakemake(config, "--dry-run", "--printshellcmds")
    output = result.stdout + result.stderr
    assert result.returncode == 0, output
    commands = re.findall(r"python -m net2vec_core --log .*", output)
    assert len(commands) >= 4
    for command in commands:
        assert "touch" not in command
        assert all(re.fullmatch(r"[\w./-]+", word) for word in shlex.split(command)), command
    assert not (tmp_path / "ran").exists()


def test_objects_in_a_configuration_are_refused_before_any_of_them_is_made(tmp_path):
    space = Workspace(tmp_path)
    (tmp_path / "hostile.yaml").write_text("run: !!python/object/apply:os.system ['touch ran']\n")
    result = space.snakemake(with_changes(), "--configfile", "hostile.yaml", "--dry-run")
    assert result.returncode != 0
    assert not (tmp_path / "ran").exists()


@pytest.mark.parametrize("name", ["=1+1", "@SUM(A1)", "+cmd|' /C calc'!A0", "-2", "<b>&amp;</b>", '"quoted"', "$x^{$"])
def test_a_concept_is_called_what_its_data_set_calls_it(tmp_path, name):
    archive = Archive(tmp_path / "broden", image_side=20, mask_side=10)
    archive.labels = [(row[0], name if row[0] == SKY else row[1], *row[2:]) for row in archive.labels]
    archive.write()
    reader = open_reader(DatasetSettings(reader="broden", path=archive.folder, mask_size=10), tmp_path)
    assert name in [concept.name for concept in reader.concepts]
