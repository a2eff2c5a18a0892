"""Pooling against PyTorch: values, the first of tied maxima, and gradients."""

import functools

import numpy as np
import pytest
from cases import DTYPES, assert_close, pool_cases

from convstep import ops

torch = pytest.importorskip("torch", reason="PyTorch, the oracle, is not installed")
torch.set_num_threads(1)

MAX = pool_cases(200, most_dilation=3)
AVERAGE = pool_cases(200, most_dilation=1)


def nchw(x):
    return torch.tensor(np.moveaxis(x, 3, 1).copy(), requires_grad=True)


def nhwc(x):
    return np.moveaxis(x.detach().numpy(), 1, 3)


def run_torch(pool, x, seed):
    """y, the gradient that goes in, and x's, with the sum of absolute values as its bound."""
    results = []
    for sign in (False, True):
        tx = nchw(x)
        y = pool(tx)
        grad = np.random.default_rng(seed).standard_normal(nhwc(y).shape, np.float32)
        grad = abs(grad).astype(float) if sign else grad.astype(float)
        y.backward(torch.tensor(np.moveaxis(grad, 3, 1).copy()))
        results.append((nhwc(y), grad, nhwc(tx.grad)))
    (y, grad, dx), (_, _, bound) = results
    return y, grad, dx, bound


def drawn(case, ties):
    rng = np.random.default_rng(case.seed)
    if ties:
        return rng.integers(-1, 2, case.x_shape).astype(float)
    return rng.standard_normal(case.x_shape, np.float32).astype(float)


@functools.cache
def max_truth(case, ties):
    x = drawn(case, ties)
    options = {**case.options, "dilation": case.dilation}
    return x, *run_torch(
        lambda t: torch.nn.functional.max_pool2d(t, case.kernel, **options), x, case.seed
    )


@functools.cache
def average_truth(case, count_include_pad):
    x = drawn(case, False)
    options = {**case.options, "count_include_pad": count_include_pad}
    pool = functools.partial(torch.nn.functional.avg_pool2d, kernel_size=case.kernel, **options)
    return x, *run_torch(pool, x, case.seed), nhwc(pool(nchw(abs(x))))


@pytest.mark.parametrize("case", MAX, ids=str)
def test_max_pool2d_and_its_gradient(case, body):
    options = {**case.options, "dilation": case.dilation}
    for dtype in DTYPES:
        for ties in (False, True):
            x, y, grad, dx, bound = max_truth(case, ties)
            a = x.astype(dtype)
            np.testing.assert_array_equal(ops.max_pool2d(a, case.kernel, **options), y)
            found = ops.max_pool2d_backward(grad.astype(dtype), a, case.kernel, **options)
            assert_close(found, dx, bound, dtype)


@pytest.mark.parametrize("case", AVERAGE, ids=str)
def test_avg_pool2d_and_its_gradient(case, body):
    for count_include_pad in (False, True):
        x, y, grad, dx, bound, y_bound = average_truth(case, count_include_pad)
        options = {**case.options, "count_include_pad": count_include_pad}
        for dtype in DTYPES:
            assert_close(ops.avg_pool2d(x.astype(dtype), case.kernel, **options), y, y_bound, dtype)
            found = ops.avg_pool2d_backward(grad.astype(dtype), x.shape, case.kernel, **options)
            assert_close(found, dx, bound, dtype)


def test_the_cases_reach_every_corner():
    """What the configurations are there for is really among them."""
    for cases in (MAX, AVERAGE):
        assert sum(c.kernel[0] > c.stride[0] for c in cases) > 50  # windows overlap
        assert sum(c.kernel[0] < c.stride[0] for c in cases) > 50  # windows leave gaps
        assert sum(c.ceil_mode and any(c.padding) for c in cases) > 50
    hanging = [c for c in MAX if c.ceil_mode and _hangs(c)]
    assert len(hanging) > 30
    assert sum(c.dilation[0] != c.dilation[1] for c in MAX) > 50


def _hangs(case):
    """Whether ceil mode makes one more window."""
    x = np.zeros(case.x_shape)
    options = {**case.options, "dilation": case.dilation}
    floor = ops.max_pool2d(x, case.kernel, **{**options, "ceil_mode": False}).shape
    return ops.max_pool2d(x, case.kernel, **options).shape != floor
