"""The tables of a class, read back by other readers than their writer."""

import csv
import dataclasses
import io
import json
import re
import xml.etree.ElementTree as ET
from pathlib import Path

import pytest
from toy import TOY

from convstep.check.classroom import tables
from convstep.check.classroom.rubric import Points, Rubric, score
from convstep.check.habits import HABITS
from convstep.check.report import (
    Diagnosis,
    Example,
    Family,
    FunctionReport,
    Note,
    Report,
    from_dict,
)


def diagnosis(name, certainty="certain"):
    return Diagnosis(name, f"title of {name}", certainty)


def function(name, status, *diagnoses, **fields):
    return FunctionReport(name, status, diagnoses=diagnoses, **fields)


AXIS, PLACE = diagnosis("column_means.wrong_axis"), diagnosis("standardize.not_centred", "likely")
REPORTS = (
    Report("ann.py", "right", (function("column_means", "right", line=3),
                               function("standardize", "missing"))),
    Report("bob.py", "wrong",
           (function("column_means", "wrong", AXIS, localisation=("wrong with: <several>", "two")),
            function("standardize", "blocked", blamed=("column_means",))), seconds=1.5),
    Report("cid.py", "wrong", (function("column_means", "wrong", AXIS),
                               function("standardize", "wrong", PLACE))),
    Report("=cmd|' /C calc'!A1.py", "unreadable", message="bell \x07 and \ud800 and a, \"comma\""),
)  # fmt: skip
RUBRIC = Rubric(points={"column_means": 4, "standardize": 6})
SCORES = [score(report, RUBRIC) for report in REPORTS]


def test_the_json_holds_reports_and_points():
    content = json.loads(tables.as_json(REPORTS, SCORES, TOY))
    assert content["schema"] == 1
    assert content["exercise"] == TOY.name
    for report, data in zip(REPORTS, content["submissions"], strict=True):
        points = data.pop("points")
        assert from_dict(data) == report
        assert points["out_of"] == 10
    bob = json.loads(tables.as_json(REPORTS, SCORES, TOY))["submissions"][1]["points"]
    assert bob["earned"] == 6
    assert bob["functions"][1] == {
        "function": "standardize", "earned": 6, "out_of": 6, "why": "right but for column_means",
    }  # fmt: skip
    assert content["ranking"][0] == {
        "mistake": "column_means.wrong_axis", "title": "title of column_means.wrong_axis",
        "files": ["bob.py", "cid.py"], "certain": 2,
    }  # fmt: skip


def test_a_report_is_the_same_after_json():
    example = Example({"n": 1}, {"x": [1]}, "y", 1.0, "nan", [0], "row 0", 1.0, "nan")
    wrong = function("column_means", "wrong", AXIS, example=example, families={"all": Family(1, 2)})
    report = Report("a.py", "wrong", (wrong,), notes=(Note("file", "a note"),), seconds=0.5)
    assert from_dict(json.loads(json.dumps(report.as_dict(), allow_nan=False))) == report


def test_the_csv_has_a_row_for_each():
    rows = list(csv.DictReader(io.StringIO(tables.as_csv(REPORTS, SCORES), newline="")))
    assert [row["file"] for row in rows] == ["ann.py", "bob.py", "cid.py", "'" + REPORTS[3].file]
    assert rows[1] == {
        "file": "bob.py", "status": "wrong", "points": "6.0", "out of": "10",
        "column_means": "wrong", "column_means points": "0.0",
        "standardize": "blocked", "standardize points": "6.0",
        "mistakes": "column_means.wrong_axis", "message": "",
    }  # fmt: skip
    assert rows[2]["mistakes"] == "column_means.wrong_axis standardize.not_centred"
    assert rows[3]["message"] == REPORTS[3].message
    assert rows[3]["column_means points"] == "0.0"


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r", "\n", " ="])
@pytest.mark.parametrize("where", ["file", "message"])
def test_no_cell_of_the_csv_begins_a_formula(start, where):
    fields = {"file": "a.py", "status": "unreadable", "message": "", where: f"{start}1+1"}
    report = Report(**fields)
    text = tables.as_csv([report], [score(report, RUBRIC)])
    row = next(csv.DictReader(io.StringIO(text, newline="")))
    assert row[where] == f"'{start}1+1"


def test_the_xml_has_a_suite_for_each_submission():
    root = ET.fromstring(tables.as_junit(REPORTS, TOY))
    assert root.tag == "testsuites"
    assert {name: root.get(name) for name in ("tests", "failures", "errors", "skipped")} == {
        "tests": "7", "failures": "3", "errors": "1", "skipped": "2",
    }  # fmt: skip
    assert [suite.get("name") for suite in root] == [report.file for report in REPORTS]
    bob = root[1]
    assert (bob.get("tests"), bob.get("failures"), bob.get("time")) == ("2", "1", "1.500")
    wrong, blocked = bob
    assert (wrong.get("classname"), wrong.get("name")) == ("bob.py", "column_means")
    failure = wrong.find("failure")
    assert failure.get("message") == (
        "title of column_means.wrong_axis (column_means.wrong_axis, certain)"
    )
    assert failure.text == "wrong with: <several>\ntwo"
    assert blocked.find("skipped").get("message") == "right as soon as column_means is"
    error = root[3].find("testcase/error")
    assert error.get("message") == 'bell ? and ? and a, "comma"'


def test_mistakes_are_ranked_by_how_many_made_them():
    twice = Report("dan.py", "wrong", (function("column_means", "wrong", PLACE, PLACE),))
    sure = diagnosis(PLACE.mistake)
    both = Report("eve.py", "wrong", (function("standardize", "wrong", PLACE, sure),))
    ranked = tables.ranking([*REPORTS, twice, both])
    assert [(one.mistake, one.files, one.certain) for one in ranked] == [
        ("standardize.not_centred", ("cid.py", "dan.py", "eve.py"), 1),
        ("column_means.wrong_axis", ("bob.py", "cid.py"), 2),
    ]
    assert tables.ranking(REPORTS[:1]) == []


@pytest.mark.parametrize("habit", HABITS)
def test_the_ranking_names_nothing_of_one_submission(habit):
    title = HABITS[habit].title.format(names="secret")
    made = function("column_means", "wrong", Diagnosis(habit, title, "certain"))
    (ranked,) = tables.ranking([Report("a.py", "wrong", (made,))])
    assert ranked.title and "secret" not in ranked.title and "{" not in ranked.title


def test_all_tables_are_written(tmp_path):
    noted = Report("a.py", "right", notes=(Note("file", "a note"),))
    (tmp_path / "submissions").mkdir()
    tables.write(tmp_path, [*REPORTS, noted], TOY, None, "nudge")
    content = json.loads((tmp_path / "results.json").read_text(encoding="utf-8"))
    assert content["submissions"][0]["points"]["out_of"] == 20  # ten for each function
    assert (tmp_path / "results.csv").read_bytes().count(b"\r\n") == 6
    assert len(ET.parse(tmp_path / "junit.xml").getroot()) == 5
    assert not list(tmp_path.glob(".*"))


def test_the_docs_tell_every_field_of_the_json():
    docs = Path(__file__).parents[3] / "docs" / "grading.md"
    text = docs.read_text(encoding="utf-8").partition("## The JSON")[2]
    told = set(re.findall(r"`(\w+)`", text))
    kinds = (Report, FunctionReport, Diagnosis, Example, Family, Note, tables.Ranked, Points)
    fields = {field.name for kind in kinds for field in dataclasses.fields(kind)}
    assert fields <= told
    assert set(json.loads(tables.as_json(REPORTS, SCORES, TOY))) <= told
