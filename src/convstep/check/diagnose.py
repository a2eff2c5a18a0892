"""Names the mistake: which known ones give, case by case, what the submission gave.

A submission is compared with every variant of every known mistake, output by output. One that
agrees with a single mistake, or with two made together, in all cases is named for certain; failing
that, the outputs are explained one by one; failing that, the mistake that agrees most is likely.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import combinations

from convstep.check.exercise import Mistake, Variant
from convstep.check.outcome import Opaque, same
from convstep.check.reading.static import Facts
from convstep.check.report import Certainty
from convstep.check.trials import FIRST, Parts, Suspects

# What agrees with a mistake in so much of what is wrong, and hardly anywhere contradicts it, is
# likely to be that mistake.
_LIKELY = 0.5
_CONTRADICTED = 0.1
# Two mistakes may act on each other in a few cases, or in this part of those in which one of them
# does no harm; and small cases are right by accident now and then.
_ODD = 4
_ODD_PART = 0.5
_ACCIDENTS = 2
_NEAREST = 8  # mistakes that are looked at in all cases, by what the first ones promise

Suspect = tuple[Mistake, Variant]


@dataclass(frozen=True)
class Explanation:
    """Mistakes that together give what was given, and how sure that is."""

    mistakes: tuple[Mistake, ...]
    certainty: Certainty


class Evidence:
    """What a submission gave in all cases of a task, and what its code shows."""

    def __init__(self, suspects: Suspects, got: Sequence[Parts], facts: Facts = Facts()) -> None:  # noqa: B008
        self.suspects = suspects
        self.got = got
        self.facts = facts
        count = len(suspects.task.outputs)
        self.outputs = range(count)
        self.wrong = [
            [not same(trial.expected[k], given[k]) for k in range(count)]
            for trial, given in zip(suspects.trials, got, strict=True)
        ]
        # Cases that are wrong tell suspects apart sooner, and small ones are quick.
        self.order = sorted(range(len(got)), key=lambda n: not any(self.wrong[n]))

    @cached_property
    def possible(self) -> list[Suspect]:
        """The suspects, without those that would show in the code and do not."""
        return [
            (mistake, variant)
            for mistake, variant in self.suspects.variants()
            if not mistake.shows or getattr(self.facts, mistake.shows)
        ]

    def wrong_outputs(self) -> list[int]:
        """The outputs that are wrong in some case."""
        return [k for k in self.outputs if any(case[k] for case in self.wrong)]

    def right_in_first(self, outputs: Iterable[int]) -> int:
        """In which of the first cases these outputs are right, as bits."""
        outputs = tuple(outputs)
        return _bits(not any(case[k] for k in outputs) for case in self.wrong[:FIRST])

    def agreeing_in_first(self, outputs: Iterable[int], variant: Variant) -> int:
        """In which of the first cases a mistake gives the same, as bits."""
        outputs = tuple(outputs)
        count = min(FIRST, len(self.got))
        return _bits(self.agrees_in(number, outputs, variant) for number in range(count))

    def agrees(self, outputs: Iterable[int], *variants: Variant) -> bool:
        """Whether mistakes give the same as the submission in all cases."""
        outputs = tuple(outputs)
        return all(self.agrees_in(number, outputs, *variants) for number in self.order)

    def agrees_in(self, number: int, outputs: Iterable[int], *variants: Variant) -> bool:
        """Whether mistakes give the same as the submission in one case."""
        given = self.suspects.given(number, *variants)
        return all(_equal(given[k], self.got[number][k]) for k in outputs)

    def seen(self, outputs: Sequence[int], *variants: Variant) -> bool:
        """Whether a number that is wrong agrees, or else what every exception says.

        That exceptions are of one type proves little.
        """
        pairs = [
            (self.suspects.given(number, *variants)[k], self.got[number][k])
            for number in self.order
            for k in outputs
            if self.wrong[number][k]
        ]
        return any(not isinstance(given, Opaque) for given, _ in pairs) or all(
            isinstance(got, Opaque) and given.message == got.message != "" for given, got in pairs
        )


def _bits(flags: Iterable[bool]) -> int:
    return sum(1 << place for place, flag in enumerate(flags) if flag)


def _equal(given: object, got: object) -> bool:
    """Whether two results are the same; of two exceptions, whether they are of one type."""
    if isinstance(given, Opaque) or isinstance(got, Opaque):
        return isinstance(given, Opaque) and isinstance(got, Opaque) and given == got
    return same(given, got)


def explain(evidence: Evidence) -> Explanation | None:
    """Find the mistakes that were made; None where no known one comes near."""
    every = tuple(evidence.outputs)
    return (
        _alone(evidence, every)
        or _together(evidence, every)
        or _by_output(evidence)
        or _nearest(evidence)
    )


def _alone(evidence: Evidence, outputs: Sequence[int]) -> Explanation | None:
    found = [
        (mistake, variant)
        for mistake, variant in evidence.possible
        if evidence.agrees(outputs, variant)
    ]
    if not found:
        return None
    # What shows in the code, too, is better than what does not.
    found.sort(key=lambda suspect: not suspect[0].shows)
    first = found[0][0]
    alike = {mistake for mistake, _ in found if bool(mistake.shows) == bool(first.shows)}
    sure = len(alike) == 1 and any(evidence.seen(outputs, variant) for _, variant in found)
    return Explanation((first,), "certain" if sure else "likely")


def _together(evidence: Evidence, outputs: Sequence[int]) -> Explanation | None:
    for (first, one), (second, other) in _pairs(evidence, outputs):
        if evidence.agrees(outputs, one, other):
            sure = evidence.seen(outputs, one, other)
            return Explanation((first, second), "certain" if sure else "likely")
    return None


def _pairs(evidence: Evidence, outputs: Sequence[int]) -> Iterator[tuple[Suspect, Suspect]]:
    """Pairs of mistakes that may have been made together.

    Where the submission is right, neither does harm; and where one of two does no harm, what was
    given is what the other one gives alone, but for cases in which they act on each other. So few
    pairs are left to be tried, those with the fewest such cases first.
    """
    harmless = evidence.suspects.harmless
    right = evidence.right_in_first(outputs)
    every = evidence.right_in_first(())
    left = [
        (suspect, silent, evidence.agreeing_in_first(outputs, suspect[1]))
        for suspect in evidence.possible
        if (right & ~(silent := harmless(suspect[1], outputs))).bit_count() <= _ACCIDENTS
        and silent != every
    ]
    pairs: list[tuple[int, Suspect, Suspect]] = []
    for (one, silent_one, agrees_one), (other, silent_other, agrees_other) in combinations(left, 2):
        alike = one[0] is other[0] or one[1].style != other[1].style
        odd = (silent_one & ~agrees_other).bit_count() + (silent_other & ~agrees_one).bit_count()
        alone = silent_one.bit_count() + silent_other.bit_count()
        if not alike and odd <= max(_ODD, _ODD_PART * alone):
            pairs.append((odd, one, other))
    for _, one, other in sorted(pairs, key=lambda pair: pair[0]):
        yield one, other


def _by_output(evidence: Evidence) -> Explanation | None:
    """Explain each output that is wrong by itself, where there are several."""
    if len(evidence.outputs) == 1:
        return None
    found: list[Explanation] = []
    for output in evidence.wrong_outputs():
        explanation = _alone(evidence, [output]) or _together(evidence, [output])
        if explanation is None:
            return None
        found.append(explanation)
    mistakes = tuple(dict.fromkeys(m for explanation in found for m in explanation.mistakes))
    sure = all(e.certainty == "certain" for e in found) and len(found) == len(mistakes)
    return Explanation(mistakes, "certain" if sure else "likely")


def _nearest(evidence: Evidence) -> Explanation | None:
    """The mistake that gives most of the wrong numbers."""
    first = range(min(FIRST, len(evidence.got)))
    promising = sorted(evidence.possible, key=lambda s: -_score(evidence, first, s[1]))
    scores = [
        (_score(evidence, evidence.order, variant), mistake)
        for mistake, variant in promising[:_NEAREST]
    ]
    best = max(scores, key=lambda scored: scored[0], default=None)
    return Explanation((best[1],), "likely") if best is not None and best[0] >= _LIKELY else None


def _score(evidence: Evidence, numbers: Iterable[int], variant: Variant) -> float:
    """The part of what is wrong that agrees; 0 if what is right contradicts it."""
    agreed = wrong = contradicted = right = 0
    for number in numbers:
        given = evidence.suspects.given(number, variant)
        for k in evidence.outputs:
            alike = _equal(given[k], evidence.got[number][k])
            if evidence.wrong[number][k]:
                wrong += 1
                agreed += alike and not isinstance(given[k], Opaque)
            else:
                right += 1
                contradicted += not alike
    return 0.0 if contradicted > _CONTRADICTED * right else agreed / max(wrong, 1)
