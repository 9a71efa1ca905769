"""Ways to spoil a file of a finished run; each gives a function that does it in the working directory."""

import copy
import csv
import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

from PIL import Image

from bad_input.frame import CONFIG, write_config

Spoil = Callable[[], object]


def nothing() -> None:
    """The mistake is in the command."""


def both(*spoils: Spoil) -> Spoil:
    return lambda: [spoil() for spoil in spoils]


def config(changes: dict[str, Any]) -> Spoil:
    """Change values of the configuration, by dotted key."""
    values = copy.deepcopy(CONFIG)
    for key, value in changes.items():
        *parents, last = key.split(".")
        section: Any = values
        for parent in parents:
            section = section.setdefault(parent, {})
        section[last] = value
    return lambda: write_config(values)


def text(path: str, content: str | bytes) -> Spoil:
    """Write a file."""

    def write() -> None:
        Path(path).parent.mkdir(parents=True, exist_ok=True)
        Path(path).write_bytes(content.encode() if isinstance(content, str) else content)

    return write


def more_config(content: str) -> Spoil:
    """Add lines to the configuration."""
    return lambda: Path("run.yaml").write_text(Path("run.yaml").read_text() + content)


def without(path: str) -> Spoil:
    """Remove a file or a folder."""
    return lambda: shutil.rmtree(path) if Path(path).is_dir() else Path(path).unlink()


def folder_instead(path: str) -> Spoil:
    return both(without(path), lambda: Path(path).mkdir())


def picture(path: str, mode: str, size: tuple[int, int] = (10, 10), color: Any = 0) -> Spoil:
    """Write an image of one colour."""
    return lambda: Image.new(mode, size, color).save(path)


def copied(path: str, to: str) -> Spoil:
    return lambda: shutil.copy(path, to)


def moved(path: str, to: str) -> Spoil:
    return lambda: Path(path).replace(to)


def cut(path: str, share: float = 0.5) -> Spoil:
    """Keep the first part of a file."""
    return lambda: Path(path).write_bytes(Path(path).read_bytes()[: int(share * Path(path).stat().st_size)])


def attribute(store: str, name: str, value: Any) -> Spoil:
    """Change an attribute of a store."""

    def change() -> None:
        path = Path(store, "zarr.json")
        content = json.loads(path.read_text())
        content["attributes"][name] = value
        path.write_text(json.dumps(content))

    return change


def cell(path: str, row: int, column: str, value: str) -> Spoil:
    """Change a cell of a CSV; rows count from 1, the header's, as messages do."""

    def change() -> None:
        rows = _read(path)
        rows[row - 1][rows[0].index(column)] = value
        _write(path, rows)

    return change


def row(path: str, *values: str) -> Spoil:
    """Add a row to a CSV."""
    return lambda: _write(path, [*_read(path), list(values)])


def rows(path: str, keep: Callable[[dict[str, str]], bool]) -> Spoil:
    """Keep some rows of a CSV."""

    def change() -> None:
        head, *others = _read(path)
        _write(path, [head, *(values for values in others if keep(dict(zip(head, values, strict=True))))])

    return change


def column_named(path: str, name: str, instead: str) -> Spoil:
    """Give a column another name."""
    return cell(path, 1, name, instead)


def _read(path: str) -> list[list[str]]:
    with Path(path).open(newline="", encoding="utf-8") as file:
        return list(csv.reader(file))


def _write(path: str, content: list[list[str]]) -> None:
    with Path(path).open("w", newline="", encoding="utf-8") as file:
        csv.writer(file).writerows(content)
