"""The arithmetic of a fit, compiled: M(x; w) = σ(U(Σ_k w_k B_k(x)) + bias), losses of it and their gradients.

Filter masks are almost empty, so Σ_k w_k B_k runs over active cells only. U then goes along columns, and row by row,
where in one pass over a row's pixels the logit is made, the loss's slope is taken and what goes back to the cells is
summed up; so pixels never leave the cache. σ and its kin come from the series of cosh and sinh:

    c = cosh(z/4), s = sinh(z/4), h = cosh(z/2) = 2c² − 1
    σ(z) = 1/2 + s·c/h        σ′(z) = 1/(4h²)        log(1 + exp z) = max(z, 0) + log(1 + (c + |s|)⁻⁴)

to about 1e-7, for |z| up to 16, beyond which σ is 0 or 1 to that precision.
"""

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from net2vec_core.compiled import compiled, inlined
from net2vec_core.segmentation_data import Cells, Examples
from net2vec_core.surface import Surface

LIMIT = np.float32(16)
# of y = x² in cosh x = Σ yⁿ/(2n)! and sinh x = x Σ yⁿ/(2n + 1)!, enough for |x| up to 4
C1, C2, C3, C4, C5, C6, C7, C8, C9 = (np.float32(1 / float(np.prod(np.arange(1.0, 2 * n + 1)))) for n in range(1, 10))
S1, S2, S3, S4, S5, S6, S7, S8, S9 = (np.float32(1 / float(np.prod(np.arange(1.0, 2 * n + 2)))) for n in range(1, 10))
L1, L2, L3, L4, L5, L6, L7 = (np.float32(2 / (2 * n - 1)) for n in range(1, 8))  # of log(1 + e) = 2 artanh(e/(2 + e))
ONE, TWO, HALF, QUARTER = np.float32(1), np.float32(2), np.float32(0.5), np.float32(0.25)

Floats = NDArray[np.float32]
Values = NDArray[np.float64]


class Schedule(NamedTuple):
    """How gradient descent goes on; `l1`, `l2` and `non_negative` are the penalty."""

    minibatch: int
    epochs: int
    learning_rate: np.float32
    momentum: np.float32
    l1: np.float32
    l2: np.float32
    non_negative: bool


@inlined
def _cosh(y: Any) -> Any:
    high = C6 + y * (C7 + y * (C8 + y * C9))
    return ONE + y * (C1 + y * (C2 + y * (C3 + y * (C4 + y * (C5 + y * high)))))


@inlined
def _sinh(x: Any, y: Any) -> Any:
    high = S6 + y * (S7 + y * (S8 + y * S9))
    return x * (ONE + y * (S1 + y * (S2 + y * (S3 + y * (S4 + y * (S5 + y * high))))))


@inlined
def _slope_of_sigmoid(z: Any) -> Any:
    """σ′(z)."""
    c = _cosh(min(z * z, LIMIT * LIMIT) * (QUARTER * QUARTER))
    h = TWO * c * c - ONE
    return QUARTER / (h * h)


@inlined
def _sigmoid(z: Any) -> Any:
    x = min(max(z, -LIMIT), LIMIT) * QUARTER
    c = _cosh(x * x)
    return HALF + _sinh(x, x * x) * c / (TWO * c * c - ONE)


@inlined
def _softplus(z: Any) -> Any:
    """log(1 + exp z)."""
    x = min(abs(z), LIMIT) * QUARTER
    root = _cosh(x * x) + _sinh(x, x * x)
    e = ONE / (root * root * (root * root))
    y = e / (TWO + e)
    q = y * y
    return max(z, np.float32(0)) + y * (L1 + q * (L2 + q * (L3 + q * (L4 + q * (L5 + q * (L6 + q * L7))))))


BITS = np.unpackbits(np.arange(256, dtype=np.uint8)[:, None], axis=1, bitorder="little").view(np.uint64).ravel()


@compiled
def _unpack(target: NDArray[np.uint8], example: int, y: int, bits: NDArray[np.uint64]) -> None:
    """Write a row of a mask to `bits`, a byte a pixel."""
    for byte in range(target.shape[2]):
        bits[byte] = BITS[target[example, y, byte]]


