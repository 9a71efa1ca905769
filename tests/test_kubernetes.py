"""Submission by the Kubernetes profile, to an API server that runs jobs on this machine."""

import os

import yaml

from kubernetes_api import Cluster, container_of
from workspace import ONE_LAYER, Workspace, with_changes

CONFIG = with_changes(ONE_LAYER, ("compute", "device", "auto"))


def test_jobs_ask_for_what_they_need(tmp_path):
    (tmp_path / "run").mkdir()
    space = Workspace(tmp_path / "run")
    with Cluster() as cluster:
        (tmp_path / "kubeconfig").write_text(yaml.safe_dump(cluster.kubeconfig))
        environment = {**os.environ, "KUBECONFIG": str(tmp_path / "kubeconfig")}
        options = ["--profile", "profiles/kubernetes", "--resources", "gpu=1", "--cores", "2", "--max-threads", "2"]
        target = "results/tiny/small/activations/0.zarr"
        result = space.snakemake(CONFIG, *options, "--latency-wait", "5", target, environment=environment)
    assert result.returncode == 0, result.stdout + result.stderr
    assert (space.folder / target).is_dir()
    of_dataset, of_probe = (container_of(job)["resources"] for job in cluster.jobs.values())
    assert of_probe["limits"]["nvidia.com/gpu"] == "1"
    assert "nvidia.com/gpu" not in of_dataset["limits"]
    assert of_probe["requests"]["cpu"] == "2"
    memory = [int(of["limits"]["memory"].removesuffix("M")) for of in (of_dataset, of_probe)]
    assert 100 <= memory[0] < memory[1]
    assert all(job["spec"]["activeDeadlineSeconds"] >= 600 for job in cluster.jobs.values())
