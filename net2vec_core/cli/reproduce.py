from pathlib import Path
from typing import Annotated

import typer

from net2vec_core.reproduction import prepare


def reproduce(
    run: Annotated[str, typer.Option(help="The finished run's name.")],
    into: Annotated[Path, typer.Option(help="Folder in which `snakemake --directory` does it again.")],
    results: Annotated[Path, typer.Option(help="The folder of all runs.")] = Path("results"),
) -> None:
    """Prepare a folder in which a finished run is done again from its provenance; `make reproduce` does the rest."""
    print(prepare(results / run, into))
