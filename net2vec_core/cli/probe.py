from pathlib import Path
from typing import Annotated

import typer

from net2vec_core.cli.options import ConfigFile, DatasetFolder, NetworkName, Output, Threads
from net2vec_core.cli.reading import read_images
from net2vec_core.config import load, made_from
from net2vec_core.device import choose_device
from net2vec_core.network import LayerReader, build, grids, trace
from net2vec_core.probe import ProbeSettings
from net2vec_core.probe import probe as run_probe


def probe(
    config: ConfigFile,
    network: NetworkName,
    dataset: DatasetFolder,
    layers: Annotated[list[str], typer.Option("--layer", help="Module paths of the layers to read in one pass.")],
    shard: Annotated[int, typer.Option(help="Which images: this many times `images_per_shard` onwards.")],
    output: Output,
    threads: Threads = 1,
) -> None:
    """Show one shard of the images to a network and store its layers' activations."""
    configuration = load(config)
    settings, compute = configuration.network(network), configuration.compute
    paths = [Path(path) for path in read_images(dataset)["path"]]
    first = shard * compute.images_per_shard
    calls = trace(settings.model, configuration.dataset.image_size)
    found = grids(calls, layers, network)
    model, preprocessing = build(settings, configuration.cache)
    reader = LayerReader(model, preprocessing, calls, layers, choose_device(compute.device))
    how = ProbeSettings(configuration.dataset.image_size, compute.activation_dtype, compute.batch_size, threads)
    shard_paths = paths[first : first + compute.images_per_shard]
    run_probe(reader, found, shard_paths, how, output, made_from(configuration, "probe", network))
