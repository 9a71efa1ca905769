"""Exact per-filter quantiles of stored activations, by counting, with Dask.

An order statistic is found digit by digit: a float's bits, mapped to an unsigned integer of the same order, are counted
16 bits at a time, which takes one pass over float16 and two over float32. Counts add up, so memory does not grow with
the number of images.
"""

import math
from collections.abc import Sequence
from fractions import Fraction
from typing import Any

import dask
import dask.array as da
import numpy as np
import pandas as pd
from numpy.typing import NDArray

from net2vec_core.activations import Activations
from net2vec_core.compiled import compiled

DIGIT_BITS = 16
DIGITS = 2**DIGIT_BITS
BLOCK_BYTES = 32 * 2**20
FILTERS_AT_ONCE = 64  # whose counts, 32 MiB, one task holds
COUNTS_MERGED_AT_ONCE = 4


def thresholds(shards: Sequence[Activations], quantile: float, threads: int) -> pd.DataFrame:
    """The thresholds of a layer's filters.

    T_k is the order statistic of rank ⌈(1 − τ)·n⌉ of filter k's n activations over all images and positions
    (docs/numbers.md).

    Args:
        shards: Activations, float16 or float32 [image, filter, y, x].
        quantile: τ.
        threads: Threads that count side by side.

    Returns:
        One row a filter: filter, threshold, share_above (of its activations), maximum.
    """
    (threshold,), (share_not_above,), maximum = _quantiles(shards, [quantile], threads)
    return pd.DataFrame(
        {
            "filter": np.arange(len(maximum)),
            "threshold": threshold,
            "share_above": 1 - share_not_above,
            "maximum": maximum,
        }
    )


def thresholds_of_quantiles(
    shards: Sequence[Activations], quantiles: Sequence[float], threads: int
) -> NDArray[np.floating[Any]]:
    """The thresholds of several τ, of the activations' dtype [quantile, filter], from as many readings as of one."""
    limits, _, _ = _quantiles(shards, quantiles, threads)
    return limits


def to_key(values: NDArray[Any]) -> NDArray[Any]:
    """Floats as unsigned integers of the same width and order; −0 and 0 become the same."""
    unsigned = np.dtype(f"uint{values.dtype.itemsize * 8}")
    sign = unsigned.type(1 << (unsigned.itemsize * 8 - 1))
    bits = values.view(unsigned)
    bits = np.where(bits == sign, unsigned.type(0), bits)
    return np.where(bits & sign, ~bits, bits | sign)


def from_key(keys: NDArray[Any], dtype: np.dtype[Any]) -> NDArray[Any]:
    """The floats of `dtype` that `to_key` maps to these keys."""
    sign = keys.dtype.type(1 << (keys.dtype.itemsize * 8 - 1))
    return np.where(keys & sign, keys ^ sign, ~keys).view(dtype)


def _quantiles(
    shards: Sequence[Activations], quantiles: Sequence[float], threads: int
) -> tuple[NDArray[Any], NDArray[np.float64], NDArray[Any]]:
    """The thresholds [quantile, filter], the share of values not above each, and the filters' maxima [filter]."""
    activations = da.concatenate([_blocks(shard) for shard in shards])
    images, _, height, width = activations.shape
    number = images * height * width
    ranks = [number - math.floor(Fraction(str(quantile)) * number) for quantile in quantiles]
    # threads where no client of a Dask scheduler is active
    with dask.config.set(num_workers=threads):
        limits, not_above = _order_statistics(activations, [*ranks, number])  # the last is the maximum
    return limits[:-1], not_above[:-1] / number, limits[-1]


