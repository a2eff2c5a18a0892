"""The module `convstep._kernels`: whether it is there, its settings, and what it wants."""

import os
from functools import cache
from importlib import import_module
from types import ModuleType

from convstep.errors import BackendError
from convstep.ops.checks import FLOAT32, FLOAT64

kernels: ModuleType | None
try:
    kernels = import_module("convstep._kernels")
except ImportError as error:
    kernels = None
    _absent = isinstance(error, ModuleNotFoundError) and error.name == "convstep._kernels"
    _REASON = "installed without it" if _absent else f"it does not load: {error}"

DTYPES = (FLOAT32, FLOAT64)
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
    name: str = core().target()
    return name


def select_target(name: str) -> None:
    """Choose the instruction set, for the whole process.

    Raises
    ------
    BackendError
        If it is unknown or cannot run here.
    """
    _select(core(), name, "select_target: name")


@cache
def core() -> ModuleType:
    """Return the kernels, after the choice that the environment forces."""
    if kernels is None:
        raise BackendError(f"the compiled core is not there ({_REASON}).")
    if forced := os.environ.get(_FORCE):
        _select(kernels, forced, f"the environment variable {_FORCE}")
    return kernels


def _select(module: ModuleType, name: str, who: str) -> None:
    if not module.select_target(name):
        known = ", ".join(module.targets())
        raise BackendError(
            f"{who} must be an instruction set that runs here ({known}); got {name!r}."
        )
