from pathlib import Path
from typing import Annotated

import typer

from net2vec_core.embedding import NEIGHBOURS, load_embeddings
from net2vec_core.errors import UserError, did_you_mean
from net2vec_core.questions import Results, answer, as_text
from net2vec_core.summary import no_finished_layers


def ask(
    question: Annotated[
        list[str], typer.Argument(help='"grass + blue - green", neighbours tree, filter 23, images lamp')
    ],
    run: Annotated[str, typer.Option(help="The run's name.")],
    layer: Annotated[str, typer.Option(help="A layer's module path.")],
    network: Annotated[str | None, typer.Option(help="Its network, where several have such a layer.")] = None,
    recipe: Annotated[str | None, typer.Option(help="Which embeddings; the run's first if not given.")] = None,
    results: Annotated[Path, typer.Option(help="The folder of all runs.")] = Path("results"),
    rows: Annotated[int, typer.Option(min=1, help="Lines to print, at most.")] = NEIGHBOURS,
) -> None:
    """Answer a question about a layer from finished results: concepts, filters, images."""
    folder = _folder_of_layer(results / run, layer, network)
    weights = load_embeddings(folder / "embeddings.zarr", "segmentation", recipe)
    found = answer(" ".join(question), Results(folder, results / run / "dataset", weights))
    print("\n\n".join(as_text(part, rows) for part in found))


def _folder_of_layer(run: Path, layer: str, network: str | None) -> Path:
    finished = [store.parent for store in sorted(run.glob("*/*/embeddings.zarr"))]
    if not finished:
        raise no_finished_layers(run)
    _require(layer, [folder.name for folder in finished], f"no layer `{layer}`")
    networks = [folder.parent.name for folder in finished if folder.name == layer]
    if network is None and len(networks) > 1:
        raise UserError(f"several networks have a layer `{layer}`: say which with --network: {', '.join(networks)}")
    chosen = network or networks[0]
    _require(chosen, networks, f"no layer `{layer}` of a network `{chosen}`")
    return run / chosen / layer


def _require(name: str, known: list[str], lack: str) -> None:
    if name not in known:
        each = list(dict.fromkeys(known))
        choices = did_you_mean(name, each) or f"; there is {', '.join(each)}"
        raise UserError(f"the run has {lack}{choices}")
