"""What came from the process of a submission, held against what may come.

The submission could have written it itself. So every field is checked for its form, and every text
loses what a terminal would obey.
"""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields
from typing import Any, get_args

from convstep.check.outcome import Failure, FailureKind, Outcome
from convstep.check.reading.static import Facts
from convstep.check.wire import WireError, decode, printable

__all__ = ["DamagedError", "Described", "answer", "described", "outcome"]

_LONGEST_LIST = 1000
_LARGEST_NUMBER = 10**9
_KINDS = get_args(FailureKind)


class DamagedError(ValueError):
    """A message is not of the form that was agreed on."""


@dataclass(frozen=True)
class Described:
    """What a file shows."""

    facts: Mapping[str, Facts]
    notes: tuple[str, ...]
    unreadable: str
    protected: Mapping[str, bool]


def answer(line: bytes, token: str) -> Any:
    """The answer in a line, which must bear the token of its request."""
    try:
        message = json.loads(line)
    except (ValueError, RecursionError) as error:
        raise DamagedError("what came is no JSON") from error
    if not isinstance(message, dict) or message.get("token") != token:
        raise DamagedError("what came is no answer to what was asked")
    return message.get("answer")


def outcome(message: Any, arguments: int) -> Outcome:
    """The outcome of a call with that many arguments."""
    got = _fields(message, "value", "failure", "changed", "shared", "printed", "repairs")
    try:
        value = decode(got["value"])
    except (WireError, RecursionError) as error:
        raise DamagedError(str(error)) from error
    return Outcome(
        value=value,
        failure=None if got["failure"] is None else _failure(got["failure"]),
        changed=_numbers(got["changed"], arguments),
        shared=_numbers(got["shared"], arguments),
        printed=_number(got["printed"]),
        repairs=_texts(got["repairs"]),
    )


def described(message: Any) -> Described:
    """What a file shows, as the process tells."""
    got = _fields(message, "facts", "notes", "unreadable", "protected")
    facts = got["facts"]
    if not isinstance(facts, dict):
        raise DamagedError("the facts are no object")
    protected = got["protected"]
    if not isinstance(protected, dict):
        raise DamagedError("the protections are no object")
    return Described(
        facts={str(name): _facts(one) for name, one in facts.items()},
        notes=_texts(got["notes"]),
        unreadable=_text(got["unreadable"]),
        protected={str(name): value is True for name, value in protected.items()},
    )


def _fields(message: Any, *names: str) -> dict[str, Any]:
    if not isinstance(message, dict) or set(message) != set(names):
        raise DamagedError("what came is no answer to what was asked")
    return message


def _failure(message: Any) -> Failure:
    got = _fields(message, "kind", "type", "message", "line", "cell")
    kind = got["kind"]
    if kind not in _KINDS:
        raise DamagedError("no failure is of that kind")
    return Failure(
        kind,
        _text(got["type"]),
        _text(got["message"]),
        _place(got["line"]),
        _place(got["cell"]),
    )


def _facts(message: Any) -> Facts:
    got = _fields(message, *(field.name for field in fields(Facts)))
    return Facts(**{field.name: _READ[field.type](got[field.name]) for field in fields(Facts)})


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise DamagedError("a text is a string")
    return printable(value)


def _number(value: Any) -> int:
    if type(value) is not int or not 0 <= value <= _LARGEST_NUMBER:
        raise DamagedError("a count is a whole number")
    return value


def _place(value: Any) -> int | None:
    return None if value is None else _number(value)


def _list(value: Any) -> list[Any]:
    if not isinstance(value, list) or len(value) > _LONGEST_LIST:
        raise DamagedError("a list is short")
    return value


def _texts(value: Any) -> tuple[str, ...]:
    return tuple(map(_text, _list(value)))


def _numbers(value: Any, below: int) -> tuple[int, ...]:
    numbers = tuple(map(_number, _list(value)))
    if any(number >= below for number in numbers):
        raise DamagedError("a position is that of an argument")
    return numbers


# How a field of `Facts` is read, by its type: none can be forgotten.
_READ: dict[Any, Callable[[Any], Any]] = {
    int: _number,
    bool: lambda value: value is True,
    int | None: _place,
    tuple[str, ...]: _texts,
    tuple[int, ...]: lambda value: _numbers(value, _LARGEST_NUMBER),
}
