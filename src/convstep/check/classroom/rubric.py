"""What a submission earns: a teacher's rubric, in TOML, and the points by it.

::

    environment = "forgive"             # or "fail": what breaks on this NumPy alone earns nothing
    conventions = "pass"                # or "fail": one tied maximum in place of all
    blocked = "full"                    # or "none": right but for a helper that is wrong
    partial = "cases"                   # or "families", "none": what a wrong function earns

    [points]
    zero_pad = 5
    conv_forward = 20

    [families.conv_forward]             # weights, where groups of cases do not count alike
    "stride over 1" = 3
    "padding" = 2

    [deductions]                        # what a mistake costs, in place of partial credit
    "conv_forward.no_bias" = 4
"""

import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Literal, get_args, get_type_hints

from convstep.check.exercise import Exercise
from convstep.check.habits import HABITS
from convstep.check.report import FunctionReport, Report
from convstep.errors import ArgumentError, FileFormatError, Shown, argument_error, nearest

__all__ = ["Points", "Rubric", "Score", "load", "score"]

DEFAULT_POINTS = 10.0

Numbers = Mapping[str, float]


@dataclass(frozen=True)
class Rubric:
    """How a submission is marked; by default, each function is worth ten points.

    Parameters
    ----------
    points : mapping of str to float
        What each function is worth. One that is not named is not marked.
    families : mapping of str to mapping of str to float
        For a function, the weights of groups of its cases; without them all groups weigh the same.
    deductions : mapping of str to float
        What a mistake costs, by its id.
    environment, conventions, blocked, partial : str
        See the head of this module.
    conventions_of : frozenset of str
        The kinds of note that are conventions.
    """

    points: Numbers
    families: Mapping[str, Numbers] = field(default_factory=dict)
    deductions: Numbers = field(default_factory=dict)
    environment: Literal["forgive", "fail"] = "forgive"
    conventions: Literal["pass", "fail"] = "pass"
    blocked: Literal["full", "none"] = "full"
    partial: Literal["cases", "families", "none"] = "cases"
    conventions_of: frozenset[str] = frozenset()

    def only(self, names: Iterable[str]) -> "Rubric":
        """The same rubric for some functions alone; for all of them where none is named."""
        names = set(names)
        kept = {name: worth for name, worth in self.points.items() if not names or name in names}
        return replace(self, points=kept)


@dataclass(frozen=True)
class Points:
    """What one function earned, of how much, and why."""

    function: str
    earned: float
    out_of: float
    why: str


@dataclass(frozen=True)
class Score:
    """What a submission earned, function by function."""

    functions: tuple[Points, ...]

    @property
    def earned(self) -> float:
        """All points that were earned."""
        return round(sum(points.earned for points in self.functions), 2)

    @property
    def out_of(self) -> float:
        """All points that there are."""
        return round(sum(points.out_of for points in self.functions), 2)


def score(report: Report, rubric: Rubric) -> Score:
    """Give points for a report.

    Examples
    --------
    >>> from convstep.check.load import load_exercise
    >>> from convstep.check.report import FunctionReport, Report
    >>> report = Report("my_conv.py", "right", (FunctionReport("zero_pad", "right"),))
    >>> marked = score(report, load(None, load_exercise()))
    >>> marked.earned, marked.out_of, marked.functions[0].why
    (10.0, 80.0, 'right')
    """
    found = {function.name: function for function in report.functions}
    return Score(tuple(_points(name, found.get(name), rubric) for name in rubric.points))


def _points(name: str, found: FunctionReport | None, rubric: Rubric) -> Points:
    share, why = 0.0, "missing"
    out_of = rubric.points[name]
    if found is not None and found.status != "missing":
        share, why = _share(found, rubric, out_of)
    return Points(name, round(share * out_of, 2), out_of, why)


def _share(found: FunctionReport, rubric: Rubric, out_of: float) -> tuple[float, str]:
    """The part of its points that a function earns, and why."""
    kinds = {note.kind for note in found.notes}
    if rubric.environment == "fail" and "old_numpy" in kinds:
        return 0.0, "breaks on this NumPy"
    if rubric.conventions == "fail" and kinds & rubric.conventions_of:
        return (
            0.0,
            f"follows another convention: {', '.join(sorted(kinds & rubric.conventions_of))}",
        )
    if found.status == "blocked":
        told = f"right but for {', '.join(found.blamed)}"
        return float(rubric.blocked == "full"), told
    if found.status == "right":
        return 1.0, "right"
    return _deducted(found, rubric, out_of) or _partial(found, rubric)


def _deducted(found: FunctionReport, rubric: Rubric, out_of: float) -> tuple[float, str] | None:
    """What is left by the deductions; None unless they are there for all that is wrong."""
    costs = [rubric.deductions.get(d.mistake) for d in found.diagnoses]
    known = [cost for cost in costs if cost is not None]
    sure = all(diagnosis.certainty == "certain" for diagnosis in found.diagnoses)
    if not known or len(known) < len(costs) or not sure or not out_of:
        return None
    told = ", ".join(f"{d.mistake} -{rubric.deductions[d.mistake]:g}" for d in found.diagnoses)
    return max(0.0, 1 - sum(known) / out_of), told


