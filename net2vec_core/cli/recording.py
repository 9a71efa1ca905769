"""What a job leaves beside its log."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from net2vec_core.config import load
from net2vec_core.origins import write_record


def leave_record(log: Path, command: str, arguments: Mapping[str, Any], written: Mapping[Path, str]) -> None:
    """Write the record of a finished job beside its log."""
    write_record(log, command, arguments, load(arguments["config"]), written)
