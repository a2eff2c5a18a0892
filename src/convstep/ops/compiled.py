"""The compiled bodies: adapters from arrays to the kernels of `convstep._kernels`.

They have the portable bodies' names and signatures. Here arrays become dense, results are
allocated, and the instruction set is chosen; the kernels only compute.

The kernels read zeros in the padding. Where an infinity or a NaN could meet them, 0 * infinity
would make a NaN of what should add nothing; the kernels then return False, and the portable body,
which skips the padding, computes instead.
"""

import os
from collections.abc import Callable
from functools import cache
from importlib import import_module
from types import ModuleType
from typing import Any

import numpy as np

from convstep.errors import BackendError
from convstep.ops.checks import FLOAT32, FLOAT64, Array
from convstep.ops.geometry import Pair, Window
from convstep.ops.portable import conv as portable
from convstep.ops.portable.activation import ACTIVATIONS

kernels: ModuleType | None
try:
    kernels = import_module("convstep._kernels")
except ImportError as error:
    kernels = None
    _absent = isinstance(error, ModuleNotFoundError) and error.name == "convstep._kernels"
    _REASON = "installed without it" if _absent else f"it does not load: {error}"

DTYPES = (FLOAT32, FLOAT64)
_FUSED = ("relu", "leaky_relu")  # what the kernels apply to a result before they store it
_FORCE = "CONVSTEP_FORCE_TARGET"


def available() -> bool:
    """Tell whether the compiled core is there."""
    return kernels is not None


def refuse_force() -> None:
    """Raise if the environment forces an instruction set and there is no core to run it.

    Raises
    ------
    BackendError
        If it does.
    """
    if forced := os.environ.get(_FORCE):
        raise BackendError(
            f"the environment variable {_FORCE} asks for {forced!r}, and the compiled core is not "
            f"there ({_REASON}). Unset it, or install with a C++ compiler."
        )


def unavailable_reason() -> str | None:
    """Say why the compiled core is not there, or None if it is."""
    return None if kernels else _REASON


def targets() -> list[str]:
    """List the instruction sets that can run here, best first; empty without a core."""
    return kernels.targets() if kernels else []


def target() -> str:
    """Name the instruction set that runs.

    Raises
    ------
    BackendError
        If there is no core, or the one forced by the environment cannot run.
    """
    name: str = _core().target()
    return name


def select_target(name: str) -> None:
    """Choose the instruction set, for the whole process.

    Raises
    ------
    BackendError
        If it is unknown or cannot run here.
    """
    _select(_core(), name, "select_target: name")


@cache
def _core() -> ModuleType:
    """Return the kernels, after the choice that the environment forces."""
    if kernels is None:
        raise BackendError(f"the compiled core is not there ({_REASON}).")
    if forced := os.environ.get(_FORCE):
        _select(kernels, forced, f"the environment variable {_FORCE}")
    return kernels


def _select(core: ModuleType, name: str, who: str) -> None:
    if not core.select_target(name):
        known = ", ".join(core.targets())
        raise BackendError(
            f"{who} must be an instruction set that runs here ({known}); got {name!r}."
        )


def conv2d(
    x: Array, weight: Array, bias: Array | None, window: Window, groups: int, activation: str | None
) -> Array:
    """Gather each output pixel from the input under the window."""
    y = np.empty((x.shape[0], *window.out, weight.shape[3]), x.dtype)
    bias = None if bias is None else _dense(bias)
    fused = activation if activation in _FUSED else ""
    if not _core().conv2d(_dense(x), _dense(weight), bias, fused, y, *_geometry(window), groups):
        return portable.conv2d(x, weight, bias, window, groups, activation)
    return ACTIVATIONS[activation](y) if activation and not fused else y


def conv2d_input_grad(grad: Array, weight: Array, window: Window, groups: int) -> Array:
    """Gather each input pixel's gradient from the outputs that it reached."""
    dx = np.empty((grad.shape[0], *window.size, weight.shape[2] * groups), grad.dtype)
    if not _core().conv2d_input_grad(_dense(grad), _dense(weight), dx, *_geometry(window), groups):
        return portable.conv2d_input_grad(grad, weight, window, groups)
    return dx


def conv2d_weight_grad(grad: Array, x: Array, window: Window, groups: int) -> Array:
    """Sum input times gradient over pixels, a panel of them at a time."""
    dweight = np.empty((*window.kernel, x.shape[3] // groups, grad.shape[3]), grad.dtype)
    if not _core().conv2d_weight_grad(_dense(grad), _dense(x), dweight, *_geometry(window), groups):
        return portable.conv2d_weight_grad(grad, x, window, groups)
    return dweight


def conv2d_bias_grad(grad: Array) -> Array:
    """Sum the gradient over examples and positions."""
    dbias = np.empty(grad.shape[3], grad.dtype)
    _core().conv2d_bias_grad(_dense(grad), dbias)
    return dbias


BODIES: dict[str, Callable[..., Any]] = {
    body.__name__: body
    for body in (conv2d, conv2d_input_grad, conv2d_weight_grad, conv2d_bias_grad)
}


def _dense(x: Array) -> Array:
    """Return x, or a copy where x is not aligned and in C order."""
    return x if x.flags.c_contiguous and x.flags.aligned else x.copy(order="C")


def _geometry(window: Window) -> tuple[Pair, Pair, Pair]:
    """Return stride, (top, left) padding and dilation.

    A step beyond the padded input is as good as any longer one; cut short, it stays far from
    overflow in the kernels.
    """
    (top, bottom), (left, right) = window.padding
    most = (window.size[0] + top + bottom + 1, window.size[1] + left + right + 1)
    stride = (min(window.stride[0], most[0]), min(window.stride[1], most[1]))
    dilation = (min(window.dilation[0], most[0]), min(window.dilation[1], most[1]))
    return stride, (top, left), dilation
