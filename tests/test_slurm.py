"""The whole DAG on a real Slurm, one node with a pretended GPU; it takes root to bring one up."""

import fcntl
import os
import re
import shutil
import subprocess
from pathlib import Path

import dask
import numpy as np
import pandas as pd
import pytest
import zarr

from net2vec_core.dask_workers import dask_workers
from net2vec_core.threshold import thresholds
from workspace import ONE_LAYER, Workspace, with_changes

ONE_NODE = Path(__file__).parent / "slurm" / "one_node.sh"
CONFIG = with_changes(ONE_LAYER, ("compute", "device", "auto"), ("segmentation", "recipes", ["paper"]))
HERE = [
    *("--profile", "profiles/slurm", "--cores", "2", "--max-threads", "2"),
    # the node has one GPU, and no accounting; nobody waits for its file system
    *("--resources", "gpu=1", "--default-resources", "slurm_partition=main", "mem_mb=1000", "runtime=30"),
    *("--slurm-status-command", "squeue", "--slurm-init-seconds-before-status-checks", "2"),
]
# The first time that filter masks are made, the job dies as one that takes too much memory does.
KILLED_ONCE = """
import os, pathlib, signal, sys
marker = pathlib.Path(__file__).with_name("was_killed")
if "filter-masks" in sys.orig_argv and "net2vec_core" in sys.orig_argv and not marker.exists():
    marker.touch()
    os.kill(os.getpid(), signal.SIGKILL)
"""


