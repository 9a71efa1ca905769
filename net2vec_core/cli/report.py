from pathlib import Path
from typing import Annotated

import pandas as pd
import typer

from net2vec_core.cli.opening import Dataset, open_dataset
from net2vec_core.cli.opening_embeddings import open_embeddings, open_weights
from net2vec_core.cli.options import ConfigFile, Threads
from net2vec_core.cli.reading import read_concepts
from net2vec_core.config import Config, load
from net2vec_core.dataset.records import SPLITS
from net2vec_core.dependencies import made_from
from net2vec_core.figures.concept_sheets import shown_once
from net2vec_core.figures.predictions import Predictor
from net2vec_core.filter_masks import open_filter_masks
from net2vec_core.report import answers
from net2vec_core.report.page import PICTURES, LayerPart, RunPart, write_page
from net2vec_core.report.pictures import MaskSources, write_concept_masks, write_filter_masks, write_thumbnails
from net2vec_core.report.tables import OF_LAYER, OF_RUN, columns, read_named, records
from net2vec_core.storage import new_folder

DECILES = ("concept_deciles", "filter_deciles")


def report(
    config: ConfigFile,
    results: Annotated[Path, typer.Option(help="results/RUN: the folder of the run.")],
    output: Annotated[Path, typer.Option(help="Folder to write, index.html in it.")],
    threads: Threads = 1,
) -> None:
    """Write the page that shows a whole run: one HTML file, with its pictures beside it where they are large."""
    configuration = load(config)
    data = open_dataset(results / "dataset", configuration)
    with new_folder(output) as folder:
        layers = [
            _layer(configuration, data, results, network, layer, folder / PICTURES, threads)
            for network, settings in configuration.networks.items()
            for layer in settings.layers
        ]
        shown = {image for layer in layers for name in DECILES for image in layer.tables[name]["image"]}
        write_thumbnails(sorted(shown), data.images["path"], configuration.dataset.fit, folder / PICTURES, threads)
        write_page(configuration, _run(results, data, sorted(shown)), layers, folder)


def _run(results: Path, data: Dataset, shown: list[int]) -> RunPart:
    return RunPart(
        splits={split: int((data.images["split"] == split).sum()) for split in SPLITS},
        concepts=read_concepts(results / "dataset" / "concepts.csv"),
        tables={name: columns(read_named(results / "comparison" / f"{name}.csv")) for name in OF_RUN},
        paths=dict(zip(shown, data.images["path"].iloc[shown], strict=True)),
    )


def _layer(
    config: Config, data: Dataset, results: Path, network: str, layer: str, pictures: Path, threads: int
) -> LayerPart:
    folder = results / network / layer
    tables = {name: read_named(folder / f"{name}.csv") for name in OF_LAYER}
    _draw(config, network, data, folder, tables, pictures / network / layer, threads)
    weights = open_weights(folder / "embeddings.zarr", config, network)
    top = config.overlap.top_filters
    more = {
        "category_means": answers.category_means(tables["segmentation"], config.segmentation.seeds[0]),
        "level_means": answers.level_means(tables["significance"]),
        "example_iou": answers.example_iou(tables["concept_deciles"], read_named(folder / "individual_iou.csv.gz")),
        "histogram_by_chance": answers.histogram_by_chance(tables["overlap_histogram"], len(weights), top),
    }
    return LayerPart(
        network=network,
        layer=layer,
        tables={name: columns(table) for name, table in [*tables.items(), *more.items()]},
        weights=weights,
        recipes=answers.recipes(tables["gains"], tables["significance"], config.chance.false_discovery_rate),
        needed=answers.filters_needed(tables["subsets"]),
        sharing=answers.sharing(tables["filter_overlap"], len(weights), top),
        relations=records(tables["relation_summary"]),
        sums=answers.sums(tables["analogies"]),
    )


def _draw(
    config: Config,
    network: str,
    data: Dataset,
    results: Path,
    tables: dict[str, pd.DataFrame],
    pictures: Path,
    threads: int,
) -> None:
    """The strips of masks of a layer."""
    masks = open_filter_masks(results / "filter_masks.zarr", made_from(config, "filter_masks", network))
    sources = MaskSources(
        concepts=pd.Index(data.concepts["name"]),
        labels=data.labels,
        predictor=Predictor(masks, data.labels.mask_shape, config.upsampling.align_corners),
        embeddings=open_embeddings(results / "embeddings.zarr", config, network),
    )
    names = data.concepts[["concept_id", "name"]].rename(columns={"name": "concept"})
    best = tables["single_filter"][["concept", "filter"]].rename(columns={"filter": "single_filter"})
    shown = shown_once(tables["concept_deciles"])[["concept", "image"]]
    write_concept_masks(shown, names.merge(best, on="concept", validate="one_to_one"), sources, pictures)
    write_filter_masks(tables["filter_deciles"], sources.predictor, pictures, threads)
