from pathlib import Path
from typing import Annotated

import pandas as pd
import typer

from net2vec_core.cli.opening import Dataset, open_dataset
from net2vec_core.cli.opening_sources import open_sources
from net2vec_core.cli.options import ConfigFile, DatasetFolder, LayerName, NetworkName, Threads
from net2vec_core.config import Config, load, made_from
from net2vec_core.deciles import concept_deciles, filter_deciles
from net2vec_core.failures import failures_table, gain_trends, overshoot
from net2vec_core.figures.concept_sheets import draw_concept_sheets
from net2vec_core.figures.example_choice import Sources
from net2vec_core.figures.filter_sheets import draw_filter_sheets
from net2vec_core.figures.scores import read_scores
from net2vec_core.figures.sheet import thumbnails
from net2vec_core.pooling import read_maxima
from net2vec_core.segmentation_store import read_segmentations
from net2vec_core.storage import new_folder, read_table, write_table


def inspection(
    config: ConfigFile,
    network: NetworkName,
    layer: LayerName,
    dataset: DatasetFolder,
    results: Annotated[Path, typer.Option(help="results/RUN/NETWORK/LAYER: the layer's tables and stores.")],
    segmentation: Annotated[list[Path], typer.Option(help="Stores of fitted concepts.")],
    failures_csv: Annotated[Path, typer.Option(help="Table to write.")],
    gain_trends_csv: Annotated[Path, typer.Option(help="Table to write.")],
    concept_deciles_csv: Annotated[Path, typer.Option(help="Table to write.")],
    filter_deciles_csv: Annotated[Path, typer.Option(help="Table to write.")],
    concept_sheets: Annotated[Path, typer.Option(help="Folder of the concepts' contact sheets to write.")],
    filter_sheets: Annotated[Path, typer.Option(help="Folder of the filters' contact sheets to write.")],
    threads: Threads = 1,
) -> None:
    """Show what to look at in a layer: where embeddings fail, and images at the deciles of IoU and of activations."""
    configuration = load(config)
    data = open_dataset(dataset, configuration)
    scores = _scores_with_overshoot(results, segmentation, data, configuration, network)
    write_table(failures_table(scores, data.concepts, configuration.chance.false_discovery_rate), failures_csv)
    first_seed = scores[scores["seed"] == configuration.segmentation.seeds[0]]
    write_table(gain_trends(first_seed, data.concepts), gain_trends_csv)
    sources = open_sources(configuration, network, data, results)
    read = thumbnails(sources.images["path"].tolist())
    name = f"{network} · {layer}"
    deciles = concept_deciles(sources.on_val(), sources.concepts.tolist())
    write_table(deciles, concept_deciles_csv)
    shown = data.concepts[["concept_id", "name"]].rename(columns={"name": "concept"})
    shown = shown.merge(read_scores(results, configuration.segmentation), on="concept", validate="one_to_one")
    recipe = configuration.segmentation.recipes[0]
    with new_folder(concept_sheets) as folder:
        draw_concept_sheets(deciles, shown, sources, read, f"{name} · recipe {recipe}", folder, threads)
    with new_folder(filter_sheets) as folder:
        tables, first = [], 0
        for maxima in read_maxima(results / "pooled.zarr", made_from(configuration, "pool", network)):
            tables.append(filter_deciles(maxima, first))
            draw_filter_sheets(tables[-1], sources.predictor, read, name, folder, threads)
            first += maxima.shape[1]
    write_table(pd.concat(tables), filter_deciles_csv)


def _scores_with_overshoot(
    results: Path, stores: list[Path], data: Dataset, config: Config, network: str
) -> pd.DataFrame:
    """The segmentation table with column overshoot."""
    fits = read_segmentations(stores, "segmentation", made_from(config, "segmentation", network))
    parts = [
        pd.DataFrame({"concept": data.concepts["name"], "fit": name, "overshoot": overshoot(fit.counts, data.labels)})
        for name, fit in fits.items()
    ]
    scores = read_table(results / "segmentation.csv", dtype={"concept": str})
    scores["fit"] = scores["recipe"] + "/" + scores["seed"].astype(str)
    return scores.merge(pd.concat(parts), on=["concept", "fit"], validate="one_to_one")
