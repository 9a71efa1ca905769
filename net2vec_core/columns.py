"""What every column of every CSV means, and the page of docs that says so."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

from net2vec_core.yaml_file import read_yaml

PAGE = Path("docs/tables.md")
SOURCE = Path(__file__).with_suffix(".yaml")


@dataclass(frozen=True)
class Column:
    """A column of a table; a name in capitals stands for several, such as one for each concept."""

    name: str
    unit: str
    meaning: str


@dataclass(frozen=True)
class Table:
    """A table that a run writes, under one or several names, with its columns in order."""

    files: tuple[str, ...]
    what: str
    columns: tuple[Column, ...]


def tables() -> tuple[Table, ...]:
    """All tables, in the order of the page."""
    return tuple(
        Table(
            tuple(table["files"]),
            table["what"],
            tuple(Column(name, unit, meaning) for name, (unit, meaning) in table["columns"].items()),
        )
        for table in _content()["tables"]
    )


def page() -> str:
    """The page of docs."""
    return "\n".join([_content()["head"], *map(_section, tables())])


def _content() -> dict[str, Any]:
    return cast(dict[str, Any], read_yaml(SOURCE))


def _section(table: Table) -> str:
    title = ", ".join(f"`{name}`" for name in table.files)
    rows = [f"| `{column.name}` | {column.unit} | {column.meaning} |" for column in table.columns]
    return "\n".join(
        [f"## {title}", "", table.what, "", "| column | unit | meaning |", "| --- | --- | --- |", *rows, ""]
    )
