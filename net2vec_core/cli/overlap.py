from pathlib import Path
from typing import Annotated

import typer

from net2vec_core.cli.opening_embeddings import open_weights
from net2vec_core.cli.options import ConfigFile, EmbeddingStore, NetworkName
from net2vec_core.cli.reading import read_concepts
from net2vec_core.config import load, made_from
from net2vec_core.overlap import filter_overlap, overlap_histogram, shared_filters, used_filters
from net2vec_core.single_filter import read_single_filter
from net2vec_core.storage import read_table, write_table
from net2vec_core.units import detectors_table, units_table


def overlap(
    config: ConfigFile,
    network: NetworkName,
    concepts: Annotated[Path, typer.Option(help="Table of the studied concepts.")],
    single_filter: Annotated[Path, typer.Option(help="Table of best single filters.")],
    counts: Annotated[Path, typer.Option(help="Store of the single filters' counts.")],
    embeddings: EmbeddingStore,
    filter_overlap_csv: Annotated[Path, typer.Option(help="Table to write.")],
    overlap_histogram_csv: Annotated[Path, typer.Option(help="Table to write.")],
    shared_filters_csv: Annotated[Path, typer.Option(help="Table to write.")],
    units_csv: Annotated[Path, typer.Option(help="Table to write.")],
    detectors_csv: Annotated[Path, typer.Option(help="Table to write.")],
) -> None:
    """Find the filters that concepts share, and the concept that each filter detects."""
    configuration = load(config)
    weights = open_weights(embeddings, configuration, network)
    table = read_table(single_filter, dtype={"concept": str}).set_index("concept").loc[weights.index]
    # of filters that all miss a concept, none is its best
    best = table.loc[table["iou_train"] > 0, "filter"]
    used = used_filters(weights, configuration.overlap.top_filters)
    shared = filter_overlap(best, used)
    write_table(shared, filter_overlap_csv)
    write_table(overlap_histogram(shared), overlap_histogram_csv)
    write_table(shared_filters(used), shared_filters_csv)
    studied = read_concepts(concepts)
    counted, _ = read_single_filter(counts, made_from(configuration, "single_filter", network))
    units = units_table(studied, counted)
    write_table(units, units_csv)
    write_table(detectors_table(units, studied), detectors_csv)
