"""How far a run is."""

import os
import re
import time
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

END_OF_LOG = 4096  # bytes that hold a log's last line
TIME_OF_DAY = re.compile(r"^\d\d:\d\d:\d\d ")


@dataclass(frozen=True)
class Job:
    """A running job."""

    number: int
    rule: str
    wildcards: tuple[str, ...]
    log: str | None

    def __str__(self) -> str:
        return " ".join([self.rule, *self.wildcards])

    def last_word(self) -> str:
        """The last line of the job's log; empty where there is none."""
        try:
            with Path(self.log or os.devnull).open("rb") as file:
                file.seek(-min(END_OF_LOG, file.seek(0, os.SEEK_END)), os.SEEK_END)
                lines = file.read().decode(errors="replace").splitlines()
        except OSError:
            return ""
        return TIME_OF_DAY.sub("", lines[-1]) if lines else ""


@dataclass
class Run:
    """Steps done and jobs running, from the first job to the last."""

    total: int = 0
    done: int = 0
    began: float | None = None
    jobs: dict[int, Job] = field(default_factory=dict)

    @property
    def busy(self) -> bool:
        """Whether jobs are left to do."""
        return self.began is not None and self.done < self.total

    def begin(self, total: int) -> None:
        """The run's steps are known."""
        if self.began is None:
            self.total, self.began = total, time.monotonic()

    def start(self, job: Job) -> None:
        """A job runs, or waits in a cluster's queue."""
        self.jobs[job.number] = job

    def end(self, number: int) -> Job | None:
        """A job has ended; gives it, if it was known."""
        return self.jobs.pop(number, None)

    def count(self, done: int, total: int) -> None:
        """So many steps are done; a data set that is read brings new ones."""
        self.done, self.total = done, total

    def __str__(self) -> str:
        """Steps and h:mm:ss; what is left is known once steps are done, if those to come are like them."""
        seconds = time.monotonic() - self.began if self.began is not None else 0.0
        text = f"{self.done} of {self.total} steps, {_hours(seconds)} so far"
        if not self.done or not self.busy:
            return text
        return f"{text}, about {_hours(seconds / self.done * (self.total - self.done))} left"


def _hours(seconds: float) -> str:
    return str(timedelta(seconds=round(seconds)))
