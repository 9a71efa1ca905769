from pathlib import Path
from typing import Annotated

import typer

from net2vec_core.cli.options import ConfigFile, Output
from net2vec_core.config import load
from net2vec_core.origins import write_provenance


def provenance(
    config: ConfigFile,
    results: Annotated[Path, typer.Option(help="results/RUN.")],
    output: Output,
) -> None:
    """Gather what made each file of a finished run."""
    write_provenance(results, load(config), output)
