"""`convstep check`: one file, a class, and Ctrl-C."""

import json
import os
import signal
import subprocess
import sys
import time

import pytest
from toy import PATH, TOY

from convstep.cli.main import main

RIGHT = TOY.definition
WRONG = RIGHT.replace(" / X.shape[0]", "")
SOURCE = f"{PATH}:EXERCISE"


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "class").mkdir()
    (tmp_path / "class" / "right.py").write_text(RIGHT)
    (tmp_path / "class" / "wrong.py").write_text(WRONG)
    (tmp_path / "class" / "bad.py").write_text("def f(:")
    return tmp_path


def check(*words):
    return main(["check", "--exercise", SOURCE, "--jobs", "2", *map(str, words)])


def test_a_class_is_told_in_a_few_lines(folder, capsys):
    assert check("class", "--out", "out") == 1
    printed = capsys.readouterr()
    lines = printed.out.splitlines()
    assert lines[0] == "3 checked: 1 right, 1 wrong, 1 unreadable"
    assert lines[1] == "Most frequent mistakes"
    assert lines[2].startswith("    1  column_means.not_divided: ")
    assert lines[-1].startswith("Results in out: ")
    assert lines[-1].endswith("results.csv, results.json, junit.xml")
    assert "\r" not in printed.err  # no bar where there is no terminal
    submissions = json.loads((folder / "out" / "results.json").read_text())["submissions"]
    assert [one["file"] for one in submissions] == ["bad.py", "right.py", "wrong.py"]


def test_a_rerun_says_what_was_unchanged(folder, capsys):
    check("class", "--out", "out")
    capsys.readouterr()
    assert check("class", "--out", "out") == 1
    first = capsys.readouterr().out.splitlines()[0]
    assert first.endswith("; 2 unchanged since the last run")


def test_without_a_folder_for_them_all_reports_are_printed(folder, capsys):
    (folder / "class" / "bad.py").unlink()
    (folder / "class" / "wrong.py").write_text(RIGHT)
    assert check("class", "--format", "json") == 0
    content = json.loads(capsys.readouterr().out)
    assert [one["status"] for one in content["submissions"]] == ["right", "right"]
    assert check("class/right.py", "class/wrong.py") == 0
    assert "2 checked: 2 right\n" in capsys.readouterr().out


def test_an_empty_folder(folder, capsys):
    (folder / "empty").mkdir()
    assert check("empty") == 1
    told = "0 checked: no Python file and no notebook was found\n"
    assert capsys.readouterr().out == told


def test_points_are_those_of_the_rubric(folder):
    (folder / "rubric.toml").write_text("[points]\ncolumn_means = 3\nstandardize = 4\n")
    check("class", "--out", "out", "--points", "rubric.toml")
    points = {
        one["file"]: one["points"]["earned"]
        for one in json.loads((folder / "out" / "results.json").read_text())["submissions"]
    }
    assert points["right.py"] == 7
    assert points["bad.py"] == 0
    # The points are no part of a result: other ones need no other run.
    (folder / "rubric.toml").write_text("[points]\nstandardize = 40\n")
    check("class", "--out", "out", "--points", "rubric.toml", "--only", "standardize")
    submissions = json.loads((folder / "out" / "results.json").read_text())["submissions"]
    assert [one["points"]["out_of"] for one in submissions] == [40, 40, 40]


def test_points_of_one_file_are_told(folder, capsys):
    (folder / "rubric.toml").write_text("points = { column_means = 3, standardize = 4.5 }")
    assert check("class/wrong.py", "--points", "rubric.toml") == 1
    lines = capsys.readouterr().out.splitlines()
    assert lines[-3].startswith("column_means: 0 of 3 points (wrong: right in 0% of ")
    assert lines[-2:] == [
        "standardize: 4.5 of 4.5 points (right but for column_means)", "4.5 of 7.5 points",
    ]  # fmt: skip


