"""The process of a submission: it reads requests, one line of JSON each, and answers each with one.

Standard input and output carry them when it starts; both are moved out of the way before anything
of the submission is read. The first request sets all up, the second one runs what the functions
need, and each further one is a call.
"""

import base64
import contextlib
import json
import os
import sys
import warnings
from collections.abc import Callable
from dataclasses import asdict, replace
from types import ModuleType
from typing import Any

import numpy as np

from convstep.check import wire
from convstep.check.execute import execute
from convstep.check.exercise import run_source
from convstep.check.outcome import Failure, FailureKind, Outcome
from convstep.check.reading.extract import Extract
from convstep.check.sandbox import kernel, landlock, limits, seccomp
from convstep.check.submission import rebound

__all__ = ["main"]

# What a submission could put something else in the place of.
_dumps, _loads, _write, _exit, _encode, _decode = (
    json.dumps,
    json.loads,
    os.write,
    os._exit,
    wire.encode,
    wire.decode,
)


def main() -> None:
    """Answer requests until there are none."""
    requests = os.fdopen(os.dup(0), "rb")
    answers = os.dup(1)
    _silence()
    warnings.simplefilter("ignore")
    setup = _loads(requests.readline())
    largest = int(setup["limits"]["message_mb"]) << 20
    process = _Process(setup)
    _send(answers, setup["token"], process.described(), largest)
    for line in iter(requests.readline, b""):
        request = _loads(line)
        try:
            answer = process.answer(request)
        except BaseException as error:
            kind: FailureKind = "memory" if isinstance(error, MemoryError) else "protocol"
            answer = _told(Outcome(failure=Failure(kind, message=type(error).__name__)))
        _send(answers, request["token"], answer, largest)
    _exit(0)


def _silence() -> None:
    """Nothing comes in, and what is printed is lost."""
    nowhere = os.open(os.devnull, os.O_RDWR)
    for standard in range(3):
        os.dup2(nowhere, standard)
    os.close(nowhere)
    sys.stdin = open(os.devnull, encoding="utf-8")  # noqa: SIM115
    sys.stdout = sys.stderr = open(os.devnull, "w", encoding="utf-8", errors="replace")  # noqa: SIM115


def _send(answers: int, token: str, answer: Any, largest: int) -> None:
    line = _dumps({"token": token, "answer": answer}).encode() + b"\n"
    if len(line) > largest:
        failure = Failure("protocol", message="the result is too large")
        line = _dumps({"token": token, "answer": _told(Outcome(failure=failure))}).encode() + b"\n"
    view = memoryview(line)
    while view:
        view = view[_write(answers, view) :]


class _Process:
    """What a submission's process holds: the right helpers, and the submission's functions."""

    def __init__(self, setup: dict[str, Any]) -> None:
        self.right = _own_numpy(run_source(setup["definition"]))
        self.defined: dict[str, Any] = {}
        self.functions: dict[tuple[str, tuple[str, ...]], Callable[..., Any]] = {}
        self.protected = _protect(setup["folder"], limits.Limits(**setup["limits"]))
        data = base64.b64decode(setup["data"])
        del setup["data"]
        self.extract = Extract(setup["name"], data, setup["wanted"])

    def described(self) -> dict[str, Any]:
        """What the file shows."""
        return {
            "facts": {name: asdict(facts) for name, facts in self.extract.facts.items()},
            "notes": self.extract.notes,
            "unreadable": self.extract.unreadable,
            "protected": self.protected,
        }

    def answer(self, request: dict[str, Any]) -> dict[str, Any]:
        """Do what is asked for."""
        if request["do"] == "load":
            self.extract.run()
            self.defined = dict(self.extract.namespace)  # a call may bind the names anew
            return self.described()
        arguments = tuple(map(_decode, request["arguments"]))
        return _told(self.call(request["name"], arguments, tuple(request["right"])))

    def call(self, name: str, arguments: tuple[Any, ...], right: tuple[str, ...]) -> Outcome:
        """Call a function; what ends a program does not end this one."""
        failure = self.extract.failures.get(name)
        if failure is not None:
            return Outcome(failure=failure)
        key = (name, right)
        if key not in self.functions:
            function = self.defined.get(name)
            if function is None:
                return Outcome(failure=Failure("exception", "NameError", f"{name} is not defined"))
            self.functions[key] = rebound(
                function, {helper: self.right[helper] for helper in right}
            )
        try:
            return _explained(execute(self.functions[key], arguments))
        except KeyboardInterrupt:
            return Outcome(failure=Failure("exception", "KeyboardInterrupt"))


def _own_numpy(namespace: dict[str, Any]) -> dict[str, Any]:
    """Give the right helpers a NumPy of their own: a submission may assign to `np.zeros`."""
    own = ModuleType("numpy")
    vars(own).update(vars(np))
    for name in [name for name, value in namespace.items() if value is np]:
        namespace[name] = own
    return namespace


def _protect(folder: str, bounds: limits.Limits) -> dict[str, bool]:
    """Give up all that a submission has no need of; for good."""
    if seccomp.available():
        with contextlib.suppress(OSError):
            kernel.drop_capabilities()
    files = landlock.apply(folder)
    calls = seccomp.apply()
    limits.apply(bounds, no_processes=not calls)
    return {"files": files, "processes": calls, "network": calls}


def _explained(outcome: Outcome) -> Outcome:
    """Say that it was the checker who refused: it does so in the system's words."""
    failure = outcome.failure
    if failure is None or failure.type != "PermissionError":
        return outcome
    told = f"{failure.message}; the checker forbids what it tries (docs/sandbox.md)"
    return replace(outcome, failure=replace(failure, message=told))


def _told(outcome: Outcome) -> dict[str, Any]:
    failure = outcome.failure
    return {
        "value": _encode(outcome.value),
        "failure": None if failure is None else asdict(failure),
        "changed": outcome.changed,
        "shared": outcome.shared,
        "printed": outcome.printed,
        "repairs": outcome.repairs,
    }
