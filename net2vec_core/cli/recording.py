"""What a job leaves beside its log."""

import importlib
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from net2vec_core.config import load
from net2vec_core.origins import write_record


def leave_record(log: Path, command: str, arguments: Mapping[str, Any], written: Sequence[Path]) -> None:
    """Write the record of a finished job beside its log."""
    config = load(arguments["config"])
    device = "cpu"
    if "net2vec_core.device" in sys.modules:  # else the command does not compute with torch
        device = importlib.import_module("net2vec_core.device").choose_device(config.compute.device)
    write_record(log, command, arguments, config, device, written)
