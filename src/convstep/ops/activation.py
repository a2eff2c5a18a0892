"""Activations, element by element, and the two forms of softmax.

Each backward takes the activation's *output*, the only thing that it needs.
"""

import math
from typing import Any

import numpy as np

from convstep.errors import argument_error, type_error
from convstep.ops import checks
from convstep.ops.checks import Array
from convstep.ops.portable.activation import LEAK
from convstep.ops.unary import apply, carry_back, with_gradient


def relu(x: Any) -> Array:
    """Replace negative numbers by zero: ``max(x, 0)``.

    Parameters
    ----------
    x : ndarray of real numbers, any shape

    Returns
    -------
    ndarray, x's shape
        New memory, in x's dtype where that is floating, else float64. A NaN stays a NaN.

    Examples
    --------
    >>> import numpy as np, convstep as cs
    >>> cs.ops.relu(np.array([-1.5, 0.0, 2.0]))
    array([0., 0., 2.])
    """
    return apply("relu", x)


def relu_backward(grad: Any, y: Any) -> Array:
    """Carry a gradient back through `relu`: it passes where y > 0.

    Parameters
    ----------
    grad, y : ndarray of real numbers, one shape
        The gradient, and what `relu` returned (its input does as well).

    Returns
    -------
    ndarray, grad's shape
        In y's dtype where that is floating, else float64.

    Examples
    --------
    >>> import numpy as np, convstep as cs
    >>> cs.ops.relu_backward(np.ones(3), np.array([0.0, 0.0, 2.0]))
    array([0., 0., 1.])
    """
    return _apply_backward("relu_backward", grad, y)


def relu6(x: Any) -> Array:
    """Cut numbers off below 0 and above 6: ``min(max(x, 0), 6)``.

    Parameters
    ----------
    x : ndarray of real numbers, any shape

    Returns
    -------
    ndarray, x's shape
        New memory, in x's dtype where that is floating, else float64. A NaN stays a NaN.

    Notes
    -----
    Source: Krizhevsky, *Convolutional Deep Belief Networks on CIFAR-10*, 2010.

    Examples
    --------
    >>> import numpy as np, convstep as cs
    >>> cs.ops.relu6(np.array([-1.5, 2.0, 7.0]))
    array([0., 2., 6.])
    """
    return apply("relu6", x)


def relu6_backward(grad: Any, y: Any) -> Array:
    """Carry a gradient back through `relu6`: it passes where 0 < y < 6.

    Parameters
    ----------
    grad, y : ndarray of real numbers, one shape
        The gradient, and what `relu6` returned (its input does as well).

    Returns
    -------
    ndarray, grad's shape
        In y's dtype where that is floating, else float64.

    Examples
    --------
    >>> import numpy as np, convstep as cs
    >>> cs.ops.relu6_backward(np.ones(3), np.array([0.0, 2.0, 6.0]))
    array([0., 1., 0.])
    """
    return _apply_backward("relu6_backward", grad, y)


def leaky_relu(x: Any, negative_slope: float = LEAK) -> Array:
    """Shrink negative numbers: x where it is positive, else ``negative_slope * x``.

    Parameters
    ----------
    x : ndarray of real numbers, any shape
    negative_slope : float
        At least 0, so that the output tells the sign of the input.

    Returns
    -------
    ndarray, x's shape
        New memory, in x's dtype where that is floating, else float64.

    Examples
    --------
    >>> import numpy as np, convstep as cs
    >>> cs.ops.leaky_relu(np.array([-1.0, 2.0]))
    array([-0.01,  2.  ])
    """
    return apply("leaky_relu", x, _slope("leaky_relu", negative_slope))


def leaky_relu_backward(grad: Any, y: Any, negative_slope: float = LEAK) -> Array:
    """Carry a gradient back through `leaky_relu`.

    Parameters
    ----------
    grad, y : ndarray of real numbers, one shape
        The gradient, and what `leaky_relu` returned.
    negative_slope : float
        As it was given to `leaky_relu`.

    Returns
    -------
    ndarray, grad's shape
        In y's dtype where that is floating, else float64.

    Examples
    --------
    >>> import numpy as np, convstep as cs
    >>> cs.ops.leaky_relu_backward(np.ones(2), np.array([-0.01, 2.0]))
    array([0.01, 1.  ])
    """
    name = "leaky_relu_backward"
    grad, y = with_gradient(name, grad, "y", y)
    return carry_back(name, grad, y, _slope(name, negative_slope))


def sigmoid(x: Any) -> Array:
    """Map numbers to (0, 1): ``1 / (1 + exp(-x))``.

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
    >>> cs.ops.sigmoid(np.array([-1000.0, 0.0, 1000.0]))
    array([0. , 0.5, 1. ])
    """
    return apply("sigmoid", x)


def sigmoid_backward(grad: Any, y: Any) -> Array:
    """Carry a gradient back through `sigmoid`: ``grad * y * (1 - y)``.

    Parameters
    ----------
    grad, y : ndarray of real numbers, one shape
        The gradient, and what `sigmoid` returned.

    Returns
    -------
    ndarray, grad's shape
        In y's dtype where that is floating, else float64.

    Examples
    --------
    >>> import numpy as np, convstep as cs
    >>> cs.ops.sigmoid_backward(np.ones(1), np.array([0.5]))
    array([0.25])
    """
    return _apply_backward("sigmoid_backward", grad, y)


