from pathlib import Path
from typing import Annotated

import pandas as pd
import typer

from net2vec_core.cli.options import ConfigFile, Output
from net2vec_core.config import load
from net2vec_core.storage import read_table, write_table
from net2vec_core.subsets import filters_needed_table


def filters_needed(
    config: ConfigFile,
    results: Annotated[Path, typer.Option(help="results/RUN: the folder of the run.")],
    output: Output,
) -> None:
    """Count how many concepts need how many filters, by layer and category."""
    layers = [(name, layer) for name, network in load(config).networks.items() for layer in network.layers]
    tables = [
        read_table(results / name / layer / "subsets.csv", dtype={"concept": str}).assign(network=name, layer=layer)
        for name, layer in layers
    ]
    write_table(filters_needed_table(pd.concat(tables)), output)
