"""Submissions that do harm on purpose: each is a reported result, and the harm is not done."""

import json
import os
import sys
import threading
import time
from dataclasses import replace
from pathlib import Path

import pytest

from convstep.check.outcome import Opaque
from convstep.check.sandbox import process, protections

from .conftest import QUICK

HAS = protections()
posix = pytest.mark.skipif(sys.platform == "win32", reason="signals are POSIX's")
calls = pytest.mark.skipif(not HAS["processes"], reason="this kernel filters no system calls")
files = pytest.mark.skipif(not HAS["files"], reason="this kernel has no Landlock")


def kind(outcome):
    assert outcome.failure is not None, outcome
    return outcome.failure.kind


def after(session, x=2):
    """It can still be asked, in a new process where the old one is gone."""
    return session.call("helper", [x]).value


def eventually(holds):
    deadline = time.monotonic() + 3
    while not holds() and time.monotonic() < deadline:
        time.sleep(0.02)
    return holds()


def ended(pid):
    """Whether a process is gone, or was killed and nobody has asked for its exit code."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return True
    stat = Path(f"/proc/{pid}/stat")
    return stat.exists() and stat.read_text().rpartition(")")[2].split()[0] == "Z"


GOOD = "def helper(x):\n    return 2 * x\n"


@pytest.mark.parametrize(
    "body",
    [
        "while True: pass",
        "import time; time.sleep(1000)",
        "import signal\n for s in range(1, 30):\n  try: signal.signal(s, signal.SIG_IGN)\n"
        "  except Exception: pass\n while True: pass",
        "import threading, time\n"
        " [threading.Thread(target=time.sleep, args=(99,)).start() for _ in range(3)]\n"
        " raise SystemExit",
        "x = 10 ** 10 ** 8",
    ],
    ids=["loop", "sleep", "signals ignored", "threads", "one operation"],
)
def test_what_never_ends_is_ended(opened, body):
    session = opened(GOOD + f"def f(x):\n {body}\n")
    began = time.monotonic()
    outcome = session.call("f", [1])
    assert time.monotonic() - began < QUICK.call_seconds + 3
    assert kind(outcome) in ("timeout", "exit")
    assert after(session) == 4


@pytest.mark.parametrize(
    "body, told",
    [
        ("import sys; sys.exit(3)", "exit"),
        ("raise SystemExit", "exit"),
        ("raise KeyboardInterrupt", "exception"),
        ("raise GeneratorExit", "exception"),
        ("raise MemoryError", "memory"),
        ("import os; os._exit(0)", "exit"),
        ("import os; os._exit(7)", "exit"),
        ("import os; os.abort()", "killed"),
        ("return [None] * 10 ** 12", "memory"),
        ("import numpy as np; return np.ones((30000, 30000, 10))", "memory"),
        ("import numpy as np; return np.zeros(10 ** 7)", None),
        ("return f(x)", "exception"),
        ("import sys; sys.setrecursionlimit(10 ** 9); g = lambda n: g(n + 1); return g(0)", "any"),
        ("import ctypes; ctypes.string_at(0)", "killed"),
        ("import os, signal; os.kill(os.getpid(), signal.SIGKILL)", "killed"),
        ("import os; os.closerange(3, 200)", "any"),
        ("import os\n for fd in range(3, 9):\n  try: os.write(fd, b'{}' + bytes([10]))\n"
         "  except OSError: pass", "protocol"),
        ("import os\n for fd in range(3, 9):\n  try:\n   while 1: os.write(fd, b'x' * 65536)\n"
         "  except OSError: pass", "protocol"),
    ],
)  # fmt: skip
@posix
def test_the_ways_to_end_are_told_apart(opened, body, told):
    session = opened(GOOD + f"def f(x):\n {body}\n")
    outcome = session.call("f", [1])
    if told is None:
        assert isinstance(outcome.value, Opaque)  # too large to be any result
    else:
        assert told == "any" or kind(outcome) == told, outcome
        assert outcome.failure is not None
    assert after(session) == 4


def test_an_empty_folder_and_nothing_of_the_user(opened, monkeypatch):
    monkeypatch.setenv("SECRET", "token")
    session = opened(
        """
        import os, sys
        def f(x):
            at_home = os.path.expanduser("~") == os.getcwd()
            names = ("SECRET", "PYTHONPATH", "SSH_AUTH_SOCK")
            return [os.listdir("."), at_home, sys.stdin.read(), *map(os.environ.get, names)]
        """
    )
    assert session.call("f", [1]).value == [[], True, "", None, None, None]


def test_output_costs_nothing(opened):
    session = opened(
        """
        import os, sys
        def f(x):
            for _ in range(1000):
                os.write(1, b"x" * 10 ** 6)
                os.write(2, b"x" * 10 ** 6)
                sys.stderr.write("x" * 1000)
            print(end="\\n" * 1000)
            return x
        """
    )
    outcome = session.call("f", [1])
    assert outcome.value == 1
    assert outcome.printed == 1000


ATTEMPTS = """
    import ctypes, os, resource, shutil, signal, socket, subprocess, threading, multiprocessing

    def refused(action):
        try:
            action()
        except (OSError, RuntimeError) as error:
            return type(error).__name__
        return "done"

    def f(path, parent, port):
        return {{name: refused(action) for name, action in {attempts}.items()}}
    """


def attempt(opened, attempts, *arguments):
    names = "{" + ", ".join(f"{name!r}: lambda: {code}" for name, code in attempts.items()) + "}"
    outcome = opened(ATTEMPTS.format(attempts=names)).call("f", arguments)
    assert outcome.failure is None, outcome
    return outcome.value


@calls
def test_no_processes_and_no_signals(opened):
    attempts = {
        "fork": "os.fork()",
        "exec": "os.execv('/bin/true', ['true'])",
        "spawn": "subprocess.run(['true'])",
        "multiprocessing": "multiprocessing.get_context('fork').Process(target=print).start()",
        "kill parent": "os.kill(parent, 9)",
        "kill all": "os.kill(-1, 9)",
        "kill group": "os.killpg(0, 9)",
        "socket": "socket.socket()",
        "connect": "socket.create_connection(('127.0.0.1', port))",
        "pair": "socket.socketpair()",
        "pidfd": "os.pidfd_open(parent)",
        "limits of the parent": "resource.prlimit(parent, 0, (1, 1))",
    }
    value = attempt(opened, attempts, "", os.getpid(), 9)
    assert set(value.values()) == {"PermissionError"}, value


@calls
def test_a_refusal_is_told_to_be_the_checkers(opened):
    failure = opened("import os\ndef f(x):\n    os.fork()\n").call("f", [1]).failure
    assert str(failure).endswith("the checker forbids what it tries (docs/sandbox.md) (line 3)")


def test_threads_are_allowed(opened):
    attempts = {"thread": "threading.Thread(target=print).start()"}
    assert attempt(opened, attempts, "", 1, 1) == {"thread": "done"}


@posix
def test_limits_cannot_be_raised(opened):
    session = opened(
        """
        import resource
        def f(x):
            raised = []
            for kind in (resource.RLIMIT_CPU, resource.RLIMIT_AS, resource.RLIMIT_FSIZE):
                try:
                    resource.setrlimit(kind, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
                    raised.append(kind)
                except (OSError, ValueError):
                    pass
            return raised
        """
    )
    assert session.call("f", [1]).value == []


@files
def test_files_outside_are_neither_written_nor_read(opened, tmp_path):
    mine = tmp_path / "mine"
    mine.mkdir()
    kept = mine / "kept.txt"
    kept.write_text("kept")
    attempts = {
        "write": "open(path + '/kept.txt', 'w').close()",
        "append": "open(path + '/kept.txt', 'a').close()",
        "read": "open(path + '/kept.txt').close()",
        "list": "os.listdir(path)",
        "truncate": "os.truncate(path + '/kept.txt', 0)",
        "delete": "os.remove(path + '/kept.txt')",
        "delete all": "shutil.rmtree(path)",
        "create": "open(path + '/new.txt', 'w').close()",
        "folder": "os.mkdir(path + '/new')",
        "rename": "os.rename(path + '/kept.txt', 'stolen')",
        "link": "os.link(path + '/kept.txt', 'stolen')",
        "times": "os.utime(path + '/kept.txt')",
        "by symlink": "(os.symlink(path, 'link'), open('link/kept.txt', 'w'))",
        "memory of the parent": "open(f'/proc/{parent}/mem', 'rb')",
        "variables of the parent": "open(f'/proc/{parent}/environ', 'rb')",
        "shared memory": "open('/dev/shm/convstep-test', 'w')",
    }
    if HAS["processes"]:
        attempts |= {"mode": "os.chmod(path, 0)", "owner": "os.chown(path, 0, 0)"}
    value = attempt(opened, attempts, str(mine), os.getpid(), 1)
    assert set(value.values()) <= {"PermissionError", "OSError"}, value
    assert kept.read_text() == "kept"
    assert list(mine.iterdir()) == [kept]


def test_its_own_folder_may_be_used_and_is_removed(opened):
    session = opened(
        """
        import os, tempfile
        def f(x):
            with tempfile.TemporaryFile() as file:
                file.write(b"x")
            os.makedirs("a/b")
            os.mkdir("closed", 0)
            os.symlink("/", "root")
            return os.getcwd()
        """
    )
    folder = Path(session._folder)
    outcome = session.call("f", [0])
    assert outcome.value == str(folder)
    assert len(list(folder.iterdir())) == 3
    session.close()
    assert not folder.exists()


def test_a_folder_deeper_than_any_path_is_noticed_and_removed(opened):
    session = opened(
        """
        import os
        def f(x):
            for _ in range(60):
                os.mkdir("d" * 100)
                os.chdir("d" * 100)
            open("deep", "w").close()
        """
    )
    folder = Path(session._folder)
    outcome = session.call("f", [0])
    assert "too many files" in str(outcome.failure)
    assert not folder.exists()
    again = session.call("f", [0])  # in a folder of its own, or "d..." would be there already
    assert "too many files" in str(again.failure)
    session.close()


@posix
def test_files_are_kept_small(opened):
    session = opened(
        """
        def f(x):
            with open("big", "wb") as file:
                for _ in range(100):
                    file.write(b"x" * 10 ** 6)
        def helper(x):
            for n in range(10 ** 6):
                with open(str(n), "wb") as file:
                    file.write(b"x" * 10 ** 6)
        """,
        replace(QUICK, file_mb=4, folder_mb=20, call_seconds=10),
    )
    assert session.call("f", [1]).failure.type == "OSError"
    outcome = session.call("helper", [1])
    assert kind(outcome) == "killed"
    assert "20 MB" in outcome.failure.message


FORGE = """
import json, os, sys
def f(x):
    frame = sys._getframe()
    while "answers" not in frame.f_locals:
        frame = frame.f_back
    answer = dict(value=True, failure=None, changed=[], shared=[], printed=0, repairs=[])
    line = json.dumps(dict(token=frame.f_locals["request"]["token"], answer=answer))
    line = CHANGE
    os.write(frame.f_locals["answers"], line.encode("utf-8", "surrogatepass") + bytes([10]))
    os._exit(0)
"""


@pytest.mark.parametrize(
    "change",
    [
        "line + '}'",
        "line * 2",
        "line.replace('token', 'other')",
        "line.replace('true', '[' * 100_000)",
        "line.replace('true', '[' * 900 + ']' * 900)",
        "line.replace('answer', chr(0xdc80))",
    ],
)
def test_forged_answers_are_damaged_ones(opened, change):
    outcome = opened(GOOD + FORGE.replace("CHANGE", change)).call("f", [1])
    assert kind(outcome) == "protocol", outcome


def test_a_forged_answer_is_a_value_and_no_more(opened):
    """The submission can answer for itself: it can then be told right only by what is right."""
    session = opened(GOOD + FORGE.replace("CHANGE", "line"))
    assert session.call("f", [1]).value is True
    assert {kind(session.call("f", [1])), after(session)} == {"exit", 4}


def test_a_message_moves_no_terminal(opened):
    session = opened("def f(x):\n    raise ValueError('\\x1b[2J\\u202e a\\nb')\n")
    assert session.call("f", [1]).failure.message == " [2J  a b"


def test_numpy_replaced_is_its_own_trouble(opened):
    """Right helpers keep a NumPy of their own."""
    session = opened(
        """
        import numpy as np
        np.add = lambda a, b: 0
        np.float = float
        def helper(x): return 0
        def f(x): return helper(x) + np.float(1)
        """
    )
    assert session.call("f", [3]).value == 1
    assert session.call("f", [3], ["helper"]).value == 7


def test_a_process_that_keeps_dying_is_given_up(opened):
    session = opened("def f(x):\n    import os; os._exit(1)\n", replace(QUICK, restarts=2))
    kinds = [kind(session.call("f", [1])) for _ in range(5)]
    assert kinds == ["exit"] * 3 + ["killed"] * 2


def test_the_total_time_is_limited(opened):
    session = opened(
        GOOD + "def f(x):\n    while True: pass\n",
        replace(QUICK, total_seconds=2.0, call_seconds=1.8),
    )
    assert kind(session.call("f", [1])) == "timeout"
    began = time.monotonic()
    for _ in range(20):
        failure = session.call("f", [1]).failure
    assert failure.kind == "timeout"
    assert "whole submission" in failure.message
    assert time.monotonic() - began < 3


@pytest.mark.parametrize(
    "needed, told",
    [
        ("__import__('os')._exit(3)", "exit"),
        ("__import__('ctypes').string_at(0)", "killed"),
        ("[0 for _ in iter(int, 1)]", "timeout"),
    ],
)
@posix
def test_a_file_that_cannot_be_run(opened, needed, told):
    session = opened(f"n = {needed}\ndef f(x):\n    return n\n", replace(QUICK, load_seconds=1.5))
    assert list(session.facts) == ["f"]
    assert not session.unreadable
    assert kind(session.call("f", [1])) == told
    assert session.notes


@pytest.mark.parametrize(
    "source",
    [
        b"x = " + b"(" * 100_000 + b")" * 100_000,
        b"x = " + b"-" * 200_000 + b"1",
        b"x = " + b"a." * 200_000 + b"b",
        b"x = " + b"1+" * 200_000 + b"1",
        b"x = " + b"[" * 90 + b"]" * 90 + b"\n" * 1_000_000,
        b"\x00" * 5_000_000,
        b"#" * 6_000_000,
        os.urandom(1_000_000),
    ],
    ids=["brackets", "minus", "dots", "plus", "lines", "nulls", "comment", "noise"],
)
def test_no_source_harms_the_checker(opened, source):
    session = opened(source + b"\ndef f(x):\n    return x\n")
    if "f" in session.facts:
        outcome = session.call("f", [5])
        assert outcome.value == 5 or outcome.failure is not None
    else:
        assert session.unreadable or session.notes


def test_what_is_no_file(tmp_path, opened):
    from convstep.check.sandbox import open_submission

    from .conftest import EXERCISE

    for path, told in ((tmp_path / "none.py", "no such file"), (tmp_path, "no such file")):
        with open_submission(path, EXERCISE) as session:
            assert told in session.unreadable
            assert session.facts == {}
    session = opened(b"x" * 3_000_000, replace(QUICK, source_mb=2))
    assert "larger than 2 MB" in session.unreadable


@pytest.fixture
def unprotected(monkeypatch):
    """A kernel that enforces nothing beside the limits."""
    nothing = "import convstep.check.sandbox.kernel as kernel; kernel.is_linux = lambda: False; "
    monkeypatch.setattr(process, "_START", process._START.replace("from", nothing + "from", 1))


@posix
def test_without_protection_it_works_and_ends(opened, unprotected, monkeypatch):
    """A process of the submission's own that holds on to the pipes delays nothing."""
    session = opened(
        """
        import os, time
        def helper(x):
            return os.getpid()
        def f(x):
            pid = os.fork()
            if not pid:
                if x:
                    os.setsid()
                time.sleep(5)
                os._exit(0)
            return pid
        """
    )
    assert session.protected == {"files": False, "processes": False, "network": False}
    outcome = session.call("f", [0])
    if outcome.failure is None:  # the limit on processes does not hold for root
        began = time.monotonic()
        assert session.call("f", [1]).failure is None
        session.close()
        assert time.monotonic() - began < 2
        assert eventually(lambda: ended(outcome.value))
    else:
        assert outcome.failure.type == "BlockingIOError"


@posix
def test_nothing_is_left_running(opened):
    before = set(threading.enumerate())
    session = opened("import threading, time\ndef f(x):\n    return x\n")
    pid = session._process._popen.pid
    session.close()
    assert ended(pid)
    assert eventually(lambda: set(threading.enumerate()) <= before)


def test_a_notebook_has_cells(opened):
    cells = [
        {"cell_type": "code", "source": text}
        for text in ("%matplotlib inline\nimport numpy as np", "\n\ndef f(x):\n    return 1 / x")
    ]
    session = opened(json.dumps({"cells": cells}).encode(), name="mine.ipynb")
    told = str(session.call("f", [0]).failure)
    assert told == "ZeroDivisionError: division by zero (cell 2, line 4)"
    assert session.facts["f"].cell == 2
    assert session.notes == ()
