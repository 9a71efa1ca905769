"""Weights to read, and how to compare them."""

import torch

from net2vec_core.settings import NetworkSettings

STATE = {"layer.weight": torch.arange(6.0).reshape(2, 3), "layer.bias": torch.tensor([0.5, -1.0])}
ALEXNET = "torchvision/alexnet"


def settings(model=ALEXNET, weights="DEFAULT", **changes):
    return NetworkSettings(model=model, weights=weights, layers=["features.0"], **changes)


def assert_same_state(state, expected):
    assert list(state) == list(expected)
    for name, value in expected.items():
        assert torch.equal(state[name], value)
