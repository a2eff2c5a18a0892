"""Grouped convolutions, forced wherever they fit, against the portable bodies.

Rows come in pairs, pixels in blocks of seven, kernels in pieces of up to seven columns, channels
in vectors: each ends at an odd place here. Windows hang over on every side, and lie outside
altogether.
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


@pytest.fixture(autouse=True, scope="module")
def forced():
    core.core().force_algorithm("grouped")
    yield
    core.core().force_algorithm("")


CASES = {  # x, weight, options
    "blocks of pixels": ((2, 7, 14, 16), (3, 3, 1, 16), {"padding": 1}),
    "an odd row and a rest": ((1, 5, 9, 16), (3, 3, 1, 16), {"padding": 1}),
    "one pixel": ((3, 1, 1, 20), (3, 3, 1, 20), {"padding": 1}),
    "one column": ((2, 9, 1, 12), (3, 1, 1, 12), {"padding": (1, 0)}),
    "tall kernel": ((1, 12, 10, 9), (9, 2, 1, 9), {"padding": (4, 1)}),
    "stride": ((2, 15, 17, 24), (3, 3, 1, 24), {"stride": 2, "padding": 1}),
    "wide, stride": ((1, 8, 31, 18), (2, 11, 1, 18), {"stride": (1, 2), "padding": (0, 5)}),
    "longer strides": ((1, 20, 23, 17), (4, 5, 1, 17), {"stride": (5, 3), "padding": 2}),
    "stride beyond the kernel": ((1, 11, 12, 8), (2, 1, 1, 8), {"stride": (4, 3)}),
    "dilation": ((2, 13, 16, 16), (3, 3, 1, 16), {"dilation": 2, "padding": 2}),
    "dilation and stride": (
        (1, 21, 25, 10),
        (3, 4, 1, 10),
        {"dilation": (4, 6), "stride": (6, 4), "padding": 7},
    ),
    "dilation beyond the image": ((1, 4, 5, 6), (3, 3, 1, 6), {"dilation": 7, "padding": 9}),
    "a signal": ((3, 1, 70, 8), (1, 31, 1, 8), {"padding": (0, 15)}),
    "twice as many channels": ((2, 6, 9, 13), (3, 3, 1, 26), {"padding": 1}),
    "groups of four": ((2, 9, 8, 24), (3, 3, 4, 24), {"padding": 1}),
    "groups wider than vectors": ((1, 6, 8, 40), (3, 3, 20, 38), {"padding": 1}),
    "no images": ((0, 5, 5, 4), (3, 3, 1, 4), {}),
}


def results(case, dtype, activation=None, exactly=False, spoil=None):
    """Return forward and gradients of a case in this dtype from the body that runs.

    `exactly` takes the same numbers in float64; `spoil` puts such a number into each operand.
    """
    x_shape, weight_shape, options = case
    rng = np.random.default_rng(3)

    def numbers(shape):
        values = rng.standard_normal(shape).astype(dtype).astype(np.float64 if exactly else dtype)
        if spoil is not None:
            values.reshape(-1)[:: max(1, values.size // 3)] = spoil
        return values

    x, weight = numbers(x_shape), numbers(weight_shape)
    bias = rng.standard_normal(weight_shape[3]).astype(x.dtype)
    options = {"groups": x_shape[3] // weight_shape[2], **options}
    y = cs.ops.conv2d(x, weight, bias, activation=activation, **options)
    return y, *cs.ops.conv2d_backward(numbers(y.shape), x, weight, **options)


def check(case, target, dtype, activation=None, spoil=None):
    """Compare: errors of rounding, relative to the largest number of each result."""
    with running("portable"), np.errstate(invalid="ignore"):
        want = results(case, dtype, activation, exactly=True, spoil=spoil)
    with running(f"compiled-{target}"):
        got = results(case, dtype, activation, spoil=spoil)
    for a, b in zip(got, want, strict=True):
        assert a.dtype == dtype
        largest = np.abs(b).max(initial=1, where=np.isfinite(b))
        atol = (2e-6 if dtype == np.float32 else 1e-14) * largest
        np.testing.assert_allclose(a, b, rtol=0, atol=atol)


@each_target
@each_dtype
@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_against_the_portable_bodies(case, target, dtype):
    check(case, target, dtype, "leaky_relu")


@each_target
@pytest.mark.parametrize("columns", range(1, 24))
def test_every_width_of_kernels_and_images(columns, target):
    for width in (columns, 7, 23):
        padding = (1, columns // 2)
        check(((1, 3, width, 5), (3, columns, 1, 5), {"padding": padding}), target, np.float32)


@each_target
@each_dtype
@settings(max_examples=40, deadline=None)
@given(data=st.data())
def test_generated(data, target, dtype):
    def size(least, most):
        return data.draw(st.integers(least, most))

    padding = ((size(0, 4), size(0, 4)), (size(0, 4), size(0, 4)))
    kernel, dilation = (size(1, 5), size(1, 10)), (size(1, 3), size(1, 3))
    least = [
        max(1, d * (k - 1) + 1 - sum(p)) for k, d, p in zip(kernel, dilation, padding, strict=True)
    ]
    depth, channels = data.draw(st.sampled_from([(1, 1), (1, 1), (1, 2), (3, 1), (4, 4), (5, 18)]))
    groups = size(2, 37 if depth * channels == 1 else 9)
    x = size(1, 3), least[0] + size(0, 9), least[1] + size(0, 20), groups * depth
    options = {"stride": (size(1, 3), size(1, 3)), "padding": padding, "dilation": dilation}
    check((x, (*kernel, depth, groups * channels), options), target, dtype)


@each_target
@pytest.mark.parametrize("value", [np.nan, np.inf])
@pytest.mark.parametrize("name", ["an odd row and a rest", "dilation", "groups of four"])
def test_infinities_go_where_they_are_read(name, value, target):
    check(CASES[name], target, np.float32, spoil=value)


@each_target
@each_dtype
@pytest.mark.parametrize("depth", [1, 4])
def test_the_same_bits_wherever_the_arrays_lie(depth, dtype, target):
    """Vectors begin at other channels where that aligns them."""
    channels, options = 256, {"padding": 1, "groups": 256 // depth}
    rng = np.random.default_rng(1)
    shapes = (2, 9, 9, channels), (3, 3, depth, channels), (2, 9, 9, channels)
    arrays = [rng.standard_normal(shape).astype(dtype) for shape in shapes]

    def moved(a, by):
        block = np.empty(a.size + 64, dtype)
        start = (-block.ctypes.data % 64) // block.itemsize + by
        block[start : start + a.size] = a.ravel()
        return block[start : start + a.size].reshape(a.shape)

    def run(by):
        x, weight, grad = (moved(a, by) for a in arrays)
        y = cs.ops.conv2d(x, weight, **options)
        return y, *cs.ops.conv2d_backward(grad, x, weight, **options)

    with running(f"compiled-{target}"):
        aligned = run(0)
        for by in (1, 2, 4, 12, 15):
            for a, b in zip(run(by), aligned, strict=True):
                np.testing.assert_array_equal(a, b)


def test_the_same_bits_in_arrays_too_large_for_caches():
    """There what comes next is asked for, up to the end and beyond."""
    rng = np.random.default_rng(1)
    x = rng.standard_normal((9, 60, 60, 100), dtype=np.float32)
    weight = rng.standard_normal((3, 3, 1, 100), dtype=np.float32)
    for stride in (1, 2):
        options = {"padding": 1, "groups": 100, "stride": stride}
        y = cs.ops.conv2d(x, weight, **options)
        dx = cs.ops.conv2d_backward(y, x, weight, needs=("x",), **options)[0]
        for i in (0, 8):
            one = cs.ops.conv2d(x[i : i + 1], weight, **options)
            np.testing.assert_array_equal(y[i : i + 1], one)
            back = cs.ops.conv2d_backward(one, x[i : i + 1], weight, needs=("x",), **options)[0]
            np.testing.assert_array_equal(dx[i : i + 1], back)


@each_dtype
@pytest.mark.parametrize("name", ["an odd row and a rest", "wide, stride", "groups of four"])
def test_the_same_bits_for_any_number_of_threads(name, dtype):
    before = cs.get_num_threads()
    x, weight, options = CASES[name]
    case = ((8, 40, 40, x[3]), weight, options)  # enough work for threads
    try:
        cs.set_num_threads(1)
        alone = results(case, dtype)
        for threads in (2, 3, 7):
            cs.set_num_threads(threads)
            for a, b in zip(results(case, dtype), alone, strict=True):
                np.testing.assert_array_equal(a, b)
    finally:
        cs.set_num_threads(before)
