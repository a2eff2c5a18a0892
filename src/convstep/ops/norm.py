"""Batch normalisation, forward and backward."""

from typing import Any, NamedTuple

from convstep.errors import argument_error
from convstep.ops import checks
from convstep.ops.checks import Array, as_dtype, compute_dtype, in_one_dtype, like, result_dtype
from convstep.ops.dispatch import body
from convstep.ops.portable.activation import RECTIFIERS


class NormGrads(NamedTuple):
    """Gradients of `batch_norm`, each in its argument's shape; None where it was not needed."""

    x: Array | None
    weight: Array
    bias: Array


def batch_norm(
    x: Any, weight: Any, bias: Any, *, mean: Any = None, variance: Any = None, eps: float = 1e-5
) -> Array:
    """Normalise each channel, then scale and shift it.

    ``y = (x - mean) / sqrt(variance + eps) * weight + bias``

    Parameters
    ----------
    x : ndarray of real numbers, shape (N, ..., C)
    weight, bias : ndarray of real numbers, shape (C,)
    mean, variance : ndarray of real numbers, shape (C,), optional
        Statistics to use (inference). Without them, those of x (training).
    eps : float

    Returns
    -------
    ndarray, x's shape
        New memory, of dtype ``np.result_type(x, weight, bias)`` where that is floating, else
        float64.

    Raises
    ------
    ArgumentError
        If the shapes do not fit, only one of mean and variance is given, or x is empty and its
        own statistics are asked for.

    Notes
    -----
    The variance is over n, not n - 1. Source: Ioffe and Szegedy, *Batch Normalization*, 2015.

    Examples
    --------
    >>> import numpy as np, convstep as cs
    >>> x = np.array([[1.0], [3.0]])
    >>> cs.ops.batch_norm(x, np.ones(1), np.zeros(1), eps=0).ravel()
    array([-1.,  1.])
    """
    name = "batch_norm"
    x, weight, mean, variance = _operands(name, x, weight, mean, variance)
    eps = _epsilon(name, eps)
    bias = _per_channel(name, "bias", bias, x)
    dtype = compute_dtype(x, weight, bias)
    a, w, b = (as_dtype(array, dtype) for array in (x, weight, bias))
    m, v = _statistics(a, mean, variance)
    y: Array = body(name, dtype)(a, w, b, m, v, eps)
    return as_dtype(y, result_dtype(x, weight, bias))


def batch_norm_backward(
    grad: Any, x: Any, weight: Any, *, mean: Any = None, variance: Any = None, eps: float = 1e-5
) -> NormGrads:
    """Carry a gradient back through `batch_norm`.

    Parameters
    ----------
    grad : ndarray of real numbers, x's shape
    x, weight, mean, variance, eps
        As they were given to `batch_norm`. Without mean and variance, the gradient passes
        through x's own statistics too.

    Returns
    -------
    NormGrads
        ``(x, weight, bias)``: new arrays; each has its argument's dtype where that is floating,
        else float64 (the bias's gradient: grad's).

    Raises
    ------
    ArgumentError
        As `batch_norm`, and if grad has not x's shape.

    Examples
    --------
    >>> import numpy as np, convstep as cs
    >>> grads = cs.ops.batch_norm_backward(np.ones((2, 1)), np.array([[1.0], [3.0]]), np.ones(1))
    >>> grads.x.ravel(), grads.bias
    (array([0., 0.]), array([2.]))
    """
    name = "batch_norm_backward"
    x, weight, mean, variance = _operands(name, x, weight, mean, variance)
    eps = _epsilon(name, eps)
    grad = checks.array(name, "grad", grad, None)
    checks.same_shape(name, "grad", grad, x.shape, "x's")
    dtype = compute_dtype(grad, x, weight)
    g, a, w = (as_dtype(array, dtype) for array in (grad, x, weight))
    m, v = _statistics(a, mean, variance)
    dx, dweight, dbias = body(name, dtype)(g, a, w, m, v, eps, mean is None)
    return NormGrads(like(x, dx), like(weight, dweight), like(grad, dbias))


def batch_norm_train(
    x: Any, weight: Any, bias: Any, eps: float, activation: str | None = None
) -> tuple[Array, Array, Array]:
    """Normalise each channel by its own statistics, as a layer does in training.

    Parameters
    ----------
    x, weight, bias, eps
        As `batch_norm` takes them.
    activation : {None, "relu", "relu6", "leaky_relu"}
        Applied to the result.

    Returns
    -------
    y : ndarray, x's shape
        New memory, of dtype ``np.result_type(x, weight, bias)`` where that is floating, else
        float64.
    mean, variance : ndarray, shape (C,)
        Those of x, the variance over n, in the dtype that was computed in.

    Raises
    ------
    ArgumentError
        As `batch_norm`.
    """
    name = "batch_norm_train"
    x, weight, _, _ = _operands(name, x, weight, None, None)
    eps = _epsilon(name, eps)
    bias = _per_channel(name, "bias", bias, x)
    _rectifier(name, activation)
    result, (a, w, b) = in_one_dtype(x, weight, bias)
    y, mean, variance = body(name, a.dtype)(a, w, b, eps, activation)
    return as_dtype(y, result), mean, variance


