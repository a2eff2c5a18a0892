"""Two edits of one text made together, as version control merges two branches."""

import difflib
import functools
import itertools
import re
from collections.abc import Sequence

_TOKEN = re.compile(r"\s+|\w+|[^\w\s]")

Change = tuple[int, int, Sequence[str]]  # from, to, and what stands there instead


def merged(base: str, one: str, other: str) -> str | None:
    """Make the changes of both texts in `base`; None where they change the same place."""
    changes = sorted([*_changes(base, one), *_changes(base, other)], key=lambda change: change[:2])
    for (start, end, _), (then, until, _) in itertools.pairwise(changes):
        if then < end or (start, end) == (then, until):
            return None
    tokens = list(_tokens(base))
    for start, end, instead in reversed(changes):
        tokens[start:end] = instead
    return "".join(tokens)


@functools.lru_cache(maxsize=4096)
def _tokens(text: str) -> tuple[str, ...]:
    return tuple(_TOKEN.findall(text))


@functools.lru_cache(maxsize=4096)
def _changes(text: str, other: str) -> tuple[Change, ...]:
    """The places in which `other` differs; what both begin and end with is left out."""
    base, new = _tokens(text), _tokens(other)
    begin = next((n for n, (a, b) in enumerate(zip(base, new, strict=False)) if a != b), None)
    if begin is None:
        begin = min(len(base), len(new))
    tail = 0
    while tail < min(len(base), len(new)) - begin and base[-1 - tail] == new[-1 - tail]:
        tail += 1
    middle, instead = base[begin : len(base) - tail], new[begin : len(new) - tail]
    matcher = difflib.SequenceMatcher(None, middle, instead, autojunk=False)
    return tuple(
        (begin + start, begin + end, instead[then:until])
        for kind, start, end, then, until in matcher.get_opcodes()
        if kind != "equal"
    )
