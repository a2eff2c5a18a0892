"""Check a solution of the lesson, and say which mistake was made.

FILE is a Python file or a notebook with some of the eight functions:
zero_pad, conv_single_step, conv_forward, pool_forward, conv_backward,
create_mask_from_window, distribute_value, pool_backward. Only its imports
and functions are run, in a process of their own with limits of time and
memory (docs/sandbox.md tells what that protects from).

A folder, or several files, are checked as a class: --out keeps a page, tables
and a file for each, and what did not change is not checked again.

With --lens the first mistake is shown on a page, at the window in which the
result parts from the right one.

The exit code is 0 if all that is there is right, and 1 if not.

example: convstep check my_conv.py
example: convstep check my_conv.ipynb --only pool_backward --hints explain
example: convstep check my_conv.py --lens
example: convstep check class/ --jobs 8 --points rubric.toml --out results/
example: convstep check --gradescope-zip autograder.zip --points rubric.toml
"""

import argparse
import json
import os
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, get_args

from convstep.check import Exercise
from convstep.check.grade import GradeOptions, grade_file
from convstep.check.load import load_exercise
from convstep.check.report import SCHEMA, Report
from convstep.check.sandbox import Limits
from convstep.check.views.text import Hints, text
from convstep.cli import options
from convstep.cli.terminal import note, styled, width
from convstep.errors import Shown, argument_error

if TYPE_CHECKING:
    from convstep.check.classroom.batch import Graded
    from convstep.check.classroom.rubric import Rubric

