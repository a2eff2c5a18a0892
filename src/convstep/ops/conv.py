"""Convolution, forward and backward."""

from typing import Any, NamedTuple

from convstep.errors import Shown, argument_error
from convstep.ops import checks
from convstep.ops.checks import Array, as_dtype, compute_dtype, like, result_dtype
from convstep.ops.dispatch import body
from convstep.ops.geometry import Window, integer, sliding_window
from convstep.ops.portable.activation import ACTIVATIONS

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
    activation : {"relu", "leaky_relu", "sigmoid", "tanh"}, optional
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
    x, weight, groups = _operands("conv2d", x, weight, groups)
    arrays = [x, weight]
    if bias is not None:
        bias = checks.bias("conv2d", bias, weight.shape[3])
        arrays.append(bias)
    if activation is not None:
        checks.choice("conv2d", "activation", activation, tuple(ACTIVATIONS))
    window = _window("conv2d", x, weight, stride, padding, dilation)
    dtype = compute_dtype(*arrays)
    if bias is not None:
        bias = as_dtype(bias, dtype)
    work = len(x) * window.out[0] * window.out[1] * weight.size
    y: Array = body("conv2d", dtype, work)(
        as_dtype(x, dtype), as_dtype(weight, dtype), bias, window, groups, activation
    )
    return as_dtype(y, result_dtype(*arrays))


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
    x, weight, groups = _operands(name, x, weight, groups)
    grad = checks.images(name, "grad", grad)
    needs = checks.chosen(name, needs, NEEDS)
    window = _window(name, x, weight, stride, padding, dilation)
    checks.same_shape(name, "grad", grad, (len(x), *window.out, weight.shape[3]), "the output's")
    dtype = compute_dtype(grad, x, weight)
    g, a, w = (as_dtype(array, dtype) for array in (grad, x, weight))
    dx = dweight = dbias = None
    if "x" in needs:
        dx = body("conv2d_input_grad", dtype)(g, w, window, groups)
    if "weight" in needs:
        dweight = body("conv2d_weight_grad", dtype)(g, a, window, groups)
    if "bias" in needs:
        dbias = body("conv2d_bias_grad", dtype)(g)
    return ConvGrads(like(x, dx), like(weight, dweight), like(grad, dbias))


def _operands(function: str, x: Any, weight: Any, groups: Any) -> tuple[Array, Array, int]:
    """Check the input and the filters against each other."""
    x = checks.images(function, "x", x)
    weight = checks.filters(function, weight, "in_channels / groups, out_channels")
    groups = integer(function, "groups", groups, 1)
    channels, out_channels = x.shape[3], weight.shape[3]
    if channels % groups or out_channels % groups:
        got = f"{groups}, for {channels} input channels and {out_channels} output channels"
        rule = "divide the input and the output channels"
        raise argument_error(function, "groups", rule, Shown(got))
    if weight.shape[2] != channels // groups:
        rule = f"have {channels // groups} input channels (axis 2) to match x"
        advice = f"x has {channels} channels in {groups} groups." if groups > 1 else ""
        if x.shape[1] == weight.shape[2] * groups:
            advice = "Images with channels first are turned by x.transpose(0, 2, 3, 1)."
        got = Shown(f"{weight.shape[2]} (shape {weight.shape})")
        raise argument_error(function, "weight", rule, got, advice)
    return x, weight, groups


def _window(
    function: str, x: Array, weight: Array, stride: Any, padding: Any, dilation: Any
) -> Window:
    _, height, width, _ = x.shape
    kernel_height, kernel_width, _, _ = weight.shape
    return sliding_window(
        function,
        (height, width),
        (kernel_height, kernel_width),
        stride=stride,
        padding=padding,
        dilation=dilation,
        argument="weight",
    )
