"""A class is graded whatever one of its files is or does, and nothing is graded twice."""

import json
import os
import sys
import time

import pytest
from toy import PATH, TOY

from convstep.check.classroom import workers
from convstep.check.classroom.batch import grade_all
from convstep.check.classroom.find import find, safe_name
from convstep.check.classroom.store import fingerprint
from convstep.check.grade import GradeOptions
from convstep.check.load import load_exercise
from convstep.check.sandbox import Limits

RIGHT = TOY.definition
WRONG = RIGHT.replace(" / X.shape[0]", "")
SOURCE = f"{PATH}:EXERCISE"

# An exercise whose file makes the checker itself fail, in its own processes alone.
SPITEFUL = f"""
import multiprocessing, os, signal, time
from convstep.check.classroom import workers
from convstep.check.load import load_exercise

EXERCISE = load_exercise({SOURCE!r})
honest = workers.grade_file

def grade_file(path, exercise, options):
    marker = path.with_suffix(".again")
    if path.name == "dies.py" or (path.name == "dies_once.py" and not marker.exists()):
        marker.touch()
        os.kill(os.getpid(), signal.SIGKILL)
    if path.name == "leaves.py":
        os._exit(3)
    if path.name == "hangs.py":
        time.sleep(600)
    if path.name == "fails.py":
        raise ValueError("not thought of")
    return honest(path, exercise, options)

if multiprocessing.parent_process() is not None:
    workers.grade_file = grade_file
"""


@pytest.fixture
def spiteful(tmp_path):
    (tmp_path / "spiteful.py").write_text(SPITEFUL)
    source = f"{tmp_path / 'spiteful.py'}:EXERCISE"
    return {"exercise": load_exercise(source), "source": source}


@pytest.fixture
def folder(tmp_path):
    folder = tmp_path / "class"
    folder.mkdir()
    return folder


def graded(folder, **options):
    options = {"exercise": TOY, "source": SOURCE, "jobs": 2} | options
    return grade_all([folder], **options)


def statuses(result):
    return {report.file: report.status for report in result.reports}


def test_bad_files_are_results_of_their_own(folder):
    (folder / "right.py").write_text(RIGHT)
    (folder / "wrong.py").write_text(WRONG)
    (folder / "empty.py").touch()
    (folder / "bad.py").write_text("def f(:")
    (folder / "bad.ipynb").write_bytes(b"\x00\xff")
    (folder / "folder.py").mkdir()
    expected = {
        "right.py": "right", "wrong.py": "wrong", "empty.py": "empty", "bad.py": "unreadable",
        "bad.ipynb": "unreadable", "folder.py": "unreadable",
    }  # fmt: skip
    if sys.platform != "win32":
        (folder / "loop.py").symlink_to("loop.py")
        os.mkfifo(folder / "pipe.py")
        expected |= {"loop.py": "unreadable", "pipe.py": "unreadable"}
    result = graded(folder)
    assert statuses(result) == expected
    assert [report.file for report in result.reports] == sorted(expected)
    told = {report.file: report.message for report in result.reports}
    assert told["folder.py"] == "it is a folder"
    assert "line 1" in told["bad.py"]


@pytest.mark.skipif(sys.platform == "win32", reason="POSIX signals")
def test_a_worker_that_dies_takes_one_file_with_it(folder, spiteful):
    for name in ("a", "dies", "dies_once", "leaves", "fails", "z"):
        (folder / f"{name}.py").write_text(RIGHT)
    result = graded(folder, **spiteful)
    assert statuses(result) == {
        "a.py": "right", "dies.py": "unreadable", "dies_once.py": "right", "fails.py": "unreadable",
        "leaves.py": "unreadable", "z.py": "right",
    }  # fmt: skip
    told = {report.file: report.message for report in result.reports}
    assert told["dies.py"] == "the checker was stopped: its process died of signal 9"
    assert told["leaves.py"] == "the checker was stopped: exit code 3"
    assert told["fails.py"] == "the checker failed: ValueError: not thought of"


def test_a_worker_that_never_answers_is_given_up(folder, spiteful, monkeypatch):
    monkeypatch.setattr(workers, "_SPARE", -1.5)
    (folder / "hangs.py").write_text(RIGHT)
    began = time.monotonic()
    result = graded(folder, options=GradeOptions(limits=Limits(total_seconds=1)), **spiteful)
    assert result.reports[0].message == "the checker was stopped: no result after 0.5 seconds"
    assert time.monotonic() - began < 60


