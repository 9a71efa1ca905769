"""Options that several commands share."""

from pathlib import Path
from typing import Annotated

import typer

ConfigFile = Annotated[Path, typer.Option("--config", help="The run's configuration, results/RUN/config.yaml.")]
NetworkName = Annotated[str, typer.Option("--network", help="A network's name in the configuration.")]
LayerName = Annotated[str, typer.Option("--layer", help="A layer's module path.")]
DatasetFolder = Annotated[Path, typer.Option("--dataset", help="results/RUN/dataset: labels, images, concepts.")]
Activations = Annotated[list[Path], typer.Option("--activations", help="Activation stores, in the order of images.")]
Output = Annotated[Path, typer.Option("--output", help="What is written.")]
Threads = Annotated[int, typer.Option("--threads", min=1, help="Threads to use.")]
EmbeddingStore = Annotated[Path, typer.Option("--embeddings", help="Store of a layer's embeddings.")]
FilterMaskStore = Annotated[Path, typer.Option("--filter-masks", help="Store of a layer's filter masks.")]
BatchNumber = Annotated[
    int, typer.Option("--batch", help="Which concepts: this many times `concepts_per_job` onwards.")
]
