"""Files that do harm are graded like any other: what is right in them is right."""

from pathlib import Path

import pytest

import convstep
from convstep.check.eight import eight
from convstep.check.grade import GradeOptions, grade_file
from convstep.check.sandbox import Limits, protections

OPTIONS = GradeOptions(limits=Limits(call_seconds=1.0, load_seconds=10.0, total_seconds=30.0))
LOOPS = Path(convstep.loops.__file__).read_text(encoding="utf-8")
HOSTILE = sorted(
    path
    for path in (Path(__file__).parent / "corpus" / "hostile").glob("*")
    if path.suffix in (".py", ".ipynb")
)


def graded(path, text):
    path.write_text(text)
    report = grade_file(path, eight(), OPTIONS)
    return report, {one.name: one for one in report.functions}


@pytest.mark.parametrize(
    "line, told",
    [
        ("while True: pass", "no result after 1 s"),
        ("import os; os._exit(0)", "it ended the program, with exit code 0"),
        ("import sys; sys.exit()", "SystemExit"),
        ("import ctypes; ctypes.string_at(0)", "the process died of SIGSEGV"),
        ("x = [0] * 10 ** 11", "MemoryError"),
    ],
)
def test_one_function_harms_no_other(tmp_path, line, told):
    text = LOOPS.replace("    m, n_H, n_W, n_C = dA.shape", f"    {line}")
    report, functions = graded(tmp_path / "mine.py", text)
    assert report.status == "wrong"
    assert functions.pop("pool_backward").status == "wrong"
    assert {one.status for one in functions.values()} == {"right"}
    assert told in str(report)


def test_the_case_that_does_not_end_is_shown(tmp_path):
    text = LOOPS.replace(
        "    m, n_H, n_W, n_C = dA.shape",
        "    m, n_H, n_W, n_C = dA.shape\n    while stride > 1: pass",
    )
    _, functions = graded(tmp_path / "mine.py", text)
    example = functions["pool_backward"].example
    assert example.setting["stride"] > 1
    assert example.got == "no result after 1 s"


def test_what_stands_around_the_functions_harms_none(tmp_path):
    text = LOOPS + "\nraise SystemExit\n"
    for line in ("while True: pass", "import os; os._exit(1)", "input()", "exit()"):
        text = f"{line}\n{text}\n{line}\n"
    report, functions = graded(tmp_path / "mine.py", text)
    assert report.ok, str(report)
    assert len(functions) == 8


def test_a_file_that_ends_with_its_import_is_wrong(tmp_path):
    text = f"import os\nn = os._exit(3)\n{LOOPS}\n\ndef zero_pad(X, pad):\n    return X + n\n"
    report, functions = graded(tmp_path / "mine.py", text)
    assert report.status == "wrong"
    assert {one.status for one in functions.values()} == {"wrong"}
    assert any("it fails as a whole" in note.text for note in report.notes)


@pytest.mark.skipif(not all(protections().values()), reason="here they would do harm")
@pytest.mark.parametrize("path", HOSTILE, ids=lambda path: path.name)
def test_a_hostile_file_is_a_reported_result(path):
    """Each says in its first line what it does; what has nothing to do with that is right."""
    report = grade_file(path, eight(), OPTIONS)
    functions = {one.name: one.status for one in report.functions if one.status != "missing"}
    assert report.status in ("right", "wrong")
    assert functions.get("distribute_value", "right") == "right", str(report)
    assert report.seconds < 45
    assert "\x1b" not in str(report)


FILLS_ITS_FOLDER = """
import time
import numpy as np

def zero_pad(X, pad):
    for n in range(80):
        open(f"{n}", "wb").truncate(2**20)
    return np.pad(X, ((0, 0), (pad, pad), (pad, pad), (0, 0)))

def distribute_value(dz, shape):
    time.sleep(0.3)  # long enough for the folder to be looked at
    return np.full(shape, dz / (shape[0] * shape[1]))
"""


def test_a_folder_that_one_function_filled_is_not_held_against_the_next(tmp_path):
    report, functions = graded(tmp_path / "mine.py", FILLS_ITS_FOLDER)
    assert "wrote more than 64 MB" in str(report)
    assert functions["zero_pad"].status == "wrong"
    assert functions["distribute_value"].status == "right", str(report)


@pytest.mark.parametrize(
    "line",
    [
        "from convstep.loops import zero_pad",
        "import convstep as cs\nzero_pad = cs.loops.zero_pad",
        "def zero_pad(X, pad):\n    from convstep import loops\n    return loops.zero_pad(X, pad)",
        "import sys\nzero_pad = sys.modules['convstep.loops'].zero_pad",
    ],
)
def test_a_file_that_takes_the_answers_is_noted(tmp_path, line):
    report, _ = graded(tmp_path / "mine.py", line)
    assert report.ok
    [note] = report.notes
    assert note.text.endswith("it uses convstep, where the right functions are")


def test_to_import_what_no_function_uses_is_no_matter(tmp_path):
    text = f'import convstep as cs\n\n"""convstep.loops"""\n{LOOPS}\ncs.check.check(zero_pad)\n'
    text = text.replace("def zero_pad", "def mine():\n    return cs.nn\n\n\ndef zero_pad")
    report, _ = graded(tmp_path / "mine.py", text)
    assert report.ok
    assert report.notes == ()
