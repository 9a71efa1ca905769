import os
import pty
import re
import subprocess
import sys

import pytest

SNAKEFILE = """
rule all:
    input: expand("{name}.txt", name=["a", "b", "c"])
rule work:
    output: "{name}.txt"
    log: "{name}.log"
    shell: "echo '12:00:00 fitting embeddings: 3 of 9 concepts' > {log}; sleep 1.5; %s touch {output}"
"""


def snakemake(folder, *options, check="", rule="work", **streams):
    (folder / "Snakefile").write_text(SNAKEFILE.replace("work", rule) % check)
    command = [sys.executable, "-m", "snakemake", "--cores", "1", "--logger", "net2vec", *options]
    return subprocess.run(command, cwd=folder, check=False, **streams)


@pytest.fixture(scope="module")
def logged(tmp_path_factory):
    folder = tmp_path_factory.mktemp("logged")
    run = snakemake(folder, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    assert run.returncode == 0, run.stdout
    return run.stdout


def test_a_log_gets_few_lines_that_say_how_far_the_run_is(logged):
    lines = logged.splitlines()
    assert lines[0] == "4 steps to do, more once the data set is read"
    assert re.fullmatch(r"0 of 4 steps, 0:00:0\d so far; at work: work \w", lines[1])
    assert sum(" steps, " in line for line in lines) < 4
    assert re.search(r"^4 of 4 steps, 0:00:\d\d so far$", logged, re.MULTILINE)


def test_a_log_holds_no_control_characters(logged):
    assert "\x1b" not in logged


def test_a_terminal_shows_a_bar_and_what_jobs_are_at(tmp_path):
    terminal, end = pty.openpty()
    run = snakemake(tmp_path, stdin=end, stdout=end, stderr=end, env=os.environ | {"COLUMNS": "110"})
    os.close(end)
    shown = b""
    while piece := _read(terminal):
        shown += piece
    text = re.sub(r"\x1b\[[\d;?]*[A-Za-z]", "", shown.decode())
    assert run.returncode == 0, text
    assert re.search(r"━ 1 of 4 steps, 0:00:0\d so far, about 0:00:\d\d left", text)
    assert re.search(r"work \w +fitting embeddings: 3 of 9 concepts", text)


def _read(terminal):
    try:
        return os.read(terminal, 65536)
    except OSError:  # how Linux says that nobody writes any more
        return b""


def test_a_failed_job_is_named_with_its_log(tmp_path):
    run = snakemake(tmp_path, check="false;", stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    assert run.returncode == 1
    assert re.search(r"^failed: work (\w); see \1\.log$", run.stdout, re.MULTILINE)
    assert "CalledProcessError" not in run.stdout


def test_a_dry_run_prints_what_snakemake_prints(tmp_path):
    run = snakemake(tmp_path, "--dry-run", stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    assert "rule work:" in run.stdout
    assert "This was a dry-run" in run.stdout


def test_nothing_to_do_is_said(tmp_path):
    for name in "abc":
        (tmp_path / f"{name}.txt").touch()
    run = snakemake(tmp_path, "--rerun-triggers", "mtime", stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    assert "Nothing to be done" in run.stdout


def test_the_check_of_a_network_ends_with_what_the_network_needs(tmp_path, logged):
    run = snakemake(tmp_path, rule="network", stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    assert run.stdout.splitlines().count("fitting embeddings: 3 of 9 concepts") == 3
    assert "\nfitting embeddings" not in logged
