from pathlib import Path
from typing import Annotated

import pandas as pd
import typer

from net2vec_core.cli.options import ConfigFile
from net2vec_core.config import load
from net2vec_core.figures.filters_needed import filters_needed
from net2vec_core.figures.iou_by_category import iou_by_category
from net2vec_core.figures.layer_pairs import layer_pairs
from net2vec_core.figures.overlap_by_layer import overlap_by_layer
from net2vec_core.figures.scores import read_scores
from net2vec_core.figures.style import save
from net2vec_core.storage import read_table


def figure_run(
    config: ConfigFile,
    results: Annotated[Path, typer.Option(help="results/RUN: the folder of the run.")],
    output: Annotated[Path, typer.Option(help="Folder of the figures to write.")],
) -> None:
    """Draw the figures that compare the layers and networks of a run."""
    configuration = load(config)
    layers = [(name, layer) for name, network in configuration.networks.items() for layer in network.layers]
    scores = [
        read_scores(results / name / layer, configuration.segmentation).assign(network=name, layer=layer)
        for name, layer in layers
    ]
    save(iou_by_category(pd.concat(scores)), output / "iou_by_category")
    pairs = read_table(results / "comparison" / "layer_pairs.csv", dtype={"first_layer": str, "second_layer": str})
    save(layer_pairs(pairs, [f"{name} · {layer}" for name, layer in layers]), output / "layer_pairs")
    histograms = {
        f"{name} · {layer}": read_table(results / name / layer / "overlap_histogram.csv") for name, layer in layers
    }
    save(overlap_by_layer(histograms, configuration.overlap.top_filters), output / "overlap_by_layer")
    needed = read_table(results / "comparison" / "filters_needed.csv", dtype={"network": str, "layer": str})
    save(filters_needed(needed), output / "filters_needed")
