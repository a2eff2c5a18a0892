"""The pages of a class: one for the teacher with all of it, and one for each submission."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from html import escape
from urllib.parse import quote

from convstep.check.classroom.find import safe_name
from convstep.check.classroom.rubric import Score
from convstep.check.report import Report
from convstep.check.views.html import page
from convstep.check.views.style import framed
from convstep.check.views.text import MARKS, Hints

__all__ = ["class_page", "submission_page"]

_BINS = 10
_UNKNOWN = "none of the known mistakes"
_AT_ONCE = 8  # names in a row before the rest is folded away
_WORDS = {
    "right": ("good", "✓"), "wrong": ("bad", "✗"), "empty": ("wait", "-"),
    "unreadable": ("wait", "!"),
}  # fmt: skip


@dataclass(frozen=True)
class _Row:
    """One submission of the page."""

    report: Report
    score: Score

    @property
    def link(self) -> str:
        """The way to the submission's own page, in HTML."""
        address = quote(f"submissions/{safe_name(self.report.file)}.html")
        return f'<a href="{escape(address)}">{escape(self.report.file)}</a>'


def submission_page(report: Report, score: Score, hints: Hints) -> str:
    """The page of one submission, with its points and the way back to the class."""
    reasons = "".join(
        f"<tr><th scope='row'>{escape(f.function)}</th>"
        f"<td class='n'>{f.earned:g} of {f.out_of:g}</td>"
        f"<td>{escape(f.why)}</td></tr>"
        for f in score.functions
    )
    above = '<nav><a href="../index.html">All submissions</a></nav>'
    table = _panel("Points", ["Function", "Points", "Why"], reasons)
    below = f"<h2>{score.earned:g} of {score.out_of:g} points</h2>{table}"
    return page([report], hints, above, below)


def class_page(
    reports: Sequence[Report], scores: Sequence[Score], titles: Mapping[str, str]
) -> str:
    """The page of a class: the mistakes by how many made them, the points, the submissions."""
    rows = [_Row(*one) for one in zip(reports, scores, strict=True)]
    parts = [
        "<h1>The class</h1>",
        _facts(rows),
        "<h2>Mistakes, the most frequent first</h2>",
        _mistakes(rows, titles),
        "<h2>Functions</h2>",
        _functions(rows),
        "<h2>Points</h2>",
        f'<div class="panel">{_histogram(scores)}</div>',
        "<h2>Submissions</h2>",
        _submissions(rows),
        '<p class="soft">The same as data: <a href="results.csv">results.csv</a>, '
        '<a href="results.json">results.json</a>, <a href="junit.xml">junit.xml</a></p>',
    ]
    return framed("The class", "\n".join(parts))


def _facts(rows: Sequence[_Row]) -> str:
    count = Counter(row.report.status for row in rows)
    mean = sum(row.score.earned for row in rows) / max(len(rows), 1)
    facts = [
        (f"{len(rows)}", "submissions", ""),
        (f"{count['right']}", "all right", "good"),
        (f"{count['wrong']}", "with mistakes", "bad"),
        (f"{count['empty'] + count['unreadable']}", "not graded", "wait"),
        (f"{mean:.1f}", f"mean of {rows[0].score.out_of if rows else 0:g} points", ""),
    ]
    items = "".join(f'<li><b class="{tone}">{n}</b> {word}</li>' for n, word, tone in facts)
    return f'<ul class="facts">{items}</ul>'


def _mistakes(rows: Sequence[_Row], titles: Mapping[str, str]) -> str:
    who: dict[str, dict[str, _Row]] = {}
    for row in rows:
        for function in row.report.functions:
            unknown = function.status == "wrong" and not function.diagnoses
            named = [diagnosis.mistake for diagnosis in function.diagnoses]
            for mistake in [*named, *[f"{function.name}.?"] * unknown]:
                who.setdefault(mistake, {})[row.report.file] = row
    if not who:
        return '<div class="panel">None were found.</div>'
    most = max(map(len, who.values()))
    ranked = sorted(who.items(), key=lambda item: (-len(item[1]), item[0]))
    lines = "".join(
        _mistake(mistake, titles.get(mistake, _UNKNOWN), list(made.values()), most)
        for mistake, made in ranked
    )
    return _panel("Mistakes", ["Made by", "Mistake", "Submissions"], lines, wide=True)