@compiled
def _lay_out(
    cells: Cells, image: int, weights: Floats, kept: NDArray[np.bool_], sums: Floats, seen: NDArray[np.bool_]
) -> bool:
    """Write Σ_k w_k B_k of an image to `sums` [h, w], and to `seen` [row] which rows have an active cell."""
    width = sums.shape[1]
    sums[:] = 0
    seen[:] = False
    for index in range(cells.start[image], cells.start[image + 1]):
        if kept[cells.filter[index]]:
            y, x = divmod(cells.cell[index], width)
            sums[y, x] += weights[cells.filter[index]]
            seen[y] = True
    return bool(seen.any())


@compiled
def _along_columns(sums: Floats, columns: Floats, bias: np.float32, up: Floats) -> None:
    """Write `sums` · `columns` + bias to the first rows of `up`; the others stay as they are."""
    for row in range(sums.shape[0]):
        for x in range(up.shape[1]):
            up[row, x] = bias
        for cell in range(sums.shape[1]):
            value = sums[row, cell]
            for x in range(up.shape[1]):
                up[row, x] += value * columns[cell, x]


@compiled
def _to_filters(
    cells: Cells, image: int, down: Floats, columns: Floats, kept: NDArray[np.bool_], sums: Floats, total: Values
) -> None:
    """Add to `total` [filter] what goes back from `down` [h, x] to the active cells of an image."""
    width = sums.shape[1]
    for row in range(sums.shape[0]):
        for cell in range(width):
            value = np.float32(0)
            for x in range(columns.shape[1]):
                value += down[row, x] * columns[cell, x]
            sums[row, cell] = value
    for index in range(cells.start[image], cells.start[image + 1]):
        if kept[cells.filter[index]]:
            y, x = divmod(cells.cell[index], width)
            total[cells.filter[index]] += sums[y, x]


@compiled
def descend(
    cells: Cells,
    examples: Examples,
    surface: Surface,
    weights: Floats,
    kept: NDArray[np.bool_],
    labelled: float,
    unlabelled: float,
    schedule: Schedule,
) -> None:
    """Fit `weights` float32 [subset, filter] of one concept in place, by the paper's loss on pixels.

    Args:
        cells: The active cells of all images.
        examples: The train images of the concept.
        surface: U, onto pixels.
        weights: The start.
        kept: Filters of each subset, bool [subset, filter].
        labelled: a, the weight of labelled pixels.
        unlabelled: b, that of the others.
        schedule: How.
    """
    velocity, total = np.zeros_like(weights), np.zeros(weights.shape, np.float64)
    height, width = surface.height, surface.columns.shape[1]
    sums, seen = np.zeros((height, len(surface.columns)), np.float32), np.zeros(height + 1, np.bool_)
    up, down = np.zeros((height + 1, width), np.float32), np.zeros((height + 1, width), np.float32)
    mask = np.zeros(8 * examples.target.shape[2], np.uint8)
    images = len(examples.image)
    for _epoch in range(schedule.epochs):
        for first in range(0, images, schedule.minibatch):
            last = min(first + schedule.minibatch, images)
            a, b = np.float32(labelled / (last - first)), np.float32(unlabelled / (last - first))
            total[:] = 0
            for subset in range(len(weights)):
                for example in range(first, last):
                    image = examples.image[example]
                    if _lay_out(cells, image, weights[subset], kept[subset], sums, seen):
                        _along_columns(sums, surface.columns, np.float32(0), up)
                        _paper_slopes(examples.target, example, surface, seen, up, a, b, mask, down)
                        _to_filters(cells, image, down, surface.columns, kept[subset], sums, total[subset])
            _step(weights, velocity, total, kept, schedule)


@compiled
def _paper_slopes(
    target: NDArray[np.uint8],
    example: int,
    surface: Surface,
    seen: NDArray[np.bool_],
    up: Floats,
    a: np.float32,
    b: np.float32,
    mask: NDArray[np.uint8],
    down: Floats,
) -> None:
    """Write (b − (a + b)·t) · σ′(z), gone back along rows, to `down` [h + 1, x], but for rows that are not seen."""
    bits = mask.view(np.uint64)
    down[:] = 0
    for y in range(len(surface.first)):
        row = surface.first[y]
        if seen[row] or seen[row + 1]:
            one, next_ = surface.share[y, 0], surface.share[y, 1]
            _unpack(target, example, y, bits)
            for x in range(up.shape[1]):
                slope = (b - (a + b) * np.float32(mask[x])) * _slope_of_sigmoid(
                    one * up[row, x] + next_ * up[row + 1, x]
                )
                down[row, x] += one * slope
                down[row + 1, x] += next_ * slope


