import contextlib
import io
import struct
import zlib
from unittest import mock

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image
from scipy import ndimage

from net2vec_core.dataset.broden import read_label_map
from net2vec_core.dataset.images import (
    image_size,
    read_indices,
    read_rgb,
    require_same_aspect,
    resample_labels,
)
from net2vec_core.errors import UserError

PIXELS = np.random.default_rng(0).integers(0, 256, (30, 40, 3), dtype=np.uint8)


def saved(path, pixels=PIXELS, mode="RGB"):
    Image.fromarray(pixels).convert(mode).save(path)
    return path


def read_mask(path):
    return read_label_map(path, 30, 40)


def read_image(path):
    return read_rgb(path, 16, "stretch")


def message_of(read, *arguments):
    with pytest.raises(UserError) as caught:
        read(*arguments)
    return str(caught.value)


def nearest_centre(labels, size):
    height, width = labels.shape
    result = np.empty((size, size), labels.dtype)
    for y in range(size):
        for x in range(size):
            result[y, x] = labels[(2 * y + 1) * height // (2 * size), (2 * x + 1) * width // (2 * size)]
    return result


def test_image_of_the_right_size_keeps_its_pixels(tmp_path):
    path = saved(tmp_path / "a.png", PIXELS[:, :30])
    np.testing.assert_array_equal(read_rgb(path, 30, "stretch"), PIXELS[:, :30])


def test_image_is_stretched_to_a_square(tmp_path):
    path = saved(tmp_path / "a.png")
    pixels = read_rgb(path, 16, "stretch")
    assert pixels.shape == (16, 16, 3)
    assert pixels.dtype == np.uint8
    expected = Image.fromarray(PIXELS).resize((16, 16), Image.Resampling.BILINEAR)
    np.testing.assert_array_equal(pixels, np.asarray(expected))


@pytest.mark.parametrize("mode", ["L", "P", "RGBA", "CMYK", "1"])
def test_image_of_any_mode_becomes_rgb(tmp_path, mode):
    path = saved(tmp_path / "a.tiff", mode=mode)
    pixels = read_rgb(path, 30, "stretch")
    assert pixels.shape == (30, 30, 3)
    if mode in ("L", "1"):
        assert (pixels == pixels[..., :1]).all()


def test_size_is_height_then_width(tmp_path):
    assert image_size(saved(tmp_path / "a.jpg")) == (30, 40)


@pytest.mark.parametrize("mode", ["RGB", "RGBA"])
def test_label_is_red_plus_256_green(tmp_path, mode):
    path = saved(tmp_path / "a.png", mode=mode)
    labels = read_label_map(path, 30, 40)
    assert labels.dtype == np.uint16
    np.testing.assert_array_equal(labels, PIXELS[..., 0] + 256 * PIXELS[..., 1].astype(int))
    assert labels.max() > 60000


@pytest.mark.parametrize("read", [read_image, image_size, read_mask])
def test_missing_image_is_named(tmp_path, read):
    assert message_of(read, tmp_path / "a.png") == f"{tmp_path}/a.png: no such image"


@pytest.mark.parametrize("content", [b"", b"text", b"\x89PNG"])
@pytest.mark.parametrize("read", [read_image, image_size, read_mask])
def test_file_that_is_no_image_is_named(tmp_path, read, content):
    path = tmp_path / "a.png"
    path.write_bytes(content)
    assert message_of(read, path) == f"{path}: the image cannot be decoded (no image format that can be read)"


@pytest.mark.parametrize("read", [read_image, image_size, read_mask])
def test_folder_in_an_images_place_is_named(tmp_path, read):
    assert message_of(read, tmp_path).startswith(f"{tmp_path}: the image cannot be decoded ([Errno 21] Is a directory")


@pytest.mark.parametrize(("name", "reason"), [("a.png", "truncated"), ("a.jpg", "truncated"), ("a.bmp", "truncated")])
@pytest.mark.parametrize("read", [read_image, read_mask])
def test_half_an_image_is_named(tmp_path, read, name, reason):
    path = saved(tmp_path / name)
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
    message = message_of(read, path)
    assert message.startswith(f"{path}: the image cannot be decoded (")
    assert reason in message


def test_image_that_would_fill_the_memory_is_refused(tmp_path, monkeypatch):
    monkeypatch.setattr(Image, "MAX_IMAGE_PIXELS", 100)
    path = saved(tmp_path / "a.png")
    assert "exceeds limit" in message_of(read_image, path)
    assert "exceeds limit" in message_of(image_size, path)


@pytest.mark.filterwarnings("ignore::PIL.Image.DecompressionBombWarning")
@pytest.mark.parametrize("form", ["png", "jpeg", "bmp", "ppm", "gif"])
@given(data=st.data())
def test_any_damage_ends_in_a_message_or_an_image(tmp_path_factory, form, data):
    buffer = io.BytesIO()
    Image.fromarray(PIXELS[:8, :8]).save(buffer, form)
    content = bytearray(buffer.getvalue())
    for place in data.draw(st.lists(st.integers(0, len(content) - 1), min_size=1, max_size=5)):
        content[place] = data.draw(st.integers(0, 255))
    path = tmp_path_factory.getbasetemp() / f"damaged.{form}"
    path.write_bytes(content)
    # damage may well be to the size that the header claims
    with mock.patch.object(Image, "MAX_IMAGE_PIXELS", 10**6), contextlib.suppress(UserError):
        assert read_rgb(path, 8, "stretch").shape == (8, 8, 3)


def test_mask_of_another_size_is_named_with_both(tmp_path):
    path = saved(tmp_path / "a.png")
    assert message_of(read_label_map, path, 40, 30) == f"{path}: the mask is 40×30 pixels, expected 30×40"


@pytest.mark.parametrize("mode", ["L", "P", "1"])
def test_mask_that_cannot_hold_red_and_green_is_refused(tmp_path, mode):
    path = saved(tmp_path / "a.png", mode=mode)
    message = message_of(read_mask, path)
    assert message == f"{path}: the mask is an image of mode {mode}, expected RGB (label = R + 256·G)"


@given(height=st.integers(1, 40), width=st.integers(1, 40), size=st.integers(1, 50))
def test_new_pixel_takes_the_label_at_its_centre(height, width, size):
    labels = np.arange(height * width, dtype=np.uint16).reshape(height, width)
    np.testing.assert_array_equal(resample_labels(labels, size, "stretch"), nearest_centre(labels, size))


def test_resampling_to_the_same_size_changes_nothing():
    labels = np.arange(113 * 113, dtype=np.uint16).reshape(113, 113)
    np.testing.assert_array_equal(resample_labels(labels, 113, "stretch"), labels)


def test_planes_are_resampled_alike():
    planes = np.random.default_rng(0).integers(0, 9, (3, 20, 30), dtype=np.uint16)
    together = resample_labels(planes, 7, "stretch")
    for plane, resampled in zip(planes, together, strict=True):
        np.testing.assert_array_equal(resampled, resample_labels(plane, 7, "stretch"))


CORNERS = {1: "rgby", 2: "gryb", 3: "ybgr", 4: "byrg", 5: "rbgy", 6: "gyrb", 7: "ygbr", 8: "bryg"}
"""Stored colours of the corners (top left, top right, bottom left, bottom right), by EXIF's orientation, of an image
to be seen as red, green, blue, yellow."""
COLORS = {"r": (255, 0, 0), "g": (0, 255, 0), "b": (0, 0, 255), "y": (255, 255, 0)}


def with_corners(path, corners, height, width, orientation):
    pixels = np.zeros((height, width, 3), np.uint8)
    halves = [
        (y, x)
        for y in (slice(0, height // 2), slice(height // 2, None))
        for x in (slice(0, width // 2), slice(width // 2, None))
    ]
    for half, corner in zip(halves, corners, strict=True):
        pixels[half] = COLORS[corner]
    exif = Image.Exif()
    exif[0x0112] = orientation
    Image.fromarray(pixels).save(path, exif=exif)


@pytest.mark.parametrize("orientation", range(1, 9))
@pytest.mark.parametrize("form", ["png", "tiff", "webp", "jpg"])
def test_images_are_turned_upright(tmp_path, form, orientation):
    path = tmp_path / f"a.{form}"
    height, width = (20, 40) if orientation < 5 else (40, 20)
    with_corners(path, CORNERS[orientation], height, width, orientation)
    assert image_size(path) == (20, 40)
    pixels = read_rgb(path, 40, "stretch").astype(int)
    for corner, (y, x) in zip("rgby", [(5, 5), (5, 35), (35, 5), (35, 35)], strict=True):
        assert np.abs(pixels[y, x] - COLORS[corner]).max() < 40


def test_masks_are_turned_upright_like_images(tmp_path):
    labels = np.arange(6, dtype=np.uint8).reshape(2, 3)
    exif = Image.Exif()
    exif[0x0112] = 6  # stored a quarter turn to the left
    Image.fromarray(np.rot90(labels).copy()).save(tmp_path / "a.png", exif=exif)
    np.testing.assert_array_equal(read_indices(tmp_path / "a.png"), labels)


def test_16_bits_become_8(tmp_path):
    values = np.array([[0, 256, 257, 32896, 65535]], np.uint16)
    Image.fromarray(values).save(tmp_path / "a.png")
    Image.fromarray(values).save(tmp_path / "a.tiff")
    for name in ("a.png", "a.tiff"):
        assert read_rgb(tmp_path / name, 5, "stretch")[0].tolist() == [[grey] * 3 for grey in (0, 1, 1, 128, 255)]


@pytest.mark.parametrize("dtype", [np.int32, np.float32])
def test_32_bits_are_refused(tmp_path, dtype):
    path = tmp_path / "a.tiff"
    Image.fromarray(np.zeros((3, 4), dtype)).save(path)
    for read in (read_image, image_size):
        assert message_of(read, path) == (
            f"{path}: the image has values of 32 bits, whose range is not known; save it with 8 or 16 bits a channel"
        )


@pytest.mark.parametrize("mode", ["RGBA", "LA", "P"])
def test_transparent_pixels_lie_on_white(tmp_path, mode):
    pixels = np.zeros((4, 4, 4), np.uint8)
    pixels[..., 3] = np.arange(4) * 85
    image = Image.fromarray(pixels)
    if mode == "P":
        image = Image.fromarray(np.tile(np.arange(4, dtype=np.uint8), (4, 1)))
        image.putpalette([0] * 12)
        image.info["transparency"] = bytes([0, 85, 170, 255])
    else:
        image = image.convert(mode)
    image.save(tmp_path / "a.png")
    assert read_rgb(tmp_path / "a.png", 4, "stretch")[0, :, 0].tolist() == [255, 170, 85, 0]


def test_cmyk_shows_its_colours(tmp_path):
    path = saved(tmp_path / "a.jpg", np.full((8, 8, 3), (250, 20, 20), np.uint8), "CMYK")
    assert np.abs(read_rgb(path, 8, "stretch").astype(int) - (250, 20, 20)).max() < 12


INDICES = np.array([[0, 1, 2], [3, 1, 0]])


@pytest.mark.parametrize("bits", [1, 2, 4, 8])
@pytest.mark.parametrize("mode", ["P", "L"])
def test_indices_are_read_whatever_the_bits(tmp_path, mode, bits):
    indices = np.minimum(INDICES, 2**bits - 1).astype(np.uint8)
    image = Image.fromarray(indices)
    if mode == "P":
        image.putpalette([200, 100, 0] * 256)
    if mode == "L" and bits < 8:
        write_grey_png(tmp_path / "a.png", indices, bits)
    else:
        image.save(tmp_path / "a.png", bits=bits)
    found = read_indices(tmp_path / "a.png")
    assert found.dtype == np.uint16
    np.testing.assert_array_equal(found, indices)


def write_grey_png(path, indices, bits):
    """A greyscale PNG of fewer than 8 bits, which Pillow itself does not write."""

    def chunk(kind, data):
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    height, width = indices.shape
    unpacked = np.unpackbits(indices[..., None], axis=-1)[..., 8 - bits :].reshape(height, -1)
    rows = b"".join(b"\0" + row.tobytes() for row in np.packbits(unpacked, axis=-1))
    header = struct.pack(">IIBBBBB", width, height, bits, 0, 0, 0, 0)
    parts = chunk(b"IHDR", header), chunk(b"IDAT", zlib.compress(rows)), chunk(b"IEND", b"")
    path.write_bytes(b"\x89PNG\r\n\x1a\n" + b"".join(parts))


@pytest.mark.parametrize("name", ["a.png", "a.tiff"])
def test_indices_of_16_bits_are_read(tmp_path, name):
    indices = np.array([[0, 255, 256], [300, 40000, 65535]], np.uint16)
    Image.fromarray(indices).save(tmp_path / name)
    np.testing.assert_array_equal(read_indices(tmp_path / name), indices)


@pytest.mark.parametrize("value", [65536, -1])
def test_index_beyond_16_bits_is_refused(tmp_path, value):
    path = tmp_path / "a.tiff"
    Image.fromarray(np.array([[0, value]], np.int32)).save(path)
    assert message_of(read_indices, path) == f"{path}: the mask holds {value}, expected label numbers from 0 to 65535"


@pytest.mark.parametrize("mode", ["RGB", "RGBA", "LA", "F"])
def test_mask_that_holds_no_numbers_is_refused(tmp_path, mode):
    path = saved(tmp_path / "a.tiff", mode=mode)
    assert message_of(read_indices, path) == (
        f"{path}: the mask is an image of mode {mode}, expected label numbers as grey values of 8 or 16 bits or as"
        " palette indices (modes L, I;16, P)"
    )


def cropped(labels):
    """The largest central square, each pixel doubled so that it has a centre where sides are odd and even."""
    height, width = labels.shape
    side, double = min(height, width), np.repeat(np.repeat(labels, 2, 0), 2, 1)
    return double[height - side : height + side, width - side : width + side]


@given(height=st.integers(1, 40), width=st.integers(1, 40), size=st.integers(1, 50))
def test_crop_takes_the_largest_central_square(height, width, size):
    labels = np.arange(height * width, dtype=np.uint16).reshape(height, width)
    expected = nearest_centre(cropped(labels), size)
    np.testing.assert_array_equal(resample_labels(labels, size, "crop"), expected)


@pytest.mark.parametrize("fit", ["stretch", "crop"])
@pytest.mark.parametrize(("height", "width"), [(60, 100), (100, 60), (61, 100), (80, 80)])
def test_masks_lie_where_images_show_the_thing(tmp_path, fit, height, width):
    labels = np.zeros((height, width), np.uint8)
    labels[height // 3 : height // 2 + 3, width // 2 - 9 : width // 2 + 20] = 255
    labels[:5] = labels[:, -4:] = 255
    Image.fromarray(labels).save(tmp_path / "a.png")
    shown = read_rgb(tmp_path / "a.png", 120, fit)[..., 0] > 127
    mask = resample_labels(labels, 120, fit) > 0
    assert mask.any()
    assert (shown != mask).mean() < 0.03  # their edges may differ by a pixel
    inner = ndimage.binary_erosion(mask, iterations=2) | ndimage.binary_erosion(~mask, iterations=2)
    assert (shown == mask)[inner].all()


@pytest.mark.parametrize(
    ("mask", "fits"), [((100, 60), True), ((50, 30), True), ((201, 120), True), ((60, 100), False), ((100, 64), False)]
)
def test_mask_and_image_must_show_the_same(mask, fits):
    if fits:
        require_same_aspect("a.png", mask, (100, 60))
        return
    turned = " (turned upright, as its EXIF orientation says)" if mask == (60, 100) else ""
    assert message_of(require_same_aspect, "a.png", mask, (100, 60)) == (
        f"a.png: the mask is {mask[1]}×{mask[0]} pixels, its image 60×100{turned}: they do not show the same"
    )


def test_format_that_could_run_code_is_not_opened(tmp_path):
    path = tmp_path / "a.png"
    Image.fromarray(PIXELS).save(path, "EPS")
    assert message_of(read_image, path) == f"{path}: the image cannot be decoded (no image format that can be read)"
