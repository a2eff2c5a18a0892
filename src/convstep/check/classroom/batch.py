"""Grades a class: many files, a few processes, and nothing twice."""

from collections import Counter
from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from convstep.bar import new_bar
from convstep.check.classroom import tables
from convstep.check.classroom.find import find
from convstep.check.classroom.rubric import Rubric
from convstep.check.classroom.store import Store
from convstep.check.classroom.workers import Plan, grade_each
from convstep.check.exercise import Exercise
from convstep.check.grade import GradeOptions
from convstep.check.report import Report
from convstep.check.views.text import Hints

__all__ = ["Graded", "grade_all"]


@dataclass(frozen=True)
class Graded:
    """The reports of a class, sorted by name; `unchanged` of them are those of an earlier run."""

    reports: tuple[Report, ...]
    unchanged: int = 0


def grade_all(
    paths: Sequence[Path],
    exercise: Exercise,
    *,
    source: str | None = None,
    jobs: int = 1,
    out: Path | str | None = None,
    options: GradeOptions | None = None,
    rubric: Rubric | None = None,
    hints: Hints = "nudge",
    progress: bool = False,
) -> Graded:
    """Grade files, and all Python files and notebooks in folders.

    Whatever one file is or does, it is a result, and all others are graded.

    Parameters
    ----------
    paths : sequence of Path
        Files and folders; `convstep.check.classroom.find` says what is looked for in a folder.
    exercise : Exercise
        What is graded.
    source : str, optional
        The ``FILE.py:NAME`` that it was loaded from: each process loads it again. The lesson's
        exercise needs none.
    jobs : int
        How many processes grade.
    out : Path, optional
        A folder for the results. Each is written there as soon as it is known, and one whose file,
        exercise and options are those of an earlier run is taken from there; at the end come the
        tables of the class.
    options : GradeOptions, optional
        The functions that are wanted, and the limits.
    rubric : Rubric, optional
        The points in the tables.
    hints : {"none", "nudge", "explain"}
        How much the pages of the class give away.
    progress : bool
        Whether to draw a bar.

    Raises
    ------
    OSError
        If the results cannot be written.
    KeyboardInterrupt
        On Ctrl-C, when all processes have ended. What was done by then is in `out`.
    """
    options = GradeOptions() if options is None else options
    files = find(paths)
    store = None if out is None else Store(Path(out), exercise, options, source)
    keys = {file: store.key(file) if store else "" for file in files}
    kept = {file: store.read(file, key) if store else None for file, key in keys.items()}
    reports = {file: report for file, report in kept.items() if report is not None}
    unchanged = len(reports)
    left = [file for file in files if file not in reports]
    plan = Plan(source, options)
    with (
        _Bar(len(files), list(reports.values()), progress) as bar,
        closing(grade_each(left, plan, jobs)) as grading,
    ):
        for file, report in grading:
            reports[file] = report
            if store is not None:
                store.write(report, file, keys[file])
            bar.move(report)
    graded = Graded(tuple(reports[file] for file in files), unchanged)
    if out is not None:
        tables.write(Path(out), graded.reports, exercise, rubric, hints)
    return graded


class _Bar:
    """The progress of a class: how many are right and wrong so far."""

    def __init__(self, total: int, before: Sequence[Report], shown: bool) -> None:
        self._counts = Counter(report.status for report in before)
        self._bar: Any = None
        if shown:
            self._bar = new_bar(total=total, initial=len(before), unit=" files")
            self._tell()

    def __enter__(self) -> "_Bar":
        return self

    def __exit__(self, *error: object) -> None:
        if self._bar is not None:
            self._bar.close()

    def move(self, report: Report) -> None:
        """Count one more."""
        self._counts[report.status] += 1
        if self._bar is not None:
            self._tell()
            self._bar.update()

    def _tell(self) -> None:
        told = ", ".join(f"{count} {status}" for status, count in sorted(self._counts.items()))
        self._bar.set_postfix_str(told, refresh=False)
