import collections
import hashlib
import http.server
import io
import threading
import time

import pytest
import timm
import torch
from huggingface_hub import constants
from safetensors.torch import save
from torchvision.models import AlexNet_Weights, get_model_weights

from hostile import Runs, message_of
from net2vec_core.network import build
from net2vec_core.preprocessing import Preprocessing
from net2vec_core.weights import load_weights
from state_dicts import STATE, assert_same_state, settings

TIMM = "timm/test_resnet"
HUB_FILE = "HUB/{repo_id}/resolve/{revision}/{filename}"


@pytest.fixture
def server():
    """A web server on this machine that gives what `files` holds by path."""

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_HEAD(self):
            time.sleep(sum(slow))
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

    files, slow = {}, []  # slow: how long an answer takes, seconds
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler) as httpd:
        thread = threading.Thread(target=httpd.serve_forever, args=(0.01,))
        thread.start()
        yield collections.namedtuple("Server", "url files slow")(f"http://127.0.0.1:{httpd.server_port}", files, slow)
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


WITHOUT_INTERNET = (
    "without internet, copy that folder from a machine that has the weights, or name a state dict on disk as `weights`"
)


def test_server_that_cannot_be_reached_is_named_with_what_to_do(tmp_path, monkeypatch):
    member = AlexNet_Weights.IMAGENET1K_V1
    url = "http://127.0.0.1:1/alexnet-0123abcd.pth"
    monkeypatch.setattr(member, "_value_", replace_url(member.value, url))
    assert message_of(load_weights, settings(), tmp_path) == (
        f"{url}: the weights cannot be had by way of {tmp_path} (127.0.0.1:1 cannot be reached); {WITHOUT_INTERNET}"
    )


def test_cached_weights_need_no_server(tmp_path, published, monkeypatch):
    name = published(STATE)
    load_weights(settings(), tmp_path)
    member = get_model_weights("alexnet").IMAGENET1K_V1
    monkeypatch.setattr(member, "_value_", replace_url(member.value, f"http://127.0.0.1:1/{name}"))
    assert_same_state(load_weights(settings(), tmp_path), STATE)


def test_server_that_is_slow_to_answer_is_waited_for(tmp_path, published, server, monkeypatch):
    published(STATE)
    monkeypatch.setattr("net2vec_core.library_weights.CONNECT_S", 0.05)
    server.slow.append(0.2)
    assert_same_state(load_weights(settings(), tmp_path), STATE)


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


@pytest.fixture
def hub(server, monkeypatch):
    """Publishes a state dict as the weights of a timm model on a Hugging Face hub of its own."""
    monkeypatch.setattr("huggingface_hub.constants.ENDPOINT", server.url)
    monkeypatch.setattr("huggingface_hub.constants.HUGGINGFACE_CO_URL_TEMPLATE", HUB_FILE.replace("HUB", server.url))

    def publish(repository, state):
        server.files[f"timm/{repository}/resolve/main/model.safetensors"] = save(state)

    return publish


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


def test_a_hub_that_cannot_be_reached_is_named_at_once_and_cached_weights_need_none(tmp_path, hub, monkeypatch):
    saved = timm.create_model("test_resnet").state_dict()
    hub("test_resnet.r160_in1k", saved)
    build(settings(TIMM), tmp_path)
    monkeypatch.setattr("huggingface_hub.constants.ENDPOINT", "http://127.0.0.1:1")
    assert_same_state(build(settings(TIMM), tmp_path)[0].state_dict(), saved)
    start = time.monotonic()
    assert message_of(build, settings(TIMM), tmp_path / "other") == (
        f"timm/test_resnet: the weights cannot be had by way of {tmp_path}/other (127.0.0.1:1 cannot be reached);"
        f" {WITHOUT_INTERNET}; `HF_ENDPOINT` may name a mirror of the Hugging Face hub"
    )
    assert time.monotonic() - start < 10
    assert not constants.HF_HUB_OFFLINE
