"""Tables that come with a data set: read as text, with the row of whatever is wrong in them."""

import io
from collections import Counter
from collections.abc import Hashable
from pathlib import Path

import pandas as pd

from net2vec_core.dataset.records import Concept
from net2vec_core.errors import UserError

SEPARATORS = ((";", "semicolons"), ("\t", "tabs"))
RESERVED_CATEGORY = "all"  # in tables, the row of all categories


def read_text_table(path: Path, columns: tuple[str, ...], expected: str) -> pd.DataFrame:
    """A CSV table, every cell as text without space around it; `expected` says what `dataset.path` must name.

    Raises:
        UserError: if it is missing, not a table, has a column twice, or lacks one of `columns`.
    """
    try:
        content = io.StringIO(path.read_bytes().decode().removeprefix("\ufeff"))
        # without a header, since pandas takes the first column for an index where rows are longer than their header
        rows = pd.read_csv(content, header=None, dtype=str, keep_default_na=False).fillna("")
    except OSError as error:
        raise UserError(f"{path}: cannot be read ({error.strerror}); `dataset.path` must name {expected}") from None
    except UnicodeDecodeError as error:
        raise UserError(f"{path}: not UTF-8 from byte {error.start} on; save it as `CSV UTF-8`") from None
    except (ValueError, pd.errors.ParserError) as error:
        raise UserError(f"{path}: not a CSV table ({str(error).strip()})") from None
    rows = rows.map(str.strip)
    table = rows[1:].set_axis(rows.iloc[0].tolist(), axis="columns").reset_index(drop=True)
    _require_columns(table, path, columns)
    return table


def _require_columns(table: pd.DataFrame, path: Path, columns: tuple[str, ...]) -> None:
    missing = [column for column in columns if column not in table]
    if missing:
        only = table.columns[0] if len(table.columns) == 1 else ""
        separator = next((f"; separate them by commas, not by {name}" for mark, name in SEPARATORS if mark in only), "")
        raise UserError(f"{path}: no column `{missing[0]}`; the columns are {', '.join(table.columns)}{separator}")
    twice = [column for column, count in Counter(table.columns).items() if column and count > 1]
    if twice:
        raise UserError(f"{path}: column `{twice[0]}` stands there twice")


def require_numbers(table: pd.DataFrame, path: Path, columns: tuple[str, ...]) -> pd.DataFrame:
    """The table with these columns as whole numbers from 1 to 65,535.

    Raises:
        UserError: naming the row of another value.
    """
    for column in columns:
        # as text first: a number of a hundred digits is no number here
        digits = table[column].where(table[column].str.fullmatch(r"\d{1,5}"), "0")
        wrong = table[~digits.astype(int).between(1, 65535)]
        if len(wrong):
            value = wrong[column].iloc[0]
            raise UserError(
                f"{path}: row {row_of(wrong.index[0])}: `{column}` is {value!r}, expected a number from 1 to 65535"
            )
    return table.astype(dict.fromkeys(columns, int))


def require_distinct(table: pd.DataFrame, path: Path, columns: tuple[str, ...]) -> None:
    """Refuse a table that holds a value of one of these columns twice.

    Raises:
        UserError: naming the row of the second.
    """
    for column in columns:
        repeated = table[table[column].duplicated()]
        if len(repeated):
            raise UserError(f"{path}: row {row_of(repeated.index[0])}: {column} `{repeated[column].iloc[0]}` again")


def require_text(table: pd.DataFrame, path: Path, column: str, what: str) -> None:
    """Refuse a table with an empty cell in this column; `what` says what the row lacks.

    Raises:
        UserError: naming its row.
    """
    empty = table[table[column].str.strip() == ""]
    if len(empty):
        raise UserError(f"{path}: row {row_of(empty.index[0])}: {what}")


def read_labels(path: Path, expected: str) -> pd.DataFrame:
    """A table of labels with columns number, name and category; numbers from 1 to 65,535, names distinct.

    Raises:
        UserError: naming the row of what is wrong.
    """
    labels = require_numbers(read_text_table(path, ("number", "name", "category"), expected), path, ("number",))
    if labels.empty:
        raise UserError(f"{path}: no label; expected a row for each concept")
    require_text(labels, path, "name", "the label has no name")
    require_text(labels, path, "category", "the label has no category")
    require_distinct(labels, path, ("number", "name"))
    taken = labels[labels["category"] == RESERVED_CATEGORY]
    if len(taken):
        raise UserError(
            f"{path}: row {row_of(taken.index[0])}: `{RESERVED_CATEGORY}` stands for all categories; name it otherwise"
        )
    return labels


def concepts_of(labels: pd.DataFrame) -> tuple[Concept, ...]:
    """The concepts of a table of labels."""
    rows = labels[["number", "name", "category"]].itertuples(index=False, name=None)
    return tuple(Concept(int(number), name, category) for number, name, category in rows)


def row_of(index: Hashable) -> int:
    """The row in the file of a table's row; the header is row 1."""
    return int(str(index)) + 2
