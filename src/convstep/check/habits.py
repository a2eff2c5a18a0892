"""Mistakes of any function: what it does beside its result, and what its code shows.

They are no variants of a definition: each is told by its own sign. `HABITS` has their texts.
"""

import re
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from convstep.check.execute import LIB_PAD, ONE_NUMBER, REMOVED
from convstep.check.exercise import Task
from convstep.check.outcome import Outcome
from convstep.check.reading.static import Facts
from convstep.check.report import Certainty, Diagnosis, Note

__all__ = ["HABITS", "Habit", "diagnoses", "notes", "returns_nothing", "suspicious"]

_UNKNOWN_NAME = re.compile(r"name '(\w+)' is not defined")
_MODULES = ("np", "numpy", "scipy", "plt", "tf", "torch")
_MOST_PRINTED = 3  # lines of one call


@dataclass(frozen=True)
class Habit:
    """One mistake that can be made in any function."""

    title: str
    explanation: str
    nudge: str


HABITS: Mapping[str, Habit] = {
    "any.reads_global": Habit(
        "it reads a name from outside: {names}",
        "A function may use its arguments alone; what a notebook happened to leave behind is "
        "another thing in the next call.",
        "Which of the names in the function are neither arguments nor made inside it?",
    ),
    "any.mutates_input": Habit(
        "it changes its own argument: {names}",
        "Whoever called the function still needs the array; write into a new one.",
        "Print the argument before and after the call.",
    ),
    "any.aliases_cache": Habit(
        "its result is the cached array itself, written over: {names}",
        "`b = a` gives an array a second name, and what is added to b is added to a; the gradient "
        "must start as zeros.",
        "What does the array hold before the first gradient is added into it?",
    ),
    "any.returns_none": Habit(
        "it returns nothing",
        "A function without `return` gives None.",
        "Look at the last line of the function: what does the caller get?",
    ),
    "any.returns_in_loop": Habit(
        "a return stands inside a loop",
        "The first turn of the loop is then the last one; the return belongs after the loop.",
        "How many spaces stand before `return`, and which loop does that make it part of?",
    ),
    "any.not_imported": Habit(
        "a module is used that is not imported: {names}",
        "`import {names}` belongs at the top of the file.",
        "What does Python say when the file is run in a fresh interpreter?",
    ),
    "any.hides_errors": Habit(
        "an except hides whatever goes wrong",
        "`try: ... except: pass` leaves a wrong result in place of a message.",
        "Take the try away and read what Python says.",
    ),
    "any.blank_left": Habit(
        "a blank of the template is left",
        "A line of the template was not filled in, so a name has no value yet.",
        "Search for `None` and `...` in it; is every name that is returned made somewhere?",
    ),
}


def diagnoses(
    facts: Facts, task: Task, arguments: Sequence[Any], outcomes: Sequence[Outcome]
) -> Iterator[Diagnosis]:
    """The habits that show in a function that is wrong.

    Certain are those that are seen at work; the others may be the reason.
    """
    wanting = list(dict.fromkeys(name for name in map(_unknown_name, outcomes) if name))
    yield from _about_names(facts, wanting)
    yield from changes(task, arguments, outcomes)
    if returns_nothing(outcomes):
        yield _diagnosis("any.returns_none", "certain")
    if facts.blanks:
        yield _diagnosis("any.blank_left", "certain", facts.blanks[0])
    elif any(map(_trips_over_none, outcomes)):
        yield _diagnosis("any.blank_left", "likely")
    if facts.hides:
        yield _diagnosis("any.hides_errors", "likely", facts.hides[0])
    if facts.returns:
        yield _diagnosis("any.returns_in_loop", "likely", facts.returns[0])


def _about_names(facts: Facts, wanting: Sequence[str]) -> Iterator[Diagnosis]:
    """A name that is nowhere, or that is a leftover of something else."""
    if not wanting:
        if facts.free:
            yield _diagnosis("any.reads_global", "likely", names=", ".join(facts.free))
        return
    name = wanting[0]
    if name in facts.never_made:
        yield _diagnosis("any.blank_left", "certain")
    elif name in sys.stdlib_module_names or name in _MODULES:
        yield _diagnosis("any.not_imported", "certain", names=name)
    elif name in facts.free:
        yield _diagnosis("any.reads_global", "certain", names=", ".join(wanting))


def returns_nothing(outcomes: Iterable[Outcome]) -> bool:
    """Whether every call came to its end and gave None."""
    return all(outcome.failure is None and outcome.value is None for outcome in outcomes)


def suspicious(facts: Facts) -> bool:
    """Whether the code shows something that may be the reason of whatever is wrong."""
    return bool(facts.free or facts.hides or facts.blanks or facts.returns)


def changes(
    task: Task, arguments: Sequence[Any], outcomes: Sequence[Outcome]
) -> Iterator[Diagnosis]:
    """That it alters what it was given, which is wrong whatever the result."""
    changed = sorted({place for outcome in outcomes for place in outcome.changed})
    if not changed:
        return
    shared = {place for outcome in outcomes for place in outcome.shared}
    names = ", ".join(task.arguments[place] for place in changed)
    of_a_cache = any(isinstance(arguments[place], tuple) for place in shared & set(changed))
    kind = "any.aliases_cache" if of_a_cache else "any.mutates_input"
    yield _diagnosis(kind, "certain", names=names)


def notes(facts: Facts, outcomes: Sequence[Outcome]) -> Iterator[Note]:
    """What is no mistake in the result, but good to know."""
    repairs = dict.fromkeys(repair for outcome in outcomes for repair in outcome.repairs)
    for repair in repairs:
        yield Note("old_numpy", _repair_told(repair))
    if facts.prints and any(outcome.printed > _MOST_PRINTED for outcome in outcomes):
        yield Note("prints_in_loop", f"line {facts.prints[0]} prints inside a loop")


def _repair_told(repair: str) -> str:
    if repair == ONE_NUMBER:
        return (
            "NumPy 2.4 takes no array of shape (1, 1, 1) for a number, as in float(b) or "
            "Z[i, h, w, c] = array; write b.item(), or b.reshape(())"
        )
    if repair == LIB_PAD:
        return "NumPy has no np.lib.pad any more; write np.pad"
    return f"NumPy has no np.{repair} any more; write {REMOVED[repair][1]}"


def _unknown_name(outcome: Outcome) -> str:
    if outcome.failure is None or outcome.failure.type != "NameError":
        return ""
    found = _UNKNOWN_NAME.search(outcome.failure.message)
    return found[1] if found else ""


def _trips_over_none(outcome: Outcome) -> bool:
    return outcome.failure is not None and "NoneType" in outcome.failure.message


def _diagnosis(
    kind: str, certainty: Certainty, line: int | None = None, names: str = ""
) -> Diagnosis:
    habit = HABITS[kind]
    return Diagnosis(
        mistake=kind,
        title=habit.title.format(names=names),
        certainty=certainty,
        explanation=habit.explanation.format(names=names),
        nudge=habit.nudge,
        line=line,
    )
