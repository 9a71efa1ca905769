"""What made each file of a run: every job writes a record beside its log, and the records together are the provenance.

A record tells the command and its arguments, the part of the configuration that counts for it with the fingerprints of
data set and weights, the package's version, the device, and a digest of every file, store or folder that was written.
"""

import hashlib
import importlib.metadata
import json
import platform
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import net2vec_core
from net2vec_core.config import Config
from net2vec_core.dependencies import STAGE_KEYS, made_from
from net2vec_core.errors import UserError
from net2vec_core.fingerprint import file_digest
from net2vec_core.storage import POINTER, write_bytes

FORMAT_VERSION = 1
PACKAGES = (
    "torch",
    "torchvision",
    "timm",
    "numpy",
    "scipy",
    "pandas",
    "zarr",
    "dask",
    "pillow",
    "matplotlib",
    "snakemake",
)
NO_ORIGIN = {"threads"}  # they change nothing
Record = dict[str, Any]


def write_record(
    log: Path, command: str, arguments: Mapping[str, Any], config: Config, written: Mapping[Path, str]
) -> None:
    """Write beside a job's log what it made, and what that was made of.

    Args:
        log: The job's log.
        command: Its command.
        arguments: The command's, by name; those that are no paths are kept.
        config: The run's configuration, with its fingerprints.
        written: The files, stores and folders that it wrote, with the device that computed each.
    """
    network = arguments.get("network")
    stage = command.replace("-", "_")
    settings = made_from(config, stage, network) if stage in STAGE_KEYS else {}
    record = {
        "command": command,
        "arguments": {name: value for name, value in arguments.items() if _is_plain(value) and name not in NO_ORIGIN},
        "settings": settings,
        "settings_digest": _digest(settings),
        "package_version": net2vec_core.__version__,
        "device": next((device for device in written.values() if device != "cpu"), "cpu"),
        "written": {str(path): content_digest(path) for path in written if path.exists()},
    }
    write_bytes(log.with_suffix(".json"), _json(record))


def _is_plain(value: Any) -> bool:
    return isinstance(value, str | int | float) or (isinstance(value, list) and all(isinstance(v, str) for v in value))


def content_digest(path: Path) -> str:
    """The SHA-256 of a file, or of the names and contents of a folder's files, or of those that it stands for."""
    if path.is_file():
        return file_digest(path)
    digest = hashlib.sha256()
    for name, of_file in _digests_of_files(path):
        digest.update(f"{name} {of_file}\n".encode())
    return digest.hexdigest()


def _digests_of_files(folder: Path) -> Iterator[tuple[str, str]]:
    if (folder / POINTER).exists():
        from net2vec_core.object_storage import read_pointer  # of packages that few need

        yield from read_pointer(folder).digests()
        return
    for file in sorted(folder.rglob("*")):
        if file.is_file() and file.name != ".snakemake_timestamp":
            yield file.relative_to(folder).as_posix(), file_digest(file)


def provenance(run: Path, config: Config) -> dict[str, Any]:
    """What made a finished run: its configuration, data and software, and the origin of each file, store and folder.

    Args:
        run: results/RUN.
        config: The run's configuration, with its fingerprints.

    Raises:
        UserError: if at a table's place lies another than was written there.
    """
    files = {}
    for record in _records(run / "logs", config):
        for path, digest in record["written"].items():
            if Path(path).exists():
                _require_own(Path(path), digest, record["command"])
                files[Path(path).relative_to(run).as_posix()] = {"sha256": digest} | _origin(record)
    values = config.model_dump(mode="json")
    return {
        "format_version": FORMAT_VERSION,
        "run": config.run,
        "package_version": net2vec_core.__version__,
        "python": platform.python_version(),
        "packages": {name: version for name in PACKAGES if (version := _version(name))},
        "configuration": values,
        "configuration_digest": _digest(values),
        "fingerprints": config.fingerprints,
        "files": dict(sorted(files.items())),
    }


def _require_own(path: Path, digest: str, command: str) -> None:
    """Refuse a table that was changed or comes from elsewhere: unlike a store it cannot say what made it."""
    if ".csv" in path.suffixes and (found := content_digest(path)) != digest:
        raise UserError(
            f"{path} is not the table that `{command}` wrote: that one had the SHA-256 {digest[:16]}…, this one has"
            f" {found[:16]}…; remove it and run `snakemake` to make it, and what follows from it, anew"
        )


def write_provenance(run: Path, config: Config, path: Path) -> None:
    """Write the provenance of a finished run as JSON."""
    write_bytes(path, _json(provenance(run, config)))


def read_provenance(path: Path) -> dict[str, Any]:
    """The provenance of a run.

    Raises:
        UserError: if there is none, it cannot be read, or it is of another format.
    """
    try:
        found: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
        version = found["format_version"]
    except FileNotFoundError:
        raise UserError(f"{path}: no such file; `snakemake` makes it at the end of a run") from None
    except (ValueError, LookupError, TypeError) as error:
        raise UserError(f"{path}: not the provenance of a run ({error})") from None
    if version != FORMAT_VERSION:
        raise UserError(f"{path} is in format {version}, expected {FORMAT_VERSION}")
    return found


def _records(logs: Path, config: Config) -> Iterator[Record]:
    """The records of jobs that belong to the configuration's networks and layers, in the order of their logs."""
    for file in sorted(logs.rglob("*.json")):
        record: Record = json.loads(file.read_text(encoding="utf-8"))
        network, layer = (record["arguments"].get(name) for name in ("network", "layer"))
        known = network is None or network in config.networks
        if known and (layer is None or layer in config.networks[network].layers):
            yield record


def _origin(record: Record) -> dict[str, Any]:
    return {key: value for key, value in record.items() if key not in {"settings", "written"}}


def _digest(values: Any) -> str:
    return hashlib.sha256(json.dumps(values, sort_keys=True).encode()).hexdigest()[:16]


def _json(values: Any) -> bytes:
    return (json.dumps(values, indent=1, ensure_ascii=False) + "\n").encode()


def _version(package: str) -> str | None:
    try:
        return importlib.metadata.version(package)
    except importlib.metadata.PackageNotFoundError:
        return None
