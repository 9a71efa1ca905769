"""The frozen network: built from its settings, its layers listed, and read in one forward pass."""

import contextlib
import hashlib
import threading
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from net2vec_core.architectures import construct
from net2vec_core.errors import UserError
from net2vec_core.layouts import Call, Reading
from net2vec_core.preprocessing import Preprocessing, preprocessing_of
from net2vec_core.settings import NetworkSettings, kind_of
from net2vec_core.weights import fit_to, load_weights

TRACED_IMAGES = 2  # an axis of another length is not that of images
PLANAR = {
    "Conv2d",
    "ConvTranspose2d",
    "BatchNorm2d",
    "MaxPool2d",
    "AvgPool2d",
    "AdaptiveMaxPool2d",
    "AdaptiveAvgPool2d",
}
PREFIX_PARAMETERS = {"class_token", "cls_token", "dist_token", "reg_token", "register_tokens", "storage_tokens"}


def build(settings: NetworkSettings, cache: Path) -> tuple[nn.Module, Preprocessing]:
    """The network with its weights, in evaluation mode, on the CPU.

    Raises:
        UserError: if there is no such model or no such weights, or they do not fit each other.
    """
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(settings.seed)
        model = construct(settings)
    state = load_weights(settings, cache)
    if state is not None:
        fit_to(model, state, settings)
    return _frozen(model), preprocessing_of(settings, model)


def weights_fingerprint(model: nn.Module) -> str:
    """A digest of a network's parameters and buffers, by name."""
    digest = hashlib.sha256()
    for name, tensor in sorted(model.state_dict().items()):
        digest.update(f"{name} {tensor.dtype} {tuple(tensor.shape)}".encode())
        digest.update(tensor.cpu().contiguous().flatten().view(torch.uint8).numpy().tobytes())
    return digest.hexdigest()[:16]


def skeleton(settings: NetworkSettings) -> nn.Module:
    """The network with whatever weights; a library's without memory for them, on torch's meta device.

    Raises:
        UserError: if there is no such model.
    """
    device = "meta" if kind_of(settings.model) in ("torchvision", "timm") else "cpu"
    try:
        with torch.device(device):
            return _frozen(construct(settings))
    except NotImplementedError:  # RegNet computes its widths with tensors, which meta tensors cannot
        return _frozen(construct(settings)).to("meta")


def trace(model: nn.Module, image_size: int, name: str) -> list[Call]:
    """Every call of a module in one forward pass, in order; on the meta device without computing anything.

    Raises:
        UserError: if the network, `name` in messages, does not take images of this size (pixels a side).
    """
    calls: list[Call] = []
    hooks = [module.register_forward_hook(_recorder(layer, calls)) for layer, module in model.named_modules() if layer]
    device = next((parameter.device for parameter in model.parameters()), torch.device("cpu"))
    try:
        with torch.inference_mode():
            model(torch.zeros(TRACED_IMAGES, 3, image_size, image_size, device=device))
    except Exception as error:
        reason = (str(error) or type(error).__name__).splitlines()[0]
        raise UserError(f"{name} does not take images of {image_size}×{image_size} pixels: {reason}") from error
    finally:
        for hook in hooks:
            hook.remove()
    return calls


def prefix_tokens_of(model: nn.Module) -> int | None:
    """Class and register tokens before those of the grid, as the model says or names them; None where it does not."""
    said: set[Any] = {module.num_prefix_tokens for module in model.modules() if hasattr(module, "num_prefix_tokens")}
    if len(said) == 1:
        return int(said.pop())
    named = [
        parameter.shape[-2]
        for name, parameter in model.named_parameters()
        if name.rpartition(".")[2] in PREFIX_PARAMETERS and parameter.ndim == 3
    ]
    return sum(named) if named else None


class LayerReader:
    """A network that gives the outputs of some of its layers, in one pass that ends with the last of them."""

    def __init__(
        self,
        model: nn.Module,
        preprocessing: Preprocessing,
        calls: Sequence[Call],
        readings: Mapping[str, Reading],
        device: str,
    ) -> None:
        """Hook the layers of `model` that `readings` name, whose forward pass makes `calls`; move it to `device`."""
        self.device = torch.device(device)
        self.model = model.to(self.device).to(memory_format=torch.channels_last)
        self.preprocessing = preprocessing
        self.calls_needed = sum(call.layer in readings for call in calls)
        self._pass = threading.local()
        modules = dict(model.named_modules())
        for layer, reading in readings.items():
            path, *keys = layer.split("@")
            modules[path].register_forward_hook(self._hook(layer, keys, reading))

    def __call__(self, images: NDArray[np.uint8], dtype: torch.dtype) -> dict[str, Tensor]:
        """The layers' outputs for images uint8 [image, y, x, RGB]: on the CPU, [image, filter, y, x] of `dtype`.

        A layer that is called several times in one pass gives its last output. Several threads may call this at once.
        """
        self._pass.outputs, self._pass.calls, self._pass.dtype = {}, 0, dtype
        with torch.inference_mode(), contextlib.suppress(_AllLayersReadError):
            self.model(self.preprocessing(torch.from_numpy(images).to(self.device)))
        outputs: dict[str, Tensor] = self._pass.outputs
        return outputs

    def _hook(self, layer: str, keys: Sequence[str], reading: Reading) -> Any:
        def read(_module: nn.Module, _inputs: Any, output: Any) -> None:
            chosen: Tensor = dict(_tensors(output))["@".join(keys)]
            # a copy even where dtype and device stay, since later modules may work in place
            stored = reading.arrange(chosen).to(self._pass.dtype, copy=True).contiguous()
            self._pass.outputs[layer] = stored.to("cpu")
            self._pass.calls += 1
            if self._pass.calls == self.calls_needed:
                raise _AllLayersReadError

        return read


class _AllLayersReadError(Exception):
    """Ends a forward pass from within."""


def _frozen(model: nn.Module) -> nn.Module:
    return model.eval().requires_grad_(False)


def _tensors(output: Any) -> Iterator[tuple[str, Tensor]]:
    """The tensors of a module's output by their index, which is empty where there is but one."""
    if isinstance(output, Tensor):
        yield "", output
    elif isinstance(output, Mapping | list | tuple):
        parts = output.items() if isinstance(output, Mapping) else enumerate(output)
        for key, part in parts:
            for rest, tensor in _tensors(part):
                yield f"{key}@{rest}" if rest else str(key), tensor


def _recorder(layer: str, calls: list[Call]) -> Any:
    def record(module: nn.Module, _inputs: Any, output: Any) -> None:
        kind, planar = _kind(module)
        tensors = dict(_tensors(output))
        if "" not in tensors:
            calls.append(Call(layer, kind, None, instead="several outputs" if tensors else "no tensor"))
        for key, tensor in tensors.items():
            name, sizes = f"{layer}@{key}" if key else layer, tuple(tensor.shape)
            if sizes[:1] == (TRACED_IMAGES,):
                calls.append(Call(name, kind, sizes[1:], planar))
            else:
                shape = " × ".join(map(str, sizes))
                calls.append(Call(name, kind, None, instead=f"of shape {shape} for {TRACED_IMAGES} images"))

    return record


def _kind(module: nn.Module) -> tuple[str, bool]:
    """A module's class, and whether it is one that gives [filter, y, x] by its nature."""
    # modules of a program carry the name of the class that they had
    exported = getattr(module, "type_name", None)
    names = [exported().rpartition(".")[2]] if callable(exported) else [kind.__name__ for kind in type(module).__mro__]
    return names[0], not PLANAR.isdisjoint(names)
