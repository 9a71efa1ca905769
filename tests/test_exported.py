"""Programs of torch.export: their layers, and what is refused of them."""

import contextlib
import io
import json
import pickle
import re
import zipfile
from pathlib import Path

import pytest
import torch
import torchvision
from torch import nn

from hostile import Runs, message_of
from net2vec_core.architectures import construct
from net2vec_core.exported import _is_size, _strange
from net2vec_core.layouts import Reading
from net2vec_core.network import trace
from network_outputs import outputs_of, plain_outputs, settings


@pytest.fixture(scope="module")
def exported(tmp_path_factory):
    """ResNet-18 as a program for any number of images of 32×32 pixels, and the module itself."""
    path = tmp_path_factory.mktemp("exported") / "resnet.pt2"
    torch.manual_seed(0)
    model = torchvision.models.resnet18(weights=None).eval()
    images = torch.export.Dim("images")
    program = torch.export.export(model, (torch.zeros(2, 3, 32, 32),), dynamic_shapes=({0: images},))
    torch.export.save(program, path)
    return path, model


def test_an_exported_programs_layers_are_those_of_the_module(exported):
    path, model = exported
    layers = ["conv1", "layer1.0.bn1", "layer2", "fc"]
    outputs, readings = outputs_of(settings(str(path), layers=layers), path.parent)
    assert readings["layer2"] == Reading(128, 4, 4)
    plain = plain_outputs(model, ["conv1", "layer2", "fc"])
    for layer in ("conv1", "layer2"):
        torch.testing.assert_close(outputs[layer], plain[layer], atol=1e-4, rtol=1e-4)
    torch.testing.assert_close(outputs["fc"][:, :, 0, 0], plain["fc"], atol=1e-4, rtol=1e-4)


def test_an_exported_programs_convolutions_are_known_as_such(exported):
    path, _ = exported
    calls = {call.layer: call for call in trace(construct(settings(str(path))), 32, "program")}
    assert calls["layer1.0.conv1"].kind == "Conv2d"
    assert calls["layer1.0.conv1"].planar
    assert not calls["layer1"].planar


def test_a_program_takes_no_other_size(exported):
    path, _ = exported
    message = message_of(trace, construct(settings(str(path))), 64, "resnet.pt2")
    assert message.startswith("resnet.pt2 does not take images of 64×64 pixels: Expected input at ")


def test_a_program_for_one_image_says_how_to_export_it(tmp_path):
    path = tmp_path / "one.pt2"
    program = torch.export.export(nn.Sequential(nn.Conv2d(3, 4, 3)), (torch.zeros(1, 3, 8, 8),))
    torch.export.save(program, path)
    assert "re-export and specify dynamic_shapes" in message_of(trace, construct(settings(str(path))), 8, "one.pt2")


@pytest.mark.parametrize("content", [b"", b"text"])
def test_a_damaged_program_is_named(tmp_path, content):
    path = tmp_path / "damaged.pt2"
    path.write_bytes(content)
    assert message_of(construct, settings(str(path))).startswith(f"{path} cannot be made (")


def rewritten(program, path, change, end):
    """A copy of an exported program in which the files whose names end so are changed."""
    with zipfile.ZipFile(program) as source, zipfile.ZipFile(path, "w") as copy:
        for entry in source.infolist():
            content = source.read(entry)
            copy.writestr(entry.filename, change(content) if entry.filename.endswith(end) else content)
    return path


def pickled(content):
    buffer = io.BytesIO()
    torch.save(content, buffer)
    return buffer.getvalue()


def test_a_program_that_holds_pickled_code_does_not_run_it(exported, tmp_path):
    program, _ = exported
    proof = tmp_path / "ran"
    path = rewritten(program, tmp_path / "hostile.pt2", lambda _content: pickled(Runs(proof)), "sample_inputs/model.pt")
    with contextlib.suppress(AssertionError):
        torch.export.load(path)
    assert proof.exists(), "the file is harmless, so that not running it proves nothing"
    proof.unlink()
    assert message_of(construct, settings(str(path))).startswith(f"{path} cannot be made (UnpicklingError: ")
    assert not proof.exists()


SIZE_OF_IMAGES = re.compile(rb"Symbol\('s\d+', positive=True, integer=True\)")
CODE = b"__import__('os').system('touch ran')"
RELU = b"torch.ops.aten.relu_.default"


