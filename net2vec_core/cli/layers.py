from typing import Annotated

import typer

from net2vec_core.network import trace


def layers(
    model: Annotated[str, typer.Option(help="`torchvision/NAME`.")],
    image_size: Annotated[int, typer.Option(min=1, help="Side of the input, pixels.")] = 224,
) -> None:
    """Print every layer of a network with the shape of its output: filters × height × width."""
    calls = {call.layer: call for call in trace(model, image_size)}
    width = max(len(layer) for layer in calls)
    for layer, call in calls.items():
        shape = "no tensor" if call.shape is None else " × ".join(map(str, call.shape[1:]))
        print(f"{layer:<{width}}  {call.kind:<20}  {shape}")
