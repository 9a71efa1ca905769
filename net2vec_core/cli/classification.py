from pathlib import Path
from typing import Annotated

import typer

from net2vec_core.classification import RECIPES, classify
from net2vec_core.classification_data import draws_of
from net2vec_core.classification_store import write_classification
from net2vec_core.cli.opening import open_dataset_with_all_concepts
from net2vec_core.cli.options import ConfigFile, DatasetFolder, NetworkName, Output
from net2vec_core.config import load
from net2vec_core.dependencies import made_from
from net2vec_core.device import choose_device
from net2vec_core.pooling import read_pooled
from net2vec_core.top_filters import subset_sizes


def classification(
    config: ConfigFile,
    network: NetworkName,
    dataset: DatasetFolder,
    pooled: Annotated[Path, typer.Option(help="Store of pooled activations.")],
    recipe: Annotated[str, typer.Option(help="How the weights are fitted.")],
    seed: Annotated[int, typer.Option(help="Seed of the start weights and of the images drawn.")],
    output: Output,
) -> None:
    """Fit and score the classification embeddings of all concepts."""
    configuration = load(config)
    data = open_dataset_with_all_concepts(dataset, configuration)
    means = read_pooled(pooled, made_from(configuration, "pool", network))
    sizes = subset_sizes(configuration.classification.subsets, means.shape[1])
    draws = draws_of(data.labels, data.concepts["name"].tolist(), seed)
    device = choose_device(configuration.compute.device)
    fits = classify(means, draws, sizes, RECIPES[recipe], device)
    attributes = {"concepts": draws.names, "recipe": recipe, "seed": seed, "subset_sizes": sizes}
    write_classification(output, fits, attributes, made_from(configuration, "classification", network), device)
