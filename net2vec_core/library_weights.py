"""Weights that torchvision and timm publish, out of the cache or from the network."""

from collections.abc import Collection, Iterator
from contextlib import contextmanager, nullcontext
from http.client import HTTPException
from pathlib import Path
from typing import Any, cast
from urllib.parse import urlsplit

import requests
import timm
from huggingface_hub import constants
from torchvision.models import get_model_weights

from net2vec_core.checkpoints import DAMAGE, READERS, StateDict, reason_of
from net2vec_core.errors import UserError, did_you_mean
from net2vec_core.settings import NetworkSettings

CONNECT_S = 4  # how long a server may take to accept a connection, seconds; what it then sends may take longer
WITHOUT_INTERNET = (
    "without internet, copy that folder from a machine that has the weights, or name a state dict on disk as `weights`"
)


def torchvisions_weights(settings: NetworkSettings, cache: Path) -> StateDict:
    """The weights of torchvision's that `settings` name, which are downloaded into `cache` where they are not there.

    Raises:
        UserError: if there are none of this name, or they cannot be had.
    """
    name = settings.model.removeprefix("torchvision/")
    known = get_model_weights(name).__members__
    _require_among(known, settings)
    weights = known[settings.weights]
    silent = None if (cache / Path(weights.url).name).exists() else _unreached(weights.url)
    if silent:
        raise UserError(f"{weights.url}: the weights cannot be had by way of {cache} ({silent}); {WITHOUT_INTERNET}")
    try:
        state = weights.get_state_dict(model_dir=str(cache), progress=False, check_hash=True, weights_only=True)
    except (*DAMAGE, HTTPException) as error:
        raise UserError(f"{weights.url}: the weights cannot be had by way of {cache} ({reason_of(error)})") from None
    return cast(StateDict, state)


def timms_weights(settings: NetworkSettings, cache: Path) -> StateDict:
    """As timm loads them: from the Hugging Face hub or a mirror (`HF_ENDPOINT`), adapted to the model's options.

    Raises:
        UserError: if there are none of this name, or they cannot be had.
    """
    name = settings.model.removeprefix("timm/")
    tags = [tagged.partition(".")[2] for tagged in timm.list_pretrained(f"{name}.*")]
    _require_among([*tags, "DEFAULT"] if tags else [], settings)
    tagged = name if settings.weights == "DEFAULT" else f"{name}.{settings.weights}"
    options: dict[str, Any] = {**settings.options, "cache_dir": cache / "huggingface"}
    silent = _unreached(constants.ENDPOINT)
    try:
        with _hub_offline() if silent else nullcontext():
            model = timm.create_model(tagged, pretrained=True, **options)
    except Exception as error:
        raise UserError(
            f"timm/{tagged}: the weights cannot be had by way of {cache} ({silent or reason_of(error)});"
            f" {WITHOUT_INTERNET}; `HF_ENDPOINT` may name a mirror of the Hugging Face hub"
        ) from error
    return cast(StateDict, model.state_dict())


def _unreached(address: str) -> str | None:
    """That a server accepts no connection, in words; None where it does, however slow or wrong its answer."""
    try:
        requests.head(address, timeout=CONNECT_S)
    except requests.exceptions.SSLError:
        return None
    except requests.ConnectionError:
        return f"{urlsplit(address).netloc} cannot be reached"
    except requests.RequestException:
        return None
    return None


@contextmanager
def _hub_offline() -> Iterator[None]:
    """Let timm look for what is in the cache alone, since the hub's library would try for most of a minute."""
    before, constants.HF_HUB_OFFLINE = constants.HF_HUB_OFFLINE, True
    try:
        yield
    finally:
        constants.HF_HUB_OFFLINE = before


def _require_among(known: Collection[str], settings: NetworkSettings) -> None:
    if settings.weights not in known:
        raise UserError(
            f"{settings.model} has no weights `{settings.weights}`{did_you_mean(settings.weights, known)}; it has"
            f" {', '.join(known) or 'none'}; `random` or a file that ends in {', '.join(READERS)} will do,"
            " too"
        )
