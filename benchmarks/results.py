"""What was measured: one JSON file a benchmark, with the machine and the versions."""

import json
import os
import platform
from importlib.metadata import version
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).parent / "results"
PACKAGES = ("net2vec", "numpy", "numba", "torch", "zarr", "dask")


def machine() -> dict[str, Any]:
    """The processor, its cores, the system and the versions."""
    versions = {package: version(package) for package in PACKAGES}
    return {"processor": _processor(), "cores": os.cpu_count(), "system": platform.system(), "versions": versions}


def _processor() -> str:
    listing = Path("/proc/cpuinfo")
    names = [
        line.partition(":")[2].strip() for line in listing.read_text().splitlines() if line.startswith("model name")
    ]
    return names[0] if names else platform.processor()


def write_result(name: str, result: dict[str, Any]) -> None:
    """Keep a result under its name, figures to four digits."""
    FOLDER.mkdir(exist_ok=True)
    (FOLDER / f"{name}.json").write_text(json.dumps(_rounded(result), indent=1) + "\n")


def read_results() -> dict[str, dict[str, Any]]:
    """All results by name."""
    return {file.stem: json.loads(file.read_text()) for file in sorted(FOLDER.glob("*.json"))}


def _rounded(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _rounded(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_rounded(item) for item in value]
    return float(f"{value:.4g}") if isinstance(value, float) else value
