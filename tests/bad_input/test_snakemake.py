"""Mistakes that are met through `snakemake`: exit status 1, one message, nothing half-written, no traceback."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from bad_input.data_sets import make_folder
from bad_input.frame import CONFIG, listing
from bad_input.spoiling import cut, folder_instead, moved, text, without
from workspace import PARTS, REPOSITORY

FOLDER = CONFIG | {"dataset": {"reader": "folder", "path": "data", "image_size": 40, "mask_size": 10}}
BEFORE_THE_START = [
    ("a wrong key", text("run.yaml", "run: tiny\ntreshold: {}\n"), "`treshold` is not a key; did you mean threshold?"),
    (
        "a key that stands twice",
        text("run.yaml", "run: tiny\ncache: a\ncache: b\n"),
        "run.yaml is not valid YAML: line 3, column 1: `cache` stands here a second time",
    ),
    ("a tab", text("run.yaml", "dataset:\n\treader: toy\n"), "make sure to not mix whitespace and tab indentation"),
    (
        "no configuration",
        without("run.yaml"),
        "error: run.yaml: the configuration cannot be read (No such file or directory); name a YAML file by",
    ),
    (
        "a folder as configuration",
        folder_instead("run.yaml"),
        "error: run.yaml: the configuration cannot be read (Is a directory); name a YAML file by",
    ),
    (
        "a picture as configuration",
        moved("data/images/a.png", "run.yaml"),
        "error: the configuration cannot be read (UnicodeDecodeError: 'utf-8' codec can't decode byte 0x89",
    ),
    ("an empty configuration", text("run.yaml", ""), "must be given as JSON or YAML with keys at top level"),
    ("a list", text("run.yaml", "- run\n"), "must be given as JSON or YAML with keys at top level"),
    ("missing labels", without("data/labels.csv"), "`dataset.path`: there is no data/labels.csv"),
    ("a missing data set", without("data"), "`dataset.path`: there is no data/labels.csv"),
    ("a file as results", text("results", ""), "results: a file lies where the folder of results is needed"),
]


@pytest.fixture
def workspace(tmp_path, monkeypatch):
    """A folder in which snakemake runs, with a small data set and a configuration for it."""
    for part in PARTS:
        (tmp_path / part).symlink_to(REPOSITORY / part)
    monkeypatch.chdir(tmp_path)
    make_folder()
    Path("run.yaml").write_text(yaml.safe_dump(FOLDER))
    return tmp_path


def snakemake(*options):
    environment = os.environ | {
        "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}",
        "PYTHONPATH": str(REPOSITORY),
    }
    return subprocess.run(
        ["snakemake", "--configfile", "run.yaml", *options],
        env=environment,
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
    )


@pytest.mark.parametrize(("name", "spoil", "message"), BEFORE_THE_START, ids=[name for name, *_ in BEFORE_THE_START])
def test_a_mistake_before_the_start_writes_nothing(workspace, name, spoil, message):
    del name
    spoil()
    before = set(workspace.iterdir())
    done = snakemake("--cores", "1")
    output = done.stdout + done.stderr
    assert done.returncode == 1, output
    assert output.count(message) == 1
    assert "Traceback" not in output
    assert len(output.splitlines()) <= 4
    assert {path.name for path in set(workspace.iterdir()) - before} <= {".snakemake"}


@pytest.mark.usefixtures("workspace")
@pytest.mark.parametrize(
    ("spoil", "message"),
    [
        (cut("data/masks/b.png", 0.7), "data/masks/b.png: the image cannot be decoded ("),
        (
            text("data/split.csv", "image,split\na,train\nb,val\nc,val\nd,test\n"),
            "data/split.csv: row 5: split `test` is none of train, val",
        ),
    ],
    ids=["half a mask", "an unknown split"],
)
def test_a_mistake_in_a_job_is_named_and_leaves_no_results_of_it(spoil, message):
    spoil()
    done = snakemake("--cores", "1", "--until", "dataset")
    output = done.stdout + done.stderr
    assert done.returncode == 1, output
    assert message in output
    assert "Traceback" not in output
    written = {path for path in listing(Path("results")) if not path.startswith(("tiny/benchmarks", "tiny/."))}
    assert written <= {"tiny/config.yaml", "tiny/net/passes.json"}
