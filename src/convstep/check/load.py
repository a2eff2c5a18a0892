"""Finds the exercise that was asked for: the lesson's, or one in a teacher's own file."""

import importlib.util
from pathlib import Path
from typing import Any

from convstep.check.exercise import Exercise
from convstep.errors import Shown, argument_error

__all__ = ["load_exercise"]

_ADVICE = "For example my_exercise.py:EXERCISE."


def load_exercise(words: str | None = None) -> Exercise:
    """Load an exercise by its words on the command line.

    Parameters
    ----------
    words : str, optional
        ``FILE.py:NAME``, a file of the teacher's and the `Exercise` in it. The file runs as it is,
        so it must be one that you trust. The lesson's eight functions where nothing is named.

    Raises
    ------
    ArgumentError
        If the words have another form, or there is no exercise of that name in the file.
    FileNotFoundError
        If there is no such file.

    Examples
    --------
    >>> load_exercise().name
    'eight'
    """
    if words is None:
        from convstep.check.eight import eight

        return eight()
    file, colon, name = words.rpartition(":")
    if not colon or not name.isidentifier():
        raise argument_error("check", "--exercise", "be FILE.py:NAME", Shown(words), _ADVICE)
    if not Path(file).is_file():
        raise FileNotFoundError(2, "There is no such file", file)
    found = getattr(_module(file), name, None)
    if not isinstance(found, Exercise):
        raise argument_error("check", "--exercise", f"have an Exercise {name}", found, _ADVICE)
    return found


def _module(file: str) -> Any:
    spec = importlib.util.spec_from_file_location(Path(file).stem, file)
    if spec is None or spec.loader is None:
        raise argument_error("check", "--exercise", "name a Python file", Shown(file), _ADVICE)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module