@pytest.mark.parametrize(
    "words, told",
    [
        (["class", "--points", "rubric.toml"], "Did you mean 'column_means'?"),
        (["class", "--points", "none.toml"], "none.toml: No such file or directory"),
        (["class/right.py", "--points", "rubric.toml"], "Did you mean 'column_means'?"),
        (["nowhere"], "nowhere: There is no such file or folder"),
        (["class", "--gradescope", "x.json"], "--gradescope must go with one FILE"),
        (["class/right.py", "--self-test"], "class/right.py: the first line is no label"),
    ],
)
def test_bad_usage_is_one_line(folder, capsys, words, told):
    (folder / "rubric.toml").write_text("points = { columns_means = 1 }")
    assert check(*words) == 2
    out, errors = capsys.readouterr()
    assert told in errors
    assert errors.count("\n") == 1
    assert out == ""


def test_only_none_is_no_choice(folder, capsys):
    with pytest.raises(SystemExit) as ended:
        check("class/right.py", "--only", ",")
    assert ended.value.code == 2
    assert "--only: must name a function; got none" in capsys.readouterr().err


def test_a_file_name_moves_no_terminal(folder, capsys):
    (folder / "a\x1b[2J.py").write_text("")
    check("a\x1b[2J.py")
    assert capsys.readouterr().out.startswith("a [2J.py\n")


@pytest.mark.skipif(sys.platform == "win32", reason="POSIX signals")
@pytest.mark.parametrize("done", [{"bad.py.json", "right.py.json", "wrong.py.json"}, set()])
def test_ctrl_c_keeps_what_is_done(folder, environment, done):
    endless = RIGHT.replace("def column_means(X):", "def column_means(X):\n    while True: pass")
    assert endless != RIGHT
    (folder / "class" / "zzz.py").write_text(endless)
    process = subprocess.Popen(
        [sys.executable, "-m", "convstep", "check", "class", "--exercise", SOURCE, "--jobs", "1",
         "--out", "out", "--time-limit", "60"],
        cwd=folder, env={**environment, "TMPDIR": str(folder)}, text=True,
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, start_new_session=True,
        # A shell starts background jobs with SIGINT ignored, and children inherit that.
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
    )  # fmt: skip
    submissions = folder / "out" / "submissions"
    deadline = time.monotonic() + 60
    while not submissions.exists() or not done <= set(os.listdir(submissions)):
        assert process.poll() is None and time.monotonic() < deadline
        time.sleep(0.01)
    time.sleep(0.5 if done else 0.1)  # the last one is in its loop, or the first ones start
    os.killpg(process.pid, signal.SIGINT)  # as a terminal does, to all of them
    _, errors = process.communicate(timeout=30)
    assert process.returncode == 130
    assert errors == (
        "convstep check: interrupted; what was done is kept, and the same command goes on\n"
    )
    names = set(os.listdir(submissions))
    assert names == done or (not done and len(names) < 4)
    assert not list(folder.glob("convstep-*"))  # nothing is left of the processes


LESSON = "import numpy as np\n\ndef zero_pad(X, pad):\n    return X\n"


def test_the_lens_writes_a_page_where_it_is_told(folder, capsys):
    (folder / "mine.py").write_text(LESSON)
    assert main(["check", "mine.py", "--lens", "page.html"]) == 1
    assert "page.html shows where it parts" in capsys.readouterr().err
    assert "zero_pad: nothing is padded" in (folder / "page.html").read_text("utf-8")
    assert main(["check", "mine.py", "--lens"]) == 1
    assert (folder / "mine-lens.html").exists()


def test_the_lens_writes_nothing_where_nothing_is_wrong(folder, capsys):
    padded = "np.pad(X, ((0, 0), (pad, pad), (pad, pad), (0, 0)))"
    (folder / "mine.py").write_text(LESSON.replace("return X", f"return {padded}"))
    assert main(["check", "mine.py", "--lens"]) == 0
    assert "nothing is wrong: no page was written" in capsys.readouterr().err
    assert not list(folder.glob("*.html"))


@pytest.mark.parametrize(
    "words, told",
    [
        (["class", "--lens"], "--lens must go with one FILE; got a class."),
        (["class/right.py", "--exercise", SOURCE, "--lens"], "go with the lesson's functions"),
        (["class/right.py", "--lens", "class/wrong.py"], "--lens must name a page"),
        (["--self-test", "--lens"], "--lens must go with one FILE; got --self-test."),
    ],
)
def test_what_the_lens_cannot_show_is_refused(folder, capsys, words, told):
    assert main(["check", *words]) == 2
    assert told in capsys.readouterr().err
    assert (folder / "class" / "wrong.py").read_text() == WRONG
