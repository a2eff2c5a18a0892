"""Names the mistake: which known ones give, case by case, what the submission gave.

A submission is compared with every variant of every known mistake, output by output. One that
agrees with a single mistake, or with two made together, in all cases is named for certain; failing
that, the outputs are explained one by one; failing that, the mistake that agrees most is likely.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations

from convstep.check.exercise import Mistake, Variant
from convstep.check.outcome import Opaque, same
from convstep.check.report import Certainty
from convstep.check.trials import Parts, Suspects

# What agrees with a mistake in so much of what is wrong, and hardly anywhere contradicts it, is
# likely to be that mistake.
_LIKELY = 0.5
_CONTRADICTED = 0.1
_SAMPLE = 10  # cases, wrong and right, that are looked at first


@dataclass(frozen=True)
class Explanation:
    """Mistakes that together give what was given, and how sure that is."""

    mistakes: tuple[Mistake, ...]
    certainty: Certainty


class Evidence:
    """What a submission gave in all cases of a task."""

    def __init__(self, suspects: Suspects, got: Sequence[Parts]) -> None:
        self.suspects = suspects
        self.got = got
        count = len(suspects.task.outputs)
        self.outputs = range(count)
        self.wrong = [
            [not same(trial.expected[k], given[k]) for k in range(count)]
            for trial, given in zip(suspects.trials, got, strict=True)
        ]
        # Cases that are wrong tell suspects apart sooner, and small ones are quick.
        self.order = sorted(range(len(got)), key=lambda n: not any(self.wrong[n]))

    def wrong_outputs(self) -> list[int]:
        """The outputs that are wrong in some case."""
        return [k for k in self.outputs if any(case[k] for case in self.wrong)]

    def agrees(self, outputs: Iterable[int], *variants: Variant) -> bool:
        """Whether mistakes give the same as the submission in all cases."""
        outputs = tuple(outputs)
        return all(self.agrees_in(number, outputs, *variants) for number in self.order)

    def agrees_in(self, number: int, outputs: Iterable[int], *variants: Variant) -> bool:
        """Whether mistakes give the same as the submission in one case."""
        given = self.suspects.given(number, *variants)
        return all(_equal(given[k], self.got[number][k]) for k in outputs)

    def seen(self, outputs: Iterable[int], *variants: Variant) -> bool:
        """Whether a number that is wrong agrees: exceptions that are alike prove little."""
        outputs = tuple(outputs)
        return any(
            self.wrong[number][k]
            and not isinstance(self.suspects.given(number, *variants)[k], Opaque)
            for number in self.order
            for k in outputs
        )


def _equal(given: object, got: object) -> bool:
    """Whether two results are the same; of two exceptions, whether they are of one type."""
    if isinstance(given, Opaque) or isinstance(got, Opaque):
        return type(given) is type(got) and given == got  # an array would compare cell by cell
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
        for mistake, variant in evidence.suspects.variants()
        if evidence.agrees(outputs, variant)
    ]
    if not found:
        return None
    mistakes = dict.fromkeys(mistake for mistake, _ in found)
    sure = len(mistakes) == 1 and any(evidence.seen(outputs, variant) for _, variant in found)
    return Explanation((next(iter(mistakes)),), "certain" if sure else "likely")


def _together(evidence: Evidence, outputs: Sequence[int]) -> Explanation | None:
    for (first, one), (second, other) in _pairs(evidence, outputs):
        if evidence.agrees(outputs, one, other) or evidence.agrees(outputs, other, one):
            sure = evidence.seen(outputs, one, other)
            return Explanation((first, second), "certain" if sure else "likely")
    return None


def _pairs(
    evidence: Evidence, outputs: Sequence[int]
) -> Iterator[tuple[tuple[Mistake, Variant], tuple[Mistake, Variant]]]:
    """Pairs of mistakes that may have been made together.

    In a case in which one of two does no harm, what was given must be what the other one gives
    alone; this leaves few pairs to be tried.
    """
    for one, other in combinations(evidence.suspects.variants(), 2):
        alike = one[0] is other[0] or one[1].style != other[1].style
        if not alike and _possible(evidence, outputs, one[1], other[1]):
            yield one, other


def _possible(evidence: Evidence, outputs: Sequence[int], one: Variant, other: Variant) -> bool:
    suspects = evidence.suspects
    for number in evidence.order:
        for harmless, harmful in ((one, other), (other, one)):
            if suspects.silent(number, harmless) and not evidence.agrees_in(
                number, outputs, harmful
            ):
                return False
    return True


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
    wrong = sum(any(case) for case in evidence.wrong)
    sample = evidence.order[: min(wrong, _SAMPLE)] + evidence.order[wrong : wrong + _SAMPLE]
    scores = [
        (_score(evidence, evidence.order, variant), mistake)
        for mistake, variant in evidence.suspects.variants()
        if _score(evidence, sample, variant) >= _LIKELY / 2
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