@pytest.mark.parametrize(
    ("change", "named", "runs"),
    [
        (lambda content: SIZE_OF_IMAGES.sub(CODE, content), CODE.decode(), True),
        (lambda content: SIZE_OF_IMAGES.sub(b"Add('exit()', 1)", content), "Add('exit()', 1)", False),
        (lambda content: SIZE_OF_IMAGES.sub(b"eval(1)", content), "eval(1)", False),
        (
            lambda content: content.replace(RELU, b"torch.serialization.os.system"),
            "torch.serialization.os.system",
            False,
        ),
        (lambda content: content.replace(RELU, b"torch.ops.image.write_file"), "torch.ops.image.write_file", False),
        (lambda content: content.replace(RELU, b"torch.ops.aten.from_file.out"), "torch.ops.aten.from_file.out", False),
        (lambda content: content.replace(RELU, b"torch.ops.aten.save.default"), "torch.ops.aten.save.default", False),
    ],
    ids=["size", "size in a text", "function", "module", "file", "mapped file", "saved file"],
)
def test_a_program_that_names_more_than_operators_is_refused(exported, tmp_path, monkeypatch, change, named, runs):
    program, _ = exported
    path = rewritten(program, tmp_path / "hostile.pt2", change, "models/model.json")
    assert path.read_bytes() != program.read_bytes()
    monkeypatch.chdir(tmp_path)
    if runs:
        with contextlib.suppress(Exception):
            torch.export.load(path)
        assert Path("ran").exists(), "the file is harmless, so that not running it proves nothing"
        Path("ran").unlink()
    assert message_of(construct, settings(str(path))) == (
        f"{path}: a program with `{named}`, which may do more than compute; give the network as"
        " `package.module:callable`"
    )
    assert not Path("ran").exists()


@pytest.mark.parametrize("name", ["opaque_obj_0", "OPAQUE_OBJ_0"])
def test_a_program_with_a_pickled_object_for_a_constant_is_refused(exported, tmp_path, name):
    program, _ = exported
    proof, payload = tmp_path / "ran", {"path_name": "opaque_obj_0", "is_param": False, "use_pickle": True}
    config = json.dumps({"config": {"x": payload | {"tensor_meta": None}}}).encode()
    path = rewritten(program, tmp_path / "hostile.pt2", lambda _content: config, "_constants_config.json")
    with zipfile.ZipFile(path, "a") as archive:
        archive.writestr(f"resnet/data/constants/{name}", pickle.dumps(Runs(proof)))
    with contextlib.suppress(Exception):
        torch.export.load(path)
    assert proof.exists(), "the file is harmless, so that refusing it proves nothing"
    proof.unlink()
    assert message_of(construct, settings(str(path))) == (
        f"{path}: a program with `resnet/data/constants/{name}`, which may do more than compute; give the network as"
        " `package.module:callable`"
    )
    assert not proof.exists()


def test_a_program_with_compiled_code_is_refused(exported, tmp_path):
    program, _ = exported
    path = rewritten(program, tmp_path / "hostile.pt2", bytes, "")
    with zipfile.ZipFile(path, "a") as archive:
        archive.writestr("resnet/data/aotinductor/model/code.so", b"")
    message = message_of(construct, settings(str(path)))
    assert message.startswith(f"{path}: a program with `resnet/data/aotinductor/model/code.so`, which may do more")


@pytest.mark.parametrize(
    ("text", "is_size"),
    [
        ("Symbol('s31', positive=True, integer=True)", True),
        ("Add(Mul(Integer(2), Symbol('s0', integer=True)), Integer(-1))", True),
        ("2*s0 + FloorDiv(s1 - 1, 32)", True),
        ("s0.func", False),
        ("(lambda: 1)()", False),
        ("s0[0]", False),
        ("exec(1)", False),
        ("Symbol('a b')", False),
        ("f'{s0}'", False),
        ("1 +", False),
    ],
)
def test_sizes_in_a_program_are_arithmetic(text, is_size):
    assert _is_size(text) == is_size


def test_types_that_would_be_imported_are_found_in_texts_within_texts():
    context = json.dumps({"default_factory_module": "os"})
    spec = json.dumps([1, {"type": "collections.defaultdict", "context": context}])
    assert [*_strange("models/model.json", json.dumps({"in_spec": spec}).encode())] == ["default_factory_module"]
