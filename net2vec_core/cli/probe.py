from pathlib import Path
from typing import Annotated

import typer

from net2vec_core.cli.options import ConfigFile, DatasetFolder, NetworkName, Output, Threads
from net2vec_core.cli.reading import read_images
from net2vec_core.config import load
from net2vec_core.dependencies import made_from
from net2vec_core.device import choose_device
from net2vec_core.layouts import read_layers
from net2vec_core.network import LayerReader, build, prefix_tokens_of, trace
from net2vec_core.preprocessing import image_size_of
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
    settings, compute = configuration.network(network).model_copy(update={"layers": layers}), configuration.compute
    paths = [Path(path) for path in read_images(dataset)["path"]]
    first = shard * compute.images_per_shard
    model, preprocessing = build(settings, configuration.cache)
    size = image_size_of(settings, configuration.dataset, model)
    calls = trace(model, size, settings.model)
    readings = read_layers(calls, settings, network, prefix_tokens_of(model))
    reader = LayerReader(model, preprocessing, calls, readings, choose_device(compute.device))
    fit = configuration.dataset.fit
    how = ProbeSettings(size, fit, compute.activation_dtype, compute.batch_size, threads)
    grids = {layer: reading.grid for layer, reading in readings.items()}
    shard_paths = paths[first : first + compute.images_per_shard]
    run_probe(reader, grids, shard_paths, how, output, made_from(configuration, "probe", network), compute.objects)
