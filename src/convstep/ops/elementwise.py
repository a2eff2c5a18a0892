"""The sum of two arrays, as layers and graphs need it."""

from typing import Any

from convstep.ops import checks
from convstep.ops.checks import Array, as_dtype, in_one_dtype, like
from convstep.ops.dispatch import body
from convstep.ops.portable.activation import ACTIVATION_BACKWARDS


def add(a: Any, b: Any, activation: str | None = None) -> Array:
    """Add two arrays of one shape.

    Parameters
    ----------
    a, b : ndarray of real numbers, one shape
    activation : {None, "relu", "relu6", "leaky_relu", "sigmoid", "tanh"}
        Applied to the sum.

    Returns
    -------
    ndarray, a's shape
        New memory, of dtype ``np.result_type(a, b)`` where that is floating, else float64.

    Raises
    ------
    ArgumentError
        If the shapes differ.
    """
    a, b = checks.array("add", "a", a, None), checks.array("add", "b", b, None)
    checks.same_shape("add", "b", b, a.shape, "a's")
    _known("add", activation)
    result, (a, b) = in_one_dtype(a, b)
    y: Array = body("add", a.dtype)(a, b, activation)
    return as_dtype(y, result)


def add_backward(grad: Any, y: Any = None, activation: str | None = None) -> Array:
    """Return the gradient of either array that `add` was given: they have the same one.

    Parameters
    ----------
    grad : ndarray of real numbers
    y
        What `add` returned; may be None where there was no activation.
    activation
        As it was given to `add`.

    Returns
    -------
    ndarray, grad's shape
        Where there was no activation, grad itself.

    Raises
    ------
    ArgumentError
        If the shapes differ.
    """
    name = "add_backward"
    given = checks.array(name, "grad", grad, None)
    _known(name, activation)
    if activation is None:
        return given
    output = checks.array(name, "y", y, None)
    checks.same_shape(name, "grad", given, output.shape, "y's")
    _, (g, held) = in_one_dtype(given, output)
    dx: Array = body(f"{activation}_backward", g.dtype)(g, held)
    return like(output, dx)


def accumulate(total: Array, more: Array) -> None:
    """Add to an array in place: ``total += more``, both of one shape and dtype."""
    body("accumulate", total.dtype)(total, more)


def _known(function: str, activation: str | None) -> None:
    if activation is not None:
        checks.choice(function, "activation", activation, tuple(ACTIVATION_BACKWARDS))
