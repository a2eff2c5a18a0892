"""Grades a submission: each function right, wrong, or kept from being right by a helper."""

import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np

from convstep.check import habits
from convstep.check.diagnose import Evidence, Explanation, explain
from convstep.check.example import example_of
from convstep.check.exercise import Exercise, Mistake, Task
from convstep.check.localise import localise
from convstep.check.outcome import Outcome, parts, same
from convstep.check.report import Diagnosis, Family, FunctionReport, Note, Report
from convstep.check.sandbox import Limits, open_submission
from convstep.check.shrink import shrunk
from convstep.check.submission import Submission
from convstep.check.trials import Suspects, Trial, suspects
from convstep.check.words import Renamed, wanted_word

__all__ = ["GradeOptions", "grade", "grade_file"]

# After these the process is gone: the cases that are left are not asked.
_FATAL = ("timeout", "killed", "memory", "exit", "protocol")


@dataclass(frozen=True)
class GradeOptions:
    """What a file is graded by: the functions wanted, all where none is named; the limits."""

    only: tuple[str, ...] = ()
    limits: Limits = field(default_factory=Limits)


def grade_file(path: Path, exercise: Exercise, options: GradeOptions) -> Report:
    """Grade a Python file or a notebook, in a process of its own.

    Whatever is wrong with the file, and whatever it does, is in the report.
    """
    with open_submission(path, exercise, options.limits) as submission:
        if submission.unreadable:
            return Report(str(path), "unreadable", message=submission.unreadable)
        report = grade(submission, exercise, options.only)
        return replace(report, file=str(path), notes=(*submission.notes, *report.notes))


def grade(submission: Submission, exercise: Exercise, only: Iterable[str] = ()) -> Report:
    """Check all functions that are there, helpers before those that call them."""
    began = time.perf_counter()
    wanted = {exercise.task(name).name for name in only}
    found: dict[str, FunctionReport] = {}
    notes: list[Note] = []
    for task in exercise.tasks:
        written = task.name in submission.facts and submission.facts[task.name].written
        if written and (not wanted or task.name in wanted or _helps(exercise, task, wanted)):
            report = _Grading(submission, exercise, task, found).report()
            if report is not None:
                found[task.name] = report
            elif submission.facts[task.name].line:
                notes.append(_still_raises(task.name))
    listed = [task for task in exercise.tasks if not wanted or task.name in wanted]
    functions = tuple(
        found.get(task.name) or FunctionReport(task.name, "missing") for task in listed
    )
    statuses = {function.status for function in functions} - {"missing"}
    seconds = time.perf_counter() - began
    if not statuses:
        return Report("", "empty", functions, notes=tuple(notes), seconds=seconds)
    told = Report("", "wrong", functions, notes=tuple(notes), seconds=seconds)
    return replace(told, status="right") if statuses == {"right"} else told


def _still_raises(name: str) -> Note:
    """For the learner who wrote a function and left the template's last line in it."""
    what = "still raises NotImplementedError: take that line out when it is written"
    return Note("file", f"{name} {what}")


def _helps(exercise: Exercise, task: Task, wanted: Iterable[str]) -> bool:
    return any(task.name in exercise.task(name).helpers for name in wanted)