class TestRerun:
    @pytest.fixture(autouse=True)
    def first(self, folder, tmp_path):
        self.folder, self.out = folder, tmp_path / "out"
        (folder / "a.py").write_text(RIGHT)
        (folder / "b.py").write_text(WRONG)
        self.before = self.again()
        assert self.before.unchanged == 0

    def again(self, **options):
        return graded(self.folder, out=self.out, **options)

    def test_what_is_unchanged_is_read_again(self, monkeypatch):
        monkeypatch.setattr(workers, "_Worker", None)  # nothing is started
        after = self.again()
        assert after.unchanged == 2
        assert after.reports == self.before.reports

    def test_a_file_that_changed_is_graded(self):
        (self.folder / "b.py").write_text(RIGHT)
        after = self.again()
        assert after.unchanged == 1
        assert statuses(after) == {"a.py": "right", "b.py": "right"}

    def test_other_options_are_another_question(self):
        after = self.again(options=GradeOptions(only=("column_means",)))
        assert after.unchanged == 0
        assert [f.name for f in after.reports[0].functions] == ["column_means"]

    @pytest.mark.parametrize("content", [b"", b"{", b"[]", b'{"schema": 1}', b'{"schema": 9}'])
    def test_a_damaged_result_is_made_again(self, content):
        path = self.out / "submissions" / "a.py.json"
        path.write_bytes(content)
        assert self.again().unchanged == 1
        assert json.loads(path.read_text())["submission"]["status"] == "right"

    def test_what_could_not_be_read_is_tried_again(self):
        (self.folder / "a.py").write_text("def f(:")
        assert self.again().unchanged == 1
        assert self.again().unchanged == 1


def test_the_key_knows_the_teachers_code(tmp_path):
    file = tmp_path / "own.py"
    file.write_text(PATH.read_text())
    options = GradeOptions()
    before = fingerprint(TOY, options, f"{file}:EXERCISE")
    assert fingerprint(TOY, options, f"{file}:EXERCISE") == before
    file.write_text(PATH.read_text() + "\n# another way to build the cases\n")
    assert fingerprint(TOY, options, f"{file}:EXERCISE") != before


class TestFind:
    def names(self, *paths):
        return [found.name for found in find(paths)]

    def test_a_folder_is_searched_and_what_is_hidden_left_out(self, tmp_path):
        left_out = (".git/h.py", "a/.h.py", "a/.ipynb_checkpoints/x.ipynb", "__pycache__/x.py")
        for name in ("b.py", "a/x.ipynb", "a/Y.PY", "a/notes.txt", "__MACOSX/x.py", *left_out):
            (tmp_path / name).parent.mkdir(exist_ok=True)
            (tmp_path / name).touch()
        assert self.names(tmp_path) == ["a/Y.PY", "a/x.ipynb", "b.py"]

    def test_names_are_those_below_what_all_have_in_common(self, tmp_path):
        for name in ("one/a.py", "two/a.py"):
            (tmp_path / name).parent.mkdir()
            (tmp_path / name).touch()
        assert self.names(tmp_path / "one", tmp_path / "two") == ["one/a.py", "two/a.py"]
        assert self.names(tmp_path / "one/a.py") == ["a.py"]
        assert self.names(tmp_path, tmp_path / "one/a.py") == ["one/a.py", "two/a.py"]

    @pytest.mark.skipif(sys.platform == "win32", reason="links need rights")
    def test_a_link_to_a_folder_is_not_followed(self, tmp_path):
        (tmp_path / "a.py").touch()
        (tmp_path / "all").symlink_to(tmp_path)
        assert self.names(tmp_path) == ["a.py"]

    @pytest.mark.skipif(sys.platform != "linux", reason="names of any bytes")
    def test_a_name_in_no_encoding(self, tmp_path):
        for name in (b"\xff.py", b"\xfe.py"):
            with open(os.path.join(os.fsencode(tmp_path), name), "w"):
                pass
        assert self.names(tmp_path) == [r"\xfe.py", r"\xff.py"]


def test_no_two_names_become_one():
    names = ["a/b.py", "a_b.py", "A_b.py", "a b.py", "../a_b.py", "é.py", "è.py", "x" * 300, ".py"]
    safe = [safe_name(name).lower() for name in names]
    assert len(set(safe)) == len(names)
    assert all(s.isascii() and "/" not in s and len(s) < 120 and s[0] != "." for s in safe)
