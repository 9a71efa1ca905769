from pathlib import Path
from typing import Annotated

import typer

from net2vec_core.errors import UserError
from net2vec_core.reproduction import compare


def compare_runs(
    run: Annotated[Path, typer.Option(help="results/RUN, with its provenance.")],
    again: Annotated[Path, typer.Option(help="The same of the second run.")],
) -> None:
    """Print which files of a run came out the same when it was done again, command by command."""
    table = compare(run, again)
    print(table.to_string(index=False, na_rep="", float_format="%.1e"))
    different = int(table["different"].sum())
    if different:
        raise UserError(f"{different} of {int(table['files'].sum())} files differ")
    print(f"all {int(table['identical'].sum())} files are the same")
