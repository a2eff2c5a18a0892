"""The exceptions of convstep, and the one place that words them.

::

    ConvstepError
    ├── ArgumentError (ValueError)            an argument breaks a rule
    │   ├── ArgumentTypeError (TypeError)     ... because of its type or dtype
    │   └── MissingKeyError (KeyError)        ... because a key is not there
    ├── BackendError (RuntimeError)           a body of code that is not there was asked for
    ├── FileFormatError (ValueError)          a file is damaged, truncated, newer or foreign
    └── MissingExtraError (ImportError)       an optional package is not installed

Every message has one form::

    {function}: {argument} must {rule}; got {value} (shape {shape}). {what to do}
"""

import difflib
from collections.abc import Iterable
from typing import Any

import numpy as np

__all__ = [
    "ArgumentError",
    "ArgumentTypeError",
    "BackendError",
    "ConvstepError",
    "FileFormatError",
    "MissingExtraError",
    "MissingKeyError",
    "argument_error",
    "near",
    "nearest",
    "type_error",
]

_LONGEST_VALUE = 80


class ConvstepError(Exception):
    """Every error that convstep raises on purpose."""


class ArgumentError(ConvstepError, ValueError):
    """An argument breaks a rule that its message names."""


class ArgumentTypeError(ArgumentError, TypeError):
    """An argument has a type or dtype that cannot be used."""


class MissingKeyError(ArgumentError, KeyError):
    """A dictionary lacks a key."""

    # KeyError would show the message in quotes, as if it were the key.
    __str__ = Exception.__str__


class BackendError(ConvstepError, RuntimeError):
    """A body of code (compiled core, instruction set) that is not there was asked for."""


class FileFormatError(ConvstepError, ValueError):
    """A file is damaged, truncated, written by a newer version, or of another kind."""


class MissingExtraError(ConvstepError, ImportError):
    """An optional package is needed and not installed."""


def argument_error(
    function: str,
    argument: str,
    rule: str,
    got: Any,
    advice: str = "",
    kind: type[ArgumentError] = ArgumentError,
) -> ArgumentError:
    """Word one broken rule.

    Parameters
    ----------
    function : str
        The public name that the caller used; a layer puts its own name here.
    argument : str
        The argument, as it is spelled in the signature.
    rule : str
        What it must do: the words after "must".
    got : object
        The value that came. An array is described by its shape.
    advice : str
        What to do about it, as a sentence.
    kind : type
        The class of the error.
    """
    message = f"{function}: {argument} must {rule}; got {describe(got)}."
    return kind(f"{message} {advice}" if advice else message)


def type_error(
    function: str, argument: str, rule: str, got: Any, advice: str = ""
) -> ArgumentError:
    """Word one broken rule about a type: `argument_error` with an `ArgumentTypeError`."""
    return argument_error(function, argument, rule, got, advice, ArgumentTypeError)


def describe(value: Any) -> str:
    """Show a value in a message: short values as they are, arrays by dtype and shape."""
    if isinstance(value, Shown):
        return str(value)
    if isinstance(value, np.ndarray):
        text = f" {value!r}".replace("\n", "") if value.size == 1 else ""
        return f"an array of {value.dtype}{text} (shape {value.shape})"
    text = repr(value)
    if len(text) > _LONGEST_VALUE:
        text = f"{text[: _LONGEST_VALUE - 3]}..."
    return f"{text} ({type(value).__name__})"


class Shown(str):
    """Text that a message shows just as it is."""

    __slots__ = ()


def nearest(word: object, known: Iterable[str]) -> str:
    """Return the known word that looks most like `word`, or "" if none does."""
    return next(iter(near(word, known, 1)), "")


def near(word: object, known: Iterable[str], count: int = 3) -> list[str]:
    """Return the known words that look like `word`, the most alike first."""
    return difflib.get_close_matches(str(word).lower(), sorted(known), n=count, cutoff=0.5)
