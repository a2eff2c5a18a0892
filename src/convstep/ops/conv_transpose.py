"""Transposed convolution, forward and backward: the adjoint of `convstep.ops.conv`.

It has no body of its own. Its forward is the input gradient of a convolution, and its backward
a convolution; only the names of input and output are exchanged.
"""

from math import prod
from typing import Any

from convstep.errors import Shown, argument_error
from convstep.ops import checks
from convstep.ops.checks import Array, as_dtype, in_one_dtype, like
from convstep.ops.conv import NEEDS, ConvGrads, Layout
from convstep.ops.dispatch import body
from convstep.ops.geometry import integer, transposed_window
from convstep.ops.remember import remembered


def conv_transpose2d(
    x: Any,
    weight: Any,
    bias: Any = None,
    *,
    stride: Any = 1,
    padding: Any = 0,
    output_padding: Any = 0,
    dilation: Any = 1,
    groups: int = 1,
) -> Array:
    """Spread each cell of x over a window of y: the adjoint of `conv2d` with the same weight.

    ``sum(conv2d(a, weight) * x) == sum(a * conv_transpose2d(x, weight))`` for every a.

    Parameters
    ----------
    x : ndarray of real numbers, shape (N, H, W, in_channels)
    weight : ndarray of real numbers, shape (kh, kw, out_channels / groups, in_channels)
        In and out as this function sees them: `conv2d`, whose adjoint it is, goes the other way.
    bias : ndarray of real numbers, shape (out_channels,), optional
    stride, dilation, groups
        As for `conv2d`.
    padding : int, (int, int), ((int, int), (int, int)), "valid", "same" or "same_lower"
        Rows and columns to crop from the result; ``"same"`` makes it size * stride large.
    output_padding : int or (int, int)
        Rows and columns to add at the end; smaller than the stride or the dilation.

    Returns
    -------
    ndarray, shape (N, out_height, out_width, out_channels)
        New memory; dtype as for `conv2d`. Sizes are ``(size - 1) * stride + dilation * (kernel -
        1) + 1 - before - after + output_padding``.

    Raises
    ------
    ArgumentError
        If an axis, a size, a channel count or an option breaks its rule.

    Examples
    --------
    >>> import numpy as np, convstep as cs
    >>> cs.ops.conv_transpose2d(np.ones((1, 4, 4, 16)), np.ones((2, 2, 8, 16)), stride=2).shape
    (1, 8, 8, 8)
    """
    name = "conv_transpose2d"
    x = checks.images(name, "x", x)
    weight = checks.filters(name, weight, "out_channels / groups, in_channels")
    shapes = (x.shape, weight.shape)
    layout = _lay_out(name, shapes, stride, padding, output_padding, dilation, groups)
    if bias is not None:
        bias = checks.bias(name, bias, layout.y_shape[3])
    result, (x, weight, bias) = in_one_dtype(x, weight, bias)
    y: Array = body("conv2d_input_grad", x.dtype, layout.work)(
        x, weight, layout.window, layout.groups
    )
    if bias is not None:
        y += bias
    return as_dtype(y, result)


def conv_transpose2d_backward(
    grad: Any,
    x: Any,
    weight: Any,
    *,
    stride: Any = 1,
    padding: Any = 0,
    output_padding: Any = 0,
    dilation: Any = 1,
    groups: int = 1,
    needs: Any = NEEDS,
) -> ConvGrads:
    """Carry a gradient back through `conv_transpose2d`.

    Parameters
    ----------
    grad : ndarray of real numbers, shape (N, out_height, out_width, out_channels)
    x, weight, stride, padding, output_padding, dilation, groups
        As they were given to `conv_transpose2d`.
    needs : tuple of {"x", "weight", "bias"}
        Which gradients to compute.

    Returns
    -------
    ConvGrads
        As `conv2d_backward` returns them.

    Raises
    ------
    ArgumentError
        As `conv_transpose2d`, and if grad has not the shape that it returns.

    Examples
    --------
    >>> import numpy as np, convstep as cs
    >>> x, weight = np.ones((1, 4, 4, 16)), np.ones((2, 2, 8, 16))
    >>> grads = cs.ops.conv_transpose2d_backward(np.ones((1, 8, 8, 8)), x, weight, stride=2)
    >>> grads.x.shape, grads.weight.shape, grads.bias.shape
    ((1, 4, 4, 16), (2, 2, 8, 16), (8,))
    """
    name = "conv_transpose2d_backward"
    x = checks.images(name, "x", x)
    weight = checks.filters(name, weight, "out_channels / groups, in_channels")
    shapes = (x.shape, weight.shape)
    layout = _lay_out(name, shapes, stride, padding, output_padding, dilation, groups)
    grad = checks.images(name, "grad", grad)
    needs = checks.chosen(name, needs, NEEDS)
    checks.same_shape(name, "grad", grad, layout.y_shape, "the output's")
    window, groups = layout.window, layout.groups
    # Seen from conv2d, whose adjoint this is, grad is the input and x the gradient.
    _, (g, a, w) = in_one_dtype(grad, x, weight)
    dx = dweight = dbias = None
    if "x" in needs:
        dx = body("conv2d", g.dtype)(g, w, None, window, groups, None)
    if "weight" in needs:
        dweight = body("conv2d_weight_grad", g.dtype)(a, g, window, groups)
    if "bias" in needs:
        dbias = body("conv2d_bias_grad", g.dtype)(g)
    return ConvGrads(like(x, dx), like(weight, dweight), like(grad, dbias))


@remembered
def _lay_out(
    function: str,
    shapes: tuple[tuple[int, int, int, int], tuple[int, int, int, int]],
    stride: Any,
    padding: Any,
    output_padding: Any,
    dilation: Any,
    groups: Any,
) -> Layout:
    """Check the input and the filters against each other, and lay out the adjoint's window."""
    (n, height, width, channels), (kernel_height, kernel_width, depth, in_channels) = shapes
    groups = integer(function, "groups", groups, 1)
    if in_channels != channels:
        rule = f"have {channels} input channels (axis 3) to match x"
        got = Shown(f"{in_channels} (shape {shapes[1]})")
        raise argument_error(function, "weight", rule, got)
    if channels % groups:
        got = Shown(f"{groups}, for {channels} input channels")
        raise argument_error(function, "groups", "divide the input channels", got)
    window = transposed_window(
        function,
        (height, width),
        (kernel_height, kernel_width),
        stride=stride,
        padding=padding,
        output_padding=output_padding,
        dilation=dilation,
    )
    y_shape = (n, *window.size, depth * groups)
    return Layout(window, groups, y_shape, n * height * width * prod(shapes[1]))
