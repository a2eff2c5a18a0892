import threading

import numpy as np
import pytest

from convstep import data
from convstep.errors import ArgumentError, ArgumentTypeError

RNG = np.random.default_rng(0)
IMAGES = RNG.integers(1, 255, (40, 7, 9, 3), dtype=np.uint8)
ALL = {
    "flip": data.random_horizontal_flip(),
    "flip-vertical": data.random_vertical_flip(),
    "crop": data.random_crop((2, 3), fill=(7, 8, 9)),
    "cutout": data.random_cutout((3, 4), fill=200),
    "shift": data.random_shift(2.5, fill=(7, 8, 9)),
    "rotate": data.random_rotation(20, fill=3),
    "affine": data.random_affine(rotation=9, zoom=0.2, shear=0.1, shift=1),
    "compose": data.compose(data.random_crop(2), data.random_rotation(5), data.random_cutout(2)),
}


def rng(seed=0):
    return np.random.default_rng(seed)


@pytest.mark.parametrize("dtype", ["u1", "i2", "i4", "f2", "f4", "f8"])
@pytest.mark.parametrize("name", ALL)
def test_shape_and_dtype_stay_and_the_batch_is_left_alone(name, dtype):
    batch = IMAGES.astype(dtype)
    before = batch.copy()
    result = ALL[name](batch, rng())
    assert result.shape == batch.shape and result.dtype == batch.dtype
    np.testing.assert_array_equal(batch, before)
    assert not np.shares_memory(result, batch) and not np.array_equal(result, batch)
    assert ALL[name](batch[:0], rng()).shape == (0, *batch.shape[1:])
    batch.flags.writeable = False  # as when mapped from a file
    np.testing.assert_array_equal(ALL[name](batch, rng()), result)


@pytest.mark.parametrize("name", ALL)
def test_bytes_are_rounded_not_wrapped(name):
    exact = ALL[name](IMAGES.astype(np.float64), rng())
    rounded = ALL[name](IMAGES, rng())
    assert np.abs(rounded - exact).max() <= 0.5001


def test_what_is_white_all_around_stays_white():
    white = np.full((9, 5, 5, 3), 255, np.uint8)
    augment = data.random_affine(rotation=30, zoom=0.3, shear=0.2, shift=2, fill=255)
    np.testing.assert_array_equal(augment(white, rng()), white)


@pytest.mark.parametrize("name", ALL)
def test_it_is_a_function_of_the_generator_and_each_image_draws_its_own(name):
    same = np.repeat(IMAGES[:1], 40, axis=0)
    first = ALL[name](same, rng(1))
    np.testing.assert_array_equal(first, ALL[name](same, rng(1)))
    assert not np.array_equal(first, ALL[name](same, rng(2)))
    assert len(np.unique(first.reshape(40, -1), axis=0)) > 1


