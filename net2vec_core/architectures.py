"""Models by name: torchvision's, timm's, what the user's own code gives, exported programs and TorchScript."""

import importlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import torchvision
from torch import nn

from net2vec_core.errors import UserError, did_you_mean
from net2vec_core.exported import load_exported
from net2vec_core.settings import NetworkSettings, kind_of, source_of
from net2vec_core.torchscript import load_torchscript

INCEPTIONS = ("googlenet", "inception_v3")


def construct(settings: NetworkSettings) -> nn.Module:
    """The model that `settings` name; a library's with the weights that its constructor draws.

    Raises:
        UserError: if there is no such model, or it cannot be made with these options.
    """
    return CONSTRUCTORS[kind_of(settings.model)](settings)


def _of_torchvision(settings: NetworkSettings) -> nn.Module:
    name = settings.model.removeprefix("torchvision/")
    known = torchvision.models.list_models(module=torchvision.models)
    if name not in known:
        raise UserError(f"torchvision has no classification model `{name}`{did_you_mean(name, known)}")
    # torchvision's own weights of these two expect their input to be rescaled
    own = source_of(settings.weights) == "library"
    rescaled = {"transform_input": own, "init_weights": True} if name in INCEPTIONS else {}
    return _made(settings, lambda options: torchvision.models.get_model(name, weights=None, **rescaled, **options))


def _of_timm(settings: NetworkSettings) -> nn.Module:
    import timm  # takes half a second

    name = settings.model.removeprefix("timm/")
    known = timm.list_models()
    if name not in known:
        raise UserError(f"timm has no model `{name}`{did_you_mean(name, known)}")
    # mean, standard deviation and size are those of the weights
    tagged = f"{name}.{settings.weights}" if f"{name}.{settings.weights}" in timm.list_pretrained(f"{name}.*") else name
    return _made(settings, lambda options: timm.create_model(tagged, **options))


def _from_callable(settings: NetworkSettings) -> nn.Module:
    module_name, _, name = settings.model.partition(":")
    try:
        found: Any = importlib.import_module(module_name)
    except Exception as error:
        raise UserError(
            f"{settings.model}: `{module_name}` cannot be imported from the working directory or PYTHONPATH"
            f" ({type(error).__name__}: {error})"
        ) from error
    for part in name.split("."):
        if not hasattr(found, part):
            raise UserError(f"{settings.model}: `{module_name}` has no `{name}`{did_you_mean(part, dir(found))}")
        found = getattr(found, part)
    return _made(settings, lambda options: found(**options))


def _exported(settings: NetworkSettings) -> nn.Module:
    path = _existing(settings.model)
    return _made(settings, lambda _options: load_exported(path))


def _from_torchscript(settings: NetworkSettings) -> nn.Module:
    path = _existing(settings.model)
    return _made(settings, lambda _options: load_torchscript(path))


CONSTRUCTORS: dict[str, Callable[[NetworkSettings], nn.Module]] = {
    "torchvision": _of_torchvision,
    "timm": _of_timm,
    "callable": _from_callable,
    "exported": _exported,
    "torchscript": _from_torchscript,
}


def _made(settings: NetworkSettings, make: Callable[[dict[str, Any]], Any]) -> nn.Module:
    """What `make` gives for the options; that a model cannot be made is the user's to know, whatever it raises."""
    try:
        model = make(dict(settings.options))
    except UserError:
        raise
    except Exception as error:
        if isinstance(error, NotImplementedError) and kind_of(settings.model) in ("torchvision", "timm"):
            raise  # for `network.skeleton`, which then does without meta tensors
        options = f" with {settings.options}" if settings.options else ""
        reason = " ".join(str(error).split())[:400]
        raise UserError(f"{settings.model} cannot be made{options} ({type(error).__name__}: {reason})") from error
    if not isinstance(model, nn.Module):
        raise UserError(f"{settings.model} gave a {type(model).__name__}; it should give a torch.nn.Module")
    return model


def _existing(path: str) -> Path:
    if not Path(path).is_file():
        raise UserError(f"{path}: no such model file")
    return Path(path)
