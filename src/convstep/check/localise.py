"""Says where a function is wrong, whatever the reason: cases, outputs, places, factors."""

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np

from convstep.check.diagnose import Evidence
from convstep.check.exercise import Setting
from convstep.check.outcome import Opaque, Outcome, apart, parts
from convstep.check.trials import Trial

_MOST_SENTENCES = 4
_CLOSE = 1e-4


def localise(evidence: Evidence, outcomes: Sequence[Outcome]) -> tuple[str, ...]:
    """Describe what is common to all that is wrong, in a few sentences."""
    sentences = [
        *_failures(evidence, outcomes),
        *_forms(evidence, outcomes),
        *_outputs(evidence),
        *_families(evidence),
        *_places(evidence),
    ]
    return tuple(dict.fromkeys(sentences))[:_MOST_SENTENCES]


def _failures(evidence: Evidence, outcomes: Sequence[Outcome]) -> Iterator[str]:
    """What was raised, the most frequent first."""
    failures = Counter(
        (o.failure.kind, o.failure.type, o.failure.line) for o in outcomes if o.failure
    )
    for (kind, type_, line), count in failures.most_common(2):
        sample = next(
            o.failure
            for o in outcomes
            if o.failure and (o.failure.kind, o.failure.type, o.failure.line) == (kind, type_, line)
        )
        yield f"{sample}, in {_so_many(count, len(outcomes))}"


def _so_many(count: int, total: int) -> str:
    return "every case" if count == total else f"{count} of {total} cases"


def _forms(evidence: Evidence, outcomes: Sequence[Outcome]) -> Iterator[str]:
    """A result that is not of the form that was asked for."""
    task = evidence.suspects.task
    for outcome in outcomes:
        if outcome.failure is not None:
            continue
        if len(task.outputs) > 1 and isinstance(parts(task, outcome)[0], Opaque):
            names = ", ".join(task.outputs)
            yield f"it returns {described(outcome.value)}; ({names}) is asked for"
            return
        if len(task.outputs) == 1 and (outcome.value is None or isinstance(outcome.value, Opaque)):
            yield f"it returns {described(outcome.value)}"
            return


def described(value: Any) -> str:
    """A value's kind in words."""
    if value is None:
        return "None"
    if isinstance(value, Opaque):
        return str(value)
    if isinstance(value, np.ndarray):
        return f"an array of shape {value.shape}"
    if isinstance(value, tuple | list):
        return f"a {type(value).__name__} of {len(value)}"
    return f"a {type(value).__name__}"


def _outputs(evidence: Evidence) -> Iterator[str]:
    """Which outputs are right and which are wrong, where both are there."""
    names = evidence.suspects.task.outputs
    wrong = [names[k] for k in evidence.wrong_outputs()]
    right = [name for name in names if name not in wrong]
    if wrong and right:
        yield f"{_listed(right)} right; {_listed(wrong)} wrong"


def _listed(names: Sequence[str]) -> str:
    joined = ", ".join(names[:-1]) + " and " + names[-1] if len(names) > 1 else names[0]
    return f"{joined} {'are' if len(names) > 1 else 'is'}"


def _families(evidence: Evidence) -> Iterator[str]:
    """The smallest family of cases outside which nothing is wrong."""
    settings = [trial.setting for trial in evidence.suspects.trials]
    wrong = [any(case) for case in evidence.wrong]
    if all(wrong):
        return
    only: list[tuple[int, bool, str]] = []
    for name, belongs in evidence.suspects.task.families.items():
        inside = [belongs(setting) for setting in settings]
        if all(inside) or any(bad and not here for bad, here in zip(wrong, inside, strict=True)):
            continue
        always = all(bad for bad, here in zip(wrong, inside, strict=True) if here)
        only.append((sum(inside), always, name))
    for _, always, name in sorted(only)[:2]:
        yield (
            f"wrong in every case with {name}, right in all others"
            if always
            else f"wrong only in cases with {name}"
        )


