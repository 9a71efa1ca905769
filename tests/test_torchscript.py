"""Networks out of TorchScript files, held against the modules in Python that they were made from."""

import os
import pickle
import re
import warnings
import zipfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest
import timm
import torch
import torchvision
from torch import nn

from net2vec_core.checkpoints import read_checkpoint
from net2vec_core.errors import UserError
from net2vec_core.layouts import read_all, read_layers
from net2vec_core.network import LayerReader, build, trace, weights_fingerprint
from net2vec_core.preprocessing import IMAGENET
from net2vec_core.settings import NetworkSettings
from net2vec_core.torchscript import load_torchscript

INSTEAD = "give the network as `package.module:callable`, or as a `.pt2` program of torch.export"
SIZE = 40
pytestmark = pytest.mark.filterwarnings("ignore:`torch.jit:FutureWarning", "ignore::torch.jit.TracerWarning")


class Block(nn.Module):
    """Modules of one class, of which TorchScript keeps the code once; one is called twice, one works in place."""

    def __init__(self):
        super().__init__()
        self.conv = nn.Conv2d(4, 4, 3, padding=1)
        self.relu = nn.ReLU(inplace=True)

    def forward(self, x: torch.Tensor):
        inner = self.relu(self.conv(x))
        return inner, {"sum": self.relu(self.conv(inner) - 0.1) + x}


class Small(nn.Module):
    """A network with lists of modules, several outputs, a branch, and a name that the wrapper might have, too."""

    def __init__(self):
        super().__init__()
        self.layers = nn.ModuleDict({"stem": nn.Conv2d(3, 4, 3), "norm": nn.BatchNorm2d(4)})
        self.blocks = nn.ModuleList([Block(), Block()])
        self.head = nn.Linear(4, 5)

    def forward(self, x: torch.Tensor):
        for layer in self.layers.values():
            x = layer(x)
        for block in self.blocks:
            inner, rest = block(x)
            x = inner + rest["sum"] if x.shape[1] == 4 else inner
        return self.head(x.mean((2, 3)))


def traced(model, size=SIZE):
    return torch.jit.trace(model, torch.zeros(2, 3, size, size))


HOW = {"traced": traced, "scripted": lambda model, _size=SIZE: torch.jit.script(model)}
MODELS = {
    "small": Small,
    "squeezenet": torchvision.models.squeezenet1_1,
    "resnet18": torchvision.models.resnet18,
}


def drawn(make):
    torch.manual_seed(0)
    return make().eval().requires_grad_(False)


@pytest.fixture(scope="module", params=[(name, how) for name in MODELS for how in HOW], ids="-".join)
def written(request, tmp_path_factory):
    """What makes a network in Python, and the file that was made from it."""
    name, how = request.param
    path = tmp_path_factory.mktemp("written") / f"{name}.pt"
    return MODELS[name], write(drawn(MODELS[name]), path, HOW[how])


@pytest.fixture
def saved(written):
    """A network in Python, and the same in a TorchScript file."""
    make, path = written
    return drawn(make), path


@pytest.fixture
def small(tmp_path):
    return load_torchscript(write(drawn(Small), tmp_path / "small.pt"))


def write(model, path, how=torch.jit.script):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        torch.jit.save(how(model), path)
    return path


def settings(path, layers=("x",)):
    return NetworkSettings(model=str(path), weights="own", layers=list(layers))


def images_of(size, images=3):
    return np.random.default_rng(0).integers(0, 256, (images, size, size, 3), dtype=np.uint8)


def message_of(function, *arguments):
    with pytest.raises(UserError) as caught:
        function(*arguments)
    return str(caught.value)


def reader_of(model, layers, size):
    calls = trace(model, size, "the model")
    readings = read_layers(calls, settings("model.pt", layers), "net")
    return LayerReader(model, IMAGENET, calls, readings, "cpu")


def readable(model, size=SIZE):
    return [layer for layer, reading in read_all(trace(model, size, "it"), settings("it.pt"), None).items() if reading]