class _Grading:
    """The grading of one function."""

    def __init__(
        self,
        submission: Submission,
        exercise: Exercise,
        task: Task,
        before: dict[str, FunctionReport],
    ) -> None:
        self.submission = submission
        self.exercise = exercise
        self.task = task
        self.suspects = suspects(exercise, task)
        self.facts = submission.facts[task.name]
        self.noted: list[Note] = []
        self.absent = [h for h in task.helpers if h not in before]
        self.wrong_helpers = [
            h for h in task.helpers if h in before and before[h].status != "right"
        ]

    def report(self) -> FunctionReport | None:
        """Run the cases with the submission's own helpers, and with right ones if that fails.

        None for the blank of a template, where its source could not be seen.
        """
        outcomes = self.run(self.absent)
        if all(o.failure and o.failure.type == "NotImplementedError" for o in outcomes):
            return None
        other = wanted_word(outcomes, self.task.words)
        if other:
            self.submission = Renamed(self.submission, other)
            self.noted = [Note("other_word", f"it says {b!r} for {a!r}") for a, b in other.items()]
            outcomes = self.run(self.absent)
        if not self.wrong_in(outcomes):
            return self.right(outcomes)
        repaired = self.run(self.task.helpers) if self.task.helpers else outcomes
        if self.wrong_in(repaired):
            return self.wrong(repaired)
        if self.wrong_helpers:
            return self.blocked(repaired)
        return self.wrong(outcomes)

    def run(self, right: Sequence[str]) -> list[Outcome]:
        """All cases; the rest of them is not asked once the process has died of one."""
        outcomes: list[Outcome] = []
        for trial in self.suspects.trials:
            if outcomes and _fatal(outcomes[-1]):
                outcomes.append(Outcome(failure=outcomes[-1].failure))
            else:
                outcomes.append(self.submission.call(self.task.name, trial.arguments, right))
        return outcomes

    def wrong_in(self, outcomes: Sequence[Outcome]) -> bool:
        """Whether anything is wrong, in a result or beside it, that no convention allows."""
        if any(outcome.changed for outcome in outcomes):
            return True
        return any(map(self.differs, self.suspects.trials, outcomes)) and (
            self.convention(outcomes) is None
        )

    def differs(self, trial: Trial, outcome: Outcome) -> bool:
        """Whether a result is not what the definition gives."""
        return not all(map(same, trial.expected, parts(self.task, outcome)))

    def convention(self, outcomes: Sequence[Outcome]) -> Mistake | None:
        """The convention, another right answer, by which all results are right."""
        if any(outcome.failure for outcome in outcomes):
            return None
        evidence = self.evidence(outcomes)
        for mistake, variant in self.suspects.variants():
            if mistake.kind == "convention" and evidence.agrees(evidence.outputs, variant):
                return mistake
        return None

    def evidence(self, outcomes: Sequence[Outcome]) -> Evidence:
        """What the cases gave, output by output."""
        got = [parts(self.task, outcome) for outcome in outcomes]
        return Evidence(self.suspects, got, self.facts)

    def right(self, outcomes: Sequence[Outcome]) -> FunctionReport:
        """All is as it must be, or as a convention allows."""
        return self.made("right", outcomes, self.conventions(outcomes))

    def blocked(self, repaired: Sequence[Outcome]) -> FunctionReport:
        """It is right as soon as its helpers are."""
        report = self.made("blocked", repaired, [*self.conventions(repaired)])
        calls = [h for h in self.wrong_helpers if not self.facts.calls or h in self.facts.calls]
        return replace(report, blamed=tuple(calls or self.wrong_helpers))

    def conventions(self, outcomes: Sequence[Outcome]) -> list[Note]:
        """The note on a convention that was followed, if one was."""
        if not any(map(self.differs, self.suspects.trials, outcomes)):
            return []
        convention = self.convention(outcomes)
        return [Note(convention.name, convention.title)] if convention else []

    def wrong(self, outcomes: Sequence[Outcome]) -> FunctionReport:
        """Something is wrong: say what, where, and show the smallest case."""
        evidence = self.evidence(outcomes)
        tellable = evidence.wrong_outputs() and not self.says_nothing(outcomes)
        explanation = explain(evidence) if tellable else None
        shown = any(mistake.shows for mistake in explanation.mistakes) if explanation else False
        facts = replace(self.facts, returns=()) if shown else self.facts
        named = list(_diagnoses(explanation))
        suspicious = habits.suspicious(self.facts) and not shown
        if suspicious or any(outcome.changed for outcome in outcomes):
            named = [replace(diagnosis, certainty="likely") for diagnosis in named]
        arguments = self.suspects.trials[0].arguments
        seen = habits.diagnoses(facts, self.task, arguments, outcomes)
        report = self.made("wrong", outcomes, _convention_notes(explanation))
        return replace(
            report,
            diagnoses=tuple({d.mistake: d for d in (*named, *seen)}.values()),
            localisation=localise(evidence, outcomes),
            example=self.example(outcomes),
        )

    def says_nothing(self, outcomes: Sequence[Outcome]) -> bool:
        """Whether the results cannot tell one mistake from another.

        The process has died, so that most cases are not known; or a blank is left, at which all
        cases fail; or nothing came back.
        """
        blank = bool(self.facts.blanks) and all(outcome.failure for outcome in outcomes)
        return any(map(_fatal, outcomes)) or blank or habits.returns_nothing(outcomes)

    def made(
        self, status: Any, outcomes: Sequence[Outcome], extra: Iterable[Note]
    ) -> FunctionReport:
        """A report with all that does not depend on the verdict."""
        return FunctionReport(
            name=self.task.name,
            status=status,
            notes=(
                *self.noted,
                *extra,
                *habits.notes(self.facts, outcomes),
                *_forms(self.suspects, outcomes),
            ),
            families=self.families(outcomes, status),
            line=self.facts.line or None,
        )

    def families(self, outcomes: Sequence[Outcome], status: str) -> dict[str, Family]:
        """How many cases of each family came out right."""
        trials = self.suspects.trials
        right = [
            status in ("right", "blocked") or not (outcome.changed or self.differs(trial, outcome))
            for trial, outcome in zip(trials, outcomes, strict=True)
        ]
        predicates: dict[str, Callable[[Any], bool]] = {
            "all": lambda setting: True,
            **self.task.families,
        }
        return {
            name: Family(
                sum(ok for ok, trial in zip(right, trials, strict=True) if belongs(trial.setting)),
                sum(belongs(trial.setting) for trial in trials),
            )
            for name, belongs in predicates.items()
        }

    def example(self, outcomes: Sequence[Outcome]) -> Any:
        """The smallest case that fails, made smaller still."""
        failing, outcome = next(
            (trial, outcome)
            for trial, outcome in zip(self.suspects.trials, outcomes, strict=True)
            if outcome.changed or self.differs(trial, outcome)
        )
        if not any(map(_fatal, outcomes)):
            failing = shrunk(self.exercise, self.task, failing, self.fails)
            outcome = self.call(failing)
        return example_of(self.task, failing, outcome)

    def call(self, trial: Trial) -> Outcome:
        """Call the function with right helpers."""
        return self.submission.call(self.task.name, trial.arguments, self.task.helpers)

    def fails(self, trial: Trial) -> bool:
        """Whether a case of the shrinker's is wrong by the definition and by any convention."""
        outcome = self.call(trial)
        if outcome.changed:
            return True
        got = parts(self.task, outcome)
        return not any(all(map(same, right, got)) for right in self.accepted(trial))

    def accepted(self, trial: Trial) -> Iterable[Any]:
        """All that is right in a case."""
        yield trial.expected
        yield from self.suspects.conventional(trial)