def batch_norm_train_backward(
    grad: Any,
    x: Any,
    y: Any,
    weight: Any,
    mean: Any,
    variance: Any,
    eps: float,
    activation: str | None = None,
    *,
    bias: Any = None,
    needs_x: bool = True,
) -> NormGrads:
    """Carry a gradient back through `batch_norm_train`, its statistics and its activation.

    Parameters
    ----------
    grad : ndarray of real numbers, x's shape
    x, weight, eps, activation
        As they were given to `batch_norm_train`.
    y, mean, variance
        As it returned them. y may be None where there is no activation, or where there is a bias.
    bias : ndarray of real numbers, shape (C,), optional
        As it was given to `batch_norm_train`. With it y is not read: what an activation passes
        is computed from x again, which takes less time than reading y from memory.
    needs_x : bool
        Whether x's gradient is wanted.

    Returns
    -------
    NormGrads
        ``(x, weight, bias)``: new arrays, x's None where it was not wanted.

    Raises
    ------
    ArgumentError
        If the shapes do not fit.
    """
    name = "batch_norm_train_backward"
    x, weight, mean, variance = _operands(name, x, weight, mean, variance)
    eps = _epsilon(name, eps)
    _filled(name, x)
    _rectifier(name, activation)
    given: Array = checks.array(name, "grad", grad, None)
    checks.same_shape(name, "grad", given, x.shape, "x's")
    grad = given
    if bias is not None:
        bias = _per_channel(name, "bias", bias, x)
    elif activation is not None:
        y = checks.array(name, "y", y, None)
        checks.same_shape(name, "y", y, x.shape, "x's")
        grad = body(f"{activation}_backward", given.dtype)(*in_one_dtype(given, y)[1])
        activation = None
    _, (g, a, w, b, m, v) = in_one_dtype(grad, x, weight, bias, mean, variance)
    dx, dweight, dbias = body(name, g.dtype)(
        g, a, w, w if b is None else b, m, v, eps, activation, needs_x
    )
    return NormGrads(like(x, dx), like(weight, dweight), like(given, dbias))


def batch_statistics(x: Any) -> tuple[Array, Array]:
    """Return mean and variance of each channel, the variance over n.

    Parameters
    ----------
    x : ndarray of real numbers, shape (N, ..., C)

    Returns
    -------
    mean, variance : ndarray, shape (C,)
        In x's dtype where that is floating, else float64.

    Raises
    ------
    ArgumentError
        If x has fewer than two axes, or no rows.

    Examples
    --------
    >>> import numpy as np, convstep as cs
    >>> cs.ops.batch_statistics(np.array([[1.0], [3.0]]))
    (array([2.]), array([1.]))
    """
    x = _rows("batch_statistics", x)
    _filled("batch_statistics", x)
    mean, variance = _statistics(as_dtype(x, compute_dtype(x)), None, None)
    return as_dtype(mean, result_dtype(x)), as_dtype(variance, result_dtype(x))


def _statistics(x: Array, mean: Array | None, variance: Array | None) -> tuple[Array, Array]:
    """Return the given statistics in x's dtype, or x's own."""
    if mean is None or variance is None:
        own: tuple[Array, Array] = body("batch_statistics", x.dtype)(x)
        return own
    return as_dtype(mean, x.dtype), as_dtype(variance, x.dtype)


def _operands(
    function: str, x: Any, weight: Any, mean: Any, variance: Any
) -> tuple[Array, Array, Array | None, Array | None]:
    x = _rows(function, x)
    weight = _per_channel(function, "weight", weight, x)
    if (mean is None) != (variance is None):
        missing = "mean" if mean is None else "variance"
        raise argument_error(function, missing, "be given with the other statistic", None)
    if mean is None:
        _filled(function, x)
        return x, weight, None, None
    mean = _per_channel(function, "mean", mean, x)
    return x, weight, mean, _per_channel(function, "variance", variance, x)


def _epsilon(function: str, eps: Any) -> float:
    if type(eps) is float and eps >= 0:  # a layer's: no need to look closer
        return eps
    number = checks.one_number(function, "eps", eps)
    if not number >= 0:
        raise argument_error(function, "eps", "be a number of at least 0", eps)
    return float(number)


def _rectifier(function: str, activation: str | None) -> None:
    if activation is not None:
        checks.choice(function, "activation", activation, RECTIFIERS)


def _rows(function: str, x: Any) -> Array:
    rows = checks.array(function, "x", x, None)
    if rows.ndim < 2:
        raise argument_error(function, "x", "have at least 2 axes (batch, ..., channels)", rows)
    return rows


def _filled(function: str, x: Array) -> None:
    if x.size == 0:
        raise argument_error(function, "x", "not be empty, to have a mean and a variance", x)


def _per_channel(function: str, argument: str, value: Any, x: Array) -> Array:
    numbers = checks.array(function, argument, value, 1, "(channels)")
    checks.same_shape(function, argument, numbers, (x.shape[-1],), "one number per channel:")
    return numbers
