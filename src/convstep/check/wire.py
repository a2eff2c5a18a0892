"""Values as JSON and back: all that passes between a submission's process and ours.

Nothing is unpickled. What comes back is checked against the few forms below, so that a submission
that writes into the pipe itself can at most be told wrong.

====================================  ===========================
``null``, ``true``, ``false``         as they are
``{"int": "3"}``, ``{"float": "…"}``  Python's numbers
``{"text": "…"}``                     a string, cut after 200 characters
``{"array": [dtype, shape, data]}``   base64 of the bytes, C order; a scalar has ``"scalar"``
``{"tuple": […]}``, ``{"list": […]}``
``{"dict": [[key, value], …]}``       with keys that are strings
``{"other": "type"}``                 anything else
====================================  ===========================
"""

import base64
import math
import re
from collections.abc import Callable
from typing import Any

import numpy as np

from convstep.check.outcome import Opaque

LARGEST = 1 << 22  # bytes of one array; the cases need a few hundred
_DEEPEST = 6
_LONGEST_TEXT = 300
_LONGEST_LIST = 4096
_MOST_KEYS = 64
_KINDS = "biuf"


# The name of a type, even of one whose own type answers for it.
_name_of = type.__dict__["__name__"].__get__

_DTYPE = re.compile("[<|]([biuf][1248])")


class WireError(ValueError):
    """What came is not of the form that was agreed on."""


def encode(value: Any, depth: int = 0) -> Any:
    """Turn a value into what `json.dumps` takes."""
    kind = type(value)
    if value is None or kind is bool:
        return value
    if kind is int:
        return {"int": str(value)} if value.bit_length() < 1024 else {"other": "int"}
    if kind is float:
        return {"float": repr(value)}
    if kind is str:
        return {"text": value[:_LONGEST_TEXT].encode("utf-8", "replace").decode()}
    if issubclass(kind, np.ndarray | np.generic):  # isinstance would believe a __class__
        return _encode_array(value)
    inside = None if depth >= _DEEPEST else _encode_inside(value, kind, depth)
    return {"other": _name_of(kind)[:_LONGEST_TEXT]} if inside is None else inside


def _encode_inside(value: Any, kind: type, depth: int) -> Any:
    """A tuple, list or dictionary, as itself where it is of a class of its own."""
    for plain in (tuple, list):
        if issubclass(kind, plain) and plain.__len__(value) <= _LONGEST_LIST:
            return {plain.__name__: [encode(item, depth + 1) for item in plain.__iter__(value)]}
    if issubclass(kind, dict):
        items = list(dict.items(value))[:_MOST_KEYS]
        if all(type(key) is str for key, _ in items):
            return {"dict": [[key, encode(item, depth + 1)] for key, item in items]}
    return None


def printable(text: str) -> str:
    """A short text without line ends, nor anything else that a terminal would obey."""
    return "".join(c if c.isprintable() else " " for c in text[:_LONGEST_TEXT])


def _encode_array(value: Any) -> Any:
    if issubclass(type(value), np.ndarray):
        plain = np.ndarray.view(value, np.ndarray)  # a subclass may have methods of its own
    else:
        plain = np.array(value)
    if plain.dtype.kind not in _KINDS or plain.dtype.itemsize > 8 or plain.nbytes > LARGEST:
        return {"other": f"array of {plain.dtype.name}, shape {plain.shape}"[:_LONGEST_TEXT]}
    native = np.ascontiguousarray(plain, dtype=plain.dtype.newbyteorder("<"))
    data = base64.b64encode(native.tobytes()).decode()
    name = "array" if issubclass(type(value), np.ndarray) else "scalar"
    return {name: [native.dtype.str, list(plain.shape), data]}


def decode(message: Any, depth: int = 0) -> Any:
    """Turn JSON back into the value.

    Raises
    ------
    WireError
        If it is not of the form of `encode`.
    """
    if message is None or isinstance(message, bool):
        return message
    if not isinstance(message, dict) or len(message) != 1 or depth > _DEEPEST + 1:
        raise WireError("a value is null, true, false or an object with one key")
    ((form, content),) = message.items()
    reader = _READERS.get(form)
    if reader is None:
        raise WireError(f"no value has the form {str(form)[:40]!r}")
    try:
        return reader(content, depth)
    except (TypeError, ValueError, OverflowError, AttributeError) as error:
        raise WireError(f"a damaged value of the form {form!r}") from error


def _array(content: Any, depth: int) -> Any:
    name, shape, data = content
    if not all(type(size) is int and 0 <= size <= LARGEST for size in shape):
        raise WireError("a shape is a list of sizes")
    if not _DTYPE.fullmatch(name):
        raise WireError("an array is of numbers")
    dtype = np.dtype(name)
    if len(shape) > 32 or math.prod(shape) * dtype.itemsize > LARGEST:
        raise WireError("an array is small")
    flat = np.frombuffer(base64.b64decode(data, validate=True), dtype)
    return flat.reshape(shape).astype(dtype.newbyteorder("="))


def _scalar(content: Any, depth: int) -> Any:
    array = _array(content, depth)
    if array.ndim:
        raise WireError("a scalar has no axes")
    return array[()]


def _items(content: Any, depth: int) -> list[Any]:
    if not isinstance(content, list) or len(content) > _LONGEST_LIST:
        raise WireError("a list is short")
    return [decode(item, depth + 1) for item in content]


_READERS: dict[str, Callable[[Any, int], Any]] = {
    "int": lambda content, depth: int(content),
    "float": lambda content, depth: float(content),
    "text": lambda content, depth: str(content)[:_LONGEST_TEXT],
    "array": _array,
    "scalar": _scalar,
    "tuple": lambda content, depth: tuple(_items(content, depth)),
    "list": _items,
    "dict": lambda content, depth: {str(key): decode(item, depth + 1) for key, item in content},
    "other": lambda content, depth: Opaque(printable(str(content))),
}
