"""Reading images and label maps, with one message for what cannot be read."""

from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image, UnidentifiedImageError

from net2vec_core.errors import UserError

# what Pillow raises over a file that is missing, damaged or too large
DAMAGE = (OSError, SyntaxError, ValueError, EOFError, Image.DecompressionBombError)


def read_rgb(path: Path, size: int) -> NDArray[np.uint8]:
    """The image stretched to a square, uint8 [size, size, 3], RGB.

    Raises:
        UserError: if the file is missing or cannot be decoded.
    """
    image = _decode(path).convert("RGB")
    if image.size != (size, size):
        image = image.resize((size, size), Image.Resampling.BILINEAR)
    return np.asarray(image)


def image_size(path: Path) -> tuple[int, int]:
    """Height and width, pixels, from the file's header alone.

    Raises:
        UserError: if the file is missing or is no image.
    """
    try:
        with Image.open(path) as image:
            return image.height, image.width
    except DAMAGE as error:
        raise _unreadable(path, error) from None


def read_label_map(path: Path, height: int, width: int) -> NDArray[np.uint16]:
    """Label numbers uint16 [height, width] of a mask image that codes a label as R + 256·G.

    Raises:
        UserError: if the file cannot be decoded, has another size, or is not an RGB image.
    """
    image = _decode(path)
    if image.size != (width, height):
        raise UserError(f"{path}: the mask is {image.width}×{image.height} pixels, expected {width}×{height}")
    if image.mode not in ("RGB", "RGBA"):
        raise UserError(f"{path}: the mask is an image of mode {image.mode}, expected RGB (label = R + 256·G)")
    channels = np.asarray(image).astype(np.uint16)
    return channels[..., 0] + 256 * channels[..., 1]


def resample_labels(labels: NDArray[np.uint16], size: int) -> NDArray[np.uint16]:
    """Label maps [..., y, x] on a grid of size × size: the label at each new pixel's centre."""
    height, width = labels.shape[-2:]
    rows = ((np.arange(size) + 0.5) * height / size).astype(int)
    columns = ((np.arange(size) + 0.5) * width / size).astype(int)
    return labels[..., rows[:, None], columns]


def _decode(path: Path) -> Image.Image:
    try:
        with Image.open(path) as image:
            image.load()
            return image
    except DAMAGE as error:
        raise _unreadable(path, error) from None


def _unreadable(path: Path, error: Exception) -> UserError:
    if isinstance(error, FileNotFoundError):
        return UserError(f"{path}: no such image")
    reason = "no image format that can be read" if isinstance(error, UnidentifiedImageError) else str(error)
    return UserError(f"{path}: the image cannot be decoded ({reason})")
