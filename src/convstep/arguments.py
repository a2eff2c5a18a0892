"""The arguments of the eight functions, checked in the lesson's words for whoever takes them."""

from typing import Any

from convstep import hparameters as hp
from convstep.errors import Shown, argument_error, type_error
from convstep.ops import checks, conv, pool
from convstep.ops.checks import Array
from convstep.ops.geometry import integer, require_room

MODES = ("max", "average")
_CONV_CACHE = "(A_prev, W, b, hparameters)"
_POOL_CACHE = "(A_prev, hparameters)"


def of_padding(function: str, X: Any, pad: Any) -> tuple[Array, int]:
    """Check what zero_pad gets."""
    X = checks.array(function, "X", X, 4, "(m, n_H, n_W, n_C)")
    pad = integer(function, "pad", pad, 0)
    require_room(function, "pad", (X.shape[1] + 2 * pad, X.shape[2] + 2 * pad))
    return X, pad


def of_convolution(
    function: str, A_prev: Any, W: Any, b: Any, hparameters: Any
) -> tuple[Array, Array, Array, conv.Layout]:
    """Check what conv_forward gets, and lay out its window."""
    a = checks.array(function, "A_prev", A_prev, 4, "(m, n_H_prev, n_W_prev, n_C_prev)")
    weight = checks.array(function, "W", W, 4, "(f, f, n_C_prev, n_C)")
    f, f_width, channels, n_C = weight.shape
    if f != f_width or f == 0:
        advice = "convstep.ops.conv2d takes rectangular filters." if f != f_width else ""
        rule = "be square, (f, f, n_C_prev, n_C), with f at least 1"
        raise argument_error(function, "W", rule, weight, advice)
    if channels != a.shape[3]:
        rule = f"have {a.shape[3]} input channels (axis 2) to match A_prev"
        raise argument_error(function, "W", rule, Shown(f"{channels} (shape {weight.shape})"))
    bias = checks.array(function, "b", b, 4, "(1, 1, 1, n_C)")
    checks.same_shape(function, "b", bias, (1, 1, 1, n_C), "one number per filter:")
    stride, pad = hp.for_convolution(function, hparameters, f)
    layout = conv.lay_out(function, (a.shape, weight.shape), stride, pad, 1, 1, "W")
    return a, weight, bias, layout


def of_convolution_back(
    function: str, dZ: Any, cache: Any
) -> tuple[Array, Array, Array, Array, conv.Layout]:
    """Check what conv_backward gets: dZ, then what `of_convolution` returns."""
    a, weight, bias, layout = of_convolution(
        function, *_cached(function, cache, "conv_forward", _CONV_CACHE)
    )
    grad = checks.array(function, "dZ", dZ, 4, "(m, n_H, n_W, n_C)")
    checks.same_shape(function, "dZ", grad, layout.y_shape, "Z's")
    return grad, a, weight, bias, layout


def of_pooling(
    function: str, A_prev: Any, hparameters: Any, mode: Any
) -> tuple[Array, pool.Layout]:
    """Check what pool_forward gets, and lay out its window."""
    a = checks.array(function, "A_prev", A_prev, 4, "(m, n_H_prev, n_W_prev, n_C_prev)")
    checks.choice(function, "mode", mode, MODES)
    f, stride = hp.for_pooling(function, hparameters)
    name = "hparameters['f']"
    return a, pool.lay_out(function, (a.shape, False), f, stride, 0, 1, name)


def of_pooling_back(
    function: str, dA: Any, cache: Any, mode: Any
) -> tuple[Array, Array, pool.Layout]:
    """Check what pool_backward gets: dA, then what `of_pooling` returns."""
    A_prev, hparameters = _cached(function, cache, "pool_forward", _POOL_CACHE)
    a, layout = of_pooling(function, A_prev, hparameters, mode)
    grad = checks.array(function, "dA", dA, 4, "(m, n_H, n_W, n_C)")
    checks.same_shape(function, "dA", grad, layout.y_shape, "A's")
    return grad, a, layout


def _cached(function: str, cache: Any, forward: str, parts: str) -> tuple[Any, ...]:
    """Check that a cache has the parts that its forward function put there."""
    count = parts.count(",") + 1
    if isinstance(cache, tuple | list) and len(cache) == count:
        return tuple(cache)
    got = type(cache).__name__
    if isinstance(cache, tuple | list):
        got += f" of {len(cache)}"
        other = {4: "conv_forward", 2: "pool_forward"}.get(len(cache))
        got += f", as {other} returns it" if other else ""
    rule = f"be the cache {parts} that {forward} returned"
    raise type_error(function, "cache", rule, Shown(got))
