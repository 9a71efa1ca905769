"""Reading images and masks, upright and on a square grid, with one message for what cannot be read."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageOps, UnidentifiedImageError

from net2vec_core.errors import UserError
from net2vec_core.settings import Fit

# only these are tried: Pillow would hand others, such as EPS, to programs that run what is in them
FORMATS = ("JPEG", "PNG", "BMP", "GIF", "TIFF", "WEBP", "PPM", "JPEG2000")
# what Pillow raises over a file that is missing, damaged or too large
DAMAGE = (OSError, SyntaxError, ValueError, EOFError, Image.DecompressionBombError)
ORIENTATION = 0x0112  # EXIF's tag
GREY_STEPS = {"L;2": 85, "L;4": 17}  # by which Pillow multiplies grey values of 2 and 4 bits, to span 0 to 255


class UnreadableError(UserError):
    """An image or a mask that cannot be read; with `dataset.on_bad_image: skip` it is left out."""


def read_rgb(path: Path, size: int, fit: Fit) -> NDArray[np.uint8]:
    """The upright image on a square, uint8 [size, size, 3], RGB.

    EXIF's orientation is applied. Grey values of 16 bits become 8 (65,535 is white); transparent pixels lie on white.

    Args:
        path: The image file.
        size: Side of the square, pixels.
        fit: Whether the whole image is stretched to the square, or its largest central square is taken.

    Raises:
        UnreadableError: if the file is missing, cannot be decoded, or has values without a known range (32 bits).
    """
    with _readable(path):
        image = _in_rgb(_decode(path), path)
        box = _box(image.height, image.width, fit)
        if image.size != (size, size):
            image = image.resize((size, size), Image.Resampling.BILINEAR, box)
        return np.asarray(image)


def image_size(path: Path) -> tuple[int, int]:
    """Height and width, pixels, of the upright image; it is decoded, so that damage shows before it is probed.

    Raises:
        UnreadableError: as `read_rgb`.
    """
    with _readable(path):
        image = _in_rgb(_decode(path), path)
        return image.height, image.width


def read_indices(path: Path) -> NDArray[np.uint16]:
    """Label numbers uint16 [y, x] of a mask whose pixels hold them, as grey values or as places in a palette.

    Raises:
        UnreadableError: if the file cannot be decoded, has colours, or holds a value above 65,535.
    """
    with _readable(path):
        _require_one_picture(path)
        image = _decode(path)
        if image.mode not in ("1", "L", "P", "I", "I;16", "I;16B", "I;16L"):
            raise UnreadableError(
                f"{path}: the mask is an image of mode {image.mode}, expected label numbers as grey values of 8 or 16"
                " bits or as palette indices (modes L, I;16, P)"
            )
        values = np.asarray(image).astype(np.int64) // _grey_step(path)
    if values.min() < 0 or values.max() > 65535:
        wrong = values.min() if values.min() < 0 else values.max()
        raise UnreadableError(f"{path}: the mask holds {wrong}, expected label numbers from 0 to 65535")
    return values.astype(np.uint16)


def read_colors(path: Path, coding: str) -> NDArray[np.uint16]:
    """Red, green and blue uint16 [y, x, 3], 0 to 255, of a mask that codes labels in them; `coding` says how.

    Raises:
        UnreadableError: if the file cannot be decoded or is not an RGB image.
    """
    with _readable(path):
        _require_one_picture(path)
        image = _decode(path)
        if image.mode not in ("RGB", "RGBA"):
            raise UnreadableError(f"{path}: the mask is an image of mode {image.mode}, expected RGB ({coding})")
        return np.asarray(image)[..., :3].astype(np.uint16)


def require_same_aspect(path: Path, mask: tuple[int, ...], image: tuple[int, int]) -> None:
    """Refuse a mask whose sides are not in the ratio of its image's; both are (height, width), pixels.

    A mask may be smaller or larger than its image, as long as both show the same, to within a pixel.

    Raises:
        UnreadableError: with both sizes.
    """
    (mask_height, mask_width), (height, width) = mask[-2:], image
    slack = abs(mask_height * width - mask_width * height)
    if slack > max(height, width, mask_height, mask_width):
        turned = " (turned upright, as its EXIF orientation says)" if (mask_width, mask_height) == image else ""
        raise UnreadableError(
            f"{path}: the mask is {mask_width}×{mask_height} pixels, its image {width}×{height}{turned}:"
            " they do not show the same"
        )


def resample_labels(labels: NDArray[Any], size: int, fit: Fit) -> NDArray[Any]:
    """Label maps or masks [..., y, x] on a square grid [..., size, size]: the value at each new pixel's centre.

    `fit` maps them as `read_rgb` maps images.
    """
    height, width = labels.shape[-2:]
    left, top, right, bottom = _box(height, width, fit)
    return labels[..., _centres(top, bottom, size)[:, None], _centres(left, right, size)]


def _box(height: int, width: int, fit: Fit) -> tuple[float, float, float, float]:
    """What is shown of an image: left, top, right, bottom, pixels; whole or half ones."""
    if fit == "stretch":
        return 0, 0, width, height
    side = min(height, width)
    left, top = (width - side) / 2, (height - side) / 2
    return left, top, left + side, top + side


def _centres(start: float, end: float, size: int) -> NDArray[np.int64]:
    """In which pixels the centres lie of `size` equal parts of the span from `start` to `end`."""
    twice = 2 * np.arange(size) + 1  # in whole numbers, since a centre may lie on an edge
    return (int(2 * start) * size + twice * int(end - start)) // (2 * size)


def _decode(path: Path) -> Image.Image:
    """The image, upright."""
    with Image.open(path, formats=FORMATS) as image:
        image.load()
        return ImageOps.exif_transpose(image) if image.getexif().get(ORIENTATION, 1) != 1 else image


def _require_one_picture(path: Path) -> None:
    """Refuse a mask of which only the first picture would count."""
    with Image.open(path, formats=FORMATS) as image:
        pictures = getattr(image, "n_frames", 1)
    if pictures > 1:
        raise UnreadableError(f"{path}: the mask has {pictures} pictures; save each in a file of its own")


def _grey_step(path: Path) -> int:
    """By what Pillow multiplies the image's grey values."""
    with Image.open(path, formats=FORMATS) as image:
        args: Any = image.tile[0][3] if image.tile else ""  # Pillow's name for how the file codes pixels
        return GREY_STEPS.get(str(args if isinstance(args, str) else args[0]), 1)


def _in_rgb(image: Image.Image, path: Path) -> Image.Image:
    if image.mode in ("I", "F"):
        raise UnreadableError(
            f"{path}: the image has values of 32 bits, whose range is not known; save it with 8 or 16 bits a channel"
        )
    if image.mode.startswith("I;16"):
        return Image.fromarray(((np.asarray(image).astype(np.uint32) + 128) // 257).astype(np.uint8)).convert("RGB")
    if image.has_transparency_data:
        colors = image.convert("RGBA")
        return Image.alpha_composite(Image.new("RGBA", image.size, "white"), colors).convert("RGB")
    return image.convert("RGB")


@contextmanager
def _readable(path: Path) -> Iterator[None]:
    """Turn what Pillow raises into one message."""
    try:
        yield
    except FileNotFoundError:
        raise UnreadableError(f"{path}: no such image") from None
    except DAMAGE as error:
        known = not isinstance(error, UnidentifiedImageError)
        reason = str(error) if known else "no image format that can be read"
        raise UnreadableError(f"{path}: the image cannot be decoded ({reason})") from None