def _fatal(outcome: Outcome) -> bool:
    return outcome.failure is not None and outcome.failure.kind in _FATAL


def _diagnoses(explanation: Explanation | None) -> Iterable[Diagnosis]:
    if explanation is None:
        return
    for mistake in explanation.mistakes:
        if mistake.kind == "mistake":
            yield Diagnosis(
                mistake=mistake.id,
                title=mistake.title,
                certainty=explanation.certainty,
                explanation=mistake.explanation,
                nudge=mistake.nudge,
                look=mistake.line,
            )


def _convention_notes(explanation: Explanation | None) -> list[Note]:
    mistakes = explanation.mistakes if explanation else ()
    return [Note(m.name, m.title) for m in mistakes if m.kind == "convention"]


def _forms(task_suspects: Suspects, outcomes: Sequence[Outcome]) -> list[Note]:
    """That one number came as an array of one, or as Python's own: right, and good to know."""
    found = {}
    for trial, outcome in zip(task_suspects.trials, outcomes, strict=True):
        if len(trial.expected) == 1 and isinstance(trial.expected[0], np.generic):
            if isinstance(outcome.value, np.ndarray) and outcome.value.ndim:
                found["returns_array"] = f"it returns an array of shape {outcome.value.shape}"
            elif type(outcome.value) in (int, float):
                found["returns_float"] = f"it returns Python's own {type(outcome.value).__name__}"
    return [Note(kind, f"{text}, not a number of NumPy's") for kind, text in found.items()]
