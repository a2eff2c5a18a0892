"""A submission that has another word for a key: another edition of the lesson says "padding"."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from convstep.check.outcome import Outcome
from convstep.check.reading.static import Facts
from convstep.check.submission import Submission

__all__ = ["Renamed", "wanted_word"]


class Renamed:
    """A submission that is spoken to in its own words, and whose answers are put into ours."""

    def __init__(self, submission: Submission, words: Mapping[str, str]) -> None:
        self.facts: Mapping[str, Facts] = submission.facts
        self._submission = submission
        self._theirs = words
        self._ours = {theirs: ours for ours, theirs in words.items()}

    def call(self, name: str, arguments: Sequence[Any], right: Iterable[str] = ()) -> Outcome:
        """Call a function with its words for the keys of dictionaries."""
        outcome = self._submission.call(name, _renamed(tuple(arguments), self._theirs), right)
        return replace(outcome, value=_renamed(outcome.value, self._ours))


def wanted_word(outcomes: Iterable[Outcome], words: Mapping[str, str]) -> dict[str, str]:
    """The word that was missed: of a key that is not there, under another edition's name."""
    missed = {o.failure.message for o in outcomes if o.failure and o.failure.type == "KeyError"}
    return {ours: theirs for ours, theirs in words.items() if repr(theirs) in missed}


def _renamed(value: Any, words: Mapping[str, str]) -> Any:
    if type(value) is dict:
        return {words.get(key, key): _renamed(item, words) for key, item in value.items()}
    if type(value) in (tuple, list):
        return type(value)(_renamed(item, words) for item in value)
    return value
