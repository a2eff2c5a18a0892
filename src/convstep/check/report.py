"""What the checker says, as data: `Report` of a submission, in the documented JSON (schema 1)."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any, Literal

__all__ = ["SCHEMA", "Diagnosis", "Example", "FunctionReport", "Report", "from_dict"]

SCHEMA = 1

Status = Literal["right", "wrong", "blocked", "missing"]
Certainty = Literal["certain", "likely"]


@dataclass(frozen=True)
class Diagnosis:
    """A known mistake that a function makes.

    ``certain``: the function behaves as the mistake in every case. ``likely``: in most of those
    in which it is wrong.
    """

    mistake: str
    title: str
    certainty: Certainty
    explanation: str = ""
    nudge: str = ""
    look: str = ""  # the line of the definition
    line: int | None = None  # the line of the submission, where it is known


@dataclass(frozen=True)
class Note:
    """Something to know that is no mistake: a convention, an old name of NumPy's, a print."""

    kind: str
    text: str


@dataclass(frozen=True)
class Example:
    """The smallest case found in which the function is wrong, ready to be shown.

    Attributes
    ----------
    setting : dict
        The sizes and options of the case.
    arguments : dict
        Each argument by name: numbers, nested lists, dictionaries.
    output : str
        The output that is wrong, and `expected` and `got`, as nested lists (`got` may be a text
        that says what came instead).
    index : list of int or None
        The first cell where they part; `where` says it in words, `cell_expected` and `cell_got`
        are its numbers.
    """

    setting: dict[str, Any]
    arguments: dict[str, Any]
    output: str
    expected: Any
    got: Any
    index: list[int] | None = None
    where: str = ""
    cell_expected: float | str | None = None
    cell_got: float | str | None = None


@dataclass(frozen=True)
class Family:
    """How many cases of a group there were, and how many came out right."""

    right: int
    cases: int


@dataclass(frozen=True)
class FunctionReport:
    """One function of a submission."""

    name: str
    status: Status
    diagnoses: tuple[Diagnosis, ...] = ()
    localisation: tuple[str, ...] = ()
    example: Example | None = None
    notes: tuple[Note, ...] = ()
    families: dict[str, Family] = field(default_factory=dict)
    blamed: tuple[str, ...] = ()  # the helpers that keep a "blocked" one from being right
    line: int | None = None

    @property
    def share(self) -> float:
        """The part of all its cases that came out right: all of them are in the family "all"."""
        every = self.families.get("all")
        return every.right / every.cases if every else float(self.status == "right")

    @property
    def unexplained(self) -> bool:
        """Whether it is wrong and nothing is named but, perhaps, a habit that may not matter."""
        return self.status == "wrong" and all(
            one.mistake.startswith("any.") and one.certainty == "likely" for one in self.diagnoses
        )


@dataclass(frozen=True)
class Report:
    """All functions of one submission.

    `status` is "right" or "wrong" (of what is there), "empty" where none of the functions is
    there, "unreadable" where the file could not be read, and `message` then says why.
    """

    file: str
    status: Literal["right", "wrong", "empty", "unreadable"]
    functions: tuple[FunctionReport, ...] = ()
    notes: tuple[Note, ...] = ()
    message: str = ""
    seconds: float = 0.0

    @property
    def ok(self) -> bool:
        """Whether all that is there is right, and something is."""
        return self.status == "right"

    def as_dict(self) -> dict[str, Any]:
        """The report as plain data, an entry of ``"submissions"`` in the JSON."""
        return asdict(self)

    def __str__(self) -> str:
        from convstep.check.views.text import text

        return text(self)

    def _repr_html_(self) -> str:
        from convstep.check.views.html import html

        return html(self)

    def __bool__(self) -> bool:
        return self.ok


def from_dict(data: Mapping[str, Any]) -> Report:
    """Rebuild a report from `Report.as_dict`, by way of JSON or not.

    Raises
    ------
    TypeError, ValueError, KeyError, AttributeError
        If the data are not those of a report.

    Examples
    --------
    >>> report = Report("a.py", "right", (FunctionReport("zero_pad", "right"),))
    >>> from_dict(report.as_dict()) == report
    True
    """
    functions = tuple(map(_function, data["functions"]))
    return Report(**{**data, "functions": functions, "notes": _notes(data)})


def _function(data: Mapping[str, Any]) -> FunctionReport:
    example = data["example"]
    return FunctionReport(
        **{
            **data,
            "diagnoses": tuple(Diagnosis(**one) for one in data["diagnoses"]),
            "localisation": tuple(data["localisation"]),
            "example": None if example is None else Example(**example),
            "notes": _notes(data),
            "families": {name: Family(**one) for name, one in data["families"].items()},
            "blamed": tuple(data["blamed"]),
        }
    )


def _notes(data: Mapping[str, Any]) -> tuple[Note, ...]:
    return tuple(Note(**note) for note in data["notes"])
