"""Jobs of a Kubernetes cluster, as Snakemake's executor `cluster-generic` asks for them."""

import argparse
from pathlib import Path

import kubernetes
import yaml

MANIFEST = yaml.safe_load(Path(__file__).with_name("job.yaml").read_text(encoding="utf-8"))
NAMESPACE = MANIFEST["metadata"]["namespace"]


def submit(batch: kubernetes.client.BatchV1Api, asked: argparse.Namespace) -> None:
    """Submit a script of the working directory and print the job's name."""
    MANIFEST["spec"]["activeDeadlineSeconds"] = 60 * asked.minutes
    (container,) = MANIFEST["spec"]["template"]["spec"]["containers"]
    container["command"] = ["sh", str(asked.script.resolve())]
    container["workingDir"] = str(Path.cwd())
    limits = {"memory": f"{asked.megabytes}M"} | ({"nvidia.com/gpu": str(asked.gpus)} if asked.gpus else {})
    container["resources"] = {"requests": {"cpu": str(asked.cpus)} | limits, "limits": limits}
    print(batch.create_namespaced_job(NAMESPACE, MANIFEST).metadata.name)


def status(batch: kubernetes.client.BatchV1Api, asked: argparse.Namespace) -> None:
    """Print how a job stands, in Snakemake's words."""
    found = batch.read_namespaced_job_status(asked.name, NAMESPACE).status
    print("success" if found.succeeded else "failed" if found.failed else "running")


def cancel(batch: kubernetes.client.BatchV1Api, asked: argparse.Namespace) -> None:
    """End jobs."""
    for name in asked.names:
        batch.delete_namespaced_job(name, NAMESPACE, propagation_policy="Background")


def arguments() -> argparse.Namespace:
    """What the command line asks for."""
    parser = argparse.ArgumentParser(description=__doc__)
    commands = parser.add_subparsers(required=True)
    of_submit = commands.add_parser("submit")
    of_submit.set_defaults(command=submit)
    for option in ("--cpus", "--megabytes", "--minutes", "--gpus"):
        of_submit.add_argument(option, type=int, required=True)
    of_submit.add_argument("script", type=Path)
    of_status = commands.add_parser("status")
    of_status.set_defaults(command=status)
    of_status.add_argument("name")
    of_cancel = commands.add_parser("cancel")
    of_cancel.set_defaults(command=cancel)
    of_cancel.add_argument("names", nargs="+")
    return parser.parse_args()


def main() -> None:
    """Reach the cluster as kubectl does, or from within a pod, and do what is asked."""
    try:
        kubernetes.config.load_kube_config()
    except kubernetes.config.ConfigException:
        kubernetes.config.load_incluster_config()
    asked = arguments()
    asked.command(kubernetes.client.BatchV1Api(), asked)


if __name__ == "__main__":
    main()
