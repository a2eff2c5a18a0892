"""Gradescope: a report as its ``results.json``, and the autograder that is uploaded to it.

By Gradescope's autograder specification: https://gradescope-autograders.readthedocs.io/en/latest/specs/
"""

import io
import shlex
import zipfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from convstep.atomic import write_atomically
from convstep.check.classroom.rubric import Points, Rubric, load, score
from convstep.check.load import load_exercise
from convstep.check.report import FunctionReport, Report
from convstep.check.views.text import Hints, text
from convstep.errors import Shown, argument_error
from convstep.version import __version__

__all__ = ["build_zip", "results"]

_LONGEST = 10_000  # characters of one output: a page shows all tests of a submission at once
_WIDTH = 88
_FORMAT = {"output_format": "text", "visibility": "visible"}
_SCRIPTS = ("setup.sh", "run_autograder")
_EXECUTABLE, _PLAIN, _UNIX = 0o100755, 0o100644, 3
_LONG_AGO = (1980, 1, 1, 0, 0, 0)  # the same content makes the same zip


def results(report: Report, rubric: Rubric, hints: Hints = "nudge") -> dict[str, Any]:
    """Word a report as Gradescope's ``results.json``.

    Parameters
    ----------
    report : Report
    rubric : Rubric
        What the functions are worth. Each that it names is a test.
    hints : {"none", "nudge", "explain"}
        How much to give away of a mistake.

    Returns
    -------
    dict
        Plain data. The score of the whole is the sum of its tests'.

    Examples
    --------
    >>> from convstep.check.report import FunctionReport, Report
    >>> report = Report("my_conv.py", "right", (FunctionReport("zero_pad", "right"),))
    >>> found = results(report, Rubric(points={"zero_pad": 5}))
    >>> found["score"], found["tests"][0]["status"], found["tests"][0]["output"]
    (5.0, 'passed', '✓ zero_pad: right')
    """
    marked = score(report, rubric)
    found = {function.name: function for function in report.functions}
    told = [f"{marked.earned:g} of {marked.out_of:g} points"]
    told += [report.message] if report.message else []
    told += [f"note: {note.text}" for note in report.notes]
    return {
        "score": marked.earned,
        "execution_time": round(report.seconds, 2),
        "output": _safe("\n".join(told)),
        **_FORMAT,
        "tests": [_test(points, found.get(points.function), hints) for points in marked.functions],
    }


def _test(points: Points, found: FunctionReport | None, hints: Hints) -> dict[str, Any]:
    """One function as a test."""
    passed = found is not None and found.status in ("right", "blocked")
    lines = [] if found is None else [text(Report("", "wrong", (found,)), hints, _WIDTH)]
    if points.why not in ("right", "missing"):
        lines.append(f"points: {points.why}")
    return {
        "name": points.function,
        "score": points.earned,
        "max_score": points.out_of,
        "status": "passed" if passed and points.earned >= points.out_of else "failed",
        "output": _safe("\n".join(lines) or "not found in what was handed in"),
        **_FORMAT,
    }


def _safe(words: str) -> str:
    """Words of a submission's, short, and without what no page can show."""
    words = "".join(c if c.isprintable() or c in "\n\t" else "\ufffd" for c in words)
    return words if len(words) <= _LONGEST else f"{words[:_LONGEST]}\n[...]"


def build_zip(
    path: Path,
    rubric: str | Path | None = None,
    hints: Hints = "nudge",
    *,
    only: Sequence[str] = (),
    exercise: str | None = None,
    wheel: str | Path | None = None,
) -> None:
    """Write an autograder, ready to be uploaded to Gradescope.

    Parameters
    ----------
    path : Path
        The zip to write; it is there as a whole or not at all.
    rubric : path, optional
        The points, as TOML; ten for each function where there is none.
    hints : {"none", "nudge", "explain"}
        How much the students are told of a mistake.
    only : sequence of str
        The functions that are asked for; by default all that the rubric names.
    exercise : str, optional
        ``FILE.py:NAME``, an exercise of the teacher's own. The file goes into the zip.
    wheel : path, optional
        A wheel of convstep to put into the zip. Without one, this version comes from PyPI.

    Raises
    ------
    ArgumentError
        If the rubric is wrong, a function is not of the exercise, or the wheel is no ``.whl``.
    OSError
        If a file cannot be read, or the zip not written.
    """
    asked = load_exercise(exercise)
    for name in only:
        asked.task(name)
    marked = load(rubric, asked).only(only)
    files = {
        "rubric.toml": _default(marked).encode() if rubric is None else Path(rubric).read_bytes()
    }
    check = ["--hints", hints]
    if only:
        check += ["--only", ",".join(only)]
    if exercise is not None:
        file, _, name = exercise.rpartition(":")
        files["exercise.py"] = Path(file).read_bytes()
        check += ["--exercise", f"exercise.py:{name}"]
    package = f"convstep=={__version__}"
    if wheel is not None:
        wheel = Path(wheel)
        if wheel.suffix != ".whl":
            raise argument_error("check", "--wheel", "be a .whl file", Shown(str(wheel)))
        files[wheel.name] = wheel.read_bytes()
        package = f"./{wheel.name}"
    files["setup.sh"] = _script("setup.sh", PACKAGE=shlex.quote(package))
    files["run_autograder"] = _script("run_autograder", OPTIONS=shlex.join(check))
    write_atomically(path, _zipped(files))


def _default(rubric: Rubric) -> str:
    """The rubric where the teacher gave none, as a file that can be edited."""
    lines = ["[points]", *(f"{name} = {worth:g}" for name, worth in rubric.points.items())]
    return "\n".join([*lines, ""])


def _script(name: str, **words: str) -> bytes:
    """A script of the autograder, with what is between its @ filled in."""
    script = (Path(__file__).parent / "autograder" / name).read_text(encoding="utf-8")
    for key, word in words.items():
        script = script.replace(f"@{key}@", word)
    return script.encode()


def _zipped(files: Mapping[str, bytes]) -> bytes:
    """Files as a zip, the scripts executable; the same files make the same bytes."""
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in files.items():
            entry = zipfile.ZipInfo(name, _LONG_AGO)
            entry.create_system = _UNIX
            entry.external_attr = (_EXECUTABLE if name in _SCRIPTS else _PLAIN) << 16
            archive.writestr(entry, data, zipfile.ZIP_DEFLATED)
    return content.getvalue()
