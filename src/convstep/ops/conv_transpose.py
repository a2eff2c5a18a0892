"""Transposed convolution, forward and backward: the adjoint of `convstep.ops.conv`.

It has no body of its own. Its forward is the input gradient of a convolution, and its backward
a convolution; only the names of input and output are exchanged.
"""

from typing import Any

from convstep.errors import Shown, argument_error
from convstep.ops import checks
from convstep.ops.checks import Array, as_dtype, compute_dtype, like, result_dtype
from convstep.ops.conv import NEEDS, ConvGrads
from convstep.ops.dispatch import body
from convstep.ops.geometry import Window, integer, transposed_window


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
    x, weight, groups = _operands(name, x, weight, groups)
    window = _window(name, x, weight, stride, padding, output_padding, dilation)
    arrays = [x, weight]
    if bias is not None:
        bias = checks.bias(name, bias, weight.shape[2] * groups)
        arrays.append(bias)
    dtype = compute_dtype(*arrays)
    work = len(x) * window.out[0] * window.out[1] * weight.size
    y: Array = body("conv2d_input_grad", dtype, work)(
        as_dtype(x, dtype), as_dtype(weight, dtype), window, groups
    )
    if bias is not None:
        y += as_dtype(bias, dtype)
    return as_dtype(y, result_dtype(*arrays))


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
    x, weight, groups = _operands(name, x, weight, groups)
    grad = checks.images(name, "grad", grad)
    needs = checks.chosen(name, needs, NEEDS)
    window = _window(name, x, weight, stride, padding, output_padding, dilation)
    out_channels = weight.shape[2] * groups
    checks.same_shape(name, "grad", grad, (len(x), *window.size, out_channels), "the output's")
    # Seen from conv2d, whose adjoint this is, grad is the input and x the gradient.
    dtype = compute_dtype(grad, x, weight)
    g, a, w = (as_dtype(array, dtype) for array in (grad, x, weight))
    dx = dweight = dbias = None
    if "x" in needs:
        dx = body("conv2d", dtype)(g, w, None, window, groups, None)
    if "weight" in needs:
        dweight = body("conv2d_weight_grad", dtype)(a, g, window, groups)
    if "bias" in needs:
        dbias = body("conv2d_bias_grad", dtype)(g)
    return ConvGrads(like(x, dx), like(weight, dweight), like(grad, dbias))


def _operands(function: str, x: Any, weight: Any, groups: Any) -> tuple[Array, Array, int]:
    """Check the input and the filters against each other."""
    x = checks.images(function, "x", x)
    weight = checks.filters(function, weight, "out_channels / groups, in_channels")
    groups = integer(function, "groups", groups, 1)
    if weight.shape[3] != x.shape[3]:
        rule = f"have {x.shape[3]} input channels (axis 3) to match x"
        got = Shown(f"{weight.shape[3]} (shape {weight.shape})")
        raise argument_error(function, "weight", rule, got)
    if x.shape[3] % groups:
        got = Shown(f"{groups}, for {x.shape[3]} input channels")
        raise argument_error(function, "groups", "divide the input channels", got)
    return x, weight, groups


def _window(
    function: str,
    x: Array,
    weight: Array,
    stride: Any,
    padding: Any,
    output_padding: Any,
    dilation: Any,
) -> Window:
    """Lay out the window of the convolution whose adjoint this is."""
    _, height, width, _ = x.shape
    kernel_height, kernel_width, _, _ = weight.shape
    return transposed_window(
        function,
        (height, width),
        (kernel_height, kernel_width),
        stride=stride,
        padding=padding,
        output_padding=output_padding,
        dilation=dilation,
    )