def test_threads_that_use_one_augmentation_at_once_do_not_meet():
    augment = ALL["compose"]
    expected = [augment(IMAGES, rng(seed)) for seed in range(8)]
    found = [None] * 8

    def work(seed):
        for _ in range(20):
            found[seed] = augment(IMAGES, rng(seed))

    threads = [threading.Thread(target=work, args=(seed,)) for seed in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    np.testing.assert_array_equal(found, expected)


@pytest.mark.parametrize(
    "flip, axis", [(data.random_horizontal_flip, 2), (data.random_vertical_flip, 1)]
)
def test_flips(flip, axis):
    np.testing.assert_array_equal(flip(1)(IMAGES, rng()), np.flip(IMAGES, axis))
    np.testing.assert_array_equal(flip(0)(IMAGES, rng()), IMAGES)
    many = np.broadcast_to(IMAGES[:1], (4000, *IMAGES.shape[1:]))
    changed = (flip(0.25)(many, rng()) != many).any(axis=(1, 2, 3))
    assert 0.22 < changed.mean() < 0.28


def moved(image, rows, columns, fill):
    """The image with its content moved down and right, pixel by pixel."""
    result = np.empty_like(image)
    for row in range(image.shape[0]):
        for column in range(image.shape[1]):
            r, c = row - rows, column - columns
            inside = 0 <= r < image.shape[0] and 0 <= c < image.shape[1]
            result[row, column] = image[r, c] if inside else fill
    return result


def test_a_crop_is_a_move_by_whole_pixels_and_all_moves_occur():
    fill = (7, 8, 9)
    many = np.repeat(IMAGES[:1], 1000, axis=0)
    results = np.unique(data.random_crop((1, 2), fill=fill)(many, rng()), axis=0)
    moves = [moved(IMAGES[0], r, c, fill) for r in (-1, 0, 1) for c in (-2, -1, 0, 1, 2)]
    np.testing.assert_array_equal(results, np.unique(moves, axis=0))


def test_a_cutout_is_a_rectangle_around_a_pixel_of_the_image_cut_off_at_the_edges():
    ones = np.ones((2000, 6, 8, 1), np.uint8)
    results = np.unique(data.random_cutout((3, 2), fill=9)(ones, rng()), axis=0)
    expected = []
    for row in range(6):
        for column in range(8):
            image = ones[0].copy()
            image[max(0, row - 1) : row + 2, max(0, column - 1) : column + 1] = 9
            expected.append(image)
    np.testing.assert_array_equal(results, np.unique(expected, axis=0))


def test_a_shift_beyond_the_image_leaves_the_fill():
    result = data.random_shift(1000, fill=(1, 2, 3))(IMAGES, rng(3))
    gone = (result == np.array([1, 2, 3])).all(axis=(1, 2, 3))
    assert gone.mean() > 0.9


def test_compose_applies_in_order_with_one_generator():
    crop, cutout = data.random_crop(2), data.random_cutout(3, fill=255)
    shared = rng(5)
    expected = cutout(crop(IMAGES, shared), shared)
    np.testing.assert_array_equal(data.compose(crop, cutout)(IMAGES, rng(5)), expected)
    assert data.compose()(IMAGES, rng()) is IMAGES


@pytest.mark.parametrize(
    "make, message",
    [
        (lambda: data.random_horizontal_flip(1.5), "probability must be a number from 0 to 1"),
        (lambda: data.random_vertical_flip(True), "random_vertical_flip: probability must be a"),
        (lambda: data.random_crop(-1), "padding must be a whole number from 0, or two"),
        (lambda: data.random_crop(1.5), "random_crop: padding must be a whole number"),
        (lambda: data.random_crop((1, 2, 3)), r"two \(rows, columns\); got \(1, 2, 3\)"),
        (lambda: data.random_cutout(0), "random_cutout: size must be a whole number from 1"),
        (lambda: data.random_shift(-1), "random_shift: pixels must be a number from 0"),
        (lambda: data.random_rotation(np.nan), "random_rotation: degrees must be a number from"),
        (lambda: data.random_affine(zoom=1), "random_affine: zoom must be a number from 0 to 1"),
        (lambda: data.random_affine(shear="much"), "random_affine: shear must be a number"),
        (lambda: data.compose(data.random_crop(1), 3), "compose: augmentations must be functions"),
    ],
)
def test_arguments_are_checked_when_it_is_made(make, message):
    with pytest.raises(ArgumentError, match=message):
        make()


@pytest.mark.parametrize("fill, message", [
    (256, "fill must lie from 0 to 255, as uint8 does; got 256"),
    (-0.6, "fill must lie from 0 to 255"),
    ((1, 2), "fill must be a number, or one for each of the 3 channels"),
    ("red", "fill must be a number"),
    (np.nan, "fill must be a number"),
])  # fmt: skip
@pytest.mark.parametrize("make", [
    lambda fill: data.random_crop(1, fill=fill),
    lambda fill: data.random_cutout(1, fill=fill),
    lambda fill: data.random_rotation(1, fill=fill),
])  # fmt: skip
def test_a_fill_that_does_not_fit_is_told(make, fill, message):
    with pytest.raises(ArgumentError, match=message):
        make(fill)(IMAGES, rng())


@pytest.mark.parametrize("name", sorted(set(ALL) - {"compose"}))
def test_a_batch_that_is_none_is_told(name):
    with pytest.raises(ArgumentError, match=r"batch must have the shape \(N, H, W, C\)"):
        ALL[name](IMAGES[0], rng())
    with pytest.raises(ArgumentTypeError, match="batch must be an array of integers or floats"):
        ALL[name](IMAGES.tolist(), rng())
