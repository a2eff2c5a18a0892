import json

import pytest
from toy import TOY

from convstep.check import selftest
from convstep.check.grade import GradeOptions
from convstep.check.report import Diagnosis, FunctionReport
from convstep.check.selftest import Labelled, Result, Tally, expected_of


def test_every_entry_of_an_exercise_is_recognised():
    tally = selftest.run(TOY, [], GradeOptions())
    assert len(tally.results) == 2 + sum(len(m.variants) for m in TOY.mistakes)
    assert tally.passed and all(r.hit for r in tally.known)
    assert list(tally.lines())[-1] == "wrong names stated as certain: 0"


@pytest.mark.parametrize(
    "line, labels",
    [
        ("# expect: f = a", [Labelled("f", (("a",),))]),
        ("# expect: f = a + b | c", [Labelled("f", (("a", "b"), ("c",)))]),
        ("# expect: f = ?; g = a", [Labelled("f", (("?",),)), Labelled("g", (("a",),))]),
        ("\ufeff#expect: f.x = f.a", [Labelled("f.x", (("a",),))]),
    ],
)  # fmt: skip
def test_labels(line, labels):
    assert list(expected_of(f"{line}\nimport numpy\n")) == labels


@pytest.mark.parametrize("text", ["", "import numpy", "# expect: f", "x = 1 # expect: f = a"])
def test_what_is_no_label_is_told(text):
    with pytest.raises(ValueError, match="label"):
        expected_of(text)


def found(status, *names, certainty="certain"):
    diagnoses = tuple(Diagnosis(f"f.{name}", "", certainty) for name in names)
    return FunctionReport("f", status, diagnoses=diagnoses)


def result(label, report):
    return Result("f.py", expected_of(f"# expect: f = {label}")[0], report)


@pytest.mark.parametrize(
    "label, report, verdict, hit, misnamed",
    [
        ("a", found("wrong", "a"), True, True, ()),
        ("a", found("wrong", "b"), True, False, ("b",)),
        ("a", found("wrong", "b", certainty="likely"), True, False, ()),
        ("a", found("right"), False, False, ()),
        ("a + b", found("wrong", "a"), True, False, ()),
        ("a + b", found("wrong", "b", "a"), True, True, ()),
        ("a + b | c", found("wrong", "c"), True, True, ()),
        ("?", found("wrong", "a"), True, False, ()),
        ("right", found("wrong", "a"), False, False, ("a",)),
        ("note:a", found("right"), True, False, ()),
        ("blocked", found("blocked"), True, False, ()),
        ("blocked", found("wrong", "a"), False, False, ("a",)),
    ],
)
def test_what_is_counted(label, report, verdict, hit, misnamed):
    one = result(label, report)
    assert (one.verdict_is_right, one.hit, one.surely_wrong_names) == (verdict, hit, misnamed)


@pytest.mark.parametrize(
    "label, report",
    [
        ("right", found("wrong")),
        ("a", found("right")),
        ("a", found("wrong", "b")),
        ("a", found("wrong")),
    ],
)
def test_what_falls_short_does_not_pass(label, report):
    assert not Tally((result(label, report),)).passed
    assert Tally((result("a", found("wrong", "a")),)).passed


def test_files_are_read_with_their_labels(tmp_path):
    source = TOY.definition.replace("axis=0", "axis=1", 1)
    (tmp_path / "wrong.py").write_text(
        f"# expect: column_means = wrong_axis; standardize = blocked\n{source}"
    )
    cells = [
        {"cell_type": "markdown", "source": ["Hello"]},
        {"cell_type": "code", "source": ["# expect: column_means = right\n", TOY.definition]},
    ]
    (tmp_path / "right.ipynb").write_text(json.dumps({"cells": cells, "nbformat": 4}))
    tally = selftest.run(TOY, [tmp_path], GradeOptions())
    assert [(r.file, r.found.name, r.verdict_is_right) for r in tally.results] == [
        ("right.ipynb", "column_means", True), ("right.ipynb", "standardize", True),
        ("wrong.py", "column_means", True), ("wrong.py", "standardize", True),
    ]  # fmt: skip
    assert tally.passed
