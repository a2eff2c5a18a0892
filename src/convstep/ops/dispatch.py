"""Which body of an operation runs: the table of bodies, and the choice between them.

The table starts with the portable bodies; a compiled one, where there is one, stands beside
its portable twin under the same name and with the same arguments. All bodies share one layout
of arrays, so a forward on one body may be followed by a backward on another.
"""

import sys
import warnings
from collections.abc import Callable
from types import TracebackType
from typing import Any, Literal

from convstep.errors import BackendError
from convstep.ops import compiled, portable, precision, threads
from convstep.ops.checks import DType, choice

Body = Callable[..., Any]
Backend = Literal["compiled", "portable"]
BACKENDS: tuple[str, ...] = ("compiled", "portable")

PORTABLE: dict[str, Body] = portable.BODIES
COMPILED: dict[str, Body] = compiled.BODIES

_NOTICE_FROM = 10**9  # multiply-adds from which a missing core is worth a word
_state: dict[str, Any] = {"backend": None, "told": False}


def body(name: str, dtype: DType, work: int = 0) -> Body:
    """Return the body of an operation that runs now.

    Parameters
    ----------
    name : str
        The body's name, the same in every table.
    dtype : dtype
        What it will compute in; the compiled core knows float32 and float64.
    work : int
        Multiply-adds of this call; a heavy one tells, once, that the core is missing.
    """
    if backend() == "compiled" and dtype in compiled.DTYPES and name in COMPILED:
        return COMPILED[name]
    if work > _NOTICE_FROM:
        _tell_once()
    return PORTABLE[name]


def backend() -> str:
    """Return the name of the backend in use: what was chosen, or the best there is."""
    chosen: str | None = _state["backend"]
    if chosen:
        return chosen
    if compiled.available():
        return "compiled"
    compiled.refuse_force()
    return "portable"


def _tell_once() -> None:
    if _state["told"] or _state["backend"] or compiled.available():
        return
    _state["told"] = True
    reason = compiled.unavailable_reason()
    warnings.warn(
        f"convstep runs without its compiled core ({reason}), many times slower than with it. "
        "`convstep info` tells more; use_backend('portable') makes this the choice.",
        RuntimeWarning,
        stacklevel=_callers_level(),
    )


def _callers_level() -> int:
    """Return the stacklevel, seen from who calls this, of the first frame outside the package."""
    level, frame = 1, sys._getframe(1)
    while frame.f_back and frame.f_globals["__name__"].startswith("convstep."):
        level, frame = level + 1, frame.f_back
    return level


class use_backend:
    """Choose the bodies that operations run on, for the process or for a ``with`` block.

    Parameters
    ----------
    name : {"compiled", "portable"}
        ``"compiled"`` runs the compiled core wherever it has a body for an operation, and the
        portable body elsewhere; ``"portable"`` runs NumPy alone.

    Raises
    ------
    BackendError
        If the compiled core is asked for and is not there.

    Examples
    --------
    >>> import convstep as cs
    >>> with cs.use_backend("portable"):
    ...     cs.backend_info()["backend"]
    'portable'
    """

    def __init__(self, name: Backend) -> None:
        choice("use_backend", "name", name, BACKENDS)
        if name == "compiled" and not compiled.available():
            raise BackendError(
                f"use_backend: the compiled core is not there ({compiled.unavailable_reason()}). "
                "Use 'portable', or install with a C++ compiler."
            )
        self._before = _state["backend"]
        _state["backend"] = name

    def __enter__(self) -> None:
        """The choice holds since the call."""

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Go back to what was chosen before."""
        _state["backend"] = self._before


def backend_info() -> dict[str, Any]:
    """Tell which code runs.

    Returns
    -------
    dict
        ``"backend"``: the backend in use; ``"core"``: whether the compiled core is there;
        ``"reason"``: if it is not, why; ``"target"``: the instruction set it runs on (None
        without it); ``"targets"``: those that this machine can run, best first; ``"threads"``;
        ``"precision"``: ``"fast"`` or ``"exact"``; ``"operations"``: for each body, by name,
        ``"compiled"`` or ``"portable"``.

    Examples
    --------
    >>> import convstep as cs
    >>> sorted(cs.backend_info())
    ['backend', 'core', 'operations', 'precision', 'reason', 'target', 'targets', 'threads']
    """
    core = compiled.available()
    chosen = backend()
    return {
        "backend": chosen,
        "core": core,
        "reason": compiled.unavailable_reason(),
        "target": compiled.target() if core else None,
        "targets": compiled.targets() if core else [],
        "threads": threads.get_num_threads(),
        "precision": precision.precision(),
        "operations": {
            name: "compiled" if chosen == "compiled" and name in COMPILED else "portable"
            for name in sorted(PORTABLE)
        },
    }
