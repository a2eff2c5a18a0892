"""The exercise of the lesson: its eight functions, their cases, and the mistakes made in them."""

from functools import cache
from importlib import resources

from convstep.check.eight.tasks import TASKS
from convstep.check.exercise import Exercise

__all__ = ["eight"]


@cache
def eight() -> Exercise:
    """The eight functions; what is right is `convstep.loops`, as it stands there."""
    loops = resources.files("convstep").joinpath("loops.py").read_text(encoding="utf-8")
    return Exercise("eight", {"loops": loops}, TASKS, ())
