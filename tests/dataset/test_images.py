import contextlib
import io
from unittest import mock

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from net2vec_core.dataset.images import image_size, read_label_map, read_rgb, resample_labels
from net2vec_core.errors import UserError

PIXELS = np.random.default_rng(0).integers(0, 256, (30, 40, 3), dtype=np.uint8)


def saved(path, pixels=PIXELS, mode="RGB"):
    Image.fromarray(pixels).convert(mode).save(path)
    return path


def read_mask(path):
    return read_label_map(path, 30, 40)


def read_image(path):
    return read_rgb(path, 16)


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
    np.testing.assert_array_equal(read_rgb(path, 30), PIXELS[:, :30])


def test_image_is_stretched_to_a_square(tmp_path):
    path = saved(tmp_path / "a.png")
    pixels = read_rgb(path, 16)
    assert pixels.shape == (16, 16, 3)
    assert pixels.dtype == np.uint8
    expected = Image.fromarray(PIXELS).resize((16, 16), Image.Resampling.BILINEAR)
    np.testing.assert_array_equal(pixels, np.asarray(expected))


@pytest.mark.parametrize("mode", ["L", "P", "RGBA", "CMYK", "1"])
def test_image_of_any_mode_becomes_rgb(tmp_path, mode):
    path = saved(tmp_path / "a.tiff", mode=mode)
    pixels = read_rgb(path, 30)
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
        assert read_rgb(path, 8).shape == (8, 8, 3)


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
    np.testing.assert_array_equal(resample_labels(labels, size), nearest_centre(labels, size))


def test_resampling_to_the_same_size_changes_nothing():
    labels = np.arange(113 * 113, dtype=np.uint16).reshape(113, 113)
    np.testing.assert_array_equal(resample_labels(labels, 113), labels)


def test_planes_are_resampled_alike():
    planes = np.random.default_rng(0).integers(0, 9, (3, 20, 30), dtype=np.uint16)
    together = resample_labels(planes, 7)
    for plane, resampled in zip(planes, together, strict=True):
        np.testing.assert_array_equal(resampled, resample_labels(plane, 7))
