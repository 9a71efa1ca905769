"""A region of COCO's annotations, checked and run-length encoded.

COCO's own library decodes run lengths that do not fill the image from memory that nobody has written.
"""

from typing import Any, cast

import numpy as np
from numpy.typing import NDArray
from pycocotools import mask as coco_mask

FIRST_DIGIT, BITS = 48, 5  # a character less 48 holds 5 bits of a number, and in the sixth whether more follow


def encoded(region: Any, height: int, width: int) -> dict[str, Any]:
    """A region as compressed run lengths of an image of this size, pixels.

    Args:
        region: Polygons [[x, y, x, y, …], …], or `size` with `counts`: a list of run lengths, or these compressed.
        height: The image's.
        width: The image's.

    Raises:
        ValueError: if it is none of these or does not fit the image; with the reason.
    """
    if isinstance(region, list):
        for polygon in region:
            _require_polygon(polygon, height, width)
        return cast(dict[str, Any], coco_mask.merge(coco_mask.frPyObjects(region, height, width)))
    if not isinstance(region, dict) or not {"size", "counts"} <= region.keys():
        raise ValueError("expected polygons, or run lengths with `size` and `counts`")
    if region["size"] != [height, width]:
        raise ValueError(f"its run lengths are of {region['size']}, the image of {[height, width]} (height, width)")
    counts = region["counts"]
    lengths = run_lengths(counts) if isinstance(counts, str) else _whole_numbers(counts)
    # each by itself, too, since numbers large enough add up to anything
    if not ((lengths >= 0) & (lengths <= height * width)).all() or lengths.sum() != height * width:
        raise ValueError(f"its run lengths do not come to the image's {height}·{width} pixels")
    if isinstance(counts, str):
        return {"size": region["size"], "counts": counts.encode()}
    return cast(dict[str, Any], coco_mask.frPyObjects(region, height, width))


def run_lengths(text: str) -> NDArray[np.int64]:
    """The run lengths int64 [run] in COCO's compressed form, as `rleFrString` of its library reads them.

    Numbers are in two's complement, the lowest bits first; from the fourth on, the last but one is to be added.

    Raises:
        ValueError: if the text is not such a form.
    """
    digits = np.frombuffer(text.encode("utf-32-le"), np.uint32).astype(np.int64) - FIRST_DIGIT
    if not len(digits) or digits.min() < 0 or digits.max() >= 2 << BITS or digits[-1] >= 1 << BITS:
        raise ValueError("its `counts` are no compressed run lengths")
    ends = np.flatnonzero(digits < 1 << BITS)
    starts = np.concatenate([[0], ends[:-1] + 1])
    place = BITS * (np.arange(len(digits)) - np.repeat(starts, ends - starts + 1))
    if place.max() > 9 * BITS:
        raise ValueError("its `counts` are no compressed run lengths")
    lengths = np.add.reduceat((digits & 31) << place, starts)
    lengths -= np.where(digits[ends] & 16, 1 << (place[ends] + BITS), 0)
    lengths[1::2] = lengths[1::2].cumsum()
    lengths[2::2] = lengths[2::2].cumsum()
    return lengths


def _whole_numbers(counts: Any) -> NDArray[np.int64]:
    if not isinstance(counts, list) or not all(type(count) is int and abs(count) < 2**32 for count in counts):
        raise ValueError("its `counts` are neither a list of whole numbers nor compressed run lengths")
    return np.array(counts, np.int64)


def _require_polygon(polygon: Any, height: int, width: int) -> None:
    if not isinstance(polygon, list) or len(polygon) < 6 or len(polygon) % 2:
        raise ValueError("a polygon is not a list of at least three points [x, y, x, y, …]")
    if not all(type(number) in (int, float) and number == number for number in polygon):
        raise ValueError("a polygon holds what is no number")
    if any(not -side <= number <= 2 * side for at, side in ((0, width), (1, height)) for number in polygon[at::2]):
        raise ValueError(f"a polygon lies far outside the image of {width}×{height} pixels")