@pytest.fixture(scope="module")
def slurm(tmp_path_factory):
    if os.geteuid() != 0:
        pytest.skip("only root can start Slurm's daemons")
    if not (shutil.which("slurmctld") and shutil.which("munged")):
        pytest.skip("Slurm is not installed: apt-get install slurm-wlm munge")
    if (installed := Path("/etc/slurm/slurm.conf")).exists() and not installed.is_symlink():
        pytest.skip("this machine has a Slurm of its own")
    folder = tmp_path_factory.mktemp("slurm")
    environment = {**os.environ, "SLURM_BASE": str(folder), "SLURM_CONF": str(folder / "etc/slurm.conf")}
    with (Path("/tmp") / "net2vec-one-node-slurm.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # its ports are fixed
        try:
            started = subprocess.run([ONE_NODE, "start"], env=environment, capture_output=True, text=True)
            assert started.returncode == 0, started.stdout + started.stderr
            yield environment
        finally:
            subprocess.run([ONE_NODE, "stop"], env=environment, check=True)


class Submission:
    """A job as Slurm keeps it."""

    def __init__(self, line):
        self.fields = dict(re.findall(r"(\S+?)=(\S*)", line))
        self.rules = self.fields.get("Comment") or self.fields["JobName"]

    @property
    def memory(self):
        """In MB."""
        amount, unit = re.fullmatch(r"(\d+)([MG])", self.fields["MinMemoryNode"]).groups()
        return int(amount) * {"M": 1, "G": 1024}[unit]

    @property
    def minutes(self):
        days, hours, minutes = re.fullmatch(r"(?:(\d+)-)?(\d+):(\d+):00", self.fields["TimeLimit"]).groups(default="0")
        return (int(days) * 24 + int(hours)) * 60 + int(minutes)

    @property
    def gpus(self):
        asked = self.fields.get("TresPerJob") or self.fields.get("TresPerNode", "")
        return int(asked.removeprefix("gres:gpu:") or 0)


@pytest.fixture(scope="module")
def run(slurm, tmp_path_factory):
    space = Workspace(tmp_path_factory.mktemp("on_slurm"))
    (space.folder / "sitecustomize.py").write_text(KILLED_ONCE)
    result = space.snakemake(CONFIG, *HERE, environment=slurm)
    assert result.returncode == 0, result.stdout + result.stderr
    space.submissions = submissions(slurm)
    return space


def submissions(slurm):
    shown = subprocess.run(["scontrol", "show", "job", "-o"], env=slurm, capture_output=True, text=True, check=True)
    return [Submission(line) for line in shown.stdout.splitlines()]


def of_rule(run, rule):
    return [job for job in run.submissions if rule in job.rules]


def test_the_results_are_those_of_a_local_run(run, tmp_path):
    local = Workspace(tmp_path)
    local.run(CONFIG)
    assert run.tables.keys() == local.tables.keys()
    for name, path in run.tables.items():
        assert path.read_bytes() == local.tables[name].read_bytes(), name


def test_what_uses_a_gpu_asks_for_one(run):
    asked = {job.rules.split("_wildcards")[0] for job in run.submissions if job.gpus}
    assert asked == {f"rule_{name}" for name in ("probe", "segmentation", "classification")} | {
        f"rule_segmentation_{name}" for name in ("subsets", "controls")
    }
    assert {job.gpus for job in run.submissions} == {0, 1}
    fits = {job for job in run.submissions if job.rules.startswith("rule_segmentation_wildcards")}
    assert {job for job in fits if job.gpus} == {job for job in fits if "paper" in job.rules}


def test_every_job_asks_for_memory_and_time(run):
    assert all(job.memory >= 100 and job.minutes >= 1 for job in run.submissions)


def test_a_job_that_died_comes_back_with_more_memory_and_time(run):
    first, second = of_rule(run, "filter_masks")
    assert (first.fields["JobState"], second.fields["JobState"]) == ("FAILED", "COMPLETED")
    assert second.memory == 2 * first.memory
    assert second.minutes == 2 * first.minutes


def test_what_follows_the_fits_of_a_layer_shares_a_submission(run):
    assert {job.rules for job in of_rule(run, "relations")} == {job.rules for job in of_rule(run, "figure_layer")}


def test_a_queue_with_a_qsub_is_asked_for_the_same(run, slurm, tmp_path):
    if not shutil.which("qsub"):
        pytest.skip("Slurm's qsub is not installed: apt-get install slurm-wlm-torque")
    space = Workspace(tmp_path)
    known = space.snakemake(CONFIG, "--cores", "1", "results/tiny/small/layers.csv")  # from which memory follows
    assert known.returncode == 0, known.stdout + known.stderr
    options = ["--profile", "profiles/cluster-generic", "--resources", "gpu=1", *HERE[2:6]]
    result = space.snakemake(CONFIG, *options, "results/tiny/small/activations/0.zarr", environment=slurm)
    assert result.returncode == 0, result.stdout + result.stderr
    (by_qsub,) = [job for job in submissions(slurm) if job.rules == "probe"]
    (by_sbatch,) = of_rule(run, "probe")
    assert by_qsub.fields["JobState"] == "COMPLETED"
    for asked in ("memory", "minutes", "gpus"):
        assert getattr(by_qsub, asked) == getattr(by_sbatch, asked)
    assert by_qsub.fields["NumCPUs"] == by_sbatch.fields["NumCPUs"]


@pytest.mark.usefixtures("run")
def test_thresholds_are_counted_by_workers_that_the_queue_starts(slurm, tmp_path, monkeypatch):
    monkeypatch.setenv("SLURM_CONF", slurm["SLURM_CONF"])
    values = np.random.default_rng(0).normal(size=(40, 5, 4, 3)).astype(np.float16)
    shard = zarr.open_group(str(tmp_path / "0.zarr"), mode="w").create_array("layer", data=values, chunks=(8, 5, 4, 3))
    of_a_job = {"cores": 1, "memory": "1GB", "queue": "main", "walltime": "00:10:00", "log-directory": str(tmp_path)}
    with (
        dask.config.set({f"jobqueue.slurm.{key}": value for key, value in of_a_job.items()}),
        dask_workers("slurm", jobs=1),
    ):
        there = thresholds([shard], 0.05, threads=1)
    pd.testing.assert_frame_equal(there, thresholds([shard], 0.05, threads=1))
    assert "dask-worker" in {job.rules for job in submissions(slurm)}
