from pathlib import Path
from typing import Annotated

import typer

from net2vec_core.cli.counting_filters import write_counts
from net2vec_core.cli.options import ConfigFile, DatasetFolder, NetworkName, Output, Threads
from net2vec_core.config import load
from net2vec_core.dependencies import made_from
from net2vec_core.filter_masks import open_filter_masks


def single_filter(
    config: ConfigFile,
    network: NetworkName,
    dataset: DatasetFolder,
    filter_masks: Annotated[Path, typer.Option(help="Store of filter masks.")],
    output: Output,
    threads: Threads = 1,
) -> None:
    """Count how well each filter of a layer, alone, segments each concept."""
    configuration = load(config)
    masks = open_filter_masks(filter_masks, made_from(configuration, "filter_masks", network))
    made = made_from(configuration, "single_filter", network)
    write_counts(masks, dataset, configuration, output, made, threads)
