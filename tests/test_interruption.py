"""A tiny run that is stopped in every way there is, and let go on; tests/interruption.py does so at length."""

import os
import shutil
import signal
import subprocess

import pytest

from interruption import Run, differences, undisturbed


@pytest.fixture(scope="module")
def expected(tmp_path_factory):
    return undisturbed(tmp_path_factory.mktemp("undisturbed"))[0]


def mounted(folder, size):
    """Put the results of a run on a file system of this size; the kernel lets only root make one."""
    if shutil.which("mount") is None or os.geteuid() != 0:
        pytest.skip("only root can mount a small file system")
    command = ["mount", "-t", "tmpfs", "-o", f"size={size}", "tmpfs", folder]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        pytest.skip(f"no small file system can be mounted here: {done.stderr.strip()}")


@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGINT, signal.SIGTERM])
def test_a_run_that_is_stopped_goes_on_to_the_same_results(tmp_path, expected, how):
    run = Run(tmp_path)
    for stage in ("probe", "segmentation"):
        run.start()
        run.wait_for(stage)
        run.stop(how)
        assert run.process.returncode != 0
        assert "Traceback" not in run.output
        assert [name for name, digest in run.complete_files().items() if expected.get(name) != digest] == []
    run.start()
    assert run.end() == 0, run.output
    assert differences(run.files(), expected) == []


def test_a_full_disk_gives_one_message_and_room_lets_it_go_on(tmp_path, expected):
    run = Run(tmp_path)
    folder = tmp_path / "results"
    folder.mkdir()
    mounted(folder, "1500k")
    try:
        run.start()
        assert run.end() != 0
        assert "No space left on device; make room and run `snakemake` again, finished work is kept" in run.output
        assert "Traceback" not in run.output
        subprocess.run(["mount", "-o", "remount,size=1g", folder], check=True)
        run.start()
        assert run.end() == 0, run.output
        assert differences(run.files(), expected) == []
    finally:
        subprocess.run(["umount", folder], check=True)


def test_too_little_memory_gives_one_message_and_more_lets_it_go_on(tmp_path, expected):
    run = Run(tmp_path)
    run.start(before="ulimit -v 2000000")
    assert run.end() != 0
    assert "out of memory; give the job more, or fewer threads, or lower the sizes in `compute`" in run.output
    assert "Traceback" not in run.output
    run.start()
    assert run.end() == 0, run.output
    assert differences(run.files(), expected) == []
