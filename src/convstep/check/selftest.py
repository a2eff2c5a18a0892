"""How well the checker does: precision and recall over submissions whose mistakes are known.

Without files, every variant of the catalogue is handed in as a submission, and every right solution
that it is an edit of. With files, their first line says what is expected::

    # expect: pool_backward = no_stride
    # expect: conv_forward = no_stride + no_bias; zero_pad = one_sided | wrong_axes
    # expect: conv_backward = ?

``a | b``: either will do, and ``a + b | c`` is both of the first two or the third alone; ``?``:
wrong, and none of the known mistakes; ``right``; ``blocked``: right but for a helper; ``note:a``:
right, with that note. A function that is not named is right.
"""

import ast
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from convstep.check.exercise import Exercise, edited, run_source
from convstep.check.grade import GradeOptions, grade, grade_file
from convstep.check.reading.static import function_facts
from convstep.check.report import FunctionReport, Report
from convstep.check.submission import Live
from convstep.errors import FileFormatError

__all__ = ["Labelled", "Result", "Tally", "catalogue_results", "expected_of", "run", "told"]

_AIM = 0.9
UNKNOWN, RIGHT, BLOCKED, NOTE = "?", "right", "blocked", "note:"


@dataclass(frozen=True)
class Labelled:
    """What is expected of one function: all names of one of the alternatives."""

    function: str
    alternatives: tuple[tuple[str, ...], ...]

    @property
    def status(self) -> str:
        """The status that the function must get."""
        first = self.alternatives[0][0]
        if first == RIGHT or first.startswith(NOTE):
            return RIGHT
        return BLOCKED if first == BLOCKED else "wrong"

    @property
    def is_known(self) -> bool:
        """Whether it is wrong by mistakes of the catalogue, and no other word will do."""
        return self.status == "wrong" and (UNKNOWN,) not in self.alternatives


@dataclass(frozen=True)
class Result:
    """A function that was checked, beside what was expected of it."""

    file: str
    label: Labelled
    found: FunctionReport

    @property
    def named(self) -> tuple[str, ...]:
        """The names that were given, without the function's."""
        return tuple(d.mistake.rpartition(".")[2] for d in self.found.diagnoses)

    @property
    def verdict_is_right(self) -> bool:
        """Whether right, wrong and blocked were told apart."""
        return self.found.status == self.label.status

    @property
    def hit(self) -> bool:
        """Whether every mistake that was made was named."""
        return any(set(names) <= set(self.named) for names in self.label.alternatives)

    @property
    def surely_wrong_names(self) -> tuple[str, ...]:
        """Names that were said to be certain and are not those of the label."""
        allowed = {name for names in self.label.alternatives for name in names}
        if UNKNOWN in allowed:  # the catalogue may know what the label does not
            return ()
        return tuple(
            name
            for name, diagnosis in zip(self.named, self.found.diagnoses, strict=True)
            if diagnosis.certainty == "certain" and name not in allowed
        )


@dataclass(frozen=True)
class Tally:
    """Counts over many results."""

    results: tuple[Result, ...]

    @property
    def flagged(self) -> list[Result]:
        """Right ones that were not found right."""
        return [r for r in self.results if r.label.status == RIGHT and r.found.status != "right"]

    @property
    def passed_over(self) -> list[Result]:
        """Wrong ones that were found right."""
        return [r for r in self.results if r.label.status != RIGHT and r.found.status == "right"]

    @property
    def known(self) -> list[Result]:
        """Those whose mistakes are in the catalogue."""
        return [r for r in self.results if r.label.is_known]

    @property
    def misnamed(self) -> list[Result]:
        """Those with a wrong name that was said to be certain."""
        return [r for r in self.results if r.surely_wrong_names]

    @property
    def passed(self) -> bool:
        """Whether the aims are met: nine in ten named, no verdict and no certain name wrong."""
        hits = sum(r.hit for r in self.known)
        return not (self.flagged or self.passed_over or self.misnamed) and (
            hits >= _AIM * len(self.known)
        )

    def lines(self) -> Iterator[str]:
        """Each result that is not as it was expected, and the figures."""
        for result in self.results:
            if not result.verdict_is_right or (result.label.is_known and not result.hit):
                yield told(result)
        for result in self.misnamed:
            yield f"  certain, and wrong:{told(result)}"
        hits = [r for r in self.known if r.hit]
        named = [r for r in self.known if r.named]
        right = sum(r.label.status == RIGHT for r in self.results)
        yield f"right ones flagged: {len(self.flagged)} of {right}"
        yield f"wrong ones passed: {len(self.passed_over)} of {len(self.results) - right}"
        yield f"recall: {_share(len(hits), len(self.known))} of the known mistakes were named"
        yield f"precision: {_share(sum(r.hit for r in named), len(named))} of the names are right"
        yield f"wrong names stated as certain: {len(self.misnamed)}"


