from pathlib import Path
from typing import Annotated

import typer

from net2vec_core.reference import reference_files
from net2vec_core.storage import write_bytes


def reference(
    folder: Annotated[Path, typer.Option(help="The repository.")] = Path(),
) -> None:
    """Write the generated documentation: the configuration's defaults, keys and schema, and the tables' columns."""
    for path, text in reference_files().items():
        write_bytes(folder / path, text.encode())
        print(folder / path)
