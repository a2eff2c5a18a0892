"""Convolution, forward and backward."""

from math import prod
from typing import Any, NamedTuple

from convstep.errors import Shown, argument_error
from convstep.ops import checks
from convstep.ops.checks import Array, as_dtype, in_one_dtype, like
from convstep.ops.dispatch import body
from convstep.ops.geometry import Window, integer, sliding_window
from convstep.ops.portable.activation import ACTIVATIONS
from convstep.ops.remember import remembered

NEEDS = ("x", "weight", "bias")


class ConvGrads(NamedTuple):
    """Gradients of a convolution, each in its argument's shape; None where it was not needed."""

    x: Array | None
    weight: Array | None
    bias: Array | None


def conv2d(
    x: Any,
    weight: Any,
    bias: Any = None,
    *,
    stride: Any = 1,
    padding: Any = 0,
    dilation: Any = 1,
    groups: int = 1,
    activation: str | None = None,
) -> Array:
    """Convolve a batch of images with a bank of filters.

    ``y[n, h, w, o] = bias[o] + sum over i, j, c of x[n, r, s, c] * weight[i, j, c, o]`` at row
    ``r = h * stride - top + i * dilation`` and column ``s = w * stride - left + j * dilation``,
    where x is 0 outside the image (a cross-correlation, as everywhere in this field).

    Parameters
    ----------
    x : ndarray of real numbers, shape (N, H, W, in_channels)
    weight : ndarray of real numbers, shape (kh, kw, in_channels / groups, out_channels)
        kh and kw are the kernel's height and width.
    bias : ndarray of real numbers, shape (out_channels,), optional
    stride, dilation : int or (int, int)
        At least 1; a pair is (height, width).
    padding : int, (int, int), ((int, int), (int, int)), "valid", "same" or "same_lower"
        ``(height, width)``, or ``((top, bottom), (left, right))``. ``"same"`` gives
        ceil(size / stride) outputs, an odd row or column of padding going to the end;
        ``"same_lower"`` puts it at the beginning.
    groups : int
        Cuts the channels into groups that do not see each other; ``groups = in_channels`` is the
        depthwise convolution.
    activation : {"relu", "relu6", "leaky_relu", "sigmoid", "tanh"}, optional
        Applied to y. For inference: the backward functions know nothing of it.

    Returns
    -------
    ndarray, shape (N, out_height, out_width, out_channels)
        New memory, of dtype ``np.result_type(x, weight, bias)`` where that is floating, else
        float64; float16 is computed in float32. Sizes are
        ``floor((size + before + after - dilation * (kernel - 1) - 1) / stride) + 1``.

    Raises
    ------
    ArgumentError
        If an axis, a size, a channel count or an option breaks its rule.

    Notes
    -----
    Costs N * out_height * out_width * out_channels * kernel_height * kernel_width * in_channels
    / groups multiply-adds. The operation is Conv of ONNX with the channels last.

    Examples
    --------
    >>> import numpy as np, convstep as cs
    >>> cs.ops.conv2d(np.ones((1, 8, 8, 3)), np.ones((3, 3, 3, 16)), padding="same").shape
    (1, 8, 8, 16)
    """
    x = checks.images("conv2d", "x", x)
    weight = checks.filters("conv2d", weight, "in_channels / groups, out_channels")
    shapes = (x.shape, weight.shape)
    layout = lay_out("conv2d", shapes, stride, padding, dilation, groups, "weight")
    if bias is not None:
        bias = checks.bias("conv2d", bias, layout.y_shape[3])
    if activation is not None:
        checks.choice("conv2d", "activation", activation, tuple(ACTIVATIONS))
    return convolve(x, weight, bias, layout, activation)


