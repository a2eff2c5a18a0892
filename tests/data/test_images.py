import builtins
import warnings

import numpy as np
import pytest

from convstep.data.images import edge_value, read_images
from convstep.errors import FileFormatError, MissingExtraError

GREY, COLOUR, UNIT = (8, 8, 1), (8, 8, 3), (0.0, 1.0)
PIXELS = np.random.default_rng(0).integers(0, 256, (8, 8), dtype=np.uint8)


@pytest.fixture
def picture(tmp_path):
    pillow = pytest.importorskip("PIL.Image")

    def save(pixels, name="picture.png", mode=None):
        image = pillow.fromarray(np.asarray(pixels))
        path = tmp_path / name
        (image.convert(mode) if mode else image).save(path)
        return path

    return save


def test_a_picture_of_the_right_size_comes_back_in_the_value_range(picture):
    path = picture(PIXELS)
    image = read_images(path, GREY, (0, 16))
    assert image.shape == (1, 8, 8, 1) and image.dtype == np.float32
    np.testing.assert_allclose(image[0, ..., 0], PIXELS / 255 * 16, rtol=1e-6)
    np.testing.assert_allclose(
        read_images(path, GREY, (-1, 1))[0, ..., 0], PIXELS / 127.5 - 1, atol=1e-6
    )


def test_shrinking_takes_the_mean_of_each_block(picture):
    large = np.random.default_rng(1).integers(0, 256, (32, 24), dtype=np.uint8)
    blocks = large.reshape(8, 4, 8, 3).mean(axis=(1, 3))  # (rows, 4, columns, 3)
    image = read_images(picture(large), GREY, (0, 255))[0, ..., 0]
    np.testing.assert_allclose(image, blocks, atol=1)  # rounded once per axis


def test_invert_swaps_dark_and_light(picture):
    path = picture(PIXELS)
    both = read_images(path, GREY, (-1, 3)) + read_images(path, GREY, (-1, 3), invert=True)
    np.testing.assert_allclose(both, 2, rtol=1e-6)


def test_without_the_values_of_black_and_white_there_are_arrays_alone(picture, tmp_path):
    np.save(tmp_path / "a.npy", np.ones((2, 2)))
    assert read_images(tmp_path / "a.npy", (2, 2, 1), None).shape == (1, 2, 2, 1)
    advice = r'model\.metadata\["value_range"\] = \[0, 255\]'
    with pytest.raises(FileFormatError, match=advice):
        read_images(tmp_path / "a.npy", (2, 2, 1), None, invert=True)
    with pytest.raises(FileFormatError, match=advice):
        read_images(picture(np.zeros((2, 2), np.uint8)), (2, 2, 1), None)


def test_colour_and_grey_change_into_each_other(picture):
    grey = read_images(picture(PIXELS), COLOUR, UNIT)
    assert grey.shape == (1, 8, 8, 3)
    np.testing.assert_array_equal(grey[..., 0], grey[..., 2])
    red = np.zeros((8, 8, 3), np.uint8)
    red[..., 0] = 255
    np.testing.assert_allclose(read_images(picture(red), GREY, (0, 255)), 76)  # 0.299 * 255
    assert read_images(picture(red), (8, 8, 4), UNIT).shape == (1, 8, 8, 4)


