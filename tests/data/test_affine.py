import numpy as np
import pytest

from convstep.data.affine import random_affine

IMAGES = np.random.default_rng(0).uniform(0, 16, (6, 8, 7, 2)).astype(np.float32)


def augmented(images, seed=0, **limits):
    return random_affine(**limits)(images, np.random.default_rng(seed))


def test_no_limits_change_nothing():
    np.testing.assert_allclose(augmented(IMAGES), IMAGES, rtol=1e-6)


def test_a_batch_is_new_and_of_the_same_shape_and_dtype():
    before = IMAGES.copy()
    result = augmented(IMAGES, rotation=10, zoom=0.1, shear=0.1, shift=1)
    assert result.shape == IMAGES.shape and result.dtype == np.float32
    np.testing.assert_array_equal(IMAGES, before)
    assert not np.shares_memory(result, IMAGES)


def test_the_generator_decides_and_each_image_draws_its_own():
    limits = {"rotation": 10, "shift": 1}
    same = np.repeat(IMAGES[:1], 2, axis=0)
    np.testing.assert_array_equal(augmented(same, 1, **limits), augmented(same, 1, **limits))
    assert not np.array_equal(augmented(same, 1, **limits), augmented(same, 2, **limits))
    first, second = augmented(same, 1, **limits)
    assert not np.array_equal(first, second)


class Fixed:
    """A generator that draws what it is told: angle, zoom (2), shear, shift (2)."""

    def __init__(self, *draws):
        self.draws = np.array(draws, float)

    def uniform(self, low, high, size):
        assert (low, high, size[0]) == (-1, 1, 6)
        return np.repeat(self.draws[:, None], size[1], axis=1)


@pytest.mark.parametrize("rows, columns", [(1, 0), (0, 1), (-1, 2), (9, 0)])
def test_a_shift_by_whole_pixels_moves_and_fills_with_zeros(rows, columns):
    result = random_affine(shift=10)(IMAGES, Fixed(0, 0, 0, 0, rows / 10, columns / 10))
    expected = np.zeros_like(IMAGES)
    for row in range(8):
        for column in range(7):
            if 0 <= row + rows < 8 and 0 <= column + columns < 7:
                expected[:, row, column] = IMAGES[:, row + rows, column + columns]
    np.testing.assert_allclose(result, expected, atol=1e-4)


def test_half_a_pixel_is_the_mean_of_two():
    result = random_affine(shift=1)(IMAGES, Fixed(0, 0, 0, 0, 0, 0.5))
    mean = (IMAGES[:, :, :-1] + IMAGES[:, :, 1:]) / 2
    np.testing.assert_allclose(result[:, :, :-1], mean, rtol=1e-5)


def test_a_quarter_turn_is_numpys():
    square = IMAGES[:, :7]
    result = random_affine(rotation=90)(square, Fixed(1, 0, 0, 0, 0, 0))
    turned = [np.rot90(square, k, axes=(1, 2)) for k in (1, -1)]
    assert any(np.allclose(result, expected, atol=1e-4) for expected in turned)


def test_zoom_keeps_the_centre_and_stretches_one_axis():
    ramp = np.arange(7, dtype=np.float32).reshape(1, 1, 7, 1) * np.ones((1, 7, 1, 1), np.float32)
    result = random_affine(zoom=0.5)(ramp, Fixed(0, 0, -1, 0, 0, 0))[0, 3, :, 0]
    np.testing.assert_allclose(result, 3 + (np.arange(7) - 3) / 2, atol=1e-5)
