"""`python -m benchmarks.broden_run`: every stage from activations to tables at Broden's size, or a fraction of it."""

import argparse
import math
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path
from typing import Any

from benchmarks.broden_sized import LAYER, NETWORK, broden_sizes, generate
from benchmarks.results import machine, write_result
from net2vec_core.cli.reading import read_concepts
from net2vec_core.config import load
from net2vec_core.estimates import memory_mb

MINUTES, GIGABYTES = 30, 6  # what all of Broden may take
# what each asks for memory as
STAGES = {
    "filter masks": "filter_masks",
    "single filters": "single_filter",
    "fits": "segmentation",
    "tables": "tables",
}

Command = list[Any]


def main() -> None:
    """Draw a fraction of Broden, run the stages on it, and print and keep what each took."""
    arguments = _arguments()
    with tempfile.TemporaryDirectory(dir=arguments.folder) as folder:
        before = time.perf_counter()
        config = generate(Path(folder), arguments.fraction)
        print(f"{arguments.fraction} of Broden drawn in {time.perf_counter() - before:.0f} s", flush=True)
        stages = [_measure(name, command) for name, command in _commands(config, arguments.threads)]
        sizes = broden_sizes(arguments.fraction)
        disk = sum(file.stat().st_size for file in Path(folder).rglob("*") if file.is_file())
    seconds = sum(stage["seconds"] for stage in stages)
    memory = max(stage["memory_mib"] for stage in stages)
    for stage, needs in STAGES.items():
        asked = memory_mb(needs, sizes, arguments.threads) * 10**6 / 2**20
        used = max(of["memory_mib"] for of in stages if of["stage"] == stage)
        print(f"{stage} asks for {asked:.0f} MiB, used {used:.0f} MiB: {'holds' if used <= asked else 'MISSED'}")
    print(f"all stages: {seconds:.0f} s, {memory:.0f} MiB at most, {disk / 2**20:.0f} MiB of disk")
    if arguments.fraction == 1:
        for what, found, limit in (("minutes", seconds / 60, MINUTES), ("GiB", memory / 1024, GIGABYTES)):
            print(f"  {what}: {found:.1f}, at most {limit}: {'holds' if found <= limit else 'MISSED'}")
    result = {"fraction": str(arguments.fraction), "threads": arguments.threads, "disk_bytes": disk, "stages": stages}
    write_result(f"broden-{arguments.fraction.denominator}", machine() | result)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--fraction", type=Fraction, default=Fraction(1, 64), help="of Broden's 63,305 images")
    parser.add_argument("--folder", type=Path, help="where stores may lie for the time being; 4 GB for all of Broden")
    parser.add_argument("--threads", type=int, default=os.cpu_count())
    return parser.parse_args()


def _commands(config_file: Path, threads: int) -> Iterator[tuple[str, Command]]:
    """The commands that the rules call, stage by stage."""
    folder, config = config_file.parent, load(config_file)
    data, layer = folder / "dataset", folder / LAYER
    shards = sorted((folder / "activations").glob("*.zarr"), key=lambda path: int(path.stem))
    activations = [word for shard in shards for word in ("--activations", shard)]
    common, many = ["--config", config_file], ["--threads", threads]
    network, of_data = ["--network", NETWORK], ["--dataset", data]
    of_layer = [*common, *network, "--layer", LAYER, *activations]
    thresholds, counts = layer / "thresholds.csv", layer / "single_filter.zarr"
    masks = ["--filter-masks", layer / "filter_masks.zarr"]
    yield "concepts", ["concepts", *common, *of_data, "--output", data / "concepts.csv"]
    yield "filter masks", ["filter-masks", *of_layer, "--thresholds-csv", thresholds, "--output", masks[1], *many]
    of_both = [*common, *network, *of_data]
    yield "single filters", ["single-filter", *of_both, *masks, "--output", counts, *many]
    batches = range(math.ceil(len(read_concepts(data / "concepts.csv")) / config.compute.concepts_per_job))
    stores = [layer / f"segmentation/{batch}.zarr" for batch in batches]
    for batch, store in zip(batches, stores, strict=True):
        of_fit = ["--recipe", "paper", "--seed", 0, "--batch", batch, "--output", store]
        yield "fits", ["segmentation", *of_both, *masks, *of_fit, *many]
    fits = [word for store in stores for word in ("--segmentation", store)]
    names = ("single-filter", "segmentation", "individual-iou", "convergence")
    tables = [word for name in names for word in (f"--{name}-csv", layer / f"{name}.csv")]
    yield "tables", ["tables", *of_both, "--counts", counts, *fits, *tables, "--embeddings", layer / "embeddings.zarr"]


def _measure(stage: str, command: Command) -> dict[str, Any]:
    """Wall time, CPU time and peak memory of a command."""
    before = time.perf_counter()
    process = subprocess.Popen([sys.executable, "-m", "net2vec_core", *map(str, command)], stderr=subprocess.PIPE)
    message = process.stderr.read() if process.stderr else b""
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise RuntimeError(f"{stage} failed: {message.decode()[-2000:]}")
    seconds, cpu = time.perf_counter() - before, usage.ru_utime + usage.ru_stime
    memory = usage.ru_maxrss / 1024
    print(f"{stage:16} {seconds:8.1f} s {cpu:8.1f} CPU s {memory:8.0f} MiB", flush=True)
    return {"stage": stage, "seconds": seconds, "cpu_seconds": cpu, "memory_mib": memory}


if __name__ == "__main__":
    main()