# of a traced module's outputs those are left that the network takes, in their order
IN_PYTHON = {f"blocks.{n}@1": f"blocks.{n}@1@sum" for n in (0, 1)}


@pytest.mark.parametrize("size", [SIZE, 65])
def test_layers_at_any_depth_give_what_those_in_python_give_bit_for_bit(saved, size):
    model, path = saved
    network, preprocessing = build(settings(path), path)
    of_python = readable(model, size)
    named = {layer: layer if layer in of_python else IN_PYTHON[layer] for layer in readable(network, size)}
    assert preprocessing == IMAGENET
    assert {*named.values()} == {*of_python}
    read = reader_of(network, named, size)(images_of(size), torch.float32)
    expected = reader_of(model, of_python, size)(images_of(size), torch.float32)
    for layer, name in named.items():
        assert torch.equal(read[layer], expected[name]), layer


def test_all_modules_have_their_names_classes_and_weights(saved):
    model, path = saved
    network = load_torchscript(path)
    assert {name: module.type_name() for name, module in network.named_modules() if name} == {
        name: type(module).__name__ for name, module in model.named_modules() if name
    }
    assert weights_fingerprint(network) == weights_fingerprint(model)
    planar, expected = ({call.layer: call.planar for call in trace(it, SIZE, "it")} for it in (network, model))
    assert {layer: planar[layer] for layer in expected if "@" not in layer}.items() <= expected.items()


@pytest.mark.parametrize("how", HOW)
@pytest.mark.parametrize(
    "make",
    [
        lambda: torchvision.models.VisionTransformer(32, 16, 2, 2, 32, 64),
        lambda: timm.create_model("test_convnext"),
        lambda: timm.create_model("test_vit", img_size=32),
    ],
    ids=["vit", "convnext", "vit of timm"],
)
def test_tokens_and_channels_last_are_read_as_in_python(tmp_path, make, how):
    model = drawn(make)
    network = load_torchscript(
        write(
            model,
            tmp_path / "model.pt",
            lambda model: HOW[how](model, 32),
        )
    )
    of_python = readable(model, 32)
    common = [layer for layer in readable(network, 32) if layer in of_python]
    assert len(common) > len(of_python) / 2
    read = reader_of(network, common, 32)(images_of(32), torch.float32)
    expected = reader_of(model, common, 32)(images_of(32), torch.float32)
    assert all(torch.equal(read[layer], expected[layer]) for layer in common)


def test_a_pass_ends_with_the_last_layer_that_is_read(small):
    called = []
    reader = reader_of(small, ["layers.stem"], SIZE)
    for name, module in small.named_modules():
        module.register_forward_hook(lambda *_arguments, name=name: called.append(name))
    reader(images_of(SIZE), torch.float32)
    assert called == []  # the reader's own hook comes first, and ends the pass
    small(torch.zeros(1, 3, SIZE, SIZE))
    assert called[:2] == ["layers.stem", "layers.norm"]
    assert called[-2:] == ["head", ""]


def test_an_error_within_the_network_is_said_in_a_line(small):
    message = message_of(trace, small, 2, "small.pt")
    assert message == (
        "small.pt does not take images of 2×2 pixels: Calculated padded input size per channel: (2 x 2)."
        " Kernel size: (3 x 3). Kernel size can't be greater than actual input size"
    )


def test_any_number_of_threads_gives_the_same_bits(small):
    reader = reader_of(small, ["blocks.0.relu", "head"], SIZE)
    batches = [images_of(SIZE, images) for images in (1, 2, 3, 4)] * 4
    alone = [reader(batch, torch.float32) for batch in batches]
    with ThreadPoolExecutor(4) as pool:
        for outputs, expected in zip(pool.map(lambda batch: reader(batch, torch.float32), batches), alone, strict=True):
            assert all(torch.equal(outputs[layer], expected[layer]) for layer in expected)


class Constants(nn.Module):
    """Tensors and a device that a trace takes for constants."""

    def __init__(self):
        super().__init__()
        self.relu = nn.ReLU()

    def forward(self, x):
        steps = torch.arange(x.shape[3], device=x.device)
        return self.relu(x) + steps + torch.tensor([1.0]).to(x.device)


