"""State dicts out of checkpoint files, read without running any code of theirs."""

import re
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, cast

import torch
from safetensors import SafetensorError
from safetensors.torch import load_file
from torch import Tensor

from net2vec_core.errors import UserError
from net2vec_core.pickles import DAMAGE as PICKLE_DAMAGE
from net2vec_core.torchscript import is_torchscript

StateDict = Mapping[str, Tensor]
# what readers raise over a file that is damaged, or that holds more than they may load
DAMAGE = (*PICKLE_DAMAGE, SafetensorError)
# under which keys training scripts keep the state dict in a checkpoint
WRAPPERS = ("state_dict", "model_state_dict", "model")
TORCH_REASON = re.compile(r"(?<=WeightsUnpickler error: ).+|Trying to load unsupported .+")


def read_checkpoint(path: Path) -> StateDict:
    """A state dict from a `.safetensors`, `.pt` or `.pth` file, plain or in a training checkpoint.

    Raises:
        UserError: if the file is missing, damaged, or holds more than tensors by name.
    """
    if path.suffix not in READERS:
        raise UserError(f"{path}: a weights file must end in {', '.join(READERS)}")
    if not path.is_file():
        raise UserError(f"{path}: no such weights file")
    if is_torchscript(path):
        raise UserError(f"{path}: TorchScript, a network with its weights; name it as `model`, with `weights: own`")
    try:
        state = READERS[path.suffix](path)
    except DAMAGE as error:
        raise UserError(f"{path}: not a state dict that can be read safely ({reason_of(error)})") from None
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


READERS: dict[str, Callable[[Path], Any]] = {
    ".safetensors": load_file,
    ".pt": _read_torch,
    ".pth": _read_torch,
}


def reason_of(error: Exception) -> str:
    """The first sentence of an error's text, without torch's advice to load the file unsafely."""
    found = TORCH_REASON.search(str(error)) or re.search(".+", str(error))
    reason = found[0].partition(" Please ")[0].partition(". ")[0] if found else type(error).__name__
    return "not in torch's format" if reason.startswith("Weights only load failed") else reason
