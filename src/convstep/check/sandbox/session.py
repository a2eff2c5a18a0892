"""The checker's side: a submission that runs elsewhere, and can do nothing but give results."""

import base64
import json
import secrets
import tempfile
import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from types import TracebackType
from typing import Any

from convstep.check import wire
from convstep.check.exercise import Exercise
from convstep.check.outcome import Failure, Outcome
from convstep.check.reading.static import Facts
from convstep.check.report import Note
from convstep.check.sandbox import folder, landlock, limits, messages, seccomp
from convstep.check.sandbox.channel import Broken, Late, TooLong
from convstep.check.sandbox.limits import Limits
from convstep.check.sandbox.process import Process

__all__ = ["Sandboxed", "open_submission", "protections"]

_LOOK_AT_FOLDER = 0.25  # seconds
_MEGABYTE = 1 << 20


def protections() -> dict[str, bool]:
    """What this system enforces upon a submission.

    Examples
    --------
    >>> protections()["time"]
    True
    """
    calls = seccomp.available()
    return {
        "time": True,
        "output": True,
        **limits.enforced(),
        "files": bool(landlock.available()),
        "processes": calls,
        "network": calls,
    }


def open_submission(path: Path, exercise: Exercise, bounds: Limits | None = None) -> "Sandboxed":
    """Start a process for a file, and read it there.

    Parameters
    ----------
    path : Path
        A Python file, or a notebook.
    exercise : Exercise
        Whose functions are looked for.
    bounds : Limits, optional
        What it may use up.

    Returns
    -------
    Sandboxed
        To be closed, or used in a ``with`` statement. Whatever the file does, this raises nothing:
        `Sandboxed.unreadable` says why it could not be read.
    """
    bounds = Limits() if bounds is None else bounds
    data, unreadable = _bytes_of(path, bounds)
    return Sandboxed(path.name, data, exercise, bounds, unreadable)


def _bytes_of(path: Path, bounds: Limits) -> tuple[bytes, str]:
    try:
        if not path.is_file():
            return b"", "there is no such file"
        with path.open("rb") as file:
            data = file.read(bounds.source_mb * _MEGABYTE + 1)
    except OSError as error:
        return b"", f"it cannot be opened: {error.strerror}"
    if len(data) > bounds.source_mb * _MEGABYTE:
        return b"", f"it is larger than {bounds.source_mb} MB"
    return data, ""


class _Died(Exception):
    """The process is gone, or was made to go."""

    def __init__(self, failure: Failure) -> None:
        self.failure = failure


