"""What is told of a class: its tables, and which mistakes were made most."""

import csv
import io
import json
import re
import xml.etree.ElementTree as ET
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from convstep.atomic import write_atomically
from convstep.check.classroom.classpage import class_page, submission_page
from convstep.check.classroom.find import safe_name
from convstep.check.classroom.rubric import Rubric, Score, load, score
from convstep.check.exercise import Exercise
from convstep.check.habits import HABITS
from convstep.check.report import SCHEMA, Diagnosis, FunctionReport, Report
from convstep.check.views.text import Hints
from convstep.version import __version__

__all__ = ["FILES", "Ranked", "as_csv", "as_json", "as_junit", "ranking", "write"]

FILES = ("index.html", "results.csv", "results.json", "junit.xml")

# What a spreadsheet takes for the beginning of a formula, spaces before it or not.
_FORMULA = re.compile(r"[\t\r\n]|\s*[=+\-@|%]")
_NOT_IN_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


@dataclass(frozen=True)
class Ranked:
    """A mistake, and the submissions in which it was found, in `certain` of them for certain."""

    mistake: str
    title: str
    files: tuple[str, ...]
    certain: int


def ranking(reports: Iterable[Report]) -> list[Ranked]:
    """Rank the mistakes by how many submissions have them, the most frequent first.

    Examples
    --------
    >>> no_stride = Diagnosis("conv_forward.no_stride", "no stride", "certain")
    >>> function = FunctionReport("conv_forward", "wrong", diagnoses=(no_stride,))
    >>> [first] = ranking([Report("a.py", "wrong", (function,))])
    >>> first.mistake, first.files
    ('conv_forward.no_stride', ('a.py',))
    """
    made: dict[str, dict[str, Diagnosis]] = {}
    for report in reports:
        for function in report.functions:
            for diagnosis in function.diagnoses:
                there = made.setdefault(diagnosis.mistake, {})
                if report.file not in there or diagnosis.certainty == "certain":
                    there[report.file] = diagnosis
    ranked = [
        Ranked(
            mistake,
            _title(next(iter(found.values()))),
            tuple(found),
            sum(diagnosis.certainty == "certain" for diagnosis in found.values()),
        )
        for mistake, found in made.items()
    ]
    return sorted(ranked, key=lambda one: (-len(one.files), one.mistake))


def _title(diagnosis: Diagnosis) -> str:
    """A title that names nothing of one submission."""
    habit = HABITS.get(diagnosis.mistake)
    return diagnosis.title if habit is None else habit.title.partition(": {")[0]


def write(
    out: Path, reports: Sequence[Report], exercise: Exercise, rubric: Rubric | None, hints: Hints
) -> None:
    """Write the tables of a class, and its pages, each whole or not at all."""
    rubric = load(None, exercise) if rubric is None else rubric
    scores = [score(report, rubric) for report in reports]
    contents = {
        "results.json": as_json(reports, scores, exercise),
        "results.csv": as_csv(reports, scores),
        "junit.xml": as_junit(reports, exercise),
        **_pages(reports, scores, hints),
    }
    for name, content in contents.items():
        write_atomically(out / name, content.encode("utf-8", "replace"))


def _pages(reports: Sequence[Report], scores: Sequence[Score], hints: Hints) -> dict[str, str]:
    pages = {
        f"submissions/{safe_name(report.file)}.html": submission_page(report, points, hints)
        for report, points in zip(reports, scores, strict=True)
    }
    titles = {ranked.mistake: ranked.title for ranked in ranking(reports)}
    return {"index.html": class_page(reports, scores, titles), **pages}


def as_json(reports: Sequence[Report], scores: Sequence[Score], exercise: Exercise) -> str:
    """The documented JSON, with the points and the ranking."""
    content = {
        "schema": SCHEMA,
        "convstep": __version__,
        "exercise": exercise.name,
        "submissions": [
            {**report.as_dict(), "points": _points(marked)}
            for report, marked in zip(reports, scores, strict=True)
        ],
        "ranking": [asdict(ranked) for ranked in ranking(reports)],
    }
    return json.dumps(content, indent=2, allow_nan=False)


def _points(marked: Score) -> dict[str, Any]:
    return {"earned": marked.earned, "out_of": marked.out_of, **asdict(marked)}


def as_csv(reports: Sequence[Report], scores: Sequence[Score]) -> str:
    """A row for each submission: its points, the status of each function, the mistakes named."""
    functions = dict.fromkeys(f.name for report in reports for f in report.functions)
    functions.update(dict.fromkeys(p.function for marked in scores for p in marked.functions))
    heads = [head for name in functions for head in (name, f"{name} points")]
    table = io.StringIO()
    writer = csv.writer(table, lineterminator="\r\n")
    writer.writerow(["file", "status", "points", "out of", *heads, "mistakes", "message"])
    for report, marked in zip(reports, scores, strict=True):
        found = {function.name: function for function in report.functions}
        earned = {points.function: points.earned for points in marked.functions}
        cells: list[Any] = [report.file, report.status, marked.earned, marked.out_of]
        for name in functions:
            cells += [found[name].status if name in found else "", earned.get(name, "")]
        mistakes = dict.fromkeys(d.mistake for f in report.functions for d in f.diagnoses)
        writer.writerow(map(_cell, [*cells, " ".join(mistakes), report.message]))
    return table.getvalue()


def _cell(value: Any) -> Any:
    """Keep a spreadsheet from running what a file is called."""
    return f"'{value}" if isinstance(value, str) and _FORMULA.match(value) else value


def as_junit(reports: Iterable[Report], exercise: Exercise) -> str:
    """JUnit's XML: a suite for each submission, a case for each function."""
    root = ET.Element("testsuites", name=f"convstep check: {exercise.name}")
    for report in reports:
        suite = ET.SubElement(root, "testsuite", name=_xml(report.file))
        for function in report.functions:
            _case(suite, report, function)
        if not report.functions:
            case = _element(suite, "testcase", name="file", classname=report.file)
            _element(case, "error", message=report.message or report.status)
        for attribute, tag in _COUNTED.items():
            suite.set(attribute, str(len(suite.findall(tag))))
        suite.set("time", f"{report.seconds:.3f}")
    for attribute in _COUNTED:
        root.set(attribute, str(sum(int(suite.get(attribute, "0")) for suite in root)))
    ET.indent(root)
    text: str = ET.tostring(root, encoding="unicode", xml_declaration=False)
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{text}\n'


_COUNTED = {
    "tests": "testcase",
    "failures": "testcase/failure",
    "errors": "testcase/error",
    "skipped": "testcase/skipped",
}


def _case(suite: ET.Element, report: Report, function: FunctionReport) -> None:
    case = _element(suite, "testcase", name=function.name, classname=report.file)
    if function.line is not None:
        case.set("line", str(function.line))
    if function.status == "missing":
        _element(case, "skipped", message="it is not there")
    elif function.status == "blocked":
        _element(case, "skipped", message=f"right as soon as {', '.join(function.blamed)} is")
    elif function.status == "wrong":
        titles = [f"{d.title} ({d.mistake}, {d.certainty})" for d in function.diagnoses]
        message = "; ".join(titles) or "none of the known mistakes"
        failure = _element(case, "failure", message=message, type="wrong")
        failure.text = _xml("\n".join(function.localisation))


def _element(parent: ET.Element, tag: str, **attributes: str) -> ET.Element:
    return ET.SubElement(parent, tag, {name: _xml(text) for name, text in attributes.items()})


def _xml(text: str) -> str:
    """Put "?" where XML has no such character."""
    return _NOT_IN_XML.sub("?", text)
