from pathlib import Path
from typing import Annotated

import typer

from net2vec_core.questions import Answer, as_text
from net2vec_core.summary import summary as summarise


def summary(
    run: Annotated[str, typer.Option(help="The run's name.")],
    results: Annotated[Path, typer.Option(help="The folder of all runs.")] = Path("results"),
) -> None:
    """Print what each recipe reaches in each layer of a finished run, beside single filters and chance."""
    table = summarise(results / run)
    print(
        as_text(
            Answer(f"Run {run}: means over concepts of set IoU on val, and concepts above chance", table), len(table)
        )
    )