FORMATS = ("text", "json", "html")
STATUSES = ("right", "wrong", "empty", "unreadable")
_MOST_FREQUENT = 5


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add what `check` takes."""
    add = parser.add_argument
    limits = Limits()
    add("paths", nargs="*", metavar="FILE", type=options.file, help="a .py or .ipynb, or a folder")
    add("--only", action="append", default=[], type=_names, metavar="NAMES",
        help="check these functions alone: conv_forward,conv_backward")  # fmt: skip
    add("--format", choices=FORMATS, default="text", help="how to print the result (text)")
    add("--hints", choices=get_args(Hints), default="nudge",
        help="how much to give away of a mistake (nudge)")  # fmt: skip
    add("--exercise", type=options.file, metavar="FILE.py:NAME",
        help="an exercise of your own in place of the lesson's (docs/exercises.md)")  # fmt: skip
    add("--time-limit", type=options.rate, default=limits.call_seconds, metavar="S",
        help=f"seconds for one call ({limits.call_seconds:g})")  # fmt: skip
    add("--memory-limit", type=options.count, default=limits.memory_mb, metavar="MIB",
        help=f"memory for a submission ({limits.memory_mb})")  # fmt: skip
    add("--jobs", type=options.count, default=os.cpu_count() or 1, metavar="N",
        help="submissions checked at a time (one for each CPU)")  # fmt: skip
    add("--points", type=options.file, metavar="RUBRIC", help="points, as a TOML file says")
    add("--out", type=options.folder, metavar="DIR", help="keep the results of a class here")
    add("--lens", type=options.file, nargs="?", const=True, metavar="HTML",
        help="show the mistake on a page (FILE-lens.html in the current folder)")  # fmt: skip
    add("--gradescope", type=options.file, metavar="JSON",
        help="write the results as Gradescope reads them")  # fmt: skip
    add("--gradescope-zip", type=options.file, metavar="ZIP",
        help="write an autograder to be uploaded to Gradescope")  # fmt: skip
    add("--wheel", type=options.file, metavar="WHL",
        help="put this wheel of convstep into the autograder, in place of PyPI's")  # fmt: skip
    add("--self-test", action="store_true",
        help="check submissions whose mistakes are known, the catalogue's by default")  # fmt: skip


def _names(words: str) -> list[str]:
    found = [name.strip() for name in words.split(",") if name.strip()]
    if not found:
        raise argparse.ArgumentTypeError("must name a function; got none")
    return found


def run(args: argparse.Namespace) -> int:
    """Check one file, a class, or the checker itself."""
    _refuse_for_the_lens(args)
    exercise = load_exercise(args.exercise)
    only = _only(args)
    for name in only:
        exercise.task(name)
    limits = Limits(call_seconds=args.time_limit, memory_mb=args.memory_limit)
    grading = GradeOptions(only=only, limits=limits)
    paths = [Path(path) for path in args.paths]
    if args.gradescope_zip is not None:
        return _zip(args)
    if args.self_test:
        return _self_test(exercise, paths, grading)
    if not paths:
        raise argument_error(
            "check", "FILE", "be given", Shown("none"), "`convstep lesson` writes an exercise."
        )
    for path in paths:
        if not path.exists():
            raise FileNotFoundError(2, "There is no such file or folder", str(path))
    if args.out is not None or len(paths) > 1 or paths[0].is_dir():
        for option, value in (("--gradescope", args.gradescope), ("--lens", args.lens)):
            if value is not None:
                raise argument_error("check", option, "go with one FILE", Shown("a class"))
        return _class(args, exercise, paths, grading)
    from convstep.check.classroom import rubric

    points = rubric.load(args.points, exercise).only(only)
    report = grade_file(paths[0], exercise, grading)
    if args.gradescope is not None:
        _gradescope(args, points, report)
    _show([report], args)
    if args.points is not None and args.format == "text":
        print("\n".join(["", *_points(points, report)]))
    if args.lens is not None:
        _lens(args, report)
    return 0 if report.ok else 1


def _show(reports: Sequence[Report], args: argparse.Namespace) -> None:
    """Print what was found, in the format that was asked for."""
    if args.format == "json":
        print(as_json(reports))
    elif args.format == "html":
        from convstep.check.views.html import page

        print(page(reports, args.hints))
    else:
        columns = max(40, min(width(), 100))
        print("\n\n".join(text(report, args.hints, columns, styled) for report in reports))


def as_json(reports: Sequence[Report]) -> str:
    """The documented JSON."""
    content = {"schema": SCHEMA, "submissions": [report.as_dict() for report in reports]}
    return json.dumps(content, indent=2, allow_nan=False)


def _class(
    args: argparse.Namespace, exercise: Exercise, paths: Sequence[Path], grading: GradeOptions
) -> int:
    from convstep.check.classroom import batch, rubric

    points = rubric.load(args.points, exercise).only(grading.only)
    try:
        graded = batch.grade_all(
            paths, exercise, source=args.exercise, jobs=args.jobs, out=args.out, options=grading,
            rubric=points, hints=args.hints, progress=sys.stderr.isatty(),
        )  # fmt: skip
    except KeyboardInterrupt:
        kept = "" if args.out is None else "; what was done is kept, and the same command goes on"
        note("check", f"interrupted{kept}")
        return 130
    if args.format != "text" or (args.out is None and graded.reports):
        _show(graded.reports, args)
    if args.format == "text":
        print("\n".join(_summary(graded, args.out)))
    return 0 if graded.reports and all(report.ok for report in graded.reports) else 1


def _summary(graded: "Graded", out: str | None) -> Iterator[str]:
    """A class in a few lines."""
    from convstep.check.classroom.tables import FILES, ranking

    reports = graded.reports
    counts = Counter[str](report.status for report in reports)
    told = ", ".join(f"{counts[status]} {status}" for status in STATUSES if counts[status])
    earlier = f"; {graded.unchanged} unchanged since the last run" if graded.unchanged else ""
    yield f"{len(reports)} checked: {told or 'no Python file and no notebook was found'}{earlier}"
    frequent = ranking(reports)[:_MOST_FREQUENT]
    if frequent:
        yield "Most frequent mistakes"
    for ranked in frequent:
        yield f"{len(ranked.files):5}  {ranked.mistake}: {ranked.title}"
    if out is not None:
        yield f"Results in {out}: {', '.join(FILES)}"


def _points(points: "Rubric", report: Report) -> Iterator[str]:
    """What one submission earns, and why."""
    from convstep.check.classroom import rubric

    marked = rubric.score(report, points)
    for one in marked.functions:
        yield f"{one.function}: {one.earned:g} of {one.out_of:g} points ({one.why})"
    yield f"{marked.earned:g} of {marked.out_of:g} points"


def _only(args: argparse.Namespace) -> tuple[str, ...]:
    return tuple(name for names in args.only for name in names)


def _gradescope(args: argparse.Namespace, points: "Rubric", report: Report) -> None:
    from convstep.atomic import write_atomically
    from convstep.check.classroom import gradescope

    results = gradescope.results(report, points, args.hints)
    write_atomically(Path(args.gradescope), json.dumps(results, indent=2).encode())


def _refuse_for_the_lens(args: argparse.Namespace) -> None:
    if args.lens is None:
        return
    if args.exercise is not None:
        rule = "go with the lesson's functions"
        raise argument_error("check", "--lens", rule, Shown(args.exercise))
    for option, value in (
        ("--self-test", args.self_test),
        ("--gradescope-zip", args.gradescope_zip),
    ):
        if value:
            raise argument_error("check", "--lens", "go with one FILE", Shown(option))
    from convstep.check.classroom.find import SUFFIXES

    if Path(str(args.lens)).suffix in SUFFIXES:  # a submission, which would be overwritten
        advice = "Give FILE before --lens, or a name with it: --lens page.html."
        raise argument_error("check", "--lens", "name a page", Shown(args.lens), advice)


def _lens(args: argparse.Namespace, report: Report) -> None:
    from convstep.lens.mistake import mistake

    found = mistake(report, args.hints)
    if not found:
        why = "nothing is wrong" if report.ok else "there are no numbers of it to show"
        note("check", f"{why}: no page was written")
        return
    # Without a name it is True.
    path = f"{Path(args.paths[0]).stem}-lens.html" if args.lens is True else args.lens
    found.to_html(path)
    note("check", f"{path} shows where it parts from what is right")
    if found.left_out:
        note("check", f"too large to be shown: {', '.join(found.left_out)}")


def _zip(args: argparse.Namespace) -> int:
    from convstep.check.classroom import gradescope

    gradescope.build_zip(
        Path(args.gradescope_zip), args.points, args.hints,
        only=_only(args), exercise=args.exercise, wheel=args.wheel,
    )  # fmt: skip
    note("check", f"{args.gradescope_zip} is ready to be uploaded")
    return 0


def _self_test(exercise: Exercise, paths: Sequence[Path], grading: GradeOptions) -> int:
    from convstep.check import selftest

    tally = selftest.run(exercise, paths, grading)
    for line in tally.lines():
        print(line)
    return 0 if tally.passed else 1