def test_transparency_lies_on_white_and_16_bits_are_scaled(picture):
    clear = np.zeros((8, 8, 4), np.uint8)
    assert read_images(picture(clear), GREY, UNIT).min() == 1
    deep = np.full((8, 8), 65535 // 2, np.uint16)
    np.testing.assert_allclose(read_images(picture(deep), GREY, UNIT), 0.5, atol=0.01)


@pytest.mark.parametrize("mode", ["1", "P", "LA", "RGBA", "I;16"])
def test_every_mode_of_a_png_is_read(picture, mode):
    white = np.full((8, 8), 255, np.uint8)
    assert read_images(picture(white, mode=mode), GREY, UNIT).shape == (1, 8, 8, 1)


def test_a_jpeg_is_read(picture):
    path = picture(np.full((20, 20, 3), 200, np.uint8), "picture.jpg")
    np.testing.assert_allclose(read_images(path, COLOUR, (0, 255)), 200, atol=3)


@pytest.mark.parametrize(
    "shape, count", [((8, 8), 1), ((8, 8, 1), 1), ((5, 8, 8), 5), ((5, 8, 8, 1), 5)]
)
def test_arrays_are_taken_as_they_are(tmp_path, shape, count):
    array = np.random.default_rng(0).uniform(-9, 99, shape)
    np.save(tmp_path / "a.npy", array)
    images = read_images(tmp_path / "a.npy", GREY, UNIT)
    np.testing.assert_allclose(images, array.reshape(count, 8, 8, 1), rtol=1e-6)


@pytest.mark.parametrize("shape", [(8,), (7, 8), (8, 8, 3), (2, 8, 8, 2), (0, 8, 8)])
def test_an_array_of_the_wrong_shape_names_both(tmp_path, shape):
    path = tmp_path / "a.npy"
    np.save(path, np.zeros(shape))
    with pytest.raises(FileFormatError) as caught:
        read_images(path, GREY, UNIT)
    assert str(path) in str(caught.value) and str(shape) in str(caught.value)


def test_files_that_are_no_pictures(tmp_path, picture):
    (tmp_path / "text.png").write_text("hello")
    with pytest.raises(FileFormatError, match=r"text.png: not an image that can be read"):
        read_images(tmp_path / "text.png", GREY, UNIT)
    path = picture(np.random.default_rng(0).integers(0, 256, (64, 64), dtype=np.uint8))
    path.write_bytes(path.read_bytes()[:2000])
    with pytest.raises(FileFormatError, match="damaged"):
        read_images(path, GREY, UNIT)
    with pytest.raises(FileFormatError, match=r"none.png: no such file"):
        read_images(tmp_path / "none.png", GREY, UNIT)
    with pytest.raises(FileFormatError, match="a folder, not a file"):
        read_images(tmp_path, GREY, UNIT)
    with pytest.raises(FileFormatError, match="takes 7 channels"):
        read_images(path, (8, 8, 7), UNIT)


def test_a_picture_that_pillow_cannot_change_names_the_file(tmp_path):
    pillow = pytest.importorskip("PIL.Image")
    path = tmp_path / "lab.tiff"
    pillow.new("LAB", (9, 9)).save(path)
    with pytest.raises(FileFormatError, match=r"lab\.tiff: the image is damaged, .* \(.*LAB"):
        read_images(path, GREY, UNIT)


def test_a_picture_of_too_many_pixels_is_an_error_and_of_many_is_read(picture, monkeypatch):
    path = picture(PIXELS)  # 64 pixels
    monkeypatch.setattr("PIL.Image.MAX_IMAGE_PIXELS", 20)
    with pytest.raises(
        FileFormatError, match=r"picture\.png: the image is .*too large .*64 pixels"
    ):
        read_images(path, GREY, UNIT)
    monkeypatch.setattr("PIL.Image.MAX_IMAGE_PIXELS", 40)  # Pillow warns
    with warnings.catch_warnings(action="error"):
        assert read_images(path, GREY, UNIT).shape == (1, 8, 8, 1)


def test_a_damaged_exif_block_is_no_warning(tmp_path):
    pillow = pytest.importorskip("PIL.Image")
    path = tmp_path / "picture.jpg"
    exif = b"Exif\0\0II*\0\x08\0\0\0\xff\0\x12\x01"  # promises 255 entries
    pillow.new("L", (8, 8), 255).save(path, exif=exif)
    with pytest.warns(UserWarning, match="EXIF"), pillow.open(path) as file:
        file.getexif()
    with warnings.catch_warnings(action="error"):
        assert read_images(path, GREY, UNIT).min() == 1


def test_without_pillow_one_line_says_what_to_install(picture, monkeypatch):
    path = picture(PIXELS)
    real = builtins.__import__

    def refuse(name, *rest):
        if name == "PIL":
            raise ImportError(name)
        return real(name, *rest)

    monkeypatch.setattr(builtins, "__import__", refuse)
    with pytest.raises(MissingExtraError, match=r"pip install 'convstep\[images\]'"):
        read_images(path, GREY, UNIT)


@pytest.mark.parametrize("shape", [(3, 8, 7, 2), (1, 1, 1, 1), (2, 2, 2, 1), (1, 1, 9, 1)])
def test_the_edge_is_the_pixels_around(shape):
    images = np.random.default_rng(0).normal(size=shape).astype(np.float32)
    inside = np.zeros(shape[1:3], bool)
    inside[1:-1, 1:-1] = True
    np.testing.assert_allclose(edge_value(images), images[:, ~inside].mean(), rtol=1e-4)
