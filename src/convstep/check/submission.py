"""Functions that were handed in, wherever they run."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from types import FunctionType
from typing import Any, Protocol

from convstep.check.execute import execute
from convstep.check.outcome import Outcome
from convstep.check.reading.static import Facts, facts_of
from convstep.check.wire import decode, encode

__all__ = ["Live", "Submission", "rebound"]


class Submission(Protocol):
    """What the engine asks of a submission.

    `facts` tells, for each of the exercise's functions that is there, what its code alone shows.
    `call` calls one of them; `right` names helpers that are replaced by the definition's.
    """

    facts: Mapping[str, Facts]

    def call(self, name: str, arguments: Sequence[Any], right: Iterable[str] = ()) -> Outcome:
        """Call a function on copies of the arguments."""
        ...


class Live:
    """Functions of this very process: of a notebook or a test."""

    def __init__(
        self, functions: Mapping[str, Callable[..., Any]], right: Mapping[str, Callable[..., Any]]
    ) -> None:
        self._functions = functions
        self._right = right
        self._rebound: dict[tuple[str, tuple[str, ...]], Callable[..., Any]] = {}
        self.facts: Mapping[str, Facts] = {name: facts_of(f) for name, f in functions.items()}

    def call(self, name: str, arguments: Sequence[Any], right: Iterable[str] = ()) -> Outcome:
        """Call a function; with helpers replaced where `right` names some."""
        key = (name, tuple(right))
        if key not in self._rebound:
            helpers = {helper: self._right[helper] for helper in key[1]}
            self._rebound[key] = rebound(self._functions[name], helpers)
        outcome = execute(self._rebound[key], arguments)
        # As it would come from another process: no views, and nothing that no report can hold.
        return replace(outcome, value=decode(encode(outcome.value)))


def rebound(function: Callable[..., Any], names: Mapping[str, Any]) -> Callable[..., Any]:
    """The same function, which finds other things under some global names.

    All plain functions of its module are rebound with it, as one may call a helper through another.
    The module itself is left as it is. What is no plain function is returned unchanged.
    """
    if not names or not isinstance(function, FunctionType):
        return function
    namespace = function.__globals__
    others = dict(namespace)

    def again(old: FunctionType) -> FunctionType:
        new = FunctionType(old.__code__, others, old.__name__, old.__defaults__, old.__closure__)
        new.__kwdefaults__ = old.__kwdefaults__
        return new

    for name, value in namespace.items():
        if isinstance(value, FunctionType) and value.__globals__ is namespace:
            others[name] = again(value)
    others.update(names)
    return again(function)
