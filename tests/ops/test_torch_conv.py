"""Convolution against PyTorch: several hundred configurations, all gradients, both dtypes."""

import functools

import numpy as np
import pytest
from cases import DTYPES, assert_close, conv_cases, transposed_cases

from convstep import ops

torch = pytest.importorskip("torch", reason="PyTorch, the oracle, is not installed")
torch.set_num_threads(1)

CONVS = conv_cases(300)
TRANSPOSED = transposed_cases(150)


def nchw(x):
    return torch.tensor(np.moveaxis(x, 3, 1).copy(), requires_grad=True)


def nhwc(x):
    return np.moveaxis(x.detach().numpy(), 1, 3)


def bank(weight):
    """Filters (kh, kw, in, out) in PyTorch's order: (out, in, kh, kw)."""
    return torch.tensor(weight.transpose(3, 2, 0, 1).copy(), requires_grad=True)


def conv(case, x, weight, bias):
    (top, bottom), (left, right) = case.padding
    padded = torch.nn.functional.pad(x, (left, right, top, bottom))
    return torch.nn.functional.conv2d(
        padded, weight, bias, case.stride, 0, case.dilation, case.groups
    )


def transposed(case, x, weight, bias):
    return torch.nn.functional.conv_transpose2d(
        x,
        weight,
        bias,
        case.stride,
        tuple(side[0] for side in case.padding),
        case.output_padding,
        case.groups,
        case.dilation,
    )


def run_torch(function, case, x, weight, bias, grad=None):
    """y and the gradients of x, weight and bias, in this package's layout."""
    tx, tw, tb = nchw(x), bank(weight), torch.tensor(bias, requires_grad=True)
    y = function(case, tx, tw, tb if case.bias else None)
    if grad is None:
        grad = np.random.default_rng(case.seed + 10**6).standard_normal(nhwc(y).shape, np.float32)
        grad = grad.astype(np.float64)
    y.backward(torch.tensor(np.moveaxis(grad, 3, 1).copy()))
    dweight = tw.grad.numpy().transpose(2, 3, 1, 0)
    return nhwc(y), nhwc(tx.grad), dweight, grad


@functools.cache
def truth(function, case):
    """Arguments, results, and the results for absolute values, which bound the errors."""
    x, weight, bias = case.arrays()
    *results, grad = run_torch(function, case, x, weight, bias)
    *bounds, _ = run_torch(function, case, abs(x), abs(weight), abs(bias), abs(grad))
    results.append(grad.sum(axis=(0, 1, 2)))
    bounds.append(abs(grad).sum(axis=(0, 1, 2)))
    return (x, weight, bias if case.bias else None, grad), results, bounds


def in_dtype(dtype, arrays):
    return [None if array is None else array.astype(dtype) for array in arrays]


ACTIVATIONS = {  # in float64, with the largest slope
    None: (lambda y: y, 1),
    "relu": (lambda y: np.maximum(y, 0), 1),
    "relu6": (lambda y: np.clip(y, 0, 6), 1),
    "leaky_relu": (lambda y: np.where(y > 0, y, y / 100), 1),
    "sigmoid": (lambda y: 1 / (1 + np.exp(-y)), 0.25),
    "tanh": (np.tanh, 1),
}


@pytest.mark.parametrize("case", CONVS, ids=str)
def test_conv2d_and_its_gradients(case, body):
    arguments, (y, *gradients), (y_bound, *bounds) = truth(conv, case)
    activation, slope = ACTIVATIONS[case.activation]
    for dtype in DTYPES:
        x, weight, bias, grad = in_dtype(dtype, arguments)
        actual = ops.conv2d(x, weight, bias, **case.options, activation=case.activation)
        assert_close(actual, activation(y), slope * y_bound, dtype, extra=8)
        found = ops.conv2d_backward(grad, x, weight, **case.options)
        for part, expected, bound in zip(found, gradients, bounds, strict=True):
            assert_close(part, expected, bound, dtype)


@pytest.mark.parametrize("case", TRANSPOSED, ids=str)
def test_conv_transpose2d_and_its_gradients(case, body):
    arguments, (y, *gradients), (y_bound, *bounds) = truth(transposed, case)
    options = {**case.options, "output_padding": case.output_padding}
    for dtype in DTYPES:
        x, weight, bias, grad = in_dtype(dtype, arguments)
        assert_close(ops.conv_transpose2d(x, weight, bias, **options), y, y_bound, dtype)
        found = ops.conv_transpose2d_backward(grad, x, weight, **options)
        for part, expected, bound in zip(found, gradients, bounds, strict=True):
            assert_close(part, expected, bound, dtype)


def test_the_cases_reach_every_corner():
    """What the configurations are there for is really among them."""
    assert len(CONVS) + len(TRANSPOSED) > 450
    assert sum(c.groups > 1 and c.x_shape[3] == c.groups < c.weight_shape[3] for c in CONVS) > 20
    assert sum(c.padding[0][0] != c.padding[0][1] for c in CONVS) > 50
    assert sum(c.dilation[0] != c.dilation[1] and c.stride[0] != c.stride[1] for c in CONVS) > 50
    assert sum(c.weight_shape[0] != c.weight_shape[1] for c in CONVS) > 50
    assert sum(c.weight_shape[3] >= 32 for c in CONVS) > 10
    assert sum(any(c.output_padding) and c.groups > 1 for c in TRANSPOSED) > 20
