"""The same arithmetic, plain and slow: loops, dense tensors, autograd. What the package does fast is held against it."""

import math

import numpy as np
import torch
from torch.nn import functional


def threshold(activations, quantile):
    """T_k by sorting each filter's values."""
    values = np.sort(activations.transpose(1, 0, 2, 3).reshape(activations.shape[1], -1), axis=1)
    number = values.shape[1]
    return values[:, math.ceil(round((1 - quantile) * number, 6)) - 1]


def upsample(maps, size, align_corners):
    """Maps [n, y, x] on a grid of size (height, width), by torch's own interpolation."""
    tensor = torch.as_tensor(maps, dtype=torch.float32)[:, None]
    return functional.interpolate(tensor, size=size, mode="bilinear", align_corners=align_corners)[:, 0]


def concept_mask(planes, image_level, number):
    """Union over an image's planes; all ones where the whole image carries the concept."""
    if number in image_level:
        return np.ones(planes.shape[1:], bool)
    mask = np.zeros(planes.shape[1:], bool)
    for plane in planes:
        mask |= plane == number
    return mask


def single_filter_counts(filter_masks, label_masks, align_corners):
    """Intersection and union [image, concept, filter] for bool [image, filter, y, x] and [image, concept, y, x]."""
    images, filters = filter_masks.shape[:2]
    concepts = label_masks.shape[1]
    intersection = np.zeros((images, concepts, filters), int)
    union = np.zeros_like(intersection)
    for image in range(images):
        for concept in range(concepts):
            label = label_masks[image, concept]
            if not label.any():
                continue
            for k in range(filters):
                predicted = upsample(filter_masks[image, k][None], label.shape, align_corners)[0].numpy() > 0.5
                intersection[image, concept, k] = (predicted & label).sum()
                union[image, concept, k] = (predicted | label).sum()
    return intersection, union


def prediction(filter_masks, weights, size, align_corners):
    """M(x; w) for bool [image, filter, y, x]."""
    combined = torch.einsum("nkyx,k->nyx", torch.as_tensor(filter_masks, dtype=torch.float32), weights)
    return torch.sigmoid(upsample(combined, size, align_corners))


def fit(filter_masks, targets, start, a, b, align_corners, epochs=30, minibatch=64, rate=1e-4, momentum=0.9):
    """One concept, as the paper's authors do it: dense masks, autograd, torch's SGD, images in order."""
    weights = torch.tensor(start, requires_grad=True)
    optimiser = torch.optim.SGD([weights], lr=rate, momentum=momentum)
    for _ in range(epochs):
        for first in range(0, len(targets), minibatch):
            truth = torch.as_tensor(targets[first : first + minibatch], dtype=torch.float32)
            predicted = prediction(filter_masks[first : first + minibatch], weights, truth.shape[1:], align_corners)
            loss = -(a * truth * predicted + b * (1 - truth) * (1 - predicted)).sum() / len(truth)
            optimiser.zero_grad()
            loss.backward()
            optimiser.step()
    return weights.detach().numpy()
