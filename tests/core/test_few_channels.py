"""The forms for few channels, forced wherever they fit, against the portable bodies.

One pixel, several, or a rest of them make a group; lanes, strips, tiles and windows end at odd
places; windows hang over on every side, and lie outside altogether.
"""

import numpy as np
import pytest
from bodies import running
from helpers import each_dtype, each_target, needs_core
from hypothesis import given, settings
from hypothesis import strategies as st

import convstep as cs
from convstep.ops.compiled import core

pytestmark = needs_core


@pytest.fixture(autouse=True, scope="module", params=["banded", "planar"])
def forced(request):
    core.core().force_algorithm(request.param)
    yield
    core.core().force_algorithm("")


CASES = {  # x, weight, options
    "several pixels to a group": ((2, 9, 23, 1), (5, 5, 1, 6), {"padding": 2}),
    "a group and a rest": ((1, 7, 7, 3), (4, 4, 3, 8), {"padding": 2}),
    "one column": ((2, 9, 1, 2), (3, 3, 2, 3), {"padding": 1}),
    "stride": ((2, 30, 31, 3), (7, 7, 3, 20), {"stride": 2, "padding": 3}),
    "odd strides": ((2, 17, 19, 3), (4, 5, 3, 5), {"stride": (3, 2), "padding": ((0, 2), (4, 1))}),
    "stride beyond the kernel": ((1, 11, 12, 4), (2, 1, 4, 6), {"stride": (4, 3)}),
    "many blocks of channels": ((1, 6, 7, 5), (3, 2, 5, 150), {"padding": 1}),
    "a signal": ((3, 1, 70, 2), (1, 9, 2, 7), {"padding": (0, 4)}),
    "a column of the kernel": ((2, 12, 9, 8), (7, 1, 8, 16), {"padding": (3, 0)}),
    "padding beyond the kernel": ((1, 4, 5, 2), (2, 2, 2, 3), {"padding": 3}),
    "small images": ((37, 4, 4, 3), (2, 2, 3, 8), {"stride": 2, "padding": 2}),
    "one channel of the result": ((2, 11, 30, 5), (3, 3, 5, 1), {"padding": 1}),
    "long rows": ((1, 3, 4000, 4), (3, 3, 4, 5), {"padding": 1}),
    "one group from each image": ((21, 5, 6, 4), (5, 5, 4, 10), {}),
    "a column of groups": ((2, 30, 2, 3), (3, 2, 3, 4), {"padding": (1, 0)}),
    "fewer columns than the stride": ((3, 9, 1, 2), (3, 1, 2, 3), {"stride": (1, 3)}),
    "planes that move on": ((1, 48, 1000, 16), (3, 3, 16, 2), {"padding": 1}),
    "no images": ((0, 5, 5, 3), (3, 3, 3, 4), {}),
}


def results(case, dtype, activation=None, exactly=False):
    """Return forward and gradients of a case in this dtype from the body that runs.

    `exactly` takes the same numbers in float64.
    """
    x_shape, weight_shape, options = case
    rng = np.random.default_rng(5)

    def numbers(shape):
        return rng.standard_normal(shape).astype(dtype).astype(np.float64 if exactly else dtype)

    x, weight, bias = numbers(x_shape), numbers(weight_shape), numbers(weight_shape[3])
    y = cs.ops.conv2d(x, weight, bias, activation=activation, **options)
    return y, *cs.ops.conv2d_backward(numbers(y.shape), x, weight, **options)


def wanted(case, dtype, activation=None):
    with running("portable"):
        return results(case, dtype, activation, exactly=True)


def assert_close(got, want, dtype):
    """Errors of rounding, relative to the largest number of each result."""
    for a, b in zip(got, want, strict=True):
        assert a.dtype == dtype
        atol = (2e-6 if dtype == np.float32 else 1e-14) * np.abs(b).max(initial=1)
        np.testing.assert_allclose(a, b, rtol=0, atol=atol)


@each_target
@each_dtype
@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_against_the_portable_bodies(case, target, dtype):
    want = wanted(case, dtype, "leaky_relu")
    with running(f"compiled-{target}"):
        assert_close(results(case, dtype, "leaky_relu"), want, dtype)


@each_target
@each_dtype
@settings(max_examples=25, deadline=None)
@given(data=st.data())
def test_generated(data, target, dtype):
    def size(least, most):
        return data.draw(st.integers(least, most))

    padding = ((size(0, 3), size(0, 3)), (size(0, 3), size(0, 3)))
    kernel = size(1, 5), size(1, 5)
    least = [max(1, k - sum(p)) for k, p in zip(kernel, padding, strict=True)]
    x = size(1, 3), size(least[0], 14), size(least[1], 25), size(1, 9)
    case = (
        x,
        (*kernel, x[3], size(1, 37)),
        {"stride": (size(1, 3), size(1, 3)), "padding": padding},
    )
    want = wanted(case, dtype)
    with running(f"compiled-{target}"):
        assert_close(results(case, dtype), want, dtype)


@each_target
@pytest.mark.parametrize("channels", range(1, 36))
def test_every_tail_of_channels(channels, target):
    case = ((2, 5, 11, 3), (3, 3, 3, channels), {"padding": 1})
    swapped = ((2, 5, 11, channels), (3, 3, channels, 3), {"padding": 1})
    for a_case in (case, swapped):
        want = wanted(a_case, np.float32)
        with running(f"compiled-{target}"):
            assert_close(results(a_case, np.float32), want, np.float32)


@each_dtype
@pytest.mark.parametrize("name", ["several pixels to a group", "stride", "small images"])
def test_the_same_bits_for_any_number_of_threads(name, dtype):
    before = cs.get_num_threads()
    x, weight, options = CASES[name]
    case = ((max(8, x[0]), 40, 40, x[3]), weight, options)  # enough work for threads
    try:
        cs.set_num_threads(1)
        alone = results(case, dtype)
        for threads in (2, 3, 4, 7):
            cs.set_num_threads(threads)
            for a, b in zip(results(case, dtype), alone, strict=True):
                np.testing.assert_array_equal(a, b)
    finally:
        cs.set_num_threads(before)


@each_target
@each_dtype
@pytest.mark.parametrize("value", [np.nan, np.inf])
def test_what_is_not_finite_stays_where_it_belongs(value, target, dtype):
    """Neither the padding's zeros nor those beside the band spread it."""
    rng = np.random.default_rng(6)
    x = rng.standard_normal((1, 6, 20, 2)).astype(dtype)
    weight = rng.standard_normal((3, 3, 2, 3)).astype(dtype)
    grad = rng.standard_normal((1, 6, 20, 3)).astype(dtype)
    x[0, 2, 9, 1] = grad[0, 0, 0, 2] = value
    got, want = [], []
    for found, body in ((got, f"compiled-{target}"), (want, "portable")):
        with running(body), np.errstate(invalid="ignore"):
            found.append(cs.ops.conv2d(x, weight, padding=1))
            found.extend(cs.ops.conv2d_backward(grad, x, weight, padding=1))
    assert 0 < np.isnan(want[0]).sum() + np.isinf(want[0]).sum() <= 27
    for a, b in zip(got, want, strict=True):
        np.testing.assert_allclose(a, b, rtol=0, atol=1e-4)
