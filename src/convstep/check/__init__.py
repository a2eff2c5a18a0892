"""Grades a solution, and names the mistake that was made."""

from typing import TYPE_CHECKING, Any

from convstep.check.exercise import Exercise, Mistake, Setting, Task, Variant

if TYPE_CHECKING:
    from convstep.check.api import check

__all__ = ["Exercise", "Mistake", "Setting", "Task", "Variant", "check"]


# The process of a submission needs little of this room, and is started for each of three hundred.
def __getattr__(name: str) -> Any:
    if name == "check":
        from convstep.check.api import check

        return check
    raise AttributeError(f"module 'convstep.check' has no attribute {name!r}")
