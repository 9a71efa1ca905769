"""The frozen network: built from its settings, its layers listed, named and read in one forward pass."""

import contextlib
import threading
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
import torchvision
from numpy.typing import NDArray
from torch import Tensor, nn

from net2vec_core.config import NetworkSettings, source_of
from net2vec_core.errors import UserError, did_you_mean
from net2vec_core.weights import Preprocessing, StateDict, load_weights

INCEPTIONS = ("googlenet", "inception_v3")


@dataclass(frozen=True)
class Call:
    """A module's call in a forward pass; `shape` is that of its output for one image, None where it is no tensor."""

    layer: str
    kind: str
    shape: tuple[int, ...] | None


def build(settings: NetworkSettings, cache: Path) -> tuple[nn.Module, Preprocessing]:
    """The network with its weights, in evaluation mode, on the CPU.

    Raises:
        UserError: if there is no such model or no such weights, or they do not fit each other.
    """
    _require_known(settings.model)
    state, preprocessing = load_weights(settings, cache)
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(settings.seed)
        model = _construct(settings.model, with_library_weights=source_of(settings.weights) == "library")
    if state is not None:
        _load(model, state, settings)
    return model.eval().requires_grad_(False), preprocessing


def trace(model_name: str, image_size: int) -> list[Call]:
    """Every call of a module in one forward pass, in order, without computing anything.

    Raises:
        UserError: if there is no such model, or it does not take images of this size (pixels a side).
    """
    calls: list[Call] = []
    _require_known(model_name)
    with torch.inference_mode(), torch.device("meta"):
        model = _construct_on_meta(model_name).eval()
        for layer, module in model.named_modules():
            if layer:
                module.register_forward_hook(_recorder(layer, calls))
        try:
            model(torch.empty(1, 3, image_size, image_size))
        except (RuntimeError, AssertionError) as error:
            reason = str(error).splitlines()[0]
            raise UserError(
                f"{model_name} does not take images of {image_size}×{image_size} pixels: {reason}"
            ) from None
    return calls


def grids(calls: Sequence[Call], layers: Sequence[str], network: str) -> dict[str, tuple[int, int, int]]:
    """Filters, height and width of each layer's output; a fully connected layer has one position.

    Raises:
        UserError: if the network has no such layer (the nearest names are offered), does not call it, or its output
            cannot be read as filters on a grid.
    """
    shapes = {call.layer: call.shape for call in calls}
    result = {}
    for layer in layers:
        where = f"`networks.{network}.layers`"
        if layer not in shapes:
            raise UserError(f"{where}: the network has no layer `{layer}`{did_you_mean(layer, shapes)}")
        match shapes[layer]:
            case (_, filters, height, width):
                result[layer] = (filters, height, width)
            case (_, filters):
                result[layer] = (filters, 1, 1)
            case shape:
                what = "no tensor" if shape is None else f"of shape {shape}"
                raise UserError(f"{where}: the output of `{layer}` is not filters on a grid but {what}")
    return result


class LayerReader:
    """A network that gives the outputs of some of its layers, in one pass that ends with the last of them."""

    def __init__(
        self, model: nn.Module, preprocessing: Preprocessing, calls: Sequence[Call], layers: Sequence[str], device: str
    ) -> None:
        """Hook `layers` of `model`, whose forward pass makes `calls`, and move it to `device`."""
        self.device = torch.device(device)
        self.model = model.to(self.device).to(memory_format=torch.channels_last)
        self.preprocessing = preprocessing
        self.calls_needed = sum(call.layer in layers for call in calls)
        self._pass = threading.local()
        modules = dict(model.named_modules())
        for layer in layers:
            modules[layer].register_forward_hook(self._hook(layer))

    def __call__(self, images: NDArray[np.uint8], dtype: torch.dtype) -> dict[str, Tensor]:
        """The layers' outputs for images uint8 [image, y, x, RGB]: on the CPU, [image, filter, y, x] of `dtype`.

        A layer that is called several times in one pass gives its last output. Several threads may call this at once.
        """
        self._pass.outputs, self._pass.calls, self._pass.dtype = {}, 0, dtype
        with torch.inference_mode(), contextlib.suppress(_AllLayersReadError):
            self.model(self.preprocessing(images).to(self.device))
        outputs: dict[str, Tensor] = self._pass.outputs
        return {layer: output.reshape(*output.shape, *[1] * (4 - output.ndim)) for layer, output in outputs.items()}

    def _hook(self, layer: str) -> Any:
        def read(_module: nn.Module, _inputs: Any, output: Tensor) -> None:
            # a copy even where dtype and device stay, since later modules may work in place
            self._pass.outputs[layer] = output.to("cpu", self._pass.dtype, copy=True)
            self._pass.calls += 1
            if self._pass.calls == self.calls_needed:
                raise _AllLayersReadError

        return read


class _AllLayersReadError(Exception):
    """Ends a forward pass from within."""


def _require_known(model: str) -> None:
    name = model.removeprefix("torchvision/")
    known = torchvision.models.list_models(module=torchvision.models)
    if name not in known:
        raise UserError(f"torchvision has no classification model `{name}`{did_you_mean(name, known)}")


def _construct_on_meta(model: str) -> nn.Module:
    try:
        return _construct(model)
    except NotImplementedError:  # RegNet computes its widths with tensors, which meta tensors cannot
        with torch.device("cpu"):
            return _construct(model).to("meta")


def _construct(model: str, with_library_weights: bool = False) -> nn.Module:
    name = model.removeprefix("torchvision/")
    # torchvision's own weights of these two expect their input to be rescaled
    options = {"transform_input": with_library_weights, "init_weights": True} if name in INCEPTIONS else {}
    constructed: nn.Module = torchvision.models.get_model(name, weights=None, **options)
    return constructed


def _load(model: nn.Module, state: StateDict, settings: NetworkSettings) -> None:
    try:
        model.load_state_dict(state)
    except RuntimeError as error:
        reasons = " ".join(str(error).split())[:400]
        raise UserError(f"weights `{settings.weights}` do not fit {settings.model}: {reasons}") from None


def _recorder(layer: str, calls: list[Call]) -> Any:
    def record(module: nn.Module, _inputs: Any, output: Any) -> None:
        shape = tuple(output.shape) if isinstance(output, Tensor) else None
        calls.append(Call(layer, type(module).__name__, shape))

    return record
