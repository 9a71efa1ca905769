from pathlib import Path
from typing import Annotated

import typer

from net2vec_core.config import load, parse_config
from net2vec_core.errors import UserError
from net2vec_core.layouts import Reading, read_all
from net2vec_core.network import prefix_tokens_of, skeleton, trace
from net2vec_core.preprocessing import image_size_of, preprocessing_of
from net2vec_core.settings import DatasetSettings, NetworkSettings, kind_of


def layers(
    model: Annotated[str | None, typer.Option(help="A model as the configuration names it: `timm/NAME`, ….")] = None,
    image_size: Annotated[int | None, typer.Option(min=1, help="Side of the input, pixels.")] = None,
    config: Annotated[
        Path | None, typer.Option("--configfile", help="Instead of `--model`: a configuration, with all its keys.")
    ] = None,
    network: Annotated[str | None, typer.Option(help="The network's name in that configuration.")] = None,
) -> None:
    """Print every layer of a network: its output's shape, and how that is read, as filters × height × width."""
    settings, dataset = _chosen(model, image_size, config, network)
    outline = skeleton(settings)
    size = image_size_of(settings, dataset, outline)
    calls = trace(outline, size, settings.model)
    readings = read_all(calls, settings, prefix_tokens_of(outline))
    print(f"Input: {size}×{size} pixels, {preprocessing_of(settings, outline)}")
    width = max(map(len, readings))
    for call in {call.layer: call for call in calls}.values():
        print(f"{call.layer:<{width}}  {call.kind:<20}  {call!s:<18}  {_in_words(readings[call.layer])}")


def _chosen(
    model: str | None, image_size: int | None, config: Path | None, network: str | None
) -> tuple[NetworkSettings, DatasetSettings]:
    if model and not config:
        weights = "random" if kind_of(model) in ("torchvision", "timm") else "own"
        values = {"model": model, "weights": weights, "layers": ["all"], "image_size": image_size}
        configuration = parse_config({"networks": {"it": values}}, f"--model {model}")
        return configuration.networks["it"], configuration.dataset
    if config and network and not model:
        configuration = load(config)
        return configuration.network(network), configuration.dataset
    raise UserError("say either `--model MODEL`, or `--configfile FILE` and `--network NAME`")


def _in_words(reading: Reading | None) -> str:
    if reading is None:
        return "not read"
    prefix = f", without {reading.prefix} prefix tokens" if reading.prefix else ""
    return f"→ {reading.filters} × {reading.height} × {reading.width} ({reading.layout.replace('_', ' ')}{prefix})"