def _partial(found: FunctionReport, rubric: Rubric) -> tuple[float, str]:
    """What a wrong function earns for that which is right in it."""
    if rubric.partial == "none":
        return 0.0, "wrong"
    if rubric.partial == "cases" and found.name not in rubric.families:
        return found.share, f"wrong: right in {found.share:.0%} of the cases"
    groups = {name: f for name, f in found.families.items() if name != "all" and f.cases}
    weights = rubric.families.get(found.name) or dict.fromkeys(groups, 1.0)
    right = [
        name for name in weights if name in groups and groups[name].right == groups[name].cases
    ]
    told = f"wrong: right in {len(right)} of {len(weights)} groups of cases"
    earned = sum(weights[name] for name in right) / (sum(weights.values()) or 1.0)
    return earned, f"{told} ({', '.join(right)})" if right else told


def load(path: str | Path | None, exercise: Exercise) -> Rubric:
    """Read a rubric; the one by default where no file is named.

    Raises
    ------
    ArgumentError
        If a key is not known, or a value is of another kind or negative.
    FileFormatError
        If the file is no TOML.
    OSError
        If it cannot be read.
    """
    if path is None:
        content: dict[str, Any] = {}
    else:
        try:
            content = tomllib.loads(Path(path).read_text(encoding="utf-8"))
        except ValueError as error:
            raise FileFormatError(f"{path}: this is no TOML: {error}") from error
    return _Reading(str(path), exercise).rubric(content)


class _Reading:
    """Reads the tables of one file, and says what is wrong in them."""

    def __init__(self, file: str, exercise: Exercise) -> None:
        self.file = file
        self.exercise = exercise
        self.tasks = {task.name: task for task in exercise.tasks}

    def rubric(self, content: dict[str, Any]) -> Rubric:
        """The whole file."""
        hints = get_type_hints(Rubric)
        policies = {name: get_args(hints[name]) for name in _POLICIES}
        self.known("", content, [*policies, "points", "families", "deductions"])
        chosen = {name: self.word(name, content[name], words)
                  for name, words in policies.items() if name in content}  # fmt: skip
        mistakes = [*(mistake.id for mistake in self.exercise.mistakes), *HABITS]
        families = self.table("families", content.get("families", {}), self.tasks)
        default = dict.fromkeys(self.tasks, DEFAULT_POINTS)
        return Rubric(
            points=self.numbers("points", content.get("points", default), self.tasks),
            families={
                name: self.numbers(f"families.{name}", weights, self.tasks[name].families)
                for name, weights in families.items()
            },
            deductions=self.numbers("deductions", content.get("deductions", {}), mistakes),
            conventions_of=frozenset(
                mistake.name for mistake in self.exercise.mistakes if mistake.kind == "convention"
            ),
            **chosen,
        )

    def word(self, name: str, value: Any, words: tuple[str, ...]) -> Any:
        """One of some words."""
        if value not in words:
            raise self.error(name, f"be {' or '.join(map(repr, words))}", value)
        return value

    def table(self, name: str, value: Any, known: Iterable[str]) -> dict[str, Any]:
        """A table whose keys are known."""
        if not isinstance(value, dict):
            raise self.error(name, "be a table", value)
        self.known(f"{name}.", value, known)
        return value

    def numbers(self, name: str, value: Any, known: Iterable[str]) -> dict[str, float]:
        """A table of numbers from 0."""
        table = self.table(name, value, known)
        for key, number in table.items():
            real = isinstance(number, int | float) and not isinstance(number, bool)
            if not real or not 0 <= number <= _MOST_POINTS:
                rule = f"be a number from 0 to {_MOST_POINTS}"
                raise self.error(f"{name}.{key}", rule, number)
        return {key: float(number) for key, number in table.items()}

    def known(self, before: str, keys: Iterable[str], known: Iterable[str]) -> None:
        """Refuse a key that is not known, with the one that it looks like."""
        known = list(known)
        for key in keys:
            if key not in known:
                like = nearest(key, known)
                shown = known if len(known) <= _MOST_SHOWN else [*known[:_MOST_SHOWN], "..."]
                advice = f"Did you mean {like!r}?" if like else f"Known are {', '.join(shown)}."
                raise self.error(
                    f"{before}{key}", "be a key that is known", Shown(repr(key)), advice
                )

    def error(self, key: str, rule: str, got: Any, advice: str = "") -> ArgumentError:
        """An error that names the file and the key."""
        return argument_error(self.file, key, rule, got, advice)


_POLICIES = ("environment", "conventions", "blocked", "partial")
_MOST_SHOWN = 12
_MOST_POINTS = 1_000_000
