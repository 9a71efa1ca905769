from collections import defaultdict
from pathlib import Path
from typing import Annotated, Any, cast

import numpy as np
import typer
import zarr

from net2vec_core.cli.opening import open_dataset, open_dataset_with_all_concepts
from net2vec_core.cli.options import ConfigFile, DatasetFolder, NetworkName
from net2vec_core.config import Config, load, made_from
from net2vec_core.counts import PairCounts
from net2vec_core.embedding import Embeddings, write_embeddings
from net2vec_core.errors import UserError
from net2vec_core.single_filter import read_single_filter
from net2vec_core.storage import open_store, write_table
from net2vec_core.tables import individual_iou_table, segmentation_table, single_filter_table


def tables(
    config: ConfigFile,
    network: NetworkName,
    dataset: DatasetFolder,
    counts: Annotated[Path, typer.Option(help="Store of the single filters' counts.")],
    single_filter_csv: Annotated[Path, typer.Option(help="Table to write.")],
    segmentation_csv: Annotated[Path, typer.Option(help="Table to write.")],
    individual_iou_csv: Annotated[Path, typer.Option(help="Table to write.")],
    embeddings: Annotated[Path, typer.Option(help="Store to write.")],
    segmentation: Annotated[list[Path] | None, typer.Option(help="Stores of fitted concepts.")] = None,
) -> None:
    """Gather a layer's counts and embeddings into its tables."""
    configuration = load(config)
    if not segmentation:
        advice = "to segment them, too, set `segmentation.image_level: true`"
        raise UserError(f"`concepts` leaves labels of whole images alone; {advice}")
    everything, segmented = open_dataset_with_all_concepts(dataset, configuration), open_dataset(dataset, configuration)
    is_train, concepts = everything.labels.is_train, segmented.concepts
    filters, best = read_single_filter(counts, made_from(configuration, "single_filter", network))
    single = single_filter_table(everything.concepts, filters, best, is_train)
    write_table(single, single_filter_csv)
    kept = np.flatnonzero(everything.concepts["name"].isin(concepts["name"]))
    single, best = single.iloc[kept].reset_index(drop=True), best.of_concepts(kept)
    fits = _read_fits(segmentation, configuration, network)
    pairs = {(fit.recipe, fit.seed): counted for fit, counted in fits}
    write_table(segmentation_table(concepts, single, best, pairs, is_train), segmentation_csv)
    write_table(individual_iou_table(concepts, best, fits[0][1]), individual_iou_csv)
    names = concepts["name"].tolist()
    write_embeddings(embeddings, names, [fit for fit, _ in fits], made_from(configuration, "tables", network))


def _read_fits(stores: list[Path], config: Config, network: str) -> list[tuple[Embeddings, PairCounts]]:
    """The embeddings and counts of each recipe and seed, in the order of the configuration, their batches joined."""
    batches: dict[tuple[str, int], list[zarr.Group]] = defaultdict(list)
    for path in stores:
        store = open_store(path, "segmentation", made_from(config, "segmentation", network))
        batches[cast(str, store.attrs["recipe"]), cast(int, store.attrs["seed"])].append(store)
    return [
        _join(*key, batches[key]) for key in ((config.segmentation.recipe, seed) for seed in config.segmentation.seeds)
    ]


def _join(recipe: str, seed: int, stores: list[zarr.Group]) -> tuple[Embeddings, PairCounts]:
    stores.sort(key=lambda store: cast(int, store.attrs["first_concept"]))
    weights = np.concatenate([np.asarray(cast(zarr.Array[Any], store["weights"])[:]) for store in stores])
    counts = PairCounts.concatenate([PairCounts.load(cast(zarr.Group, store["counts"])) for store in stores])
    bias = np.zeros(len(weights), np.float32)  # the paper's segmentation has none
    return Embeddings("segmentation", recipe, seed, weights, bias), counts
