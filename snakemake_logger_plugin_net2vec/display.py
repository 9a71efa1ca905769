"""Two ways to show a run: live on a terminal; elsewhere, such as in a log, a line now and then."""

import time
from typing import Protocol, TextIO

from rich.console import Console, Group
from rich.live import Live
from rich.progress_bar import ProgressBar
from rich.table import Table
from rich.text import Text

from snakemake_logger_plugin_net2vec.run import Run

SECONDS_BETWEEN_LINES = 15
REFRESHES_PER_SECOND = 2
BAR_WIDTH = 25


class Display(Protocol):
    """What the handler tells a display."""

    def start(self) -> None:
        """The run begins."""

    def changed(self) -> None:
        """Jobs have begun or ended."""

    def say(self, message: str) -> None:
        """Print a message that stays."""

    def stop(self) -> None:
        """The run is over."""


class LiveDisplay:
    """A bar over all steps, and below it what each running job is at."""

    def __init__(self, run: Run, stream: TextIO) -> None:
        self.run = run
        self.console = Console(file=stream)
        self.live = Live(
            console=self.console,
            get_renderable=self._render,
            refresh_per_second=REFRESHES_PER_SECOND,
            transient=True,
            vertical_overflow="crop",
        )

    def start(self) -> None:
        """Show the bar."""
        self.live.start()
        self.console.show_cursor(True)  # a killed run leaves it as it is

    def changed(self) -> None:
        """The next refresh shows it."""

    def say(self, message: str) -> None:
        """Print a message above the bar."""
        if message:
            self.console.print(message, markup=False, highlight=False)

    def stop(self) -> None:
        """Take the bar away."""
        self.live.stop()

    def _render(self) -> Group:
        run = self.run
        head = Table.grid(padding=(0, 1))
        bar = ProgressBar(total=max(run.total, 1), completed=run.done, width=BAR_WIDTH)
        head.add_row(bar, str(run))
        jobs = Table.grid(padding=(0, 2))
        for job in list(run.jobs.values()):
            jobs.add_row(Text(f"  {job}", style="cyan"), Text(job.last_word(), overflow="ellipsis", no_wrap=True))
        return Group(head, jobs)


class Lines:
    """A line when steps are done, not more often than every SECONDS_BETWEEN_LINES."""

    def __init__(self, run: Run, stream: TextIO) -> None:
        self.run, self.stream = run, stream
        self.next_line = 0.0

    def start(self) -> None:
        """Say how much there is to do."""
        self.say(f"{self.run.total} steps to do, more once the data set is read")

    def changed(self) -> None:
        """Say how far the run is, if that was not said just before."""
        run, now = self.run, time.monotonic()
        if now >= self.next_line or run.done == run.total:
            self.next_line = now + SECONDS_BETWEEN_LINES
            jobs = f"; at work: {', '.join(map(str, run.jobs.values()))}" if run.jobs else ""
            self.say(f"{run}{jobs}")

    def say(self, message: str) -> None:
        """Print a message."""
        if message:
            print(message, file=self.stream, flush=True)

    def stop(self) -> None:
        """Nothing is left to do."""