def _mistake(mistake: str, title: str, made: Sequence[_Row], most: int) -> str:
    return (
        f"<tr><td class='n'>{len(made)}"
        f"<span class='bar' style='width:{100 * len(made) / most:.0f}%'></span></td>"
        f"<th scope='row'>{escape(title)}<br><span class='soft'>{escape(mistake)}</span></th>"
        f"<td>{_names(made)}</td></tr>"
    )


def _names(rows: Sequence[_Row]) -> str:
    links = [row.link for row in rows]
    shown = ", ".join(links[:_AT_ONCE])
    if len(links) <= _AT_ONCE:
        return shown
    rest = ", ".join(links[_AT_ONCE:])
    more = f"<summary>and {len(links) - _AT_ONCE} more</summary>"
    return f"{shown} <details>{more}{rest}</details>"


def _functions(rows: Sequence[_Row]) -> str:
    names = [one.function for one in rows[0].score.functions] if rows else []
    counts = {name: Counter[str]() for name in names}
    for row in rows:
        found = {function.name: function.status for function in row.report.functions}
        for name in names:
            counts[name][found.get(name, "missing")] += 1
    lines = "".join(
        f"<tr><th scope='row'>{escape(name)}</th>"
        + "".join(f"<td class='n'>{counts[name][status]}</td>" for status in MARKS)
        + "</tr>"
        for name in names
    )
    return _panel("Functions", ["Function", "Right", "Wrong", "Blocked", "Missing"], lines)


def _submissions(rows: Sequence[_Row]) -> str:
    lines = "".join(_submission(row) for row in rows)
    return _panel("Submissions", ["Submission", "Result", "Points", "Mistakes"], lines, wide=True)


def _submission(row: _Row) -> str:
    tone, mark = _WORDS[row.report.status]
    named = [d.mistake for f in row.report.functions for d in f.diagnoses]
    told = "<br>".join(map(escape, named)) or escape(row.report.message)
    return (
        f"<tr><th scope='row'>{row.link}</th>"
        f"<td class='{tone}'><span class='mark' aria-hidden='true'>{mark}</span> "
        f"{row.report.status}</td>"
        f"<td class='n'>{row.score.earned:g} of {row.score.out_of:g}</td>"
        f"<td class='soft'>{told}</td></tr>"
    )


def _panel(caption: str, heads: Sequence[str], lines: str, wide: bool = False) -> str:
    numbers = ("Made by", "Points", "Right", "Wrong", "Blocked", "Missing")
    head = "".join(
        f"<th scope='col'{' class=n' if word in numbers else ''}>{word}</th>" for word in heads
    )
    kind = "list wide" if wide else "list"
    return (
        f'<div class="panel"><table class="{kind}" aria-label="{caption}">'
        f"<thead><tr>{head}</tr></thead><tbody>{lines}</tbody></table></div>"
    )


def _histogram(scores: Sequence[Score]) -> str:
    """How many submissions have so many points, as a drawing."""
    out_of = max((score.out_of for score in scores), default=0) or 1
    bins = Counter(min(int(_BINS * score.earned / out_of), _BINS - 1) for score in scores)
    told = ", ".join(
        f"{n * out_of / _BINS:g} to {(n + 1) * out_of / _BINS:g}: {bins[n]}" for n in range(_BINS)
    )
    drawing = "".join(_bar(n, bins[n], max(bins.values(), default=1)) for n in range(_BINS))
    labels = "".join(
        f'<text x="{20 + 56 * n}" y="158" text-anchor="middle">{n * out_of / _BINS:g}</text>'
        for n in range(_BINS + 1)
    )
    return (
        f'<svg viewBox="0 0 600 166" width="100%" role="img" aria-label="Points: {told}">'
        f'{drawing}<line x1="20" y1="140" x2="580" y2="140"/>{labels}</svg>'
    )


def _bar(n: int, count: int, most: int) -> str:
    height = 110 * count / most
    top = 140 - height
    left = 20 + 56 * n
    if not count:
        return ""
    return (
        f'<rect x="{left + 3}" y="{top:.1f}" width="50" height="{height:.1f}" rx="3"/>'
        f'<text class="n" x="{left + 28}" y="{top - 6:.1f}" text-anchor="middle">{count}</text>'
    )
