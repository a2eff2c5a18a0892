"""The lens: traces, pages and figures on which every step can be watched.

A trace holds every step of one of the eight functions. It draws itself (`Trace.plot`,
`Trace.animate`), and opens as a live page (`Trace.to_html`, or a notebook's cell)::

    Z, cache = cs.conv_forward(A_prev, W, b, hparameters)
    trace = cs.lens.trace_conv_backward(dZ, cache)
    print(trace[5].describe())
    trace.to_html("page.html")
"""

import importlib
from typing import TYPE_CHECKING, Any

from convstep.lens.mistake import MistakeLens, mistake
from convstep.lens.step import Step
from convstep.lens.trace import Trace
from convstep.lens.trace_conv import trace_conv_backward, trace_conv_forward
from convstep.lens.trace_pad import trace_zero_pad
from convstep.lens.trace_pool import trace_pool_backward, trace_pool_forward

if TYPE_CHECKING:
    from convstep.lens.networks import NetworkLens, network

__all__ = [
    "MistakeLens",
    "NetworkLens",
    "Step",
    "Trace",
    "mistake",
    "network",
    "trace_conv_backward",
    "trace_conv_forward",
    "trace_pool_backward",
    "trace_pool_forward",
    "trace_zero_pad",
]

# Imported when they are first asked for: a page of single operations needs no networks. No file of
# these may be called as a function is, or it would take its name here.
_LAZY = {"NetworkLens": "networks", "network": "networks"}


def __getattr__(name: str) -> Any:
    if name not in _LAZY:
        raise AttributeError(f"module 'convstep.lens' has no attribute {name!r}")
    return getattr(importlib.import_module(f"convstep.lens.{_LAZY[name]}"), name)
