import sys

import pytest
import torch

from hostile import message_of
from net2vec_core.architectures import construct
from net2vec_core.layouts import Reading
from net2vec_core.network import build
from net2vec_core.preprocessing import IMAGENET
from network_outputs import outputs_of, plain_outputs, settings

MODELS = """
import timm, torch
from torch import nn

class Tokens(nn.Module):
    def __init__(self, filters=8, registers=2):
        super().__init__()
        self.stem = nn.Conv2d(3, filters, 8, stride=(8, 4))
        self.register_tokens = nn.Parameter(torch.zeros(1, registers, filters))
        self.block = nn.Linear(filters, 12)
        self.both = Both()

    def forward(self, images):
        tokens = self.stem(images).flatten(2).mT
        registers = self.register_tokens.expand(len(images), -1, -1)
        return self.both(self.block(torch.cat([registers, tokens], 1)))["last"][0]

class Both(nn.Module):
    def forward(self, x):
        return {"first": x, "last": (x + 1, x[:, 0])}

def timms(**options):
    return timm.create_model("resnet18", **options)

def number():
    return 7

def unfinished():
    raise NotImplementedError("to be written")

class Nested:
    build = Tokens
"""


@pytest.fixture
def models(tmp_path, monkeypatch):
    """A module of the user's, importable while the test runs."""
    (tmp_path / "my_models.py").write_text(MODELS)
    monkeypatch.syspath_prepend(tmp_path)
    yield tmp_path
    sys.modules.pop("my_models", None)


def test_users_code_gives_a_network_with_tokens_on_a_grid_that_is_not_square(models):
    chosen = settings(
        "my_models:Tokens", layers=["stem", "block", "both@last@0", "both@last@1"], options={"filters": 6}
    )
    outputs, readings = outputs_of(chosen, models)
    assert readings["block"] == readings["both@last@0"] == Reading(12, 4, 7, "channels_last", 2)
    plain = plain_outputs(build(chosen, models)[0], ["block"])["block"]
    for image in range(3):
        for filter_ in range(12):
            for y in range(4):
                for x in range(7):
                    expected = plain[image, 2 + 7 * y + x, filter_]
                    assert outputs["block"][image, filter_, y, x] == pytest.approx(float(expected), abs=1e-5)
    torch.testing.assert_close(outputs["both@last@0"], outputs["block"] + 1)
    torch.testing.assert_close(outputs["both@last@1"][:, :, 0, 0], plain[:, 0], atol=1e-5, rtol=1e-5)


def test_vision_transformers_outputs_are_plain_hooks_rearranged_by_hand(tmp_path):
    block, attention = "encoder.layers.encoder_layer_0", "encoder.layers.encoder_layer_0.self_attention"
    options = {"image_size": 32}
    chosen = settings("torchvision/vit_b_16", "random", [block, f"{attention}@0", "heads.head"], options=options)
    outputs, _ = outputs_of(chosen, tmp_path)
    plain = plain_outputs(build(chosen, tmp_path)[0], [block, attention, "heads.head"])
    for layer, tokens in [(block, plain[block]), (f"{attention}@0", plain[attention][0])]:
        assert tokens.shape == (3, 5, 768)
        for token in range(4):
            torch.testing.assert_close(
                outputs[layer][:, :, token // 2, token % 2], tokens[:, 1 + token], atol=1e-4, rtol=0
            )
    torch.testing.assert_close(outputs["heads.head"][:, :, 0, 0], plain["heads.head"], atol=1e-4, rtol=0)


def test_channels_last_outputs_are_plain_hooks_rearranged_by_hand(tmp_path):
    layers = ["features.1.0.block.3", "features.1.0"]
    chosen = settings("torchvision/convnext_tiny", "random", layers, seed=3)
    outputs, _ = outputs_of(chosen, tmp_path)
    plain = plain_outputs(build(chosen, tmp_path)[0], layers)
    inner = plain["features.1.0.block.3"]
    assert inner.shape == (3, 8, 8, 384)
    for y, x in [(0, 0), (3, 5), (7, 2)]:
        torch.testing.assert_close(outputs["features.1.0.block.3"][:, :, y, x], inner[:, y, x], atol=1e-4, rtol=0)
    torch.testing.assert_close(outputs["features.1.0"], plain["features.1.0"], atol=1e-4, rtol=0)


def test_what_users_code_draws_is_drawn_from_the_seed(models):
    first, again, other = (build(settings("my_models:Tokens", seed=seed), models)[0].block.weight for seed in (1, 1, 2))
    assert torch.equal(first, again)
    assert not torch.equal(first, other)


def test_timms_metadata_count_in_users_code_too(models):
    _, preprocessing = build(settings("my_models:timms", options={"num_classes": 3}), models)
    assert preprocessing.mean == pytest.approx(IMAGENET.mean)


@pytest.mark.usefixtures("models")
def test_an_attribute_of_an_attribute_can_be_called():
    assert construct(settings("my_models:Nested.build")).block.out_features == 12


@pytest.mark.parametrize(
    ("model", "options", "message"),
    [
        (
            "no_models:build",
            {},
            "no_models:build: `no_models` cannot be imported from the working directory or PYTHONPATH"
            " (ModuleNotFoundError: No module named 'no_models')",
        ),
        ("my_models:Token", {}, "my_models:Token: `my_models` has no `Token`; did you mean Tokens?"),
        (
            "my_models:unfinished",
            {},
            "my_models:unfinished cannot be made (NotImplementedError: to be written)",
        ),
        ("my_models:number", {}, "my_models:number gave a int; it should give a torch.nn.Module"),
        (
            "my_models:Tokens",
            {"filter": 3},
            "my_models:Tokens cannot be made with {'filter': 3} (TypeError: Tokens.__init__() got an unexpected keyword"
            " argument 'filter')",
        ),
        (
            "torchvision/alexnet",
            {"classes": 3},
            "torchvision/alexnet cannot be made with {'classes': 3} (TypeError: AlexNet.__init__() got an unexpected"
            " keyword argument 'classes')",
        ),
        ("timm/resnet17", {}, "timm has no model `resnet17`; did you mean resnet18, resnet61q, resnet51q?"),
        ("no/model.pt2", {}, "no/model.pt2: no such model file"),
    ],
)
@pytest.mark.usefixtures("models")
def test_models_that_cannot_be_made_are_named(model, options, message):
    weights = "random" if model.startswith(("torchvision/", "timm/")) else "own"
    assert message_of(construct, settings(model, weights, options=options)) == message
