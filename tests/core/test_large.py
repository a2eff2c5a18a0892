"""Arrays of more than 2**31 elements: every offset is computed in 64 bits.

Inputs are zeros that the system never has to store, with a few numbers near their ends; what
has to be written takes up to 9 GB.
"""

import os

import numpy as np
import pytest
from helpers import needs_core

import convstep as cs

HEIGHT, WIDTH = 2**15 + 8, 2**16
STEP = 512


def _free_bytes():
    try:
        return os.sysconf("SC_AVPHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    except (AttributeError, ValueError, OSError):
        return 0


pytestmark = [
    needs_core,
    pytest.mark.slow,
    pytest.mark.skipif(_free_bytes() < 14 * 2**30, reason="needs 14 GB of free memory"),
]


@pytest.fixture(scope="module")
def image():
    x = np.zeros((1, HEIGHT, WIDTH, 1), np.float32)
    x[0, HEIGHT - 8, WIDTH - STEP :: STEP // 4] = 3
    x[0, HEIGHT - 7, WIDTH - STEP + 1] = 5
    return x


@pytest.mark.parametrize("out_channels", [1, 20])
def test_reading_far_away(image, out_channels):
    weight = np.arange(4 * out_channels, dtype=np.float32).reshape(2, 2, 1, out_channels)
    y = cs.ops.conv2d(image, weight, stride=STEP)
    expected = 3 * weight[0, 0, 0] + 5 * weight[1, 1, 0]
    assert (y[0, -1, -1] == expected).all()
    assert (y[0, :-1] == 0).all()
    dweight = cs.ops.conv2d_backward(y, image, weight, stride=STEP, needs="weight").weight
    assert (dweight[0, 0, 0] == 3 * y[0, -1, -1]).all()
    assert (dweight[1, 1, 0] == 5 * y[0, -1, -1]).all()


def test_pooling_far_away(image):
    y = cs.ops.max_pool2d(image, 2, stride=STEP)
    assert y[0, -1, -1, 0] == 5
    assert cs.ops.avg_pool2d(image, 2, stride=STEP)[0, -1, -1, 0] == 2
    dx = cs.ops.max_pool2d_backward(y, image, 2, stride=STEP)
    assert dx.shape == image.shape
    assert dx[0, HEIGHT - 7, WIDTH - STEP + 1, 0] == 5
    assert dx[0, HEIGHT - 8, WIDTH - STEP, 0] == 0


def test_writing_far_away():
    x = np.zeros((1, 1024, 1025, 1), np.float32)
    x[0, -1, -1] = 2
    weight = np.arange(2049, dtype=np.float32).reshape(1, 1, 1, 2049)
    y = cs.ops.conv2d(x, weight)
    assert y.size > 2**31
    assert (y[0, -1, -1] == 2 * weight[0, 0, 0]).all()
    assert (y[0, -2] == 0).all()


def test_a_gradient_that_spreads_far_away():
    grad = np.zeros((1, HEIGHT // STEP + 1, WIDTH // STEP, 1), np.float32)
    grad[0, -1, -1] = 2
    weight = np.arange(4, dtype=np.float32).reshape(2, 2, 1, 1)
    dx = cs.ops.conv_transpose2d(grad, weight, stride=STEP, output_padding=STEP - 2)
    assert dx.size > 2**31
    corner = dx[0, -STEP : -STEP + 2, -STEP : -STEP + 2, 0]
    assert (corner == 2 * weight[:, :, 0, 0]).all()
