"""The lesson's dictionary of hyperparameters: which keys there are, and which are needed.

One dictionary may travel through a whole network, so convolution accepts an ``"f"`` and pooling
a ``"pad"`` as long as they say nothing that is not so. ``"padding"`` is another word for
``"pad"``.
"""

from collections.abc import Mapping
from typing import Any

from convstep.errors import MissingKeyError, Shown, argument_error, nearest, type_error
from convstep.ops.geometry import integer

KNOWN = ("f", "pad", "padding", "stride")
_WORDS = {key: f"hparameters[{key!r}]" for key in KNOWN}  # as they stand in messages


def for_convolution(function: str, hparameters: Any, f: int) -> tuple[int, int]:
    """Return (stride, pad) for filters of f x f."""
    given = _known(function, hparameters)
    stride = _number(function, given, "stride", 1)
    pad = _number(function, given, _pad_key(function, given), 0)
    if "f" in given and _number(function, given, "f", 1) != f:
        rule = f"equal {f}, the size of the filters W, or be left out"
        raise argument_error(function, "hparameters['f']", rule, given["f"])
    return stride, pad


def for_pooling(function: str, hparameters: Any) -> tuple[int, int]:
    """Return (f, stride)."""
    given = _known(function, hparameters)
    f = _number(function, given, "f", 1)
    stride = _number(function, given, "stride", 1)
    key = _pad_key(function, given)
    if key in given and _number(function, given, key, 0) != 0:
        rule = "be 0 or left out, since the lesson's pooling has no padding"
        advice = "convstep.ops.max_pool2d and avg_pool2d have it."
        raise argument_error(function, f"hparameters[{key!r}]", rule, given[key], advice)
    return f, stride


def _known(function: str, hparameters: Any) -> Mapping[str, Any]:
    """Check that it is a dictionary, and that every key is known."""
    if type(hparameters) is not dict and not isinstance(hparameters, Mapping):
        rule = 'be a dictionary such as {"stride": 1, "pad": 0}'
        raise type_error(function, "hparameters", rule, hparameters)
    for key in hparameters:
        if key not in KNOWN:
            guess = nearest(key, KNOWN)
            raise argument_error(
                function,
                "hparameters",
                f"have no keys but {', '.join(map(repr, KNOWN))}",
                Shown(repr(key)),
                f"Did you mean {guess!r}?" if guess else "",
            )
    return hparameters


def _pad_key(function: str, given: Mapping[str, Any]) -> str:
    """Return the spelling of "pad" that is used; if both are, they must agree."""
    if "padding" not in given:
        return "pad"
    if "pad" in given:
        pad, padding = (_number(function, given, key, 0) for key in ("pad", "padding"))
        if pad != padding:
            rule = "equal hparameters['pad'], since it means the same"
            got = Shown(f"{padding}, with {pad} for 'pad'")
            raise argument_error(function, "hparameters['padding']", rule, got)
    return "padding"


def _number(function: str, given: Mapping[str, Any], key: str, least: int) -> int:
    if key not in given:
        keys = ", ".join(map(repr, given)) or "none"
        rule = f"have the key {key!r}"
        raise argument_error(
            function, "hparameters", rule, Shown(f"the keys: {keys}"), kind=MissingKeyError
        )
    return integer(function, _WORDS[key], given[key], least)
