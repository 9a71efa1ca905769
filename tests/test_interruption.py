"""A tiny run that is stopped in every way there is, and let go on; tests/interruption.py does so at length."""

import os
import re
import shutil
import signal
import subprocess
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest

from interruption import SMALL, Run, differences, undisturbed


@pytest.fixture(scope="module")
def expected(tmp_path_factory):
    return undisturbed(tmp_path_factory.mktemp("undisturbed"))[0]


def mount(folder, size):
    """Put the results of a run on a file system of this size; the kernel lets only root make one."""
    if shutil.which("mount") is None or os.geteuid() != 0:
        pytest.skip("only root can mount a small file system")
    command = ["mount", "-t", "tmpfs", "-o", f"size={size}", "tmpfs", folder]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        pytest.skip(f"no small file system can be mounted here: {done.stderr.strip()}")


class MemoryGroup:
    """Processes that together may have so much memory; when they take more, the kernel kills the largest of them."""

    def __init__(self, megabytes):
        both = Path("/sys/fs/cgroup/memory"), Path("/sys/fs/cgroup")  # of the kernel's first and second kind
        self.folder = next(filter(Path.is_dir, both), both[0]) / f"net2vec-test-{os.getpid()}"
        limits = {"memory.limit_in_bytes": megabytes * 10**6, "memory.max": megabytes * 10**6, "memory.swap.max": 0}
        try:
            self.folder.mkdir()
            known = [name for name in limits if (self.folder / name).exists()]
            for name in known:
                (self.folder / name).write_text(str(limits[name]))
        except OSError as error:
            pytest.skip(f"no control group can be made here: {error}")
        if not known:
            self.folder.rmdir()
            pytest.skip("control groups have no limits of memory here")

    @property
    def join(self):
        """A shell command that puts the shell, and all that it starts, into the group."""
        return f"echo $$ > {self.folder}/cgroup.procs"

    @property
    def kills(self):
        counts = [self.folder / name for name in ("memory.oom_control", "memory.events")]
        text = next(file for file in counts if file.exists()).read_text()
        return int(re.search(r"^oom_kill (\d+)$", text, re.MULTILINE)[1])


@contextmanager
def memory_group(megabytes):
    group = MemoryGroup(megabytes)
    try:
        yield group
    finally:
        group.folder.rmdir()


def go_on_to_the_same_results(run, expected):
    run.start()
    assert run.end() == 0, run.output
    assert differences(run.files(), expected) == []


def test_a_run_that_is_stopped_in_many_ways_goes_on_to_the_same_results(tmp_path, expected):
    run = Run(tmp_path)
    run.start(before="ulimit -v 2000000")
    assert run.end() != 0
    assert "out of memory; give the job more, or fewer threads, or lower the sizes in `compute`" in run.output
    assert "Traceback" not in run.output
    # each stage needs the one before, so that none is done too early
    for how, stage in ((signal.SIGINT, "probe"), (signal.SIGKILL, "filter-masks"), (signal.SIGTERM, "tables")):
        run.start()
        run.wait_for(stage)
        run.stop(how)
        assert run.process.returncode != 0
        assert "Finished work is kept" in run.output or how == signal.SIGKILL
        assert [name for name, digest in run.complete_files().items() if expected.get(name) != digest] == []
    run.start()
    run.wait_for("figure-layer")
    for number in run.jobs():
        with suppress(ProcessLookupError):  # it has just ended
            os.kill(number, signal.SIGKILL)
    assert run.end() != 0
    assert "a job was killed, as a system does that has no memory left" in run.output
    go_on_to_the_same_results(run, expected)


def test_a_job_that_the_kernel_kills_for_its_memory_is_told_and_more_of_it_lets_the_run_go_on(tmp_path, expected):
    run = Run(tmp_path)
    with memory_group(400) as group:
        run.start(before=group.join)
        assert run.end() != 0
        assert group.kills > 0
    assert "failed: network small; see results/tiny/logs/small/network.log" in run.output
    assert "a job was killed, as a system does that has no memory left: see `compute` for smaller sizes" in run.output
    assert "Finished work is kept" in run.output
    assert "Traceback" not in run.output
    go_on_to_the_same_results(run, expected)


def test_a_full_disk_gives_one_message_and_room_lets_it_go_on(tmp_path, expected):
    run, folder = Run(tmp_path), tmp_path / "results"
    folder.mkdir()
    mount(folder, "1500k")
    try:
        run.start()
        assert run.end() != 0
        assert "No space left on device; make room and run `snakemake` again, finished work is kept" in run.output
        assert "Traceback" not in run.output
        subprocess.run(["mount", "-o", "remount,size=1g", folder], check=True)
        go_on_to_the_same_results(run, expected)
    finally:
        subprocess.run(["umount", folder], check=True)


def test_two_runs_at_once_in_one_folder_do_each_other_no_harm(tmp_path, expected):
    run = Run(tmp_path)
    run.start()
    run.wait_for("dataset")
    second = run.space.snakemake(SMALL, "--cores", "1")
    assert second.returncode == 1
    assert "error: results/tiny: another `snakemake` works on this run (process " in second.stdout + second.stderr
    other = run.space.snakemake(SMALL, "--cores", "1", "--config", "run=other")
    assert other.returncode == 0, other.stdout + other.stderr
    assert run.end() == 0, run.output
    assert differences(run.files(), expected) == []
    tables = {path.relative_to(run.space.results): path.read_bytes() for path in run.space.results.rglob("*.csv")}
    for name, content in tables.items():
        there = (tmp_path / "results/other" / name).read_bytes()
        assert there.replace(b"results/other/", b"results/tiny/") == content, name
