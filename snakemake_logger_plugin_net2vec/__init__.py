"""`snakemake --logger net2vec`, which the default profile chooses: what is done, how far, how long still.

Snakemake finds the package by its name. A dry run, and a run that is asked for commands or more words, prints what
Snakemake prints.
"""

import logging
import re
import sys
from typing import Any

from snakemake.logging import ColorizingTextHandler, DefaultFilter, DefaultFormatter
from snakemake_interface_logger_plugins.base import LogHandlerBase
from snakemake_interface_logger_plugins.common import LogEvent

from snakemake_logger_plugin_net2vec.display import Lines, LiveDisplay
from snakemake_logger_plugin_net2vec.run import Job, Run

# what concerns single jobs, which the display shows in its own way
HIDDEN = {LogEvent.WORKFLOW_STARTED, LogEvent.JOB_STARTED, LogEvent.SHELLCMD, LogEvent.GROUP_INFO, LogEvent.RULEGRAPH}
# whose last word is of the whole run: what a network needs of disk and memory
SAID_AT_THEIR_END = {"network"}
# how a run is set up, which the profile and the options say, and that a failed job has failed
SAID_OTHERWISE = (
    "Using workflow specific profile",
    "Assuming unrestricted shared filesystem",
    "Building DAG of jobs",
    "Using shell:",
    "Provided cores:",
    "Provided resources:",
    "Rules claiming more threads",
    "Conda environments: ignored",
    "RuleException:\nCalledProcessError",
)


class LogHandler(LogHandlerBase):
    """Turns Snakemake's events into a display: live on a terminal, else a line now and then."""

    def __post_init__(self) -> None:
        """Choose the display."""
        settings = self.common_settings
        stream = sys.stdout if settings.stdout else sys.stderr
        quiet: set[Any] = set(settings.quiet or ())
        wanted = DefaultFilter(quiet, settings.debug_dag, settings.verbose, settings.dryrun, settings.printshellcmds)
        self.words = DefaultFormatter(quiet, settings.show_failed_logs)
        self.snakemake = ColorizingTextHandler(settings.nocolor, stream, self.words, wanted)
        self.plain = settings.dryrun or settings.verbose or settings.printshellcmds or settings.debug_dag
        self.run = Run()
        self.display = LiveDisplay(self.run, stream) if stream.isatty() and not quiet else Lines(self.run, stream)

    def emit(self, record: logging.LogRecord) -> None:
        """Show what an event tells, or hand it to Snakemake's own handler."""
        if problem := _with_configuration(record):
            self.display.say(f"error: {problem}")
        elif self.plain:
            self.snakemake.handle(record)
        else:
            self._show(record)

    def _show(self, record: logging.LogRecord) -> None:
        match getattr(record, "event", None):
            case LogEvent.RUN_INFO:
                self.run.begin(record.stats["total"])  # type: ignore[attr-defined]
                self.display.start()
            case LogEvent.JOB_INFO:
                self.run.start(_job(record))
                self.display.changed()
            case LogEvent.JOB_FINISHED:
                self._end(record.job_id)  # type: ignore[attr-defined]
            case LogEvent.PROGRESS:
                self.run.count(record.done, record.total)  # type: ignore[attr-defined]
                self.display.changed()
            case LogEvent.JOB_ERROR:
                job = self.run.end(record.jobid) or _job(record)  # type: ignore[attr-defined]
                self.display.say(f"failed: {job}" + (f"; see {job.log}" if job.log else ""))
            case event if event not in HIDDEN:
                self._pass_on(record)

    def _end(self, number: int) -> None:
        job = self.run.end(number)
        if job and job.rule in SAID_AT_THEIR_END:
            self.display.say(job.last_word())

    def _pass_on(self, record: logging.LogRecord) -> None:
        """Show other messages; while jobs run, only warnings and errors."""
        message = self.words.format(record)
        if message.startswith(SAID_OTHERWISE) or (self.run.busy and record.levelno < logging.WARNING):
            return
        self.display.say(message)

    def close(self) -> None:
        """End the display."""
        self.display.stop()
        super().close()

    writes_to_stream = True
    writes_to_file = False
    has_filter = True
    has_formatter = True
    needs_rulegraph = False


def _with_configuration(record: logging.LogRecord) -> str | None:
    """What is wrong with a `--configfile` that Snakemake cannot open, of which it says where in its code that shows."""
    told = record.getMessage() if getattr(record, "event", None) == LogEvent.ERROR else ""
    if "in load_configfile\n" not in told:
        return None
    last = told.rstrip().splitlines()[-1]
    if found := re.search(r"\[Errno \d+\] (.*): '(.*)'$", last):
        return f"{found[2]}: the configuration cannot be read ({found[1]}); name a YAML file by --configfile"
    return f"the configuration cannot be read ({last}); name a YAML file by --configfile"


def _job(record: Any) -> Job:
    wildcards = getattr(record, "wildcards", None) or {}
    return Job(record.jobid, record.rule_name, tuple(map(str, wildcards.values())), next(iter(record.log or ()), None))
