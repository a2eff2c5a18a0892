"""The lens: pages, figures and traces on which every step can be watched."""

from convstep.lens.network import NetworkLens, network

__all__ = ["NetworkLens", "network"]
