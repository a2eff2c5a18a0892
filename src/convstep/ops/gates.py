"""Activations whose backward needs their *input*: each is x times a gate between 0 and 1."""

from typing import Any

from convstep.ops import checks
from convstep.ops.checks import Array
from convstep.ops.unary import apply, carry_back, with_gradient

APPROXIMATIONS = ("none", "tanh")


def hard_swish(x: Any) -> Array:
    """Multiply x by a gate of straight lines: ``x * min(max(x + 3, 0), 6) / 6``.

    Parameters
    ----------
    x : ndarray of real numbers, any shape

    Returns
    -------
    ndarray, x's shape
        New memory, in x's dtype where that is floating, else float64.

    Notes
    -----
    Howard et al. (2019), *Searching for MobileNetV3*.

    Examples
    --------
    >>> import numpy as np, convstep as cs
    >>> cs.ops.hard_swish(np.array([-3.0, 0.0, 1.5, 3.0]))
    array([-0.   ,  0.   ,  1.125,  3.   ])
    """
    return apply("hard_swish", x)


def hard_swish_backward(grad: Any, x: Any) -> Array:
    """Carry a gradient back through `hard_swish`.

    Parameters
    ----------
    grad, x : ndarray of real numbers, one shape
        The gradient, and what `hard_swish` was given.

    Returns
    -------
    ndarray, grad's shape
        In x's dtype where that is floating, else float64.

    Examples
    --------
    >>> import numpy as np, convstep as cs
    >>> cs.ops.hard_swish_backward(np.ones(3), np.array([-4.0, 0.0, 4.0]))
    array([0. , 0.5, 1. ])
    """
    return _apply_backward("hard_swish_backward", grad, x)


def silu(x: Any) -> Array:
    """Multiply x by its sigmoid: ``x / (1 + exp(-x))``.

    Parameters
    ----------
    x : ndarray of real numbers, any shape

    Returns
    -------
    ndarray, x's shape
        New memory, in x's dtype where that is floating, else float64.

    Examples
    --------
    >>> import numpy as np, convstep as cs
    >>> cs.ops.silu(np.array([0.0, 1000.0]))
    array([   0., 1000.])
    """
    return apply("silu", x)


def silu_backward(grad: Any, x: Any) -> Array:
    """Carry a gradient back through `silu`.

    Parameters
    ----------
    grad, x : ndarray of real numbers, one shape
        The gradient, and what `silu` was given.

    Returns
    -------
    ndarray, grad's shape
        In x's dtype where that is floating, else float64.

    Examples
    --------
    >>> import numpy as np, convstep as cs
    >>> cs.ops.silu_backward(np.ones(2), np.array([0.0, 1000.0]))
    array([0.5, 1. ])
    """
    return _apply_backward("silu_backward", grad, x)


def gelu(x: Any, approximate: str = "none") -> Array:
    """Multiply x by the share of the standard normal distribution that lies below x.

    Parameters
    ----------
    x : ndarray of real numbers, any shape
    approximate : {"none", "tanh"}
        ``"tanh"``: ``x / 2 * (1 + tanh(sqrt(2 / pi) * (x + 0.044715 * x**3)))``.

    Returns
    -------
    ndarray, x's shape
        New memory, in x's dtype where that is floating, else float64.

    Notes
    -----
    Hendrycks, Gimpel (2016), *Gaussian error linear units*.

    Examples
    --------
    >>> import numpy as np, convstep as cs
    >>> cs.ops.gelu(np.array([0.0, 1.0, 9.0])).round(6)
    array([0.      , 0.841345, 9.      ])
    """
    checks.choice("gelu", "approximate", approximate, APPROXIMATIONS)
    return apply("gelu", x, approximate)


def gelu_backward(grad: Any, x: Any, approximate: str = "none") -> Array:
    """Carry a gradient back through `gelu`.

    Parameters
    ----------
    grad, x : ndarray of real numbers, one shape
        The gradient, and what `gelu` was given.
    approximate : {"none", "tanh"}
        As it was given to `gelu`.

    Returns
    -------
    ndarray, grad's shape
        In x's dtype where that is floating, else float64.

    Examples
    --------
    >>> import numpy as np, convstep as cs
    >>> cs.ops.gelu_backward(np.ones(2), np.array([0.0, 1000.0]))
    array([0.5, 1. ])
    """
    checks.choice("gelu_backward", "approximate", approximate, APPROXIMATIONS)
    return _apply_backward("gelu_backward", grad, x, approximate)


def _apply_backward(name: str, grad: Any, x: Any, *options: str) -> Array:
    return carry_back(name, *with_gradient(name, grad, "x", x), *options)
