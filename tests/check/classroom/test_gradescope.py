"""What Gradescope reads, by its specification; and the autograder, run as Gradescope runs it."""

import json
import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from convstep.check.classroom.gradescope import build_zip, results
from convstep.check.classroom.rubric import Rubric
from convstep.check.report import Diagnosis, Family, FunctionReport, Note, Report
from convstep.cli.main import main
from convstep.errors import ArgumentError
from convstep.version import __version__

RIGHT = """
import numpy as np

def zero_pad(X, pad):
    return np.pad(X, ((0, 0), (pad, pad), (pad, pad), (0, 0)))

def conv_single_step(a_slice_prev, W, b):
    return np.sum(a_slice_prev * W) + np.squeeze(b)
"""
WRONG = RIGHT.replace("(pad, pad), (pad, pad)", "(pad, 0), (pad, 0)")
RUBRIC = "[points]\nzero_pad = 5\nconv_single_step = 2.5\n"

TOP = {
    "score": (int, float),
    "execution_time": (int, float),
    "output": str,
    "output_format": str,
    "visibility": str,
    "tests": list,
}
TEST = {
    "name": str,
    "score": (int, float),
    "max_score": (int, float),
    "status": str,
    "output": str,
    "output_format": str,
    "visibility": str,
}
WORDS = {
    "output_format": {"text", "html", "simple_format", "md", "ansi"},
    "visibility": {"hidden", "after_due_date", "after_published", "visible"},
    "status": {"passed", "failed"},
}


def valid(content):
    """By the specification: only its fields, of its kinds; a score at the top or on each test."""
    assert "score" in content or all("score" in test for test in content["tests"])
    for record, fields in [(content, TOP), *((test, TEST) for test in content.get("tests", []))]:
        for name, value in record.items():
            assert isinstance(value, fields[name]) and not isinstance(value, bool), name
            assert value in WORDS.get(name, [value])
            assert len(str(value)) < 11_000 or name == "tests"
    json.dumps(content, allow_nan=False).encode("utf-8")
    return content


def by_name(content):
    return {test["name"]: test for test in valid(content)["tests"]}


def test_points_and_words_for_each_function():
    mistake = Diagnosis(
        "zero_pad.one_sided", "pads on one side", "certain", nudge="Count the rows."
    )
    report = Report(
        "a.py",
        "wrong",
        (
            FunctionReport("zero_pad", "wrong", (mistake,), families={"all": Family(1, 4)}),
            FunctionReport("conv_single_step", "right", notes=(Note("x", "returns an array"),)),
            FunctionReport("conv_forward", "blocked", blamed=("zero_pad",)),
            FunctionReport("pool_forward", "missing"),
        ),
        seconds=1.2345,
    )
    worth = {"zero_pad": 4.0, "conv_single_step": 3.0, "conv_forward": 2.0, "pool_forward": 1.0}
    content = results(report, Rubric(worth, partial="cases"))
    tests = by_name(content)
    assert [tests[name]["score"] for name in worth] == [1, 3, 2, 0]
    assert [tests[name]["max_score"] for name in worth] == list(worth.values())
    assert [tests[name]["status"] for name in worth] == ["failed", "passed", "passed", "failed"]
    assert content["score"] == 6 == sum(test["score"] for test in tests.values())
    assert content["execution_time"] == 1.23 and content["output"] == "6 of 10 points"
    assert "pads on one side" in tests["zero_pad"]["output"]
    assert "hint: Count the rows." in tests["zero_pad"]["output"]
    assert "25%" in tests["zero_pad"]["output"]
    assert "returns an array" in tests["conv_single_step"]["output"]
    assert (
        "Count the rows."
        not in by_name(results(report, Rubric(worth), "none"))["zero_pad"]["output"]
    )


def test_what_a_rubric_does_not_forgive_has_not_passed():
    right = FunctionReport("zero_pad", "right", notes=(Note("old_numpy", "float(b) of an array"),))
    content = results(
        Report("a.py", "right", (right,)), Rubric({"zero_pad": 4.0}, environment="fail")
    )
    (test,) = valid(content)["tests"]
    assert (test["score"], test["status"]) == (0, "failed")
    assert "breaks on this NumPy" in test["output"]


def test_a_file_that_cannot_be_read_says_why():
    report = Report("a.py", "unreadable", message="line 3: this is no Python")
    content = results(report, Rubric({"zero_pad": 4.0}))
    (test,) = valid(content)["tests"]
    assert content["score"] == 0 and "line 3: this is no Python" in content["output"]
    assert test["status"] == "failed" and test["output"] == "not found in what was handed in"


def test_words_of_a_submission_are_cut_and_made_harmless():
    note = Note("x", "\x1b[2J\0\ud800" + 3000 * "word ")
    content = results(Report("a.py", "wrong", notes=(note,)), Rubric({"zero_pad": 4.0}))
    assert "[...]" in valid(content)["output"]
    assert not set(content["output"]) & set("\x1b\0\ud800")


@pytest.fixture
def handed_in(tmp_path):
    """Unpack an autograder as Gradescope does, and run it on files that were handed in."""

    def run(files, command=None, **options):
        (tmp_path / "rubric.toml").write_text(RUBRIC, encoding="utf-8")
        build_zip(tmp_path / "autograder.zip", tmp_path / "rubric.toml", **options)
        root = tmp_path / "auto grader"
        for folder in ("source", "submission", "results", "venv/bin"):
            (root / folder).mkdir(parents=True)
        with zipfile.ZipFile(tmp_path / "autograder.zip") as archive:
            for entry in archive.infolist():  # ZipFile itself sets no modes
                os.chmod(archive.extract(entry, root / "source"), entry.external_attr >> 16)
        installed = root / "venv/bin/convstep"
        installed.write_text(command or f'#!/bin/sh\nexec "{sys.executable}" -m convstep "$@"\n')
        installed.chmod(0o755)
        for name, text in files.items():
            (root / "submission" / name).parent.mkdir(exist_ok=True)
            (root / "submission" / name).write_text(text, encoding="utf-8")
        done = subprocess.run(
            [root / "source/run_autograder"],
            env=os.environ | {"AUTOGRADER_ROOT": str(root)},
            cwd=root,
            check=True,
            timeout=120,
            capture_output=True,
        )
        assert b"Traceback" not in done.stderr
        return valid(json.loads((root / "results/results.json").read_text(encoding="utf-8")))

    return run