@compiled
def _step(weights: Floats, velocity: Floats, total: Values, kept: NDArray[np.bool_], schedule: Schedule) -> None:
    for subset in range(weights.shape[0]):
        for k in range(weights.shape[1]):
            if kept[subset, k]:
                weight = weights[subset, k]
                slope = np.float32(total[subset, k]) + schedule.l1 * np.sign(weight) + TWO * schedule.l2 * weight
                velocity[subset, k] = schedule.momentum * velocity[subset, k] + slope
                weight -= schedule.learning_rate * velocity[subset, k]
                weights[subset, k] = max(weight, np.float32(0)) if schedule.non_negative else weight


@compiled
def count_pixels(
    cells: Cells, examples: Examples, surface: Surface, weights: Floats, bias: np.float32, above: np.float32
) -> NDArray[np.int64]:
    """Pixels that are labelled and have a logit greater than `above`, and those that are either: int64 [2, example]."""
    height, width = surface.height, surface.columns.shape[1]
    sums, seen = np.zeros((height, len(surface.columns)), np.float32), np.zeros(height + 1, np.bool_)
    kept, up = np.ones(len(weights), np.bool_), np.zeros((height + 1, width), np.float32)
    mask = np.zeros(8 * examples.target.shape[2], np.uint8)
    bits, counts = mask.view(np.uint64), np.zeros((2, len(examples.image)), np.int64)
    for example in range(len(examples.image)):
        _lay_out(cells, examples.image[example], weights, kept, sums, seen)
        _along_columns(sums, surface.columns, bias, up)
        for y in range(len(surface.first)):
            row, one, next_ = surface.first[y], surface.share[y, 0], surface.share[y, 1]
            _unpack(examples.target, example, y, bits)
            both, either = np.int32(0), np.int32(0)
            for x in range(width):
                predicted = np.int32(one * up[row, x] + next_ * up[row + 1, x] > above)
                both += predicted & np.int32(mask[x])
                either += predicted | np.int32(mask[x])
            counts[0, example] += both
            counts[1, example] += either
    return counts


@compiled
def count_active(cells: Cells, image: NDArray[np.int64], filters: int) -> NDArray[np.int64]:
    """In how many cells of some images each filter is active, int64 [filter]."""
    number = np.zeros(filters, np.int64)
    for example in range(len(image)):
        for index in range(cells.start[image[example]], cells.start[image[example] + 1]):
            number[cells.filter[index]] += 1
    return number


@compiled
def patch_counts(target: NDArray[np.uint8], side: int, shape: tuple[int, int]) -> NDArray[np.uint8]:
    """Labelled pixels of each patch of `side` × `side`: uint8 [example, y, x] of that shape."""
    counts = np.zeros((len(target), shape[0], shape[1]), np.uint8)
    mask, of_rows = np.zeros(8 * target.shape[2], np.uint8), np.zeros(side * shape[1], np.uint8)
    bits = mask.view(np.uint64)
    for example in range(len(target)):
        for row in range(shape[0]):
            of_rows[:] = 0
            for y in range(side * row, side * (row + 1)):
                _unpack(target, example, y, bits)
                for x in range(len(of_rows)):
                    of_rows[x] += mask[x]
            for column in range(side):
                for x in range(shape[1]):
                    counts[example, row, x] += of_rows[side * x + column]
    return counts


@compiled
def _patch_logits(surface: Surface, up: Floats, z: Floats) -> None:
    """Write the logits of patches to `z` [y, x]."""
    share = surface.share
    for y in range(z.shape[0]):
        row = surface.first[y]
        for x in range(z.shape[1]):
            z[y, x] = share[y, 0] * up[row, x] + share[y, 1] * up[row + 1, x] + share[y, 2] * up[row + 2, x]


