"""The command line: one module a command, imported only when it is called, so that few commands wait for torch."""

import errno
import functools
import importlib
import logging
import os
import pkgutil
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Annotated, Any, NoReturn

import typer
from typer.core import TyperGroup

import net2vec_core
from net2vec_core.errors import UserError
from net2vec_core.locks import wait_and_lock
from net2vec_core.storage import noting_what_is_written

# Read when NumPy is imported. Stages have threads of their own, and a product that BLAS deals to several of them has
# other bits than one that it does not.
os.environ |= dict.fromkeys(("OPENBLAS_NUM_THREADS", "VECLIB_MAXIMUM_THREADS"), "1")

# of torch, and of a worker process that the system has ended
OUT_OF_MEMORY = {"OutOfMemoryError", "BrokenProcessPool"}
# of torch and of the system, in errors of other kinds
OUT_OF_MEMORY_WORDS = ("allocate memory", "failed to map segment", "can't start new thread", "std::bad_alloc")
# by the number of the system's error
ADVICE = (
    {
        errno.EEXIST: "; a file lies where a folder is needed",
        errno.ENOTDIR: "; a file lies where a folder is needed",
        errno.EISDIR: "; a folder lies where a file is to be written",
    }
    | dict.fromkeys((errno.ENOSPC, errno.EDQUOT), "; make room and run `snakemake` again, finished work is kept")
    | dict.fromkeys(
        (errno.EACCES, errno.EPERM, errno.EROFS), "; get the right to write there, or work in another folder"
    )
)
FORMAT = "%(asctime)s %(message)s", "%H:%M:%S"
SHARED_MODULES = {
    "counting_filters",
    "fitting",
    "options",
    "opening",
    "opening_activations",
    "opening_embeddings",
    "opening_sources",
    "reading",
    "recording",
}

logger = logging.getLogger("net2vec_core")


class _Commands(TyperGroup):
    """A command for every module of this package."""

    def list_commands(self, ctx: Any) -> list[str]:
        del ctx
        names = {module.name for module in pkgutil.iter_modules(__path__)} - SHARED_MODULES
        return sorted(name.replace("_", "-") for name in names)

    def get_command(self, ctx: Any, cmd_name: str) -> Any:
        if cmd_name not in self.list_commands(ctx):
            return None
        name = cmd_name.replace("-", "_")
        command = typer.Typer(add_completion=False, pretty_exceptions_enable=False)
        function = getattr(importlib.import_module(f"{__name__}.{name}"), name)
        command.command(name=cmd_name)(_with_record(function, cmd_name, ctx.params))
        return typer.main.get_command(command)


def _with_record(function: Callable[..., None], command: str, options: Mapping[str, Any]) -> Callable[..., None]:
    """The command's function, which as a job of a run, that is, with a log, also leaves a record of what it made."""

    @functools.wraps(function)
    def run(**arguments: Any) -> None:
        with noting_what_is_written() as written:
            function(**arguments)
        if options["log"] and "config" in arguments:
            # here, so that questions do not wait for what only jobs need
            from net2vec_core.cli.recording import leave_record

            leave_record(options["log"], command, arguments, written)

    return run


app = typer.Typer(cls=_Commands, no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False)


def _print_version(wanted: bool) -> None:
    if wanted:
        print(net2vec_core.__version__)
        raise typer.Exit


@app.callback()
def _options(
    log: Annotated[
        Path | None, typer.Option(help="Write messages to this file; the terminal gets warnings alone.")
    ] = None,
    debug: Annotated[bool, typer.Option("--debug", help="Show the traceback of a mistake.")] = False,
    version: Annotated[
        bool, typer.Option("--version", is_eager=True, callback=_print_version, help="Print the version and stop.")
    ] = False,
) -> None:
    """The stages of Net2Vec, as the workflow calls them, and questions about networks."""
    del version
    logging.raiseExceptions = False  # a log that finds no room says so by a traceback, beside the one message
    shown = logging.StreamHandler()
    logging.basicConfig(level=logging.WARNING, format=FORMAT[0], datefmt=FORMAT[1], handlers=[shown])
    logger.setLevel(logging.DEBUG if debug else logging.INFO)
    if log:
        shown.setLevel(logging.DEBUG if debug else logging.WARNING)
        _write_log(log)


def _write_log(path: Path) -> None:
    """Send messages to `path`, too; the job whose log this is waits for a process that a killed run has left at it."""
    file = wait_and_lock(
        path, f"waiting for another process at this job, left by a run that was killed; see `fuser {path}`"
    )
    file.truncate(0)
    handler = logging.StreamHandler(file)
    handler.setFormatter(logging.Formatter(*FORMAT))
    logging.getLogger().addHandler(handler)


def main() -> None:
    """Run a command; a mistake of the user ends in one message and exit status 1, without a traceback."""
    try:
        app()
    except UserError as error:
        _stop(error)
    except Exception as error:
        if _is_out_of_memory(error):
            _stop(MemoryError())
        if isinstance(error, OSError) or _is_of_object_storage(error):
            _stop(error)
        logger.exception("error: this is a mistake in net2vec, not yours; please report it")
        sys.exit(1)


def _is_out_of_memory(error: Exception) -> bool:
    known = isinstance(error, MemoryError) or type(error).__name__ in OUT_OF_MEMORY
    return known or any(words in str(error) for words in OUT_OF_MEMORY_WORDS)


def _stop(error: Exception) -> NoReturn:
    logger.debug("where it happened:", exc_info=error)
    logger.error("error: %s", _explain(error))
    sys.exit(1)


def _explain(error: Exception) -> str:
    if isinstance(error, MemoryError):
        return "out of memory; give the job more, or fewer threads, or lower the sizes in `compute`"
    if isinstance(error, OSError):
        path = error.filename2 or error.filename
        where = f"{path}: " if path else ""
        return f"{where}{error.strerror or error}{ADVICE.get(error.errno or 0, '')}"
    if _is_of_object_storage(error):
        what = str(error).partition("\n")[0].partition(": <?xml")[0]
        return f"`compute.objects`: {what}; it takes the bucket, and AWS_ACCESS_KEY_ID and the like in the environment"
    return str(error)


def _is_of_object_storage(error: Exception) -> bool:
    return type(error).__module__.startswith("obstore")
