"""The exercise of the lesson: its eight functions, their cases, and the mistakes made in them."""

from functools import cache
from importlib import resources

from convstep.check.eight.mistakes import MISTAKES
from convstep.check.eight.tasks import TASKS
from convstep.check.exercise import Exercise

__all__ = ["STYLES", "eight"]

# The definition, and right solutions in other styles, for the mistakes that behave otherwise there.
STYLES = ("loops", "images", "filters", "examples", "offsets", "columns")


@cache
def eight() -> Exercise:
    """The eight functions; what is right is `convstep.loops`, as it stands there."""
    return Exercise("eight", {style: _source(style) for style in STYLES}, TASKS, MISTAKES)


def _source(style: str) -> str:
    folder = resources.files("convstep")
    if style != "loops":
        folder = folder / "check" / "eight" / "styles"
    return (folder / f"{style}.py").read_text(encoding="utf-8")