def _share(part: int, whole: int) -> str:
    return f"{part} of {whole} ({100 * part / max(whole, 1):.1f} %)"


def told(result: Result) -> str:
    """One result in a line."""
    expected = " | ".join(" + ".join(names) for names in result.label.alternatives)
    given = ", ".join(f"{d.mistake} ({d.certainty})" for d in result.found.diagnoses)
    return (
        f"  {result.file}: {result.label.function}: expected {expected}; "
        f"{result.found.status}, {given or 'none named'}"
    )


def expected_of(source: str) -> tuple[Labelled, ...]:
    """Read the first line of a labelled submission.

    Raises
    ------
    ValueError
        If it is no label.
    """
    first = source.lstrip("\ufeff").splitlines()[0] if source else ""
    head, colon, label = first.partition("expect:")
    if not colon or head.strip(" #") != "" or "#" not in head:
        raise ValueError(f"the first line is no label: {first[:60]!r}")
    return tuple(_labelled(part) for part in label.split(";") if part.strip())


def _labelled(part: str) -> Labelled:
    function, equals, names = part.partition("=")
    if not equals:
        raise ValueError(f"a label is FUNCTION = NAME, not {part.strip()!r}")
    return Labelled(
        function.strip(),
        tuple(
            tuple(name.strip().rpartition(".")[2] for name in group.split("+"))
            for group in names.split("|")
        ),
    )


def matched(file: str, labels: Iterable[Labelled], report: Report) -> list[Result]:
    """Put what was expected beside what was found; what has no label is right."""
    wanted = {label.function: label for label in labels}
    return [
        Result(file, wanted.get(found.name, Labelled(found.name, ((RIGHT,),))), found)
        for found in report.functions
        if found.name in wanted or found.status != "missing"
    ]


def catalogue_results(exercise: Exercise) -> Iterator[Result]:
    """Every right solution and every variant of the catalogue, handed in and checked."""
    for style, source in exercise.definitions.items():
        yield from _checked(exercise, style, source, {t.name: RIGHT for t in exercise.tasks})
    for mistake in exercise.mistakes:
        for number, variant in enumerate(mistake.variants):
            text = edited(exercise.definitions[variant.style], mistake.function, variant.edits)
            label = RIGHT if mistake.kind == "convention" else mistake.name
            name = f"{mistake.id} ({variant.style} {number})"
            yield from _checked(exercise, name, text, {mistake.function: label})


def _checked(
    exercise: Exercise, name: str, source: str, expected: Mapping[str, str]
) -> list[Result]:
    names = run_source(source)
    known = {name for name, value in names.items() if callable(value) or name == "np"}
    live = Live({name: names[name] for name in expected}, exercise.right)
    live.facts = {
        node.name: function_facts(node, known)
        for node in ast.parse(source).body
        if isinstance(node, ast.FunctionDef) and node.name in expected
    }
    report = grade(live, exercise)
    return matched(name, [Labelled(n, ((label,),)) for n, label in expected.items()], report)


def run(exercise: Exercise, paths: Sequence[Path], options: GradeOptions) -> Tally:
    """Check labelled files, and those in folders; or the catalogue where there are none."""
    if not paths:
        return Tally(tuple(catalogue_results(exercise)))
    files = [
        file
        for path in paths
        for file in (sorted(path.rglob("*")) if path.is_dir() else [path])
        if file.suffix in (".py", ".ipynb")
    ]
    return Tally(
        tuple(
            result
            for file in files
            for result in matched(file.name, read_label(file), grade_file(file, exercise, options))
        )
    )


def read_label(path: Path) -> tuple[Labelled, ...]:
    """The label of a file; a notebook has it in its first cell.

    Raises
    ------
    FileFormatError
        If there is none.
    """
    text = path.read_text(encoding="utf-8", errors="replace")
    try:
        if path.suffix == ".ipynb":
            cells = [cell for cell in json.loads(text)["cells"] if cell["cell_type"] == "code"]
            text = "".join(cells[0]["source"])
        return expected_of(text)
    except (ValueError, LookupError, TypeError) as error:
        raise FileFormatError(f"{path}: {error}. Begin it with '# expect: right'.") from error
