"""Fully connected layers on the compiled core: convolutions of 1x1 on one row of pixels."""

from convstep.ops.checks import Array
from convstep.ops.compiled import conv
from convstep.ops.geometry import Window


def dense(x: Array, weight: Array, bias: Array | None, activation: str | None) -> Array:
    """x @ weight + bias."""
    y = conv.conv2d(_image(x), weight[None, None], bias, _window(x), 1, activation)
    return y.reshape(len(x), weight.shape[1])


def dense_input_grad(grad: Array, weight: Array) -> Array:
    """grad @ weight.T"""
    dx = conv.conv2d_input_grad(_image(grad), weight[None, None], _window(grad), 1)
    return dx.reshape(len(grad), weight.shape[0])


def dense_weight_grad(grad: Array, x: Array) -> Array:
    """x.T @ grad"""
    dweight = conv.conv2d_weight_grad(_image(grad), _image(x), _window(x), 1)
    return dweight.reshape(x.shape[1], grad.shape[1])


def dense_bias_grad(grad: Array) -> Array:
    """The sum over examples."""
    return conv.conv2d_bias_grad(_image(grad))


def _image(rows: Array) -> Array:
    """Return the rows as the pixels of one row of an image."""
    return rows[None, None]


def _window(rows: Array) -> Window:
    size = (1, len(rows))
    return Window(size, (1, 1), (1, 1), ((0, 0), (0, 0)), (1, 1), size)
