"""What a mistake is in this catalogue, how it is made, and how net2vec is run over it as its users run it."""

import contextlib
import hashlib
import io
import logging
import re
import shlex
import sys
import warnings
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from unittest import mock

import yaml

from archive import Archive
from net2vec_core.cli import main

RUN = "results/tiny"
LAYER = f"{RUN}/net/features.6"
CONFIG = {
    "run": "tiny",
    "cache": "cache",
    "dataset": {"reader": "broden", "path": "broden", "image_size": 40, "mask_size": 10},
    "networks": {"net": {"model": "torchvision/squeezenet1_1", "weights": "random", "layers": ["features.6"]}},
    "threshold": {"quantile": 0.05},
    "segmentation": {"recipes": ["paper"]},
    "compute": {"device": "cpu", "images_per_shard": 4},
}
CONFIGURED, OF_NETWORK = "--config run.yaml", "--config run.yaml --network net"
OF_DATASET, OF_LAYER = f"--dataset {RUN}/dataset", f"{OF_NETWORK} --layer features.6"
SHARDS = " ".join(f"--activations {RUN}/net/activations/{shard}.zarr" for shard in (0, 1))
EMBEDDINGS = f"--embeddings {LAYER}/embeddings.zarr"


def into(folder: str, *names: str) -> str:
    """Options that name the files to write."""
    return " ".join(f"--{name.partition('.')[0].replace('_', '-')} {folder}/{name}" for name in names)


def csv_into(folder: str, *names: str) -> str:
    return " ".join(f"--{name.replace('_', '-')}-csv {folder}/{name}.csv" for name in names)


# The stages of a run, in their order, as the workflow calls them.
STAGES = {
    "dataset": f"dataset {CONFIGURED} {into(f'{RUN}/dataset', 'labels.zarr', 'images.csv', 'occurrences.csv.gz')}"
    f" --skipped {RUN}/dataset/skipped.csv --drawings {RUN}/dataset/drawings",
    "concepts": f"concepts {CONFIGURED} {OF_DATASET} --output {RUN}/dataset/concepts.csv",
    "network": f"network {OF_NETWORK} --output {RUN}/net/layers.csv",
    "probe": f"probe {OF_NETWORK} {OF_DATASET} --layer features.6 --shard 0 --output {RUN}/net/activations/0.zarr",
    "probe 1": f"probe {OF_NETWORK} {OF_DATASET} --layer features.6 --shard 1 --output {RUN}/net/activations/1.zarr",
    "filter-masks": f"filter-masks {OF_LAYER} {SHARDS} {csv_into(LAYER, 'thresholds')}"
    f" --output {LAYER}/filter_masks.zarr",
    "single-filter": f"single-filter {OF_NETWORK} {OF_DATASET} --filter-masks {LAYER}/filter_masks.zarr"
    f" --output {LAYER}/single_filter.zarr",
    "segmentation": f"segmentation {OF_NETWORK} {OF_DATASET} --filter-masks {LAYER}/filter_masks.zarr --recipe paper"
    f" --seed 0 --batch 0 --output {LAYER}/segmentation/paper/0/0.zarr",
    "tables": f"tables {OF_NETWORK} {OF_DATASET} --counts {LAYER}/single_filter.zarr"
    f" --segmentation {LAYER}/segmentation/paper/0/0.zarr {EMBEDDINGS}"
    f" {csv_into(LAYER, 'single_filter', 'segmentation', 'convergence')}"
    f" --individual-iou-csv {LAYER}/individual_iou.csv.gz",
    "pool": f"pool {OF_LAYER} {SHARDS} --output {LAYER}/pooled.zarr",
    "classification": f"classification {OF_NETWORK} {OF_DATASET} --pooled {LAYER}/pooled.zarr --recipe paper --seed 0"
    f" --output {LAYER}/classification/paper/0.zarr",
    "cooccurrence": f"cooccurrence {CONFIGURED} {OF_DATASET} --output {RUN}/dataset/cooccurrence.csv.gz",
    "relations": f"relations {OF_NETWORK} --concepts {RUN}/dataset/concepts.csv"
    f" --cooccurrence {RUN}/dataset/cooccurrence.csv.gz --classification {LAYER}/classification/paper/0.zarr"
    f" --results {LAYER}",
}
COMPARISON = f"comparison {CONFIGURED} --results {RUN} {csv_into('new', 'layer_pairs', 'filters_needed')}"
ASK = "ask --run tiny --layer features.6"
EXPORT = f"export {EMBEDDINGS}"


