"""Pooling in the core against the portable bodies, where vectors, blocks, bands end at odd places.

Channels for several pixels to a vector, for one, for several vectors and a rest; windows apart and
overlapping, small and large; rows so long that the orders of lanes repeat.
"""

import numpy as np
import pytest
from bodies import running
from helpers import each_dtype, each_target, needs_core

import convstep as cs
from convstep.ops.pool import max_pool2d_index_backward, max_pool2d_with_index

pytestmark = needs_core

WINDOWS = {  # height and width, kernel, options
    "apart": ((9, 26), 2, {}),
    "farther apart": ((11, 23), (2, 3), {"stride": (3, 4)}),
    "overlapping": ((12, 21), 3, {"stride": 2, "padding": 1}),
    "at every step": ((7, 13), (3, 2), {"stride": 1, "padding": ((1, 1), (0, 1))}),
    "large": ((24, 11), 5, {"stride": (2, 1), "padding": 2}),
    "dilated": ((13, 17), (2, 3), {"stride": (1, 2), "dilation": (4, 3), "padding": 2}),
    "hanging over": ((10, 14), 3, {"stride": 3, "ceil_mode": True}),
    "global": ((8, 9), (8, 9), {}),
    "a signal": ((1, 301), (1, 3), {"stride": (1, 2)}),
    "a row shorter than a vector": ((5, 2), (2, 1), {}),
}
CHANNELS = (1, 2, 3, 4, 5, 6, 7, 8, 13, 16, 17, 40, 64, 67, 130)


def results(x, grad, kernel, options):
    """Return all that pooling computes, with the place of each maximum."""
    y, index = max_pool2d_with_index(x, kernel, **options)
    return {
        "maximum": cs.ops.max_pool2d(x, kernel, **options),
        "maximum and place": y,
        "place": index,
        "gradient by place": max_pool2d_index_backward(grad, index, x.shape, kernel, **options),
        "gradient to all": cs.ops.max_pool2d_backward(grad, x, kernel, ties="all", **options),
        "mean": cs.ops.avg_pool2d(x, kernel, **options),
        "gradient of the mean": cs.ops.avg_pool2d_backward(grad, x.shape, kernel, **options),
    }


def operands(window, channels, dtype, batch=3):
    """Draw x, with ties, and grad."""
    size, kernel, options = window
    rng = np.random.default_rng(channels)
    x = rng.integers(-4, 5, (batch, *size, channels)).astype(dtype)
    return x, rng.standard_normal(cs.ops.max_pool2d(x, kernel, **options).shape).astype(dtype)


@each_target
@each_dtype
@pytest.mark.parametrize("window", WINDOWS.values(), ids=WINDOWS)
def test_against_the_portable_bodies(window, target, dtype):
    _, kernel, options = window
    for channels in CHANNELS:
        x, grad = operands(window, channels, dtype)
        with running("portable"):
            want = results(x, grad, kernel, options)
        with running(f"compiled-{target}"):
            got = results(x, grad, kernel, options)
        for name, array in want.items():
            exact = name in ("maximum", "maximum and place", "place")
            atol = 0 if exact else (4e-6 if dtype == np.float32 else 1e-14)
            np.testing.assert_allclose(
                got[name], array, rtol=0, atol=atol, err_msg=f"{name}, {channels} channels"
            )


@each_target
@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf], ids=str)
def test_one_odd_number_stays_where_it_is(value, target):
    """Neither neighbouring lanes nor those that meet nothing may see it."""
    for channels in (1, 3, 16, 40, 130):
        for size, kernel, options in WINDOWS.values():
            x, grad = operands((size, kernel, options), channels, np.float32)
            x[1, size[0] // 2, size[1] // 2, channels // 2] = value
            grad[1, 0, 0, channels // 2] = value
            with running("portable"), np.errstate(invalid="ignore"):
                want = results(x, grad, kernel, options)
            with running(f"compiled-{target}"):
                got = results(x, grad, kernel, options)
            for name, array in want.items():
                np.testing.assert_allclose(got[name], array, rtol=1e-5, atol=4e-6, err_msg=name)


@each_target
@each_dtype
def test_the_same_bits_in_any_batch_and_for_any_number_of_threads(target, dtype):
    """So many channels are cut into parts where images are few."""
    before = cs.get_num_threads()
    cases = [(WINDOWS["global"], 2100), (WINDOWS["large"], 3), (WINDOWS["large"], 70)]
    cases += [(window, 6) for window in WINDOWS.values()]
    with running(f"compiled-{target}"):
        for window, channels in cases:
            x, grad = operands(window, channels, dtype, batch=17)
            x += np.random.default_rng(0).standard_normal(x.shape).astype(dtype)
            cs.set_num_threads(1)
            alone = results(x, grad, *window[1:])
            cs.set_num_threads(3)
            together = results(x, grad, *window[1:])
            few = results(x[4:6], grad[4:6], *window[1:])
            cs.set_num_threads(before)
            for name, array in alone.items():
                assert array.tobytes() == together[name].tobytes(), name
                assert array[4:6].tobytes() == few[name].tobytes(), name


@each_target
@pytest.mark.parametrize("size", [3, 5, 7, 11, 49])
def test_the_mean_of_equal_numbers_is_that_number(size, target):
    """A product with the rounded reciprocal of 49 would miss it."""
    for channels in (1, 24, 200):
        x = np.full((2, size, size, channels), 3.0, np.float32)
        with running(f"compiled-{target}"):
            assert (cs.ops.avg_pool2d(x, size) == 3).all()
