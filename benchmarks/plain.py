"""The same arithmetic, plain and slow: loops, dense tensors, autograd; the fast one is held against it.

It follows the procedure of the paper's authors: one concept at a time, every filter upsampled for each.
"""

import math
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.nn import functional


def threshold(activations: NDArray[Any], quantile: float) -> NDArray[Any]:
    """T_k by sorting each filter's values."""
    values: NDArray[Any] = np.sort(activations.transpose(1, 0, 2, 3).reshape(activations.shape[1], -1), axis=1)
    number = values.shape[1]
    return values[:, math.ceil(round((1 - quantile) * number, 6)) - 1]


def upsample(maps: Any, size: tuple[int, ...], align_corners: bool) -> Tensor:
    """Maps [n, y, x] on a grid of size (height, width), by torch's own interpolation."""
    tensor = torch.as_tensor(maps, dtype=torch.float32)[:, None]
    return functional.interpolate(tensor, size=size, mode="bilinear", align_corners=align_corners)[:, 0]


def concept_mask(planes: NDArray[np.uint16], image_level: list[int], number: int) -> NDArray[np.bool_]:
    """Union over an image's planes; all ones where the whole image carries the concept."""
    if number in image_level:
        return np.ones(planes.shape[1:], bool)
    mask = np.zeros(planes.shape[1:], bool)
    for plane in planes:
        mask |= plane == number
    return mask


def single_filter_counts(
    filter_masks: Any, label_masks: NDArray[np.bool_], align_corners: bool
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Intersection and union [image, concept, filter] for bool [image, filter, y, x] and [image, concept, y, x]."""
    images, filters = filter_masks.shape[:2]
    concepts = label_masks.shape[1]
    intersection = np.zeros((images, concepts, filters), np.int64)
    union = np.zeros_like(intersection)
    for image in range(images):
        for concept in range(concepts):
            label = label_masks[image, concept]
            if not label.any():
                continue
            predicted = upsample(filter_masks[image], label.shape, align_corners).numpy() > 0.5
            intersection[image, concept] = (predicted & label).sum((1, 2))
            union[image, concept] = (predicted | label).sum((1, 2))
    return intersection, union


def prediction(filter_masks: Any, weights: Tensor, size: tuple[int, ...], align_corners: bool) -> Tensor:
    """M(x; w) for bool [image, filter, y, x]."""
    combined = torch.einsum("nkyx,k->nyx", torch.as_tensor(filter_masks, dtype=torch.float32), weights)
    return torch.sigmoid(upsample(combined, size, align_corners))


def fit(
    filter_masks: Any, targets: Any, start: NDArray[np.float32], loss_weights: NDArray[np.float64], align_corners: bool
) -> NDArray[np.float32]:
    """One concept, as the paper's authors do it: dense masks, autograd, torch's SGD, images in order.

    `loss_weights` are (a, b), of labelled and unlabelled pixels.
    """
    labelled, unlabelled = loss_weights
    weights = torch.tensor(start, requires_grad=True)
    optimiser = torch.optim.SGD([weights], lr=1e-4, momentum=0.9)
    for _ in range(30):
        for first in range(0, len(targets), 64):
            truth = torch.as_tensor(targets[first : first + 64], dtype=torch.float32)
            predicted = prediction(filter_masks[first : first + 64], weights, truth.shape[1:], align_corners)
            loss = -(labelled * truth * predicted + unlabelled * (1 - truth) * (1 - predicted)).sum() / len(truth)
            optimiser.zero_grad()
            loss.backward()
            optimiser.step()
    fitted: NDArray[np.float32] = weights.detach().numpy()
    return fitted


def classify(
    pooled: NDArray[np.float32], truth: NDArray[np.bool_], draws: list[NDArray[np.int64]], start: NDArray[np.float32]
) -> NDArray[np.float32]:
    """One concept: autograd, torch's logistic loss, SGD and schedule, on the images drawn for each of 30 epochs.

    `pooled` is float32 [image, filter], `truth` bool [image]; `start` and the result hold the weights, then the bias.
    """
    features, target = torch.tensor(pooled), torch.tensor(truth, dtype=torch.float32)
    weights, bias = torch.tensor(start[:-1], requires_grad=True), torch.tensor(start[-1], requires_grad=True)
    optimiser = torch.optim.SGD([weights, bias], lr=0.1, momentum=0.9)
    schedule = torch.optim.lr_scheduler.StepLR(optimiser, step_size=15, gamma=0.1)
    for images in draws:
        for first in range(0, len(images), 64):
            seen = torch.from_numpy(images[first : first + 64])
            loss = functional.binary_cross_entropy_with_logits(features[seen] @ weights + bias, target[seen])
            optimiser.zero_grad()
            loss.backward()  # type: ignore[no-untyped-call]
            optimiser.step()
        schedule.step()
    return np.append(weights.detach().numpy(), bias.detach().numpy())