def test_what_a_trace_took_for_constants_follows_the_network_to_its_device(tmp_path):
    path = write(drawn(Constants), tmp_path / "model.pt", traced)
    network = load_torchscript(path)
    images = torch.rand(2, 3, SIZE, SIZE)
    torch.testing.assert_close(network(images), drawn(Constants)(images))
    assert network.to("meta")(images.to("meta")).device.type == "meta"


def test_a_traced_module_that_does_nothing_is_no_layer(tmp_path):
    model = nn.Sequential(nn.Identity(), nn.Conv2d(3, 4, 3))
    network = load_torchscript(write(model, tmp_path / "model.pt", traced))
    calls = trace(network, SIZE, "model.pt")
    assert message_of(read_layers, calls, settings("model.pt", ["0"]), "net") == (
        "`networks.net.layers`: the output of `0` is not filters on a grid but no tensor"
    )


class Convolution(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv = nn.Conv2d(3, 3, 1)

    def forward(self, x):
        return self.conv(x)


class Saves(Convolution):
    def forward(self, x):
        torch.save(x, "ran")
        return self.conv(x)


class MapsAFile(Convolution):
    def forward(self, x):
        return self.conv(x) + torch.from_file("ran", True, 4).sum()


class WritesAnImage(Convolution):
    def forward(self, x):
        return self.conv(x) + torch.ops.image.write_file("ran", torch.zeros(4, dtype=torch.uint8)).sum()


def saves(self, inputs: tuple[torch.Tensor], output: torch.Tensor):  # noqa: ARG001
    torch.save(output, "ran")
    return output


def with_hook():
    model = Convolution()
    model.register_forward_hook(saves)
    return model


def saves_before(self, inputs: tuple[torch.Tensor]) -> None:  # noqa: ARG001
    torch.save(inputs[0], "ran")


def with_pre_hook():
    model = Convolution()
    model.register_forward_pre_hook(saves_before)
    return model


class Forks(Convolution):
    def forward(self, x):
        return torch.jit.wait(torch.jit.fork(self.conv, x))


@torch.jit.interface
class Filter(nn.Module):
    def forward(self, x: torch.Tensor) -> torch.Tensor:
        pass


class Plus(nn.Module):
    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return x + 1


class Chooses(Convolution):
    def __init__(self):
        super().__init__()
        self.filters = nn.ModuleList([Plus(), Plus()])

    def forward(self, x: torch.Tensor):
        chosen: Filter = self.filters[int(x.sum() > 0)]
        return self.conv(chosen.forward(x))


class RunsWhenLoaded(nn.Module):
    def forward(self, x):
        return x

    @torch.jit.export
    def __getstate__(self) -> tuple[str, bool]:
        return "ran", self.training

    @torch.jit.export
    def __setstate__(self, state: tuple[str, bool]):
        torch.save(torch.zeros(2), state[0])
        self.training = state[1]


def with_state():
    return nn.Sequential(nn.Conv2d(3, 3, 1), RunsWhenLoaded())


def quantized():
    return torch.ao.quantization.quantize_dynamic(Small(), {nn.Linear})


OPERATOR = "TorchScript with `{}`, which may do more than compute, or hide what is called"
LOADING = "TorchScript with `{}`, which runs while it is loaded"


@pytest.mark.parametrize("make", [Saves, MapsAFile, WritesAnImage, with_state, with_hook, with_pre_hook])
def test_a_program_that_writes_files_is_refused_and_does_not_run(tmp_path, monkeypatch, make):
    path = write(make(), tmp_path / "model.pt")
    monkeypatch.chdir(tmp_path)
    torch.jit.load(path)(torch.zeros(1, 3, 8, 8))
    assert Path("ran").exists(), "the file is harmless, so that refusing it proves nothing"
    Path("ran").unlink()
    assert message_of(load_torchscript, path).startswith(f"{path}: TorchScript with `")
    assert not Path("ran").exists()


def test_code_that_runs_while_it_is_loaded_is_found_in_files_with_names_in_capitals(tmp_path, monkeypatch):
    program, path = write(with_state(), tmp_path / "state.pt"), tmp_path / "hostile.pt"
    with zipfile.ZipFile(program) as source, zipfile.ZipFile(path, "w") as copy:
        for file in source.infolist():
            copy.writestr(re.sub(r"\.py$", ".PY", file.filename), source.read(file))
    monkeypatch.chdir(tmp_path)
    torch.jit.load(path)
    assert Path("ran").exists(), "the file is harmless, so that refusing it proves nothing"
    Path("ran").unlink()
    assert message_of(load_torchscript, path) == f"{path}: {LOADING.format('__setstate__')}; {INSTEAD}"
    assert not Path("ran").exists()


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
@pytest.mark.parametrize(
    ("make", "message"),
    [
        (Saves, OPERATOR.format("aten::save")),
        (MapsAFile, OPERATOR.format("aten::from_file")),
        (WritesAnImage, OPERATOR.format("image::write_file")),
        (with_hook, OPERATOR.format("aten::save")),
        (with_pre_hook, OPERATOR.format("aten::save")),
        (Forks, OPERATOR.format("prim::fork")),
        (Chooses, OPERATOR.format("prim::ModuleContainerIndex")),
        (with_state, LOADING.format("__setstate__")),
        (quantized, LOADING.format("torch.classes")),
        (Plus, "TorchScript that calls no modules, as after torch.jit.freeze"),
    ],
)
def test_what_cannot_be_read_is_named_with_what_can(tmp_path, make, message):
    path = write(make(), tmp_path / "model.pt")
    assert message_of(load_torchscript, path) == f"{path}: {message}; {INSTEAD}"


def test_a_frozen_network_has_no_layers(tmp_path):
    path = write(drawn(Small), tmp_path / "model.pt", lambda model: torch.jit.freeze(torch.jit.script(model)))
    message = message_of(load_torchscript, path)
    assert message == f"{path}: TorchScript that calls no modules, as after torch.jit.freeze; {INSTEAD}"


class Runs:
    def __reduce__(self):
        return os.system, ("touch ran",)


@pytest.mark.parametrize("entry", ["data.pkl", "constants.pkl"])
def test_pickled_code_in_a_torchscript_file_does_not_run(tmp_path, monkeypatch, entry):
    program, path = write(Small(), tmp_path / "small.pt"), tmp_path / "hostile.pt"
    with zipfile.ZipFile(program) as source, zipfile.ZipFile(path, "w") as copy:
        for file in source.infolist():
            hostile = file.filename.endswith(f"/{entry}")
            copy.writestr(file.filename, pickle.dumps(Runs(), 2) if hostile else source.read(file))
    monkeypatch.chdir(tmp_path)
    message = message_of(load_torchscript, path)
    assert message == f"{path}: not TorchScript that can be read (Unknown type name 'posix.system': posix.system)"
    assert not Path("ran").exists()


@pytest.mark.parametrize("content", [b"", b"<html>", "half", "a checkpoint"])
def test_a_file_of_something_else_is_named(tmp_path, content):
    path = write(Small(), tmp_path / "small.pt")
    if content == "half":
        path.write_bytes(path.read_bytes()[:2000])
    elif content == "a checkpoint":
        torch.save(Small().state_dict(), path)
    else:
        path.write_bytes(content)
    message = message_of(load_torchscript, path)
    assert message == f"{path}: not TorchScript, as torch.jit.save writes it; weights belong under `weights`"


def test_damage_within_a_file_is_named(tmp_path):
    path = write(Small(), tmp_path / "small.pt")
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)
    message = message_of(load_torchscript, path)
    assert message.startswith(f"{path}: not TorchScript that can be read (Bad CRC-32 for file ")


def test_torchscript_in_the_place_of_weights_says_where_it_belongs(tmp_path):
    path = write(Small(), tmp_path / "small.pt")
    assert message_of(read_checkpoint, path) == (
        f"{path}: TorchScript, a network with its weights; name it as `model`, with `weights: own`"
    )
