"""What is to be seen in a layer's numbers at a glance: spread, dead units, saturation."""

from typing import Any

import numpy as np

from convstep.nn.layer import Array

__all__ = ["statistics"]

_NEAR = 0.01  # as a share of the way between an activation's limits


def statistics(values: Array, activation: str | None) -> dict[str, Any]:
    """Measure a layer's outputs.

    Parameters
    ----------
    values : ndarray, shape (N, ..., channels)
    activation : str or None
        What they went through.

    Returns
    -------
    dict
        ``mean``, ``std``, ``min`` and ``max`` (None where they are no finite number), ``zeros``
        (the share of zeros), ``dead`` (the channels that are zero, or the same number,
        everywhere), ``channels``, and ``saturated``: the share of numbers at a limit of
        the activation, None if it has no limits.

    Examples
    --------
    >>> found = statistics(np.array([[0.0, 1.0], [0.0, 3.0]]), "relu")
    >>> found["mean"], found["zeros"], found["dead"], found["channels"]
    (1.0, 0.5, [0], 2)
    """
    wide = np.asarray(values, np.float64)
    with np.errstate(invalid="ignore", over="ignore"):
        numbers = {
            "mean": wide.mean(),
            "std": wide.std(),
            "min": wide.min(),
            "max": wide.max(),
        }
    return {
        **{name: float(n) if np.isfinite(n) else None for name, n in numbers.items()},
        "zeros": float((wide == 0).mean()),
        "dead": _dead(wide),
        "channels": values.shape[-1],
        "saturated": _saturated(wide, activation),
    }


def _dead(values: Array) -> list[int]:
    """Channels that say nothing; a single number says something unless it is zero."""
    rows = values.reshape(-1, values.shape[-1])
    same = (rows == rows[0]).all(axis=0)
    silent = same if len(rows) > 1 else rows[0] == 0
    return [int(n) for n in np.flatnonzero(silent)]


def _saturated(values: Array, activation: str | None) -> float | None:
    if activation == "sigmoid":
        near = (values <= _NEAR) | (values >= 1 - _NEAR)
    elif activation == "tanh":
        near = np.abs(values) >= 1 - 2 * _NEAR
    elif activation == "relu6":
        near = values >= 6
    else:
        return None
    return float(near.mean())
