"""The rule that fetches the data set, run as a user runs it."""

import io
import time
import zipfile
from concurrent.futures import ThreadPoolExecutor

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


def new_workspace(folder):
    folder.mkdir()
    return Workspace(folder)


def fetching(server, cache):
    """A configuration whose data set is fetched from the server."""
    broden = {"reader": "broden", "mask_size": 32, "broden": {"download": True, "url": server.url}}
    return TINY | {"cache": str(cache), "dataset": broden}


def wait_until(met):
    end = time.monotonic() + 60
    while not met():
        assert time.monotonic() < end
        time.sleep(0.05)


def test_a_data_set_is_fetched_once_whatever_the_run(tmp_path, server):
    space, config = new_workspace(tmp_path / "work"), fetching(server, tmp_path / "cache")
    broden = config["dataset"]
    first = space.snakemake(config, "--cores", "1", "--until", "dataset")
    assert first.returncode == 0, first.stderr
    assert (space.results / "dataset" / "images.csv").is_file()
    assert len(server.requests) == 1
    again = space.snakemake(config, "--cores", "1", "--forcerun", "download", "--until", "dataset")
    assert again.returncode == 0, again.stderr
    assert len(server.requests) == 1, "what other runs may use stays where it is"
    broden["broden"] |= {"sha256": "0" * 64, "url": "http://127.0.0.1:1"}
    assert not space.planned(config).keys() & {"download", "dataset"}
    assert "download" not in space.planned(config | {"run": "other"})
    assert "download" in space.planned(config | {"cache": str(tmp_path / "elsewhere")})


def test_of_runs_that_need_the_same_data_at_once_one_fetches_and_the_others_wait(tmp_path, server):
    server.may_answer.clear()
    first, elsewhere = (new_workspace(tmp_path / name) for name in ("work", "elsewhere"))
    config = fetching(server, tmp_path / "cache")
    until_read = ("--cores", "1", "--until", "dataset")

    def waits(results):
        log = results / "logs/download.log"
        return log.exists() and "another run fetches the same data; waiting until it is done" in log.read_text()

    with ThreadPoolExecutor() as threads:
        runs = [threads.submit(first.snakemake, config, *until_read)]
        wait_until(lambda: server.requests)
        beside = first.folder / "results/beside"
        runs.append(threads.submit(first.snakemake, config, *until_read, "--config", "run=beside"))
        runs.append(threads.submit(elsewhere.snakemake, config, *until_read))
        try:
            wait_until(lambda: waits(elsewhere.results) and waits(beside))
        finally:
            server.may_answer.set()
        for run in runs:
            assert run.result().returncode == 0, run.result().stdout + run.result().stderr
    assert len(server.requests) == 1
    tables = {(results / "dataset/images.csv").read_bytes() for results in (first.results, beside, elsewhere.results)}
    assert len(tables) == 1
