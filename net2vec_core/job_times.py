"""Where the time of a run went: the measurements that Snakemake leaves of each job, by rule."""

import re
import subprocess
import sys
import time
from pathlib import Path

import pandas as pd

from net2vec_core.config import Config, load
from net2vec_core.errors import UserError
from net2vec_core.storage import read_table

ALL = "all"
NUMBER = re.compile(r"\d+(\.pass\d+)?")  # of a seed, a batch, or a shard and its forward pass


def job_times(run: Path) -> pd.DataFrame:
    """One row a rule, the longest first, and ALL.

    Columns rule (with the recipe, where it has one), jobs, seconds (of all jobs, one after the other), cpu_seconds
    (what Snakemake saw when it last looked, so less than was spent), memory_mb (of the largest job).

    Args:
        run: results/RUN.

    Raises:
        UserError: if the run has left no measurements.
    """
    files = sorted((run / "benchmarks").rglob("*.tsv"))
    if not files:
        raise UserError(f"{run}/benchmarks has no measurements; run `snakemake` to make them")
    config = load(run / "config.yaml")
    jobs = pd.concat([read_table(file, sep="\t").assign(rule=_rule(file, run, config)) for file in files])
    measured = ["s", "cpu_time", "max_rss"]
    jobs[measured] = jobs[measured].apply(pd.to_numeric, errors="coerce")  # `-` of jobs too short to be looked at
    rules = jobs.groupby("rule").agg(
        jobs=("s", "size"), seconds=("s", "sum"), cpu_seconds=("cpu_time", "sum"), memory_mb=("max_rss", "max")
    )
    rules = rules.sort_values("seconds", ascending=False, kind="stable")
    total = rules[["jobs", "seconds", "cpu_seconds"]].sum().to_dict() | {"memory_mb": rules["memory_mb"].max()}
    table = pd.concat([rules, pd.DataFrame(total, index=[ALL])]).rename_axis("rule").reset_index()
    return table.round(1).assign(jobs=table["jobs"].astype(int), memory_mb=table["memory_mb"].round().astype("Int64"))


def _rule(file: Path, run: Path, config: Config) -> str:
    """The rule, and recipe, whose job left this file: benchmarks/[NETWORK/[LAYER/]]RULE[/RECIPE][/NUMBER …].tsv."""
    parts = [*file.relative_to(run / "benchmarks").with_suffix("").parts]
    network = config.networks.get(parts[0])
    if network is not None:
        parts = parts[2:] if parts[1] in network.layers else parts[1:]
    return " ".join(part for part in parts if not NUMBER.fullmatch(part))


def with_start_up(times: pd.DataFrame) -> pd.DataFrame:
    """The same with start_seconds: what the jobs of each rule took to start, by how long one takes here and now."""
    of_rule = {rule: _start_seconds(rule.split()[0]) for rule in times["rule"] if rule != ALL}
    start = times["rule"].map(of_rule) * times["jobs"]
    return times.assign(start_seconds=start.fillna(start.sum()))


def _start_seconds(rule: str) -> float:
    """How long the rule's command takes to start, Python and imports."""
    begin = time.perf_counter()
    command = [sys.executable, "-m", "net2vec_core", rule.replace("_", "-"), "--help"]
    subprocess.run(command, check=True, capture_output=True)
    return time.perf_counter() - begin
