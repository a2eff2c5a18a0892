"""Two edits of one text made together, as version control merges two branches."""

import difflib
import itertools
import re
from collections.abc import Sequence

_TOKEN = re.compile(r"\s+|\w+|[^\w\s]")

Change = tuple[int, int, Sequence[str]]  # from, to, and what stands there instead


def merged(base: str, one: str, other: str) -> str | None:
    """Make the changes of both texts in `base`; None where they change the same place."""
    tokens = _TOKEN.findall(base)
    changes = sorted(
        [*_changes(tokens, _TOKEN.findall(one)), *_changes(tokens, _TOKEN.findall(other))],
        key=lambda change: change[:2],
    )
    for (start, end, _), (then, until, _) in itertools.pairwise(changes):
        if then < end or (start, end) == (then, until):
            return None
    for start, end, instead in reversed(changes):
        tokens[start:end] = instead
    return "".join(tokens)


def _changes(base: list[str], new: list[str]) -> list[Change]:
    """The places in which a text differs from `base`; what both begin and end with is left out."""
    begin = next((n for n, (a, b) in enumerate(zip(base, new, strict=False)) if a != b), None)
    if begin is None:
        begin = min(len(base), len(new))
    tail = 0
    while tail < min(len(base), len(new)) - begin and base[-1 - tail] == new[-1 - tail]:
        tail += 1
    middle, other = base[begin : len(base) - tail], new[begin : len(new) - tail]
    matcher = difflib.SequenceMatcher(None, middle, other, autojunk=False)
    return [
        (begin + start, begin + end, other[then:until])
        for kind, start, end, then, until in matcher.get_opcodes()
        if kind != "equal"
    ]
