from itertools import product
from pathlib import Path
from typing import Annotated

import numpy as np
import typer

from net2vec_core.cli.opening import open_dataset, open_dataset_with_all_concepts
from net2vec_core.cli.options import ConfigFile, DatasetFolder, NetworkName
from net2vec_core.config import Config, load
from net2vec_core.counts import PairCounts
from net2vec_core.dependencies import made_from
from net2vec_core.embedding import Embeddings, write_embeddings
from net2vec_core.segmentation_store import Segmentation, read_segmentations
from net2vec_core.single_filter import read_single_filter
from net2vec_core.storage import write_table
from net2vec_core.tables import convergence_table, individual_iou_table, segmentation_table, single_filter_table


def tables(
    config: ConfigFile,
    network: NetworkName,
    dataset: DatasetFolder,
    counts: Annotated[Path, typer.Option(help="Store of the single filters' counts.")],
    single_filter_csv: Annotated[Path, typer.Option(help="Table to write.")],
    segmentation: Annotated[list[Path], typer.Option(help="Stores of fitted concepts.")],
    segmentation_csv: Annotated[Path, typer.Option(help="Table to write.")],
    individual_iou_csv: Annotated[Path, typer.Option(help="Table to write.")],
    convergence_csv: Annotated[Path, typer.Option(help="Table to write.")],
    embeddings: Annotated[Path, typer.Option(help="Store to write.")],
) -> None:
    """Gather a layer's counts and embeddings into its tables."""
    configuration = load(config)
    everything, segmented = open_dataset_with_all_concepts(dataset, configuration), open_dataset(dataset, configuration)
    is_train, concepts = everything.labels.is_train, segmented.concepts
    filters, best = read_single_filter(counts, made_from(configuration, "single_filter", network))
    single = single_filter_table(everything.concepts, filters, best, is_train)
    write_table(single, single_filter_csv)
    kept = np.flatnonzero(everything.concepts["name"].isin(concepts["name"]))
    single, best = single.iloc[kept].reset_index(drop=True), best.of_concepts(kept)
    fits = _fits_in_order(segmentation, configuration, network)
    pairs = {key: fit.counts for key, fit in fits.items()}
    write_table(segmentation_table(concepts, single, best, pairs, is_train), segmentation_csv)
    seed = configuration.segmentation.seeds[0]
    first_seed: dict[str, PairCounts] = {recipe: pairs[recipe, seed] for recipe in configuration.segmentation.recipes}
    write_table(individual_iou_table(concepts, best, first_seed), individual_iou_csv)
    write_table(convergence_table(concepts, fits), convergence_csv)
    vectors = [Embeddings("segmentation", *key, fit.weights, fit.bias, fit.device) for key, fit in fits.items()]
    write_embeddings(embeddings, concepts["name"].tolist(), vectors, made_from(configuration, "tables", network))


def _fits_in_order(stores: list[Path], config: Config, network: str) -> dict[tuple[str, int], Segmentation]:
    """The fits of each recipe and seed, in the order of the configuration."""
    fits = read_segmentations(stores, "segmentation", made_from(config, "segmentation", network))
    settings = config.segmentation
    return {(recipe, seed): fits[f"{recipe}/{seed}"] for recipe, seed in product(settings.recipes, settings.seeds)}
