import hashlib
import json
import shutil

import pytest

from net2vec_core import origins
from net2vec_core.config import FINGERPRINT, Config, load
from net2vec_core.dependencies import made_from
from net2vec_core.errors import UserError
from net2vec_core.origins import content_digest, read_provenance, write_provenance, write_record

YAML = """
run: r
networks: {net: {model: torchvision/alexnet, weights: random, layers: [features.0]}}
"""


@pytest.fixture
def run(tmp_path, monkeypatch):
    """A run's folder with its configuration and fingerprints, named as jobs name it."""
    monkeypatch.chdir(tmp_path)
    folder = tmp_path / "results" / "r"
    for name, fingerprint in (("dataset", "d1"), ("net", "w1")):
        (folder / name).mkdir(parents=True)
        (folder / name / FINGERPRINT).write_text(fingerprint)
    (folder / "config.yaml").write_text(YAML)
    return folder.relative_to(tmp_path)


def record(run, log, command, written, device="cpu", **arguments):
    paths = [run / name for name in written]
    for path in paths:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(path.name)
    log = run / "logs" / log
    write_record(
        log,
        command,
        {"config": run / "config.yaml"} | arguments,
        load(run / "config.yaml"),
        dict.fromkeys(paths, device),
    )


def test_a_file_is_listed_with_all_that_made_it(run):
    arguments = {"network": "net", "recipe": "paper", "seed": 3, "threads": 8}
    record(run, "s/0.log", "segmentation", ["net/features.0/s/0.zarr"], device="cuda:1", **arguments)
    write_provenance(run, load(run / "config.yaml"), run / "provenance.json")
    found = read_provenance(run / "provenance.json")
    settings = made_from(load(run / "config.yaml"), "segmentation", "net")
    assert settings["dataset.fingerprint"] == "d1"
    assert settings["network.fingerprint"] == "w1"
    assert found["fingerprints"] == {"dataset": "d1", "net": "w1"}
    assert Config.model_validate(found["configuration"]) == Config.model_validate(
        load(run / "config.yaml").model_dump()
    )
    assert found["files"] == {
        "net/features.0/s/0.zarr": {
            "sha256": hashlib.sha256(b"0.zarr").hexdigest(),
            "command": "segmentation",
            "arguments": {"network": "net", "recipe": "paper", "seed": 3},
            "settings_digest": origins._digest(settings),
            "package_version": found["package_version"],
            "device": "cuda:1",
        }
    }
    assert json.loads((run / "logs/s/0.json").read_text())["settings"] == settings


def test_results_of_networks_and_layers_that_are_no_more_studied_are_not_listed(run):
    record(run, "a.log", "evaluation", ["net/features.0/a.csv"], network="net", layer="features.0")
    record(run, "b.log", "evaluation", ["net/features.3/b.csv"], network="net", layer="features.3")
    (run / "config.yaml").write_text(YAML.replace("net:", "other:"))
    record(run, "c.log", "evaluation", ["other/features.0/c.csv"], network="other", layer="features.0")
    (run / "config.yaml").write_text(YAML)
    record(run, "d.log", "concepts", ["dataset/concepts.csv", "dataset/gone.csv"])
    (run / "dataset/gone.csv").unlink()
    write_provenance(run, load(run / "config.yaml"), run / "provenance.json")
    files = read_provenance(run / "provenance.json")["files"]
    assert list(files) == ["dataset/concepts.csv", "net/features.0/a.csv"]


def test_a_table_that_comes_from_elsewhere_is_refused_with_both_sides(run):
    record(run, "a.log", "tables", ["net/features.0/a.csv", "net/features.0/a.png"], network="net", layer="features.0")
    (run / "net/features.0/a.png").write_text("a drawing may be changed")
    write_provenance(run, load(run / "config.yaml"), run / "provenance.json")
    (run / "net/features.0/a.csv").write_text("of another run")
    written, found = (hashlib.sha256(text).hexdigest()[:16] for text in (b"a.csv", b"of another run"))
    with pytest.raises(UserError) as caught:
        write_provenance(run, load(run / "config.yaml"), run / "provenance.json")
    assert str(caught.value) == (
        f"{run}/net/features.0/a.csv is not the table that `tables` wrote: that one had the SHA-256 {written}…,"
        f" this one has {found}…; remove it and run `snakemake` to make it, and what follows from it, anew"
    )


def test_the_digest_of_a_folder_is_of_names_and_contents_alone(tmp_path):
    (tmp_path / "a/sub").mkdir(parents=True)
    (tmp_path / "a/x").write_text("1")
    (tmp_path / "a/sub/y").write_text("2")
    digest = content_digest(tmp_path / "a")
    shutil.copytree(tmp_path / "a", tmp_path / "b")
    (tmp_path / "b/.snakemake_timestamp").touch()
    assert content_digest(tmp_path / "b") == digest
    (tmp_path / "b/x").write_text("3")
    assert content_digest(tmp_path / "b") != digest
    (tmp_path / "a/x").rename(tmp_path / "a/z")
    assert content_digest(tmp_path / "a") != digest


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (None, "no such file; `snakemake` makes it at the end of a run"),
        ("[1]", "not the provenance of a run ("),
        ("{", "not the provenance of a run ("),
        ('{"format_version": 7}', "is in format 7, expected 1"),
    ],
)
def test_what_is_no_provenance_is_told(tmp_path, content, message):
    if content is not None:
        (tmp_path / "p.json").write_text(content)
    with pytest.raises(UserError) as caught:
        read_provenance(tmp_path / "p.json")
    assert str(caught.value).startswith(str(tmp_path / "p.json"))
    assert message in str(caught.value)
