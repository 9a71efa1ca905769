"""Kills a tiny run at random moments, lets it go on each time, and compares its results with an undisturbed run's.

    python tests/interruption.py --kills 40

A run takes several kills before it ends; then the next begins. The moment of a kill is looked at, too: what lies at its
place by then must be whole, that is, equal to the undisturbed run's.
"""

import argparse
import hashlib
import os
import random
import re
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from itertools import count
from pathlib import Path

import yaml

from workspace import Workspace

SMALL = {
    "run": "tiny",
    "dataset": {"image_size": 64, "mask_size": 16, "toy": {"images": 16}},
    "concepts": {"include": ["grass", "sky", "tree", "person", "red", "blue"]},
    "networks": {"small": {"model": "torchvision/squeezenet1_1", "weights": "random", "layers": ["features.4"]}},
    "threshold": {"quantile": 0.05},
    "segmentation": {"recipes": ["paper", "iou"]},
    "compute": {"device": "cpu", "images_per_shard": 8},
}
# what tells of a run, not of its results: how long jobs took, what they said, when Snakemake saw a folder, who runs
ASIDE = {"logs", "benchmarks", ".snakemake_timestamp", ".lock"}
STAGE = re.compile(rb"net2vec_core\x00--log\x00[^\x00]+\x00([\w-]+)\x00")


