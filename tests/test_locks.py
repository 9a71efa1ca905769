import os
import signal
import subprocess
import sys
import time

import pytest

from net2vec_core.errors import UserError
from net2vec_core.locks import lock, lock_run, wait_and_lock

HOLD = "import sys, time; from pathlib import Path; from net2vec_core.locks import *; held = {}(Path(sys.argv[1]));"
WAIT = "print('held', flush=True); time.sleep(600)"


@pytest.fixture
def holder():
    """Starts another process that locks a file or a run and stays at it."""
    started = []

    def start(function, path):
        started.append(
            subprocess.Popen([sys.executable, "-c", HOLD.format(function) + WAIT, path], stdout=-1, text=True)
        )
        assert started[-1].stdout.readline() == "held\n"
        return started[-1]

    yield start
    for process in started:
        process.kill()
        process.wait()


@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGTERM, signal.SIGINT])
def test_a_lock_ends_with_its_holder_however_it_ends(tmp_path, holder, how):
    other = holder("lock", tmp_path / "new" / "x")
    assert lock(tmp_path / "new" / "x") is None
    other.send_signal(how)
    other.wait()
    with lock(tmp_path / "new" / "x") as file:
        assert file.writable()


def test_locking_keeps_what_the_file_holds(tmp_path):
    (tmp_path / "x").write_text("kept")
    with lock(tmp_path / "x"), wait_and_lock(tmp_path / "y", "waiting"):
        assert lock(tmp_path / "x") is None
    assert (tmp_path / "x").read_text() == "kept"


def test_waiting_ends_with_the_holder_and_says_why(tmp_path, holder, caplog):
    other = holder("lock", tmp_path / "x")
    start = time.monotonic()
    subprocess.Popen(["sh", "-c", f"sleep 0.5; kill -9 {other.pid}"])
    with wait_and_lock(tmp_path / "x", "somebody is at it"):
        assert time.monotonic() - start > 0.4
    assert caplog.messages == ["somebody is at it"]


def test_a_second_process_on_a_run_is_told_of_the_first(tmp_path, holder):
    other = holder("lock_run", tmp_path / "demo")
    with pytest.raises(UserError) as caught:
        lock_run(tmp_path / "demo")
    who = f"process {other.pid} on {os.uname().nodename}, since "
    assert str(caught.value).startswith(f"{tmp_path}/demo: another `snakemake` works on this run ({who}")
    other.kill()
    other.wait()
    lock_run(tmp_path / "demo").close()


def test_a_file_system_without_locks_is_told_of_and_no_hindrance(tmp_path, monkeypatch, caplog):
    def no_locks(*_arguments):
        raise OSError(38, "Function not implemented")

    monkeypatch.setattr("fcntl.flock", no_locks)
    lock_run(tmp_path / "demo").close()
    assert f"{tmp_path}/demo: the file system has no locks (Function not implemented)" in caplog.text


def test_a_job_waits_for_the_one_that_a_killed_run_has_left(tmp_path, holder):
    log = tmp_path / "x.log"
    other = holder("lock", log)
    log.write_text("what the other says")
    job = subprocess.Popen(
        [
            sys.executable,
            "-m",
            "net2vec_core",
            "--log",
            log,
            "network",
            "--config",
            "no.yaml",
            *["--network", "n", "--output", "o"],
        ],
        stderr=subprocess.PIPE,
        text=True,
    )
    assert "waiting for another process at this job, left by a run that was killed" in job.stderr.readline()
    assert log.read_text() == "what the other says"
    other.kill()
    assert "no.yaml: the configuration cannot be read" in job.communicate()[1]
    assert job.returncode == 1
    assert log.read_text().endswith("error: no.yaml: the configuration cannot be read (No such file or directory)\n")
    assert "what the other says" not in log.read_text()
