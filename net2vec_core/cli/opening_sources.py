"""Opening what pictures of a layer's masks are made from."""

from pathlib import Path

import numpy as np
import pandas as pd

from net2vec_core.cli.opening import Dataset
from net2vec_core.cli.opening_embeddings import open_embeddings
from net2vec_core.config import Config
from net2vec_core.dependencies import made_from
from net2vec_core.figures.example_choice import Sources
from net2vec_core.figures.predictions import Predictor
from net2vec_core.filter_masks import open_filter_masks
from net2vec_core.storage import read_table


def open_sources(config: Config, network: str, data: Dataset, results: Path) -> Sources:
    """The sources of a layer's pictures, from its folder, for the configuration's first recipe and seed."""
    masks = open_filter_masks(results / "filter_masks.zarr", made_from(config, "filter_masks", network))
    embeddings = open_embeddings(results / "embeddings.zarr", config, network)[0]
    individual = read_table(results / "individual_iou.csv.gz", dtype={"concept": str})
    return Sources(
        individual=individual[individual["recipe"] == embeddings.recipe].drop(columns="recipe"),
        concepts=pd.Index(data.concepts["name"]),
        weights=embeddings.weights.astype(np.float64),
        bias=embeddings.bias.astype(np.float64),
        labels=data.labels,
        predictor=Predictor(masks, data.labels.mask_shape, config.upsampling.align_corners),
        images=data.images,
        image_size=config.dataset.drawn_size,
        fit=config.dataset.fit,
    )
