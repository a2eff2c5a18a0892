"""Grades a solution, and names the mistake that was made."""

from convstep.check.api import check
from convstep.check.exercise import Exercise, Mistake, Setting, Task, Variant

__all__ = ["Exercise", "Mistake", "Setting", "Task", "Variant", "check"]
