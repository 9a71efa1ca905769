from pathlib import Path
from typing import Annotated

import typer

from net2vec_core.classification_store import Classification, read_classification
from net2vec_core.cli.options import ConfigFile, DatasetFolder, NetworkName, Output
from net2vec_core.cli.reading import read_concepts
from net2vec_core.config import load
from net2vec_core.dependencies import made_from
from net2vec_core.storage import write_table
from net2vec_core.tables import classification_table as make_table


def classification_table(
    config: ConfigFile,
    network: NetworkName,
    dataset: DatasetFolder,
    fits: Annotated[list[Path], typer.Option(help="Stores of fits, in the order of the configuration's seeds.")],
    output: Output,
) -> None:
    """Gather a layer's classification fits into their table."""
    configuration = load(config)
    settings, expected = configuration.classification, made_from(configuration, "classification", network)
    by_key: dict[tuple[str, int], Classification] = {
        (settings.recipe, seed): read_classification(store, expected)
        for seed, store in zip(settings.seeds, fits, strict=True)
    }
    write_table(make_table(read_concepts(dataset / "concepts.csv"), by_key), output)
