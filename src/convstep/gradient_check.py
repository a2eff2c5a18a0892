"""A numeric check of gradients: does a backward function fit its forward function?"""

import inspect
import sys
from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np

from convstep.errors import Shown, argument_error, type_error
from convstep.ops.checks import Array, array

_STEP = 1e-6
_MOST = 200  # elements tried in one array


class ArgumentReport(NamedTuple):
    """How the gradient of one argument compares: the largest error, and where it is."""

    error: float
    where: tuple[int, ...]
    analytic: float
    numeric: float


class GradientReport(NamedTuple):
    """What `gradient_check` found; true where every gradient is right."""

    arguments: tuple[ArgumentReport | None, ...]
    tolerance: float

    @property
    def ok(self) -> bool:
        """Whether every gradient that was returned is right."""
        return all(found.error <= self.tolerance for found in self.arguments if found)

    def __bool__(self) -> bool:
        return self.ok

    def __str__(self) -> str:
        lines = []
        for position, found in enumerate(self.arguments):
            if found is None:
                lines.append(f"argument {position}: no gradient returned")
                continue
            verdict = "right" if found.error <= self.tolerance else "WRONG"
            lines.append(
                f"argument {position}: {verdict}, error {found.error:.1e} at {found.where} "
                f"(backward {found.analytic:.8g}, numeric {found.numeric:.8g})"
            )
        if not self.ok:
            lines.append("(At a kink, such as a tie of a maximum, no gradient is right.)")
        return "\n".join(lines)


def gradient_check(
    function: Callable[..., Any],
    backward: Callable[..., Any],
    *arrays: Any,
    tolerance: float = 1e-6,
    seed: int = 0,
) -> GradientReport:
    """Compare the gradients that `backward` returns with differences of `function`.

    Parameters
    ----------
    function : callable
        ``function(*arrays)`` returns a result, or ``(result, cache)``.
    backward : callable
        ``backward(grad, cache)`` if there is a cache, else ``backward(grad, *arrays)``, without
        the last arrays if it takes fewer (no gradient depends on the bias, for example). Returns
        the gradient of each array, in order: a tuple, or the one array. None, or fewer
        gradients than arrays, means not checked.
    *arrays : ndarray of real numbers, any shape
        Where to check. They are taken as float64 and never changed.
    tolerance : float
        Largest error that counts as right, relative to the largest gradient of the argument.
    seed : int
        Draws the gradient that goes in and, of arrays with more than 200 elements, which are
        tried.

    Returns
    -------
    GradientReport
        True where every gradient is right. ``str`` of it says, for each array, how large the
        error is and where; ``.arguments`` has the same as numbers.

    Raises
    ------
    ArgumentError
        If there are no arrays, no gradients, or a gradient has not its array's shape.

    Notes
    -----
    The numeric gradient is the central difference over 2e-6. At a kink, such as a tie of a
    maximum, it is the mean of the slopes on both sides, and no backward function fits it.

    Examples
    --------
    >>> import numpy as np, convstep as cs
    >>> x, weight, bias = np.random.randn(2, 5, 5, 3), np.random.randn(3, 3, 3, 4), np.zeros(4)
    >>> bool(cs.gradient_check(cs.ops.conv2d, cs.ops.conv2d_backward, x, weight, bias))
    True
    """
    if not arrays:
        raise argument_error("gradient_check", "arrays", "be at least one array", arrays)
    points = [
        array("gradient_check", f"arrays[{k}]", value, None).astype(np.float64)
        for k, value in enumerate(arrays)
    ]
    rng = np.random.default_rng(seed)
    result, *cache = _unpack(function(*points))
    grad = rng.standard_normal(np.shape(result))
    given = cache or points[: _most_arguments(backward) - 1]
    gradients = _gradients(backward(grad, *given))

    def loss(*at: Array) -> float:
        return float(np.sum(grad * _unpack(function(*at))[0]))

    reports: list[ArgumentReport | None] = []
    for k, point in enumerate(points):
        analytic = gradients[k] if k < len(gradients) else None
        if analytic is None:
            reports.append(None)
            continue
        analytic = np.asarray(analytic)
        if analytic.shape != point.shape:
            rule = f"return a gradient of shape {point.shape} for arrays[{k}]"
            raise argument_error("gradient_check", "backward", rule, analytic)
        tried = rng.permutation(point.size)[:_MOST]
        reports.append(_compare(loss, points, k, analytic, np.sort(tried)))
    return GradientReport(tuple(reports), tolerance)


def _unpack(returned: Any) -> tuple[Any, ...]:
    """Split what a forward function returned into its result and perhaps a cache."""
    return returned if isinstance(returned, tuple) else (returned,)


def _gradients(returned: Any) -> tuple[Any, ...]:
    """Take what a backward function returned as gradients, at least one."""
    gradients = tuple(returned) if isinstance(returned, tuple | list) else (returned,)
    if all(gradient is None for gradient in gradients):
        advice = "Is its `return` missing?"
        raise argument_error("gradient_check", "backward", "return gradients", returned, advice)
    if any(isinstance(gradient, dict) for gradient in gradients):
        rule = "return an array or a tuple of them"
        raise type_error("gradient_check", "backward", rule, Shown("a dict"))
    return gradients


def _most_arguments(function: Callable[..., Any]) -> int:
    """Count the arguments that a function takes by position."""
    try:
        parameters = inspect.signature(function).parameters.values()
    except ValueError:  # compiled functions may have none to show
        return sys.maxsize
    if any(parameter.kind is parameter.VAR_POSITIONAL for parameter in parameters):
        return sys.maxsize
    by_position = (inspect.Parameter.POSITIONAL_ONLY, inspect.Parameter.POSITIONAL_OR_KEYWORD)
    return sum(parameter.kind in by_position for parameter in parameters)


def _compare(
    loss: Callable[..., float], points: list[Array], k: int, analytic: Array, tried: Array
) -> ArgumentReport:
    """Find the element of argument k whose gradient is farthest from the difference."""
    numeric = np.array([_difference(loss, points, k, int(position)) for position in tried])
    given = analytic.reshape(-1)[tried]
    if tried.size == 0:
        return ArgumentReport(0.0, (), 0.0, 0.0)
    scale = max(np.abs(numeric).max(), 1e-3)
    errors = np.abs(given - numeric) / scale
    worst = int(np.argmax(np.where(np.isnan(errors), np.inf, errors)))
    error = float(errors[worst])
    return ArgumentReport(
        np.inf if np.isnan(error) else error,
        tuple(int(i) for i in np.unravel_index(int(tried[worst]), analytic.shape)),
        float(given[worst]),
        float(numeric[worst]),
    )


def _difference(loss: Callable[..., float], points: list[Array], k: int, position: int) -> float:
    """Central difference of the loss at one element."""
    values = []
    for sign in (1, -1):
        moved = list(points)
        moved[k] = points[k].copy()
        moved[k].flat[position] += sign * _STEP
        values.append(loss(*moved))
    return (values[0] - values[1]) / (2 * _STEP)
