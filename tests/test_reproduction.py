import json

import pytest

from net2vec_core.config import Config, load
from net2vec_core.errors import UserError
from net2vec_core.origins import content_digest
from net2vec_core.reproduction import compare, prepare
from net2vec_core.settings import DatasetSettings

TABLE = "concept,iou\nsky,0.5\ntree,0.25\n"


def finished(folder, files, config=None):
    listed = {}
    folder.mkdir(parents=True)
    for name, (command, content) in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(content)
        listed[name] = {"sha256": content_digest(folder / name), "command": command}
    values = (config or Config()).model_dump(mode="json")
    provenance = {"format_version": 1, "configuration": values, "files": listed}
    (folder / "provenance.json").write_text(json.dumps(provenance))
    return folder


def compared(tmp_path, files, again):
    table = compare(finished(tmp_path / "a", files), finished(tmp_path / "b", again))
    return {row["command"]: tuple(row.drop("command")) for _, row in table.iterrows()}


def test_files_are_compared_command_by_command(tmp_path):
    files = {"x/a.csv": ("tables", TABLE), "x/b.csv": ("tables", TABLE), "x/c.csv": ("tables", ""), "d": ("probe", "1")}
    again = files | {"x/b.csv": ("tables", TABLE.replace("0.25", "0.2")), "e": ("probe", "new")}
    del again["x/c.csv"]
    found = compared(tmp_path, files, again)
    assert found["tables"][:4] == (3, 1, 1, 1)
    assert found["tables"][4] == pytest.approx(0.2)
    assert found["probe"][:4] == (1, 1, 0, 0)


@pytest.mark.parametrize(
    "other", [TABLE.replace("tree", "tres"), TABLE + "sea,1\n", TABLE.replace("iou", "io"), TABLE.replace("0.25", "")]
)
def test_tables_that_differ_otherwise_differ_without_end(tmp_path, other):
    found = compared(tmp_path, {"a.csv": ("tables", TABLE)}, {"a.csv": ("tables", other)})
    assert found["tables"] == (1, 0, 1, 0, float("inf"))


def test_a_run_can_be_compared_when_only_its_provenance_is_left(tmp_path):
    first = finished(tmp_path / "a", {"a.csv": ("tables", TABLE)})
    (first / "a.csv").unlink()
    table = compare(first, finished(tmp_path / "b", {"a.csv": ("tables", TABLE)}))
    assert table["identical"].tolist() == [1]


def test_the_folder_of_a_reproduction_reaches_what_relative_paths_name(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "data/photos").mkdir(parents=True)
    config = Config(dataset=DatasetSettings(reader="broden", path="data/photos"), wordnet="/usr/share/wordnet")
    finished(tmp_path / "results/r", {}, config)
    path = prepare(tmp_path / "results/r", tmp_path / "again")
    assert load(path) == config
    assert (tmp_path / "again/data/photos").is_dir()
    assert prepare(tmp_path / "results/r", tmp_path / "again") == path, "once more carries on"


def test_a_folder_of_something_else_is_left_alone(tmp_path):
    finished(tmp_path / "r", {})
    with pytest.raises(UserError, match=r"is there already, and is no reproduction of a run; name another folder$"):
        prepare(tmp_path / "r", tmp_path / "r")
