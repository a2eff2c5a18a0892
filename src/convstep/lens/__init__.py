"""The lens: pages, figures and traces on which every step can be watched."""

from convstep.lens.mistake import MistakeLens, mistake

__all__ = ["MistakeLens", "mistake"]