def tanh(x: Any) -> Array:
    """Map numbers to (-1, 1): the hyperbolic tangent.

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
    >>> cs.ops.tanh(np.array([0.0, 1000.0]))
    array([0., 1.])
    """
    return apply("tanh", x)


def tanh_backward(grad: Any, y: Any) -> Array:
    """Carry a gradient back through `tanh`: ``grad * (1 - y * y)``.

    Parameters
    ----------
    grad, y : ndarray of real numbers, one shape
        The gradient, and what `tanh` returned.

    Returns
    -------
    ndarray, grad's shape
        In y's dtype where that is floating, else float64.

    Examples
    --------
    >>> import numpy as np, convstep as cs
    >>> cs.ops.tanh_backward(np.ones(1), np.array([0.5]))
    array([0.75])
    """
    return _apply_backward("tanh_backward", grad, y)


def softmax(x: Any, axis: int = -1) -> Array:
    """Turn scores into probabilities: ``exp(x) / sum(exp(x))`` along an axis.

    Parameters
    ----------
    x : ndarray of real numbers, any shape with at least one axis
    axis : int

    Returns
    -------
    ndarray, x's shape
        New memory, in x's dtype where that is floating, else float64; sums to 1 along the axis.

    Raises
    ------
    ArgumentError
        If x has no such axis, or nothing along it.

    Examples
    --------
    >>> import numpy as np, convstep as cs
    >>> cs.ops.softmax(np.array([1000.0, 1000.0]))
    array([0.5, 0.5])
    """
    return _apply_along("softmax", x, axis)


def softmax_backward(grad: Any, y: Any, axis: int = -1) -> Array:
    """Carry a gradient back through `softmax`: ``y * (grad - sum(grad * y))``.

    Parameters
    ----------
    grad, y : ndarray of real numbers, one shape
        The gradient, and what `softmax` returned.
    axis : int

    Returns
    -------
    ndarray, grad's shape
        In y's dtype where that is floating, else float64.

    Examples
    --------
    >>> import numpy as np, convstep as cs
    >>> cs.ops.softmax_backward(np.array([1.0, 0.0]), np.array([0.5, 0.5]))
    array([ 0.25, -0.25])
    """
    return _apply_backward("softmax_backward", grad, y, axis)


def log_softmax(x: Any, axis: int = -1) -> Array:
    """Take the logarithm of `softmax` without leaving the range of numbers.

    Parameters
    ----------
    x : ndarray of real numbers, any shape with at least one axis
    axis : int

    Returns
    -------
    ndarray, x's shape
        New memory, in x's dtype where that is floating, else float64.

    Raises
    ------
    ArgumentError
        If x has no such axis, or nothing along it.

    Examples
    --------
    >>> import numpy as np, convstep as cs
    >>> cs.ops.log_softmax(np.array([0.0, 1000.0]))
    array([-1000.,     0.])
    """
    return _apply_along("log_softmax", x, axis)


def log_softmax_backward(grad: Any, y: Any, axis: int = -1) -> Array:
    """Carry a gradient back through `log_softmax`: ``grad - exp(y) * sum(grad)``.

    Parameters
    ----------
    grad, y : ndarray of real numbers, one shape
        The gradient, and what `log_softmax` returned.
    axis : int

    Returns
    -------
    ndarray, grad's shape
        In y's dtype where that is floating, else float64.

    Examples
    --------
    >>> import numpy as np, convstep as cs
    >>> cs.ops.log_softmax_backward(np.array([1.0, 0.0]), np.log([0.5, 0.5]))
    array([ 0.5, -0.5])
    """
    return _apply_backward("log_softmax_backward", grad, y, axis)


def _apply_along(name: str, x: Any, axis: Any) -> Array:
    x = checks.array(name, "x", x, None)
    return apply(name, x, _axis(name, axis, "x", x))


def _slope(name: str, slope: Any) -> float:
    """Check the slope of a leaky rectifier."""
    if type(slope) is float and 0 <= slope < math.inf:
        return slope
    number = float(checks.one_number(name, "negative_slope", slope))
    if not 0 <= number < math.inf:
        raise argument_error(name, "negative_slope", "be a number of at least 0", slope)
    return number


def _axis(name: str, axis: Any, argument: str, x: Array) -> int:
    """Check an axis of x; softmax needs something along it."""
    rule = f"be one of the {x.ndim} axes of {argument}, one that is not empty"
    if not isinstance(axis, int | np.integer) or isinstance(axis, bool):
        raise type_error(name, "axis", rule, axis)
    if not -x.ndim <= axis < x.ndim or x.shape[axis] == 0:
        raise argument_error(name, "axis", rule, axis)
    return int(axis)


def _apply_backward(name: str, grad: Any, y: Any, *axis: int) -> Array:
    grad, y = with_gradient(name, grad, "y", y)
    return carry_back(name, grad, y, *(_axis(name, each, "y", y) for each in axis))