class Run:
    """A tiny run in a folder of its own, started and stopped as often as one likes."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(exist_ok=True)
        self.space = Workspace(folder)
        (folder / "tiny.yaml").write_text(yaml.safe_dump(SMALL))

    def start(self, before: str = "true") -> None:
        """Start or carry on, with its jobs in a session of its own; `before` is a shell command that sets limits."""
        command = f"{before} && exec snakemake --configfile tiny.yaml --cores 2"
        path = f"{Path(sys.executable).parent}:{os.environ['PATH']}"
        with (self.space.folder / "output").open("w") as output:
            self.process = subprocess.Popen(
                ["bash", "-c", command],
                cwd=self.space.folder,
                env={**os.environ, "PATH": path, "PYTHONPATH": str(self.space.folder)},
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
                preexec_fn=_heed_interrupts,
            )

    def stop(self, how: signal.Signals) -> None:
        """Send a signal to Snakemake and all of its jobs, and wait until none is left."""
        os.killpg(self.process.pid, how)
        self.end()

    def end(self) -> int:
        """Wait for the end, and give the exit status."""
        self.process.wait()
        while self.processes():
            time.sleep(0.05)
        return self.process.returncode

    @property
    def output(self) -> str:
        """What Snakemake and its jobs said, since it was last started."""
        return (self.space.folder / "output").read_text()

    def processes(self) -> dict[int, bytes]:
        """The command lines of all processes of this run, by their numbers."""
        found = {}
        for entry in Path("/proc").iterdir():
            try:
                if entry.name.isdecimal() and os.getsid(int(entry.name)) == self.process.pid:
                    found[int(entry.name)] = (entry / "cmdline").read_bytes()
            except OSError:  # it has just ended
                pass
        return {number: command for number, command in found.items() if command}  # a zombie has none

    def jobs(self) -> dict[int, str]:
        """The stages that run now, by the numbers of their processes."""
        found = {number: STAGE.search(command) for number, command in self.processes().items()}
        return {number: match[1].decode() for number, match in found.items() if match}

    def stages(self) -> list[str]:
        """The stages that run now."""
        return sorted(set(self.jobs().values()))

    def wait_for(self, stage: str = "") -> None:
        """Wait until a job runs, of this stage where one is named."""
        while self.process.poll() is None and not any(stage in ("", running) for running in self.stages()):
            time.sleep(0.05)

    def files(self) -> dict[str, str]:
        """A digest of every file of the results."""
        folder = self.space.results
        paths = [path for path in folder.rglob("*") if path.is_file() and not ASIDE & {*path.relative_to(folder).parts}]
        return {str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest() for path in paths}

    def complete_files(self) -> dict[str, str]:
        """The same without what is being written or worked with: it is hidden, or a drawing."""
        return {
            name: digest for name, digest in self.files().items() if "/." not in f"/{name}" and "drawings" not in name
        }


def _heed_interrupts() -> None:
    # what a shell starts in the background ignores them, and so does all that is started from there
    signal.signal(signal.SIGINT, signal.SIG_DFL)


def differences(found: dict[str, str], expected: dict[str, str]) -> list[str]:
    """Names of the files that differ or that only one side has."""
    return sorted(name for name in found.keys() | expected.keys() if found.get(name) != expected.get(name))


def undisturbed(folder: Path) -> tuple[dict[str, str], float]:
    """The files of a run that nothing disturbs, and how long it took, seconds."""
    run, start = Run(folder), time.monotonic()
    run.start()
    if run.end():
        raise SystemExit(run.output)
    return run.files(), time.monotonic() - start


@dataclass
class Kill:
    """What ran when a run was killed, what was not whole then, and how it ended later."""

    stages: list[str]
    broken: list[str]
    resumed: bool = False
    identical: bool = False

    @property
    def good(self) -> bool:
        """Whether it did no harm."""
        return self.resumed and self.identical and not self.broken


def killed_run(
    folder: Path, expected: dict[str, str], pauses: Iterator[float], how: signal.Signals
) -> tuple[list[Kill], str]:
    """Start a run, kill it and let it go on, until it ends in the time between two kills; also gives what is wrong."""
    run, kills = Run(folder), []
    for pause in pauses:
        run.start()
        run.wait_for()
        with suppress(subprocess.TimeoutExpired):
            run.process.wait(pause)
        if run.process.poll() is not None:
            break
        stages = run.stages()
        run.stop(how)
        kills.append(
            Kill(stages, [name for name, digest in run.complete_files().items() if expected.get(name) != digest])
        )
    ended, different = run.end() == 0, differences(run.files(), expected)
    for kill in kills:
        kill.resumed, kill.identical = ended, not different
    wrong = [] if ended else [run.output]
    return kills, "\n".join([*wrong, *(f"  differs: {name}" for name in different)])


def pauses(chance: random.Random, duration: float) -> Iterator[float]:
    """Seconds from the first job to each kill: the more often a run was killed, the longer, so that it ends one day."""
    for number in count(10):
        yield chance.uniform(0, duration / 60 * number)


def table_row(number: int, kill: Kill) -> str:
    words = ["yes" if value else "NO" for value in (not kill.broken, kill.resumed, kill.identical)]
    return f"{number:4}  {words[0]:5}  {words[1]:7}  {words[2]:9}  {', '.join(kill.stages) or '(between jobs)'}"


def options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--kills", type=int, default=40, help="how many at least")
    parser.add_argument("--seed", type=int, default=0, help="of the moments")
    parser.add_argument("--signal", choices=["SIGKILL", "SIGINT", "SIGTERM"], default="SIGKILL")
    return parser.parse_args()


def main() -> None:
    chosen = options()
    chance, kills = random.Random(chosen.seed), list[Kill]()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        expected, duration = undisturbed(folder / "undisturbed")
        print(f"{len(expected)} files of results are compared; an undisturbed run takes {duration:.0f} s", flush=True)
        print("kill  whole  resumed  identical  stages at work", flush=True)
        while len(kills) < chosen.kills:
            how = signal.Signals[chosen.signal]
            of_run, wrong = killed_run(folder / f"{len(kills)}", expected, pauses(chance, duration), how)
            for number, kill in enumerate(of_run, start=len(kills) + 1):
                print(table_row(number, kill), *kill.broken, flush=True)
            print(wrong, end="\n" if wrong else "", flush=True)
            kills += of_run
    stages = Counter(stage for kill in kills for stage in kill.stages)
    good = sum(kill.good for kill in kills)
    print(f"{good} of {len(kills)} kills ({chosen.signal}) ended in identical results. Kills by stage:")
    print(", ".join(f"{stage} {times}" for stage, times in sorted(stages.items())))
    sys.exit(good < len(kills))


if __name__ == "__main__":
    main()
