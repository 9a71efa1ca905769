from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import pandas as pd
import typer

from net2vec_core.analogies import analogies_table
from net2vec_core.classification_store import read_classification
from net2vec_core.cli.opening_embeddings import open_weights
from net2vec_core.cli.options import ConfigFile, NetworkName
from net2vec_core.cli.reading import read_concepts
from net2vec_core.concept_map import concept_map
from net2vec_core.config import Config, load
from net2vec_core.dependencies import made_from
from net2vec_core.embedding import cosine_similarity, neighbours
from net2vec_core.overlap import filter_overlap, overlap_histogram, shared_filters, used_filters
from net2vec_core.relations import find_relations, relation_summary, relations_table, share_matrix
from net2vec_core.single_filter import read_single_filter
from net2vec_core.storage import read_table, write_table
from net2vec_core.task_agreement import task_agreement
from net2vec_core.units import detectors_table, units_table


@dataclass(frozen=True)
class _Layer:
    """What is known of a layer's concepts: their table, and the embeddings of those that are segmented."""

    config: Config
    network: str
    results: Path
    concepts: pd.DataFrame
    weights: pd.DataFrame

    @property
    def categories(self) -> "pd.Series[str]":
        """Of all concepts, by name."""
        return self.concepts.set_index("name")["category"]

    def write(self, table: pd.DataFrame, name: str, index: bool = False) -> None:
        write_table(table, self.results / f"{name}.csv", index=index)


def relations(
    config: ConfigFile,
    network: NetworkName,
    concepts: Annotated[Path, typer.Option(help="Table of the studied concepts.")],
    cooccurrence: Annotated[Path, typer.Option(help="Table of the pixels that concepts have in common.")],
    classification: Annotated[Path, typer.Option(help="Store of classification fits.")],
    results: Annotated[
        Path, typer.Option(help="results/RUN/NETWORK/LAYER: has the embeddings; the tables are written there.")
    ],
) -> None:
    """Relate a layer's concepts: what their embeddings are near to, and which filters they share."""
    configuration = load(config)
    weights = open_weights(results / "embeddings.zarr", configuration, network)
    layer = _Layer(configuration, network, results, read_concepts(concepts), weights)
    # before anything is written: they may be mistaken
    analogies = analogies_table(configuration.analogies, weights)
    layer.write(analogies, "analogies")
    _write_space(layer, read_table(cooccurrence, dtype={"concept": str, "other": str}))
    _write_overlap(layer)
    fits = read_classification(classification, made_from(configuration, "classification", network))
    classifying = pd.DataFrame(fits.weights, index=layer.categories.index)
    agreement = task_agreement(weights, classifying, layer.categories, configuration.overlap.top_filters)
    layer.write(agreement, "task_agreement")


def _write_space(layer: _Layer, cooccurrence: pd.DataFrame) -> None:
    """Which embeddings are near to which."""
    cosines = cosine_similarity(layer.weights)
    layer.write(cosines, "cosine_similarity", index=True)
    layer.write(neighbours(cosines), "neighbours")
    layer.write(concept_map(cosines, layer.categories), "map")
    share, categories = share_matrix(cooccurrence, cosines.index), layer.categories[cosines.index]
    related = find_relations(categories, share)
    layer.write(relations_table(related, cosines, share), "relations")
    layer.write(relation_summary(related, categories, cosines, share), "relation_summary")


def _write_overlap(layer: _Layer) -> None:
    """Which filters concepts share, and which concept each filter detects."""
    single = read_table(layer.results / "single_filter.csv", dtype={"concept": str})
    single = single.set_index("concept").loc[layer.weights.index]
    # of filters that all miss a concept, none is its best
    best = single.loc[single["iou_train"] > 0, "filter"]
    used = used_filters(layer.weights, layer.config.overlap.top_filters)
    overlap = filter_overlap(best, used)
    layer.write(overlap, "filter_overlap")
    layer.write(overlap_histogram(overlap), "overlap_histogram")
    layer.write(shared_filters(used), "shared_filters")
    store, expected = layer.results / "single_filter.zarr", made_from(layer.config, "single_filter", layer.network)
    units = units_table(layer.concepts, read_single_filter(store, expected)[0])
    layer.write(units, "units")
    layer.write(detectors_table(units, layer.concepts), "detectors")
