"""The rule that fetches the data set, run as a user runs it."""

import io
import zipfile

import pytest

from archive import Archive
from file_server import FileServer, serving
from test_workflow import TINY, Workspace


@pytest.fixture
def server(tmp_path, monkeypatch):
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    archive = Archive(tmp_path / "broden1_224", image_side=64, mask_side=32)
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as file:
        for path in sorted(archive.folder.rglob("*")):
            file.write(path, path.relative_to(tmp_path))
    with serving(FileServer(buffer.getvalue())) as found:
        yield found


def test_a_data_set_is_fetched_once_whatever_the_run(tmp_path, server):
    (tmp_path / "work").mkdir()
    space = Workspace(tmp_path / "work")
    broden = {"reader": "broden", "mask_size": 32, "broden": {"download": True, "url": server.url}}
    config = TINY | {"cache": str(tmp_path / "cache"), "dataset": broden}
    first = space.snakemake(config, "--cores", "1", "--until", "dataset")
    assert first.returncode == 0, first.stderr
    assert (space.results / "dataset" / "images.csv").is_file()
    assert len(server.requests) == 1
    broden["broden"] |= {"sha256": "0" * 64, "url": "http://127.0.0.1:1"}
    assert not space.planned(config).keys() & {"download", "dataset"}
    assert "download" not in space.planned(config | {"run": "other"})
    assert "download" in space.planned(config | {"cache": str(tmp_path / "elsewhere")})