@compiled
def _patches_back(surface: Surface, slope: Floats, down: Floats) -> None:
    """Write what goes back along rows from the slopes of patches [y, x] to `down`."""
    share = surface.share
    down[:] = 0
    for y in range(slope.shape[0]):
        row = surface.first[y]
        for x in range(slope.shape[1]):
            down[row, x] += share[y, 0] * slope[y, x]
            down[row + 1, x] += share[y, 1] * slope[y, x]
            down[row + 2, x] += share[y, 2] * slope[y, x]


@compiled
def logistic(
    cells: Cells,
    image: NDArray[np.int64],
    counts: NDArray[np.uint8],
    surface: Surface,
    weights: Floats,
    labelled: float,
    unlabelled: float,
    gradient: Values,
) -> float:
    """Σ [a·t·log(1 + exp(−z)) + b·(1 − t)·log(1 + exp z)] over patches; its gradient is added to `gradient` [filter].

    `counts` uint8 [example, patch] are the labelled pixels of each patch, `image` int64 [example] whose they are.
    """
    height, width = surface.height, surface.columns.shape[1]
    sums, seen = np.zeros((height, len(surface.columns)), np.float32), np.zeros(height + 1, np.bool_)
    kept, maps = np.ones(len(weights), np.bool_), np.zeros((len(surface.first), width), np.float32)
    up, down = np.zeros((height + 3, width), np.float32), np.zeros((height + 3, width), np.float32)
    a, b, pixel = np.float32(labelled), np.float32(unlabelled), np.float32(1 / surface.patch**2)
    z, loss = maps.reshape(maps.size), 0.0
    for example in range(len(image)):
        _lay_out(cells, image[example], weights, kept, sums, seen)
        _along_columns(sums, surface.columns, np.float32(0), up)
        _patch_logits(surface, up, maps)
        of_image = np.float32(0)
        for patch in range(len(z)):
            t = pixel * np.float32(counts[example, patch])
            weight = a * t + b * (ONE - t)
            of_image += weight * _softplus(z[patch]) - a * t * z[patch]
            z[patch] = weight * _sigmoid(z[patch]) - a * t
        loss += float(of_image)
        _patches_back(surface, maps, down)
        _to_filters(cells, image[example], down, surface.columns, kept, sums, gradient)
    return loss


@compiled
def soft_counts(
    cells: Cells,
    image: NDArray[np.int64],
    counts: NDArray[np.uint8],
    surface: Surface,
    weights: Floats,
    bias: np.float32,
    gradients: Values,
) -> tuple[float, float]:
    """Σ t·m and Σ m over patches; their gradients are added to `gradients` [2, filter + 1], for the bias at the end.

    `counts` uint8 [example, patch] are the labelled pixels of each patch, `image` int64 [example] whose they are.
    """
    height, width = surface.height, surface.columns.shape[1]
    sums, seen = np.zeros((height, len(surface.columns)), np.float32), np.zeros(height + 1, np.bool_)
    kept, maps = np.ones(len(weights), np.bool_), np.zeros((2, len(surface.first), width), np.float32)
    up, down = np.zeros((height + 3, width), np.float32), np.zeros((height + 3, width), np.float32)
    pixel, intersection, predicted = np.float32(1 / surface.patch**2), 0.0, 0.0
    both, z = maps[0].reshape(maps[0].size), maps[1].reshape(maps[1].size)
    for example in range(len(image)):
        _lay_out(cells, image[example], weights, kept, sums, seen)
        _along_columns(sums, surface.columns, bias, up)
        _patch_logits(surface, up, maps[1])
        shared, all_, shared_slope, slope = np.float32(0), np.float32(0), np.float32(0), np.float32(0)
        for patch in range(len(z)):
            t, m = pixel * np.float32(counts[example, patch]), _sigmoid(z[patch])
            of_logit = m * (ONE - m)
            all_ += m
            shared += t * m
            slope += of_logit
            shared_slope += t * of_logit
            z[patch] = of_logit
            both[patch] = t * of_logit
        intersection += float(shared)
        predicted += float(all_)
        gradients[0, -1] += shared_slope
        gradients[1, -1] += slope
        for which in range(2):
            _patches_back(surface, maps[which], down)
            _to_filters(cells, image[example], down, surface.columns, kept, sums, gradients[which])
    return intersection, predicted
