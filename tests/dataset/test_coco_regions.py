import re

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from pycocotools import mask as coco_mask

from net2vec_core.dataset.coco_regions import encoded, run_lengths

SIZE = [20, 30]
FULL = {"size": SIZE, "counts": [600]}


def plain_run_lengths(mask):
    """Pixel by pixel, column after column, beginning with the pixels that are not masked."""
    lengths, masked = [0], False
    for pixel in mask.T.ravel():
        if pixel != masked:
            lengths.append(0)
            masked = not masked
        lengths[-1] += 1
    return lengths


@given(arrays(bool, st.tuples(st.integers(1, 60), st.integers(1, 60))))
def test_run_lengths_are_those_that_cocos_library_compresses(mask):
    compressed = coco_mask.encode(np.asfortranarray(mask.astype(np.uint8)))["counts"].decode()
    assert run_lengths(compressed).tolist() == plain_run_lengths(mask)
    for counts in (compressed, plain_run_lengths(mask)):
        region = encoded({"size": list(mask.shape), "counts": counts}, *mask.shape)
        np.testing.assert_array_equal(coco_mask.decode(region), mask)


def test_large_run_lengths_are_read():
    mask = np.zeros((3000, 2000), np.uint8)
    mask[:, 700:1500] = 1
    assert run_lengths(coco_mask.encode(np.asfortranarray(mask))["counts"].decode()).tolist() == [
        2_100_000,
        2_400_000,
        1_500_000,
    ]


FILL = "its run lengths do not come to the image's 20·30 pixels"
COMPRESSED = "its `counts` are no compressed run lengths"
NEITHER = "its `counts` are neither a list of whole numbers nor compressed run lengths"
FAR = "a polygon lies far outside the image of 30×20 pixels"
POINTS = "a polygon is not a list of at least three points [x, y, x, y, …]"


@pytest.mark.parametrize(
    ("region", "reason"),
    [
        ({"size": [30, 20], "counts": [600]}, "its run lengths are of [30, 20], the image of [20, 30] (height, width)"),
        ({"size": None, "counts": [600]}, "its run lengths are of None, the image of [20, 30] (height, width)"),
        ({"size": SIZE}, "expected polygons, or run lengths with `size` and `counts`"),
        ("polygon", "expected polygons, or run lengths with `size` and `counts`"),
        (FULL | {"counts": [100, 50]}, FILL),
        (FULL | {"counts": [0, 900000]}, FILL),
        (FULL | {"counts": [700, -100]}, FILL),
        (FULL | {"counts": []}, FILL),
        (FULL | {"counts": "zzzz"}, COMPRESSED),
        (FULL | {"counts": "0"}, FILL),
        (FULL | {"counts": "~"}, COMPRESSED),
        (FULL | {"counts": "!!"}, COMPRESSED),
        (FULL | {"counts": "P"}, COMPRESSED),
        (FULL | {"counts": "ä"}, COMPRESSED),
        (FULL | {"counts": "P" * 90 + "0"}, COMPRESSED),
        (FULL | {"counts": ""}, COMPRESSED),
        (FULL | {"counts": [599.5, 0.5]}, NEITHER),
        (FULL | {"counts": ["600"]}, NEITHER),
        (FULL | {"counts": None}, NEITHER),
        (FULL | {"counts": [10**30]}, NEITHER),
        ([[1, 2]], POINTS),
        ([[1, 2, 3, 4]], POINTS),
        ([[1, 2, 3, 4, 5, 6, 7]], POINTS),
        ([1, 2, 3, 4, 5, 6], POINTS),
        ([[1, 2, 3, 4, 5, "6"]], "a polygon holds what is no number"),
        ([[1, 2, 3, 4, 5, float("nan")]], "a polygon holds what is no number"),
        ([[1, 2, 3, 4, 5, 10**400]], FAR),
        ([[1, 2, 3, 4, float("inf"), 5]], FAR),
        ([[0, 0, 1e12, 0, 1e12, 9]], FAR),
    ],
)
def test_what_is_no_region_of_the_image_is_refused(region, reason):
    with pytest.raises(ValueError, match=f"^{re.escape(reason)}$"):
        encoded(region, *SIZE)


def test_a_text_cut_short_is_refused_wherever_it_is_cut():
    mask = np.random.default_rng(0).random(SIZE) < 0.1
    text = coco_mask.encode(np.asfortranarray(mask.astype(np.uint8)))["counts"].decode()
    for length in range(len(text)):
        with pytest.raises(ValueError, match="its "):
            encoded({"size": SIZE, "counts": text[:length]}, *SIZE)


def test_numbers_so_large_that_their_sum_runs_over_are_refused():
    zero, two_to_48 = "0", "P" * 9 + "8"  # nine digits of zeros with more to come, then 8 · 2^45
    counts = "d0" + 2 * two_to_48 + zero * (2**16 - 2)
    assert run_lengths(counts).sum() == 20
    with pytest.raises(ValueError, match="do not come to the image's 4·5 pixels"):
        encoded({"size": [4, 5], "counts": counts}, 4, 5)
