"""Keeps each result of a class in a file, so that what has not changed is not checked again."""

import hashlib
import json
import platform
from collections.abc import Iterable
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np

from convstep.atomic import remove_leftovers, write_atomically
from convstep.check.classroom.find import Found, safe_name
from convstep.check.exercise import Exercise
from convstep.check.grade import GradeOptions
from convstep.check.report import SCHEMA, Report, from_dict
from convstep.version import __version__

__all__ = ["Store", "fingerprint"]


class Store:
    """The folder ``submissions`` of the results.

    Parameters
    ----------
    out : Path
        The folder of the results; it is made.
    exercise : Exercise
    options : GradeOptions
        With the exercise they are part of the key under which a result stays true.
    source : str, optional
        The ``FILE.py:NAME`` that the exercise was loaded from.
    """

    def __init__(
        self, out: Path, exercise: Exercise, options: GradeOptions, source: str | None = None
    ) -> None:
        self.folder = out / "submissions"
        self.folder.mkdir(parents=True, exist_ok=True)
        self._most = options.limits.source_mb << 20
        self._with = fingerprint(exercise, options, source)

    def key(self, file: Found) -> str:
        """What a result depends on, in one SHA-256; empty for a file that cannot be read."""
        try:
            if not file.path.is_file():  # a pipe would be waited for
                return ""
            with file.path.open("rb") as opened:
                content = opened.read(self._most + 1)
        except OSError:
            return ""
        return hashlib.sha256(self._with + content).hexdigest()

    def read(self, file: Found, key: str) -> Report | None:
        """The result of before, if it is there, whole, and still true."""
        try:
            kept = json.loads(self.path(file).read_bytes())
            if kept["schema"] != SCHEMA or not key or kept["key"] != key:
                return None
            return from_dict({**kept["submission"], "file": file.name})
        except (OSError, ValueError, TypeError, KeyError, AttributeError):
            return None

    def write(self, report: Report, file: Found, key: str) -> None:
        """Keep a result. One that says nothing of the functions is tried again next time."""
        content = {
            "schema": SCHEMA,
            "key": "" if report.status == "unreadable" else key,
            "submission": report.as_dict(),
        }
        path = self.path(file)
        remove_leftovers(path)
        write_atomically(path, json.dumps(content, indent=2, allow_nan=False).encode())

    def path(self, file: Found) -> Path:
        """Where the result of a file is kept."""
        return self.folder / f"{safe_name(file.name)}.json"


def fingerprint(exercise: Exercise, options: GradeOptions, source: str | None = None) -> bytes:
    """All that a result depends on beside the file, in one SHA-256."""
    # How a teacher's exercise builds its cases is code, which shows in the file alone.
    code = b"" if source is None else Path(source.rpartition(":")[0]).read_bytes()
    tasks = [
        (task.name, task.arguments, task.outputs, task.helpers, list(task.families),
         [sorted(setting.items()) for setting in task.settings])
        for task in exercise.tasks
    ]  # fmt: skip
    parts: Iterable[Any] = (
        __version__,
        np.__version__,
        platform.python_version(),
        exercise.name,
        dict(exercise.definitions),
        tasks,
        exercise.mistakes,
        sorted(asdict(options).items()),
        code,
    )
    return hashlib.sha256("\0".join(map(repr, parts)).encode()).digest()
