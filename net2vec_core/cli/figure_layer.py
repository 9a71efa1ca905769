from pathlib import Path
from typing import Annotated

import pandas as pd
import typer

from net2vec_core.cli.opening import open_dataset
from net2vec_core.cli.opening_sources import open_sources
from net2vec_core.cli.options import ConfigFile, DatasetFolder, LayerName, NetworkName
from net2vec_core.config import load
from net2vec_core.failures import gain_trends, with_coverage
from net2vec_core.figures.concept_map import concept_map
from net2vec_core.figures.concepts_per_filter import concepts_per_filter
from net2vec_core.figures.cosine_similarity import cosine_similarity
from net2vec_core.figures.example_choice import gather_examples
from net2vec_core.figures.examples import examples
from net2vec_core.figures.fonts import warn_of_boxes
from net2vec_core.figures.gain import gain
from net2vec_core.figures.scores import read_fits, read_scores
from net2vec_core.figures.single_vs_multi import single_vs_multi
from net2vec_core.figures.style import save
from net2vec_core.figures.subsets import subsets
from net2vec_core.storage import read_table


def figure_layer(
    config: ConfigFile,
    network: NetworkName,
    layer: LayerName,
    dataset: DatasetFolder,
    results: Annotated[Path, typer.Option(help="results/RUN/NETWORK/LAYER: the layer's tables and stores.")],
    output: Annotated[Path, typer.Option(help="Folder of the figures to write.")],
) -> None:
    """Draw the figures of a layer."""
    configuration = load(config)
    name = f"{network} · {layer}"
    scores = read_scores(results, configuration.segmentation)
    warn_of_boxes(pd.unique(scores[["concept", "category"]].to_numpy().ravel()).tolist())
    save(single_vs_multi(scores, name), output / "single_vs_multi")
    save(subsets(read_table(results / "subsets.csv", dtype={"concept": str}), name), output / "subsets")
    overlap = read_table(results / "filter_overlap.csv", dtype={"concepts": str, "top_concepts": str})
    save(concepts_per_filter(overlap, configuration.overlap.top_filters, name), output / "concepts_per_filter")
    cosines = read_table(results / "cosine_similarity.csv", dtype={"concept": str}).set_index("concept")
    cosines.columns = cosines.index  # as they are, also where one is named like the first column
    categories = scores.set_index("concept")["category"]
    save(cosine_similarity(cosines, categories, name), output / "cosine_similarity")
    save(concept_map(read_table(results / "map.csv", dtype={"concept": str}), name), output / "map")
    data = open_dataset(dataset, configuration)
    fits = with_coverage(read_fits(results, configuration.segmentation.seeds[0]), data.concepts)
    save(gain(fits, gain_trends(fits), name), output / "gain")
    sources = open_sources(configuration, network, data, results)
    save(examples(gather_examples(scores, sources), name), output / "examples")
