"""The lens: pages, figures and traces on which every step can be watched."""

import importlib
from typing import TYPE_CHECKING, Any

from convstep.lens.mistake import MistakeLens, mistake

if TYPE_CHECKING:
    from convstep.lens.networks import NetworkLens, network

__all__ = ["MistakeLens", "NetworkLens", "mistake", "network"]

# Imported when they are first asked for: a page of single operations needs no networks. No file of
# these may be called as a function is, or it would take its name here.
_LAZY = {"NetworkLens": "networks", "network": "networks"}


def __getattr__(name: str) -> Any:
    if name not in _LAZY:
        raise AttributeError(f"module 'convstep.lens' has no attribute {name!r}")
    return getattr(importlib.import_module(f"convstep.lens.{_LAZY[name]}"), name)