def test_the_autograder_on_a_right_submission(handed_in):
    content = handed_in({"my conv.py": RIGHT, ".ipynb_checkpoints/old.py": WRONG, "notes.txt": ""})
    assert content["score"] == 7.5
    assert {test["status"] for test in content["tests"]} == {"passed"}


def test_the_autograder_on_a_wrong_submission(handed_in):
    content = handed_in({"-x'; $(touch owned).py": WRONG}, hints="explain", only=["zero_pad"])
    (test,) = content["tests"]
    assert (test["name"], test["status"], test["max_score"]) == ("zero_pad", "failed", 5)
    assert "the line to look at" in test["output"]


def test_the_autograder_on_an_empty_submission(handed_in):
    content = handed_in({"my_conv.ipynb": ""})
    assert content["score"] == 0 and {test["status"] for test in content["tests"]} == {"failed"}


@pytest.mark.parametrize(
    ("files", "told"),
    [
        ({}, "No .py file"),
        ({"readme.txt": ""}, "No .py file"),
        ({"a.py": RIGHT, "b.ipynb": "{}"}, "2 .py files"),
    ],
)
def test_the_autograder_without_one_file_to_grade(handed_in, files, told):
    content = handed_in(files, command="#!/bin/sh\necho '{\"score\": 99}' > results/results.json\n")
    assert content["score"] == 0 and told in content["output"]


def test_an_autograder_that_breaks_leaves_a_result(handed_in):
    content = handed_in({"a.py": RIGHT}, command="#!/bin/sh\nkill -9 $$\n")
    assert content["score"] == 0 and "no mistake of yours" in content["output"]


def test_the_zip(tmp_path):
    path, wheel = tmp_path / "a.zip", tmp_path / "convstep-9-py3-none-any.whl"
    build_zip(path, hints="none")
    with zipfile.ZipFile(path) as archive:
        files = {entry.filename: archive.read(entry) for entry in archive.infolist()}
        modes = {entry.filename: entry.external_attr >> 16 for entry in archive.infolist()}
    assert set(files) == {"setup.sh", "run_autograder", "rubric.toml"}
    assert {name for name, mode in modes.items() if mode & 0o111} == {"setup.sh", "run_autograder"}
    for name in ("setup.sh", "run_autograder"):
        assert files[name].startswith(b"#!/usr/bin/env bash\n")
        assert b"\r" not in files[name] and b"@" not in files[name].replace(b"[@]", b"").replace(
            b'"$@"', b""
        )
        subprocess.run(["bash", "-n"], input=files[name], check=True)
    assert f"pip install convstep=={__version__}\n".encode() in files["setup.sh"]
    assert b"zero_pad = 10\n" in files["rubric.toml"]

    before = path.read_bytes()
    build_zip(path, hints="none")
    assert path.read_bytes() == before
    wheel.write_bytes(b"a wheel")
    build_zip(path, wheel=wheel)
    with zipfile.ZipFile(path) as archive:
        assert archive.read(wheel.name) == b"a wheel"
        assert f"pip install ./{wheel.name}\n".encode() in archive.read("setup.sh")


def test_the_zip_with_an_exercise_of_the_teachers_own(tmp_path):
    own = Path(__file__).parents[3] / "examples/grading/own_exercise.py"
    build_zip(tmp_path / "a.zip", exercise=f"{own}:EXERCISE")
    with zipfile.ZipFile(tmp_path / "a.zip") as archive:
        assert archive.read("exercise.py") == own.read_bytes()
        assert b"--exercise exercise.py:EXERCISE" in archive.read("run_autograder")
        assert b"column_means = 10\n" in archive.read("rubric.toml")


def test_the_command_builds_the_zip(tmp_path, capsys):
    wheel = tmp_path / "convstep-9-py3-none-any.whl"
    wheel.write_bytes(b"a wheel")
    words = ["check", "--gradescope-zip", str(tmp_path / "a.zip"), "--wheel", str(wheel)]
    assert main([*words, "--only", "zero_pad,conv_forward", "--hints", "none"]) == 0
    assert "is ready to be uploaded" in capsys.readouterr().err
    with zipfile.ZipFile(tmp_path / "a.zip") as archive:
        assert archive.read("rubric.toml") == b"[points]\nzero_pad = 10\nconv_forward = 10\n"
        assert b"--hints none --only zero_pad,conv_forward\n" in archive.read("run_autograder")
        assert wheel.name in archive.namelist()


def test_a_zip_that_cannot_be_made_leaves_nothing(tmp_path):
    (tmp_path / "rubric.toml").write_text("[points]\nzero_pat = 5\n", encoding="utf-8")
    with pytest.raises(ArgumentError, match="zero_pad"):
        build_zip(tmp_path / "a.zip", tmp_path / "rubric.toml")
    with pytest.raises(ArgumentError, match="--wheel"):
        build_zip(tmp_path / "a.zip", wheel=tmp_path / "convstep.tar.gz")
    with pytest.raises(ArgumentError):
        build_zip(tmp_path / "a.zip", only=["zero_pat"])
    assert not (tmp_path / "a.zip").exists()