class Sandboxed:
    """A submission in a process of its own: a `Submission`.

    Attributes
    ----------
    facts : mapping of str to Facts
        What the code of each function shows that is there.
    notes : tuple of Note
        What was left out of the file, and which modules are not here.
    unreadable : str
        Why the file could not be read, or empty.
    protected : mapping of str to bool
        What the system enforced upon the process.
    """

    def __init__(
        self, name: str, data: bytes, exercise: Exercise, bounds: Limits, unreadable: str = ""
    ) -> None:
        self.facts: Mapping[str, Facts] = {}
        self.notes: tuple[Note, ...] = ()
        self.unreadable = unreadable
        self.protected: Mapping[str, bool] = {}
        self._name, self._data, self._exercise = name, data, exercise
        self._bounds = bounds
        self._left = bounds.total_seconds
        self._starts = 0
        self._process: Process | None = None
        self._loading_failed: Failure | None = None
        self._folder = ""
        if unreadable:
            return
        try:
            self._open()
        except BaseException:  # the user's Ctrl-C
            self.close()
            raise

    def __enter__(self) -> "Sandboxed":
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """End the process, and remove its folder."""
        self._end()

    def call(self, name: str, arguments: Sequence[Any], right: Iterable[str] = ()) -> Outcome:
        """Call a function on copies of the arguments; `right` names helpers that are replaced."""
        if self._loading_failed is not None:
            return Outcome(failure=self._loading_failed)
        request = {
            "do": "call",
            "name": name,
            "arguments": [wire.encode(argument) for argument in arguments],
            "right": list(right),
        }
        try:
            self._restart()
            answer = self._ask(request, self._bounds.call_seconds)
            return messages.outcome(answer, len(arguments))
        except _Died as died:
            return Outcome(failure=died.failure)
        except messages.DamagedError as error:
            self._end()
            return Outcome(failure=Failure("protocol", message=str(error)))

    def _open(self) -> None:
        """Read the file, then run what its functions need."""
        try:
            self._start()
        except (_Died, messages.DamagedError) as error:
            why = error.failure if isinstance(error, _Died) else error
            self.unreadable = f"reading it fails: {why}"
            return
        if self.unreadable or not self.facts:
            return
        try:
            self._load()
        except (_Died, messages.DamagedError) as error:
            self._end()
            self._loading_failed = (
                error.failure
                if isinstance(error, _Died)
                else Failure("protocol", message=str(error))
            )
            told = f"it fails as a whole: {self._loading_failed}"
            self.notes = (*self.notes, Note("file", told))

    def _restart(self) -> None:
        if self._process is None:
            if self._starts > self._bounds.restarts:
                raise _Died(Failure("killed", message="its process died too often"))
            self._start()
            self._load()

    def _start(self) -> None:
        self._starts += 1
        self._folder = tempfile.mkdtemp(prefix="convstep-")
        self._process = Process(self._folder, self._bounds.message_mb * _MEGABYTE)
        setup = {
            "definition": self._exercise.definition,
            "wanted": [task.name for task in self._exercise.tasks],
            "name": self._name,
            "data": base64.b64encode(self._data).decode(),
            "folder": self._folder,
            "limits": asdict(self._bounds),
        }
        self._described(self._ask(setup, self._bounds.load_seconds))

    def _load(self) -> None:
        self._described(self._ask({"do": "load"}, self._bounds.load_seconds))

    def _described(self, answer: Any) -> None:
        described = messages.described(answer)
        wanted = [task.name for task in self._exercise.tasks]
        self.facts = {n: described.facts[n] for n in wanted if n in described.facts}
        self.notes = tuple(Note("file", text) for text in described.notes)
        self.unreadable = described.unreadable
        self.protected = described.protected

    def _ask(self, request: dict[str, Any], seconds: float) -> Any:
        """Send a request and wait for its answer; a process that gives none is ended."""
        assert self._process is not None
        token = secrets.token_hex(8)
        began = time.monotonic()
        self._process.channel.send(json.dumps({**request, "token": token}).encode())
        try:
            line = self._wait(began, seconds)
            return messages.answer(line, token)
        except TooLong:
            self._end()
            failure = Failure("protocol", message="more came than any result can be")
            raise _Died(failure) from None
        except Broken:
            failure = self._process.why_it_ended()
            self._end()
            raise _Died(failure) from None
        except Late:
            self._end()
            raise _Died(self._late(seconds)) from None
        finally:
            self._left -= time.monotonic() - began

    def _wait(self, began: float, seconds: float) -> bytes:
        """Wait for a line, and look now and then, and at its end, how large the folder became."""
        assert self._process is not None
        deadline = began + min(seconds, max(0.0, self._left))
        line = None
        while line is None:
            left = deadline - time.monotonic()
            try:
                line = self._process.channel.receive(min(_LOOK_AT_FOLDER, max(0.0, left)))
            except Late:
                if left <= _LOOK_AT_FOLDER:
                    raise
            megabytes = self._bounds.folder_mb
            if folder.size(self._folder) > megabytes * _MEGABYTE:
                self._end()
                message = f"it wrote more than {megabytes} MB, or too many files, into its folder"
                raise _Died(Failure("killed", message=message))
        return line

    def _late(self, seconds: float) -> Failure:
        if self._left < seconds:
            total = self._bounds.total_seconds
            message = f"the time for the whole submission is used up: {total:g} s"
        else:
            message = f"no result after {seconds:g} s"
        return Failure("timeout", message=message)

    def _end(self) -> None:
        """End the process; what it left in its folder is not held against the next one."""
        if self._process is not None:
            self._process.end()
            self._process = None
        if self._folder:
            folder.remove(self._folder)
            self._folder = ""
