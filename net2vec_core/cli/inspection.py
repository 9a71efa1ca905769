from collections.abc import Mapping
from pathlib import Path
from typing import Annotated

import pandas as pd
import typer

from net2vec_core.cli.opening import Dataset, open_dataset
from net2vec_core.cli.opening_sources import open_sources
from net2vec_core.cli.options import ConfigFile, DatasetFolder, LayerName, NetworkName, Threads
from net2vec_core.config import Config, load
from net2vec_core.deciles import concept_deciles, filter_deciles
from net2vec_core.dependencies import made_from
from net2vec_core.failures import failures_table, gain_trends, overshoot, with_coverage
from net2vec_core.figures.concept_sheets import draw_concept_sheets
from net2vec_core.figures.drawing import Drawing
from net2vec_core.figures.filter_sheets import draw_filter_sheets
from net2vec_core.figures.scores import read_scores
from net2vec_core.pooling import read_maxima
from net2vec_core.segmentation_store import Segmentation, read_segmentations
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
    fits = read_segmentations(segmentation, "segmentation", made_from(configuration, "segmentation", network))
    scores = with_coverage(_with_overshoot(results, fits, data), data.concepts)
    write_table(failures_table(scores, configuration.chance.false_discovery_rate), failures_csv)
    first_seed = scores[scores["seed"] == configuration.segmentation.seeds[0]]
    write_table(gain_trends(first_seed), gain_trends_csv)
    sources = open_sources(configuration, network, data, results)
    drawing = Drawing(sources, f"{network} · {layer}", configuration.segmentation.recipes[0], threads)
    deciles = concept_deciles(sources.on_val(), sources.concepts.tolist())
    write_table(deciles, concept_deciles_csv)
    with new_folder(concept_sheets) as folder:
        draw_concept_sheets(deciles, _shown(results, data, configuration), drawing, folder)
    tables = []
    with new_folder(filter_sheets) as folder:
        for first, of_filters in read_maxima(results / "pooled.zarr", made_from(configuration, "pool", network)):
            tables.append(filter_deciles(of_filters, first))
            draw_filter_sheets(tables[-1], drawing, folder)
    write_table(pd.concat(tables), filter_deciles_csv)


def _with_overshoot(results: Path, fits: Mapping[str, Segmentation], data: Dataset) -> pd.DataFrame:
    """The segmentation table with column overshoot."""
    scores = read_table(results / "segmentation.csv", dtype={"concept": str})
    names = data.concepts["name"].tolist()
    values = {
        (concept, fit): value
        for fit, segmentation in fits.items()
        for concept, value in zip(names, overshoot(segmentation.counts, data.labels), strict=True)
    }
    keys = zip(scores["concept"], scores["recipe"] + "/" + scores["seed"].astype(str), strict=True)
    return scores.assign(overshoot=[values[key] for key in keys])


def _shown(results: Path, data: Dataset, config: Config) -> pd.DataFrame:
    """The segmented concepts in their order: concept_id, concept, category, single_filter, encoded."""
    scores = read_scores(results, config.segmentation)[["concept", "category", "single_filter", "encoded"]]
    numbers = data.concepts[["concept_id", "name"]].rename(columns={"name": "concept"})
    return numbers.merge(scores, on="concept", validate="one_to_one")
