"""The command `download`, and the data set that it leaves for the command `dataset`."""

import hashlib
import io
import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest
import yaml

from archive import Archive
from file_server import FileServer, serving
from net2vec_core.cli.dataset import dataset
from net2vec_core.cli.download import download
from net2vec_core.errors import UserError
from net2vec_core.storage import read_table

REPOSITORY = Path(__file__).parents[1]


@pytest.fixture
def archive(tmp_path):
    return Archive(tmp_path / "source" / "broden1_224", image_side=20, mask_side=10)


@pytest.fixture
def server(archive, monkeypatch):
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as file:
        for path in sorted(archive.folder.rglob("*")):
            file.write(path, path.relative_to(archive.folder.parent))
    with serving(FileServer(buffer.getvalue())) as found:
        yield found


def configured(tmp_path, server, **broden):
    settings = {"download": True, "url": f"{server.url}/data/"} | broden
    values = {
        "cache": str(tmp_path / "cache"),
        "dataset": {"reader": "broden", "mask_size": 10, "image_size": 20, "broden": settings},
    }
    path = tmp_path / "run.yaml"
    path.write_text(yaml.safe_dump(values))
    return path


def test_a_data_set_is_fetched_unpacked_and_read(tmp_path, archive, server):
    config = configured(tmp_path, server, sha256=hashlib.sha256(server.content).hexdigest())
    download(config)
    folder = tmp_path / "cache" / "broden1_224"
    assert sorted(path.name for path in folder.parent.iterdir()) == [".broden1_224.lock", "broden1_224"]
    for path in archive.folder.rglob("*"):
        assert path.is_dir() or (folder / path.relative_to(archive.folder)).read_bytes() == path.read_bytes()
    names = "l.zarr", "images.csv", "o.csv.gz", "skipped.csv", "drawings"
    dataset(config, *(tmp_path / name for name in names))
    images = read_table(tmp_path / "images.csv")
    assert images["path"].tolist() == [str(folder / "images" / row["image"]) for row in archive.rows]
    assert read_table(tmp_path / "o.csv.gz")["concept"].nunique() == 7


def test_the_archive_of_the_resolution_is_asked_for(tmp_path, server):
    asked = configured(tmp_path, server, resolution=227)
    server.statuses = [404]
    with pytest.raises(UserError, match=f"^{server.url}/data/broden1_227.zip: cannot be fetched"):
        download(asked)
    download(asked)
    assert (tmp_path / "cache" / "broden1_227" / "index.csv").is_file()


def test_an_archive_of_another_digest_is_not_unpacked(tmp_path, server):
    with pytest.raises(UserError, match=f"SHA-256 is {hashlib.sha256(server.content).hexdigest()}, not {'0' * 64}"):
        download(configured(tmp_path, server, sha256="0" * 64))
    assert [path.name for path in (tmp_path / "cache").iterdir()] == [".broden1_224.lock"]


def test_there_must_be_something_to_fetch(tmp_path, server):
    config = configured(tmp_path, server, download=False)
    values = yaml.safe_load(config.read_text())
    values["dataset"]["path"] = "data"
    config.write_text(yaml.safe_dump(values))
    with pytest.raises(UserError) as caught:
        download(config)
    assert str(caught.value) == (
        f"{config}: nothing to fetch; that takes reader `broden` and `dataset.broden.download: true`"
    )


def test_a_failure_is_one_message_on_the_command_line(tmp_path, server):
    server.statuses = [404]
    environment = os.environ | {"PYTHONPATH": str(REPOSITORY), "no_proxy": "127.0.0.1"}
    done = subprocess.run(
        [sys.executable, "-m", "net2vec_core", "download", "--config", configured(tmp_path, server)],
        env=environment,
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert done.returncode == 1
    assert done.stdout == ""
    [line] = done.stderr.splitlines()
    assert line.endswith(f"error: {server.url}/data/broden1_224.zip: cannot be fetched (the server says 404 Not Found)")
