"""Mishaps of the machine: no room, no right to write, no memory."""

import errno
import os
from collections.abc import Callable
from pathlib import Path
from unittest import mock

from bad_input.frame import LAYER, RUN, STAGES, Case
from bad_input.spoiling import both, nothing, without

WRITE = "pathlib.Path.write_bytes"


def failing(number: int) -> Callable[..., object]:
    """A function that fails as the system's call with this number of error does."""

    def fail(path: Path, *_content: object) -> None:
        raise OSError(number, os.strerror(number), str(path))

    return fail


CASES = [
    Case(
        "a full disk",
        nothing,
        "concepts",
        "results/tiny/dataset/.concepts.csv.partial: No space left on device; make room and run `snakemake`"
        " again, finished work is kept",
        patch=(WRITE, failing(errno.ENOSPC)),
    ),
    Case(
        "a used-up quota",
        nothing,
        "concepts",
        "results/tiny/dataset/.concepts.csv.partial: Disk quota exceeded; make room and run `snakemake`"
        " again, finished work is kept",
        patch=(WRITE, failing(errno.EDQUOT)),
    ),
    Case(
        "a folder without the right to write",
        nothing,
        "concepts",
        "results/tiny/dataset/.concepts.csv.partial: Permission denied; get the right to write there, or"
        " work in another folder",
        patch=(WRITE, failing(errno.EACCES)),
    ),
    Case(
        "a read-only disk",
        nothing,
        "concepts",
        "results/tiny/dataset/.concepts.csv.partial: Read-only file system; get the right to write there, or"
        " work in another folder",
        patch=(WRITE, failing(errno.EROFS)),
    ),
    Case(
        "too little memory",
        nothing,
        "concepts",
        "out of memory; give the job more, or fewer threads, or lower the sizes in `compute`",
        patch=("net2vec_core.cli.concepts.concept_table", mock.Mock(side_effect=MemoryError)),
    ),
    Case(
        "a file where the folder of results should be",
        both(without("results"), lambda: Path("results").touch()),
        "dataset",
        "results/tiny/dataset/drawings: Not a directory; a file lies where a folder is needed",
    ),
    Case(
        "a file where a layer's folder should be",
        both(without(LAYER), lambda: Path(LAYER).touch()),
        "filter-masks",
        "results/tiny/net/features.6: File exists; a file lies where a folder is needed",
    ),
    Case(
        "a folder where a table should be",
        both(without(f"{RUN}/dataset/concepts.csv"), lambda: Path(f"{RUN}/dataset/concepts.csv").mkdir()),
        "concepts",
        "results/tiny/dataset/concepts.csv: Is a directory; a folder lies where a file is to be written",
    ),
    Case(
        "a log that cannot be written",
        nothing,
        f"--log run.yaml/a.log {STAGES['concepts']}",
        "run.yaml: File exists; a file lies where a folder is needed",
    ),
]
