"""Grades many files in a few processes, none of which can stop the others.

A worker grades one file after the other, so that what it worked out about mistakes serves all of
them. It is told its next file when it has answered, so that a worker that dies, or that never
answers, takes one file with it, and that one is known.
"""

import contextlib
import multiprocessing
import signal
import sys
import tempfile
import threading
import time
from collections.abc import Generator, Iterator, Sequence
from dataclasses import dataclass, replace
from multiprocessing import resource_tracker
from multiprocessing.connection import Connection, wait
from types import FrameType
from typing import cast

from convstep.check.classroom.find import Found
from convstep.check.exercise import Exercise
from convstep.check.grade import GradeOptions, grade_file
from convstep.check.load import load_exercise
from convstep.check.report import Report

__all__ = ["Plan", "grade_each"]

# A fork would copy the threads' locks of NumPy's libraries in whatever state they are.
_CONTEXT = multiprocessing.get_context("spawn")
_PULSE = 1.0  # seconds between looks at the clock
_GRACE = 5.0  # seconds for a process to end by itself
_SPARE = 300.0  # seconds for the checker's own work on one file


@dataclass(frozen=True)
class Plan:
    """What a worker must know: the words that its exercise is loaded by, and the options."""

    source: str | None
    options: GradeOptions

    @property
    def patience(self) -> float:
        """Seconds after which a worker is given up: a submission's own limits end long before."""
        return 2 * self.options.limits.total_seconds + _SPARE


def grade_each(
    files: Sequence[Found], plan: Plan, jobs: int
) -> Generator[tuple[Found, Report], None, None]:
    """Grade files in `jobs` processes, and give each report as soon as it is there.

    A file whose worker dies is tried once more at the end, alone: it may have died of the memory
    that the others took. The second time its report is "unreadable", and says why.
    """
    with tempfile.TemporaryDirectory(prefix="convstep-", ignore_cleanup_errors=True) as folder:
        again: list[Found] = []
        for file, found in _graded(files, plan, jobs, folder):
            if isinstance(found, Report):
                yield file, found
            else:
                again.append(file)
        for file, found in _graded(again, plan, 1, folder):
            if not isinstance(found, Report):
                found = Report(file.name, "unreadable", message=f"the checker was stopped: {found}")
            yield file, found


def _graded(
    files: Sequence[Found], plan: Plan, jobs: int, folder: str
) -> Iterator[tuple[Found, Report | str]]:
    """Give a report for each file, or what became of the worker."""
    left = list(reversed(files))
    workers: list[_Worker] = []
    try:
        while left or workers:
            while left and len(workers) < jobs:
                workers.append(_Worker(plan, folder, left.pop()))
            for worker in _ready(workers):
                yield worker.file, worker.answer()
                if worker.alive and left:
                    worker.ask(left.pop())
                else:
                    worker.end()
                    workers.remove(worker)
    finally:
        for worker in workers:
            worker.process.terminate()
        for worker in workers:
            worker.end()


def _ready(workers: "Sequence[_Worker]") -> "list[_Worker]":
    """The workers that have an answer, or never will have one."""
    answered = wait([worker.connection for worker in workers], _PULSE)
    return [worker for worker in workers if worker.connection in answered or worker.late]


class _Worker:
    """A process that grades, as it is seen from here."""

    def __init__(self, plan: Plan, folder: str, file: Found) -> None:
        self.plan = plan
        self.alive = True
        self.connection, theirs = _CONTEXT.Pipe()
        self.process = _CONTEXT.Process(target=_work, args=(theirs, plan, folder), daemon=True)
        with _interrupts_held():
            self.process.start()
        theirs.close()  # its end closes with the process
        self.ask(file)

    def ask(self, file: Found) -> None:
        """Hand over a file."""
        self.file = file
        self._began = time.monotonic()
        with contextlib.suppress(OSError):  # it is gone: the answer says so
            self.connection.send(file)

    @property
    def late(self) -> bool:
        """Whether it has had more time than any file can take."""
        return time.monotonic() - self._began > self.plan.patience

    def answer(self) -> Report | str:
        """Take the report, or say what became of the process."""
        if self.connection.poll():
            with contextlib.suppress(EOFError, OSError):
                return cast(Report, self.connection.recv())
            self.process.join()
            code = self.process.exitcode or 0
            told = f"its process died of signal {-code}" if code < 0 else f"exit code {code}"
        else:
            told = f"no result after {self.plan.patience:g} seconds"
        self.alive = False
        return told

    def end(self) -> None:
        """End the process: it ends by itself when it finds nobody there, or else it is killed."""
        self.connection.close()
        if not self.alive:
            self.process.terminate()
        self.process.join(_GRACE)
        if self.process.is_alive():
            self.process.kill()
        self.process.join()


@contextlib.contextmanager
def _interrupts_held() -> Iterator[None]:
    """Hold Ctrl-C back for a moment, and for good in the processes that are started meanwhile.

    A terminal sends it to all of them; only the one who started them is to hear of it.
    """
    if sys.platform == "win32" or threading.current_thread() is not threading.main_thread():
        yield
        return
    # It starts with the first process, and would let the signal through when it has.
    resource_tracker.ensure_running()
    heard: list[tuple[int, FrameType | None]] = []
    # Processes inherit the mask. Here it may still come by another thread, one of NumPy's.
    handler = signal.signal(signal.SIGINT, lambda *signalled: heard.append(signalled))
    mask = signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGINT])
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, mask)
        signal.signal(signal.SIGINT, handler)
    if heard and callable(handler):
        handler(*heard[-1])


def _work(connection: Connection, plan: Plan, folder: str) -> None:
    """Grade the files that come, until no more do: the main function of a worker."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # where it is not held
    signal.signal(signal.SIGTERM, _leave)
    tempfile.tempdir = folder  # whatever happens here, it is removed there
    exercise = load_exercise(plan.source)
    with contextlib.suppress(EOFError, OSError):
        while True:
            file = connection.recv()
            connection.send(graded(file, exercise, plan.options))


def _leave(number: int, frame: object) -> None:
    """Leave all ``with`` blocks, so that no submission's process stays behind."""
    sys.exit(1)


def graded(file: Found, exercise: Exercise, options: GradeOptions) -> Report:
    """Grade one file; what fails in the checker itself is a result, too."""
    if not file.path.is_file():
        kind = "a folder" if file.path.is_dir() else "no file, or a link that leads nowhere"
        return Report(file.name, "unreadable", message=f"it is {kind}")
    try:
        return replace(grade_file(file.path, exercise, options), file=file.name)
    except Exception as error:
        told = f"the checker failed: {type(error).__name__}: {error}"
        return Report(file.name, "unreadable", message=told)