def _blocks(shard: Activations) -> da.Array:
    images, filters, height, width = shard.shape
    at_once = min(FILTERS_AT_ONCE, filters)
    step = shard.chunks[0]
    steps = max(1, BLOCK_BYTES // (step * at_once * height * width * shard.dtype.itemsize))
    return da.from_array(shard, chunks=(min(step * steps, images), at_once, height, width))


def _order_statistics(activations: da.Array, ranks: Sequence[int]) -> tuple[NDArray[Any], NDArray[np.int64]]:
    """The value of each rank (from 1), and the number of values not above it, both [rank, filter]."""
    dtype = activations.dtype
    bits = dtype.itemsize * 8
    values = activations.map_blocks(np.ndarray.view, f"uint{bits}", dtype=f"uint{bits}")
    shape = len(ranks), activations.shape[1]
    prefix, below = np.zeros(shape, values.dtype), np.zeros(shape, np.int64)
    for shift in range(bits - DIGIT_BITS, -1, -DIGIT_BITS):
        wanted = np.array(ranks)[:, None] - below
        # Dask does equal work once: ranks share every reading, and the count of the first digit, which has no prefix
        selections = [_select(_count(values, start, shift), rank) for start, rank in zip(prefix, wanted, strict=True)]
        (selected,) = dask.compute(selections)
        digit, lower, equal = np.moveaxis(np.array(selected), 2, 0)
        prefix = prefix | (digit.astype(values.dtype) << values.dtype.type(shift))
        below = below + lower
    return from_key(prefix, dtype), below + equal


def _count(values: da.Array, prefix: NDArray[Any], shift: int) -> da.Array:
    """int64 [filter, digit]: how often each digit stands at `shift` in the keys with their filter's prefix."""
    blocks, filters = values.numblocks[0], values.chunks[1]
    starts = da.from_array(prefix[None, :, None, None], chunks=(1, filters, 1, 1))
    counts = da.map_blocks(
        _count_block, values, starts, shift, dtype=np.int32, drop_axis=[2, 3], new_axis=[2],
        chunks=((1,) * blocks, filters, (DIGITS,)),
    )  # fmt: skip
    return counts.sum(axis=0, split_every=COUNTS_MERGED_AT_ONCE)


def _count_block(bits: NDArray[Any], prefix: NDArray[Any], shift: int) -> NDArray[np.int32]:
    counts = np.zeros((bits.shape[1], DIGITS), np.int32)
    _count_digits(bits.reshape(*bits.shape[:2], -1), prefix.ravel(), shift, 8 * bits.dtype.itemsize - 1, counts)
    return counts[None]


@compiled
def _count_digits(bits: NDArray[Any], prefix: NDArray[Any], shift: int, sign: int, counts: NDArray[np.int32]) -> None:
    """Add to `counts` [filter, digit] the digits at `shift` of keys with the prefix, for bits [image, filter, cell]."""
    above, negative, all_ones = shift + DIGIT_BITS, 1 << sign, (2 << sign) - 1
    for filter_ in range(bits.shape[1]):
        wanted = np.int64(prefix[filter_]) >> above
        for image in range(bits.shape[0]):
            for cell in range(bits.shape[2]):
                value = np.int64(bits[image, filter_, cell])
                # as `to_key` has it: −0 is 0, negative numbers are turned round
                key = value ^ (all_ones if value > negative else negative if value < negative else 0)
                if key >> above == wanted:
                    counts[filter_, (key >> shift) & (DIGITS - 1)] += 1


def _select(counts: da.Array, rank: NDArray[np.int64]) -> da.Array:
    """int64 [filter, 3]: the digit at which each filter's count reaches its rank, the count below it, and at it."""
    ranks = da.from_array(rank[:, None], chunks=(counts.chunks[0], 1))
    return da.map_blocks(_select_block, counts, ranks, dtype=np.int64, chunks=(counts.chunks[0], (3,)))


def _select_block(counts: NDArray[np.int64], rank: NDArray[np.int64]) -> NDArray[np.int64]:
    reached = counts.cumsum(axis=1)
    digit = np.array([np.searchsorted(row, wanted) for row, wanted in zip(reached, rank[:, 0], strict=True)])
    index = np.arange(len(counts))
    equal = counts[index, digit]
    return np.stack([digit, reached[index, digit] - equal, equal], axis=1)
