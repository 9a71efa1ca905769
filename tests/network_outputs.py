"""What the stages read of a network, beside what plain hooks give."""

import numpy as np
import torch

from net2vec_core.layouts import read_layers
from net2vec_core.network import LayerReader, build, prefix_tokens_of, trace
from net2vec_core.preprocessing import IMAGENET
from net2vec_core.settings import NetworkSettings


def settings(model, weights="own", layers=("x",), **changes):
    return NetworkSettings(model=model, weights=weights, layers=list(layers), **changes)


def images_of(size, images=3):
    return np.random.default_rng(0).integers(0, 256, (images, size, size, 3), dtype=np.uint8)


def outputs_of(chosen, folder, size=32):
    """What the stages read of a network, and its readings."""
    model, preprocessing = build(chosen, folder)
    calls = trace(model, size, chosen.model)
    readings = read_layers(calls, chosen, "net", prefix_tokens_of(model))
    reader = LayerReader(model, preprocessing, calls, readings, "cpu")
    return reader(images_of(size), torch.float32), readings


def plain_outputs(model, paths, size=32):
    """What plain hooks on these modules give."""
    found = {}
    for path in paths:
        model.get_submodule(path).register_forward_hook(lambda _m, _i, output, path=path: found.update({path: output}))
    with torch.inference_mode():
        model(IMAGENET(torch.from_numpy(images_of(size))))
    return found