@dataclass(frozen=True)
class Case:
    """A mistake: what is wrong, how it is made in the folder of a finished run, and what net2vec says of it.

    Attributes:
        name: What is wrong, in words.
        spoil: Makes the mistake in the working directory.
        command: A name of STAGES, or a command line, that meets it.
        message: The one message; `…` stands for any text.
        patch: Where the mistake is the machine's: what to replace while the command runs, as `mock.patch` takes it.
        removes: What the command itself removes because of the mistake.
    """

    name: str
    spoil: Callable[[], object]
    command: str
    message: str
    patch: tuple[str, object] | None = None
    removes: str | None = None


@dataclass(frozen=True)
class Done:
    """What a command said."""

    status: int
    stdout: str
    stderr: str

    @property
    def message(self) -> str:
        """The one message of a command that stopped over a mistake; lines of progress may come before it."""
        assert self.status == 1, self
        assert self.stdout == ""
        assert "Traceback" not in self.stderr
        form = r"(?:\d\d:\d\d:\d\d (?!error: )[^\n]*\n)*\d\d:\d\d:\d\d error: (.*)\n"
        found = re.fullmatch(form, self.stderr, re.DOTALL)
        assert found, self.stderr
        return found[1]


def net2vec(command: str) -> Done:
    """Run a command line in this process as `python -m net2vec_core` runs it; a warning is a line on stderr"
    " there, too."""
    out, err = io.StringIO(), io.StringIO()
    handlers, logging.root.handlers = logging.root.handlers, []
    try:
        with (
            contextlib.redirect_stdout(out),
            contextlib.redirect_stderr(err),
            warnings.catch_warnings(),
            mock.patch.object(sys, "argv", ["net2vec", *shlex.split(command)]),
            # a process takes seconds to start; tests/test_cli.py reads data sets by real ones
            mock.patch("net2vec_core.labels.ProcessPoolExecutor", ThreadPoolExecutor),
        ):
            warnings.resetwarnings()
            for kind in (DeprecationWarning, PendingDeprecationWarning, ImportWarning, ResourceWarning):
                warnings.simplefilter("ignore", kind)
            warnings.showwarning = lambda message, *_rest: print(f"warning: {message}", file=err)
            status = _status(main)
    finally:
        logging.root.handlers = handlers
    return Done(status, out.getvalue(), err.getvalue())


def _status(command: Callable[[], None]) -> int:
    try:
        command()
    except SystemExit as end:
        return int(end.code or 0)
    return 0


def make_run(folder: Path) -> None:
    """A finished run on eight random images, small enough to copy for every case."""
    folder.mkdir()
    with contextlib.chdir(folder):
        Archive("broden", image_side=20, mask_side=10)
        write_config(CONFIG)
        Path(RUN).mkdir(parents=True)
        Path(RUN, "config.yaml").write_text(yaml.safe_dump(CONFIG))
        for name, command in STAGES.items():
            done = net2vec(command)
            assert done.status == 0, f"{name}: {done.stderr}"


def write_config(values: object) -> None:
    Path("run.yaml").write_text(yaml.safe_dump(values, allow_unicode=True), encoding="utf-8")


def listing(folder: Path) -> dict[str, str]:
    """Every file and link in a folder but logs, with a digest of its content; an empty folder is nothing written."""
    return {
        str(path.relative_to(folder)): str(path.readlink()) if path.is_symlink() else _digest(path)
        for path in sorted(folder.rglob("*"))
        if path.is_symlink() or (path.is_file() and path.suffix not in (".log", ".lock"))
    }


def _digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def as_pattern(message: str) -> re.Pattern[str]:
    """A pattern of the messages that a case's `message` stands for."""
    return re.compile(".*".join(map(re.escape, message.split("…"))), re.DOTALL)
