"""Convolutional networks for NumPy, step by step.

The building blocks of the well-known lesson, in three forms that give the same numbers: loops
to read (`convstep.loops`), array code (`convstep.ops` and `convstep.steps`, whose eight
functions are also here), and compiled kernels behind it. On them: layers (`convstep.nn`) and
whole networks (`convstep.Sequential`, `convstep.Model`).
"""

import importlib
from typing import TYPE_CHECKING, Any

from convstep import errors, loops, ops, steps
from convstep.gradient_check import gradient_check
from convstep.ops.dispatch import backend_info, use_backend
from convstep.ops.precision import set_precision
from convstep.ops.threads import get_num_threads, set_num_threads
from convstep.steps import (
    conv_backward,
    conv_forward,
    conv_single_step,
    create_mask_from_window,
    distribute_value,
    pool_backward,
    pool_forward,
    zero_pad,
)
from convstep.version import __version__

if TYPE_CHECKING:
    from convstep import check, data, estimators, lens, nn, training
    from convstep.graph import Graph, Sequential
    from convstep.models import Model, zoo

__all__ = [
    "Graph",
    "Model",
    "Sequential",
    "__version__",
    "backend_info",
    "check",
    "conv_backward",
    "conv_forward",
    "conv_single_step",
    "create_mask_from_window",
    "data",
    "distribute_value",
    "errors",
    "estimators",
    "get_num_threads",
    "gradient_check",
    "lens",
    "loops",
    "nn",
    "ops",
    "pool_backward",
    "pool_forward",
    "set_num_threads",
    "set_precision",
    "steps",
    "training",
    "use_backend",
    "zero_pad",
    "zoo",
]

# Imported when they are first asked for, so that `import convstep` stays quick.
_LAZY = {
    "Graph": "convstep.graph",
    "Model": "convstep.models",
    "Sequential": "convstep.graph",
    "check": "convstep",
    "data": "convstep",
    "estimators": "convstep",
    "lens": "convstep",
    "nn": "convstep",
    "training": "convstep",
    "zoo": "convstep.models",
}


def __getattr__(name: str) -> Any:
    if name not in _LAZY:
        raise AttributeError(f"module 'convstep' has no attribute {name!r}")
    room = _LAZY[name]
    if room == "convstep":
        return importlib.import_module(f"convstep.{name}")
    return getattr(importlib.import_module(room), name)


def __dir__() -> list[str]:
    return __all__