def conv2d_backward(
    grad: Any,
    x: Any,
    weight: Any,
    *,
    stride: Any = 1,
    padding: Any = 0,
    dilation: Any = 1,
    groups: int = 1,
    needs: Any = NEEDS,
) -> ConvGrads:
    """Carry a gradient back through `conv2d`.

    Parameters
    ----------
    grad : ndarray of real numbers, shape (N, out_height, out_width, out_channels)
        The loss's gradient with respect to y.
    x, weight
        As they were given to `conv2d`.
    stride, padding, dilation, groups
        As they were given to `conv2d`.
    needs : tuple of {"x", "weight", "bias"}
        Which gradients to compute.

    Returns
    -------
    ConvGrads
        ``(x, weight, bias)``: new arrays in the shapes of x, weight and (out_channels,), None
        where not needed. Sums over examples and positions, not means. Each has its argument's
        dtype where that is floating, else float64 (the bias's gradient: grad's).

    Raises
    ------
    ArgumentError
        As `conv2d`, and if grad has not the shape that `conv2d` returns.

    Notes
    -----
    Each of the first two gradients costs as many multiply-adds as `conv2d`.

    Examples
    --------
    >>> import numpy as np, convstep as cs
    >>> x, weight = np.ones((1, 8, 8, 3)), np.ones((3, 3, 3, 16))
    >>> grads = cs.ops.conv2d_backward(np.ones((1, 6, 6, 16)), x, weight)
    >>> grads.x.shape, grads.weight.shape, grads.bias.shape
    ((1, 8, 8, 3), (3, 3, 3, 16), (16,))
    """
    name = "conv2d_backward"
    x = checks.images(name, "x", x)
    weight = checks.filters(name, weight, "in_channels / groups, out_channels")
    shapes = (x.shape, weight.shape)
    layout = lay_out(name, shapes, stride, padding, dilation, groups, "weight")
    grad = checks.images(name, "grad", grad)
    needs = checks.chosen(name, needs, NEEDS)
    checks.same_shape(name, "grad", grad, layout.y_shape, "the output's")
    return gradients(grad, x, weight, layout, needs)


class Layout(NamedTuple):
    """What the shapes and options of a convolution lead to."""

    window: Window
    groups: int
    y_shape: tuple[int, int, int, int]
    work: int  # multiply-adds


@remembered
def lay_out(
    function: str,
    shapes: tuple[tuple[int, int, int, int], tuple[int, int, int, int]],
    stride: Any,
    padding: Any,
    dilation: Any,
    groups: Any,
    argument: str,
) -> Layout:
    """Check the input and the filters against each other, and lay out the window.

    `argument` is the name of the filters.
    """
    (n, height, width, channels), (kernel_height, kernel_width, depth, out_channels) = shapes
    groups = integer(function, "groups", groups, 1)
    if channels % groups or out_channels % groups:
        got = f"{groups}, for {channels} input channels and {out_channels} output channels"
        rule = "divide the input and the output channels"
        raise argument_error(function, "groups", rule, Shown(got))
    if depth != channels // groups:
        rule = f"have {channels // groups} input channels (axis 2) to match x"
        advice = f"x has {channels} channels in {groups} groups." if groups > 1 else ""
        if height == depth * groups:
            advice = "Images with channels first are turned by x.transpose(0, 2, 3, 1)."
        got = Shown(f"{depth} (shape {shapes[1]})")
        raise argument_error(function, "weight", rule, got, advice)
    window = sliding_window(
        function,
        (height, width),
        (kernel_height, kernel_width),
        stride=stride,
        padding=padding,
        dilation=dilation,
        argument=argument,
    )
    y_shape = (n, *window.out, out_channels)
    return Layout(window, groups, y_shape, prod(y_shape[:3]) * prod(shapes[1]))


def convolve(
    x: Array, weight: Array, bias: Array | None, layout: Layout, activation: str | None = None
) -> Array:
    """`conv2d` of arguments that were checked."""
    result, (x, weight, bias) = in_one_dtype(x, weight, bias)
    y: Array = body("conv2d", x.dtype, layout.work)(
        x, weight, bias, layout.window, layout.groups, activation
    )
    return as_dtype(y, result)


def gradients(
    grad: Array, x: Array, weight: Array, layout: Layout, needs: tuple[str, ...] = NEEDS
) -> ConvGrads:
    """`conv2d_backward` of arguments that were checked."""
    window, groups = layout.window, layout.groups
    _, (g, a, w) = in_one_dtype(grad, x, weight)
    dx = dweight = dbias = None
    if "x" in needs:
        dx = body("conv2d_input_grad", g.dtype)(g, w, window, groups)
    if "weight" in needs:
        dweight = body("conv2d_weight_grad", g.dtype)(g, a, window, groups)
    if "bias" in needs:
        dbias = body("conv2d_bias_grad", g.dtype)(g)
    return ConvGrads(like(x, dx), like(weight, dweight), like(grad, dbias))