def _places(evidence: Evidence) -> Iterator[str]:
    """Of each wrong output: its shape, or a factor, or the part of it that is wrong."""
    task = evidence.suspects.task
    for k in evidence.wrong_outputs():
        pairs = [
            (trial, np.asarray(trial.expected[k]), np.asarray(given[k]))
            for trial, given, wrong in zip(
                evidence.suspects.trials, evidence.got, evidence.wrong, strict=True
            )
            if wrong[k] and _both_numbers(trial.expected[k], given[k])
        ]
        name = task.outputs[k]
        other_shape = [(e.shape, g.shape) for _, e, g in pairs if e.shape != g.shape]
        if other_shape:
            yield f"{name} has shape {other_shape[0][1]} where it should be {other_shape[0][0]}"
        alike = [(t, e.astype(float), g.astype(float)) for t, e, g in pairs if e.shape == g.shape]
        if alike and not other_shape:
            yield from _numbers(name, task.axes.get(name, ()), alike)


def _both_numbers(expected: Any, got: Any) -> bool:
    return all(
        isinstance(value, np.ndarray | np.generic | int | float)
        and np.asarray(value).dtype.kind in "biuf"
        for value in (expected, got)
    )


def _numbers(
    name: str, axes: Sequence[str], pairs: Sequence[tuple[Trial, Any, Any]]
) -> Iterator[str]:
    if not all(np.isfinite(got).all() for _, _, got in pairs):
        yield f"{name} has numbers that are not finite"
        return
    if all(not np.any(got) for _, _, got in pairs):
        yield f"{name} is all zeros"
        return
    factor = _factor(pairs)
    if factor:
        yield f"{name} is {factor} times what it should be"
        return
    yield from _part_of_axes(name, axes, [(expected, got) for _, expected, got in pairs])


def _factor(pairs: Sequence[tuple[Trial, Any, Any]]) -> str:
    """A factor that is the same number everywhere, or the same product of sizes; or nothing."""
    ratios = []
    for trial, expected, got in pairs:
        scale = np.abs(expected).max(initial=0)
        used = np.abs(expected) > 1e-3 * scale
        if not scale or np.any(np.abs(got[~used]) > 1e-2 * scale):
            return ""
        ratio = got[used] / expected[used]
        if np.ptp(ratio) > _CLOSE * max(1.0, abs(float(ratio.flat[0]))):
            return ""
        ratios.append((trial.setting, float(ratio.flat[0])))
    first = ratios[0][1]
    if len(ratios) > 1 and all(abs(ratio - first) < _CLOSE for _, ratio in ratios):
        return f"{first:.6g}"
    return next((text for text in _products(ratios[0][0]) if _explains(text, ratios)), "")


def _products(setting: Setting) -> Iterator[str]:
    names = [name for name, value in setting.items() if type(value) is int and name != "seed"]
    for name in names:
        yield name
        yield f"1 / {name}"
    for place, one in enumerate(names):
        for other in names[place:]:
            yield f"{one} * {other}"
            yield f"1 / ({one} * {other})"


def _explains(text: str, ratios: Sequence[tuple[Setting, float]]) -> bool:
    inverse = text.startswith("1 / ")
    names = text.removeprefix("1 / ").strip("()").split(" * ")
    for setting, ratio in ratios:
        product = float(np.prod([setting[name] for name in names]))
        if product == 0 or abs(ratio - (1 / product if inverse else product)) > _CLOSE * product:
            return False
    return len({ratio for _, ratio in ratios}) > 1


def _part_of_axes(
    name: str, axes: Sequence[str], pairs: Sequence[tuple[Any, Any]]
) -> Iterator[str]:
    """Whether only a border, or all but the first along an axis, is wrong."""
    masks = [apart(expected, got) for expected, got in pairs]
    for axis, word in enumerate(axes):
        if not word or any(mask.ndim != len(axes) for mask in masks):
            continue
        if _first_is_right(masks, axis):
            yield f"{name} is right in the first {word} and wrong from the second on"
    planes = [n for n, word in enumerate(axes) if word in ("row", "column")]
    if len(planes) == 2 and _only_border(masks, *planes):
        yield f"{name} is wrong only at the border"


def _first_is_right(masks: Sequence[Any], axis: int) -> bool:
    return all(
        mask.shape[axis] > 1 and not np.take(mask, 0, axis).any() and mask.any() for mask in masks
    )


def _only_border(masks: Sequence[Any], rows: int, columns: int) -> bool:
    inner = 0
    for mask in masks:
        inside = [slice(None)] * mask.ndim
        inside[rows] = inside[columns] = slice(1, -1)
        interior = mask[tuple(inside)]
        if interior.any():
            return False
        inner += interior.size
    return inner > 0
