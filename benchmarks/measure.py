"""How a stage is measured: beside a plain baseline, and beside what the machine itself needs."""

import resource
import statistics
import sys
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, TypeVar

Result = TypeVar("Result")
KIB_OR_BYTES = 1 if sys.platform == "darwin" else 1024


@dataclass(frozen=True)
class Check:
    """What must hold of a stage: a figure that is not less, or not more, than a bound."""

    what: str
    found: float
    bound: float
    at_least: bool

    @property
    def holds(self) -> bool:
        """Whether it does."""
        return self.found >= self.bound if self.at_least else self.found <= self.bound

    def __str__(self) -> str:
        side = "at least" if self.at_least else "at most"
        return f"{self.what}: {self.found:.3g}, {side} {self.bound:g}: {'holds' if self.holds else 'MISSED'}"


@dataclass
class Measured:
    """A stage's seconds of one thread; None where there is nothing to compare with.

    Attributes:
        stage: Its name.
        seconds: Wall time.
        cpu_seconds: CPU time.
        baseline_cpu_seconds: CPU time of the plain baseline on the same data.
        limit_cpu_seconds: CPU time of what cannot be avoided.
        limit: What that is.
        note: How the results agree, and what was scaled.
        checks: What must hold.
        memory_mib: Peak memory of the process until the stage was done, its data included.
    """

    stage: str
    seconds: float
    cpu_seconds: float
    baseline_cpu_seconds: float | None = None
    limit_cpu_seconds: float | None = None
    limit: str = ""
    note: str = ""
    checks: list[Check] = field(default_factory=list)
    memory_mib: float = 0.0

    def __post_init__(self) -> None:
        self.memory_mib = self.memory_mib or peak_memory()

    def as_dict(self) -> dict[str, Any]:
        """For a JSON file."""
        return asdict(self)


def peak_memory() -> float:
    """The most memory that this process has held, MiB."""
    status = Path("/proc/self/status")
    if status.exists():  # what `getrusage` says counts the process that started this one, too
        lines = status.read_text().splitlines()
        return next(int(line.split()[1]) for line in lines if line.startswith("VmHWM")) / 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * KIB_OR_BYTES / 2**20


def timed(work: Callable[[], Result], warm: bool = False) -> tuple[Result, float, float]:
    """What the work gives, its wall time and its CPU time; `warm` does it once before, so that no compiling counts."""
    if warm:
        work()
    wall, cpu = time.perf_counter(), time.process_time()
    result = work()
    return result, time.perf_counter() - wall, time.process_time() - cpu


def side_by_side(work: Callable[[], object], limit: Callable[[], object], times: int = 5) -> tuple[float, float, float]:
    """Wall and CPU time of the work, and CPU time of the limit: medians of runs in turns, after one of each."""
    work(), limit()
    walls, cpus, limits = zip(*((*timed(work)[1:], timed(limit)[2]) for _ in range(times)), strict=True)
    return statistics.median(walls), statistics.median(cpus), statistics.median(limits)
