"""A report as HTML: a fragment for a notebook, a page for a browser. Neither needs a script."""

import re
from collections.abc import Iterator, Sequence
from html import escape

from convstep.check.report import Diagnosis, FunctionReport, Report
from convstep.check.views.grids import example_html
from convstep.check.views.style import STYLE, framed
from convstep.check.views.text import MARKS, Hints

__all__ = ["html", "page"]


def html(report: Report, hints: Hints = "nudge") -> str:
    """A report as a piece of HTML with its own style, which changes nothing around it.

    Parameters
    ----------
    report : Report
    hints : {"none", "nudge", "explain"}
        How much to give away of a mistake: its name; a hint; what is wrong, and the line.

    Examples
    --------
    >>> from convstep.check.report import Report
    >>> text = html(Report("a<b.py", "unreadable", message="no Python"))
    >>> print(text.partition("</style>")[2])
    <div class="cs-report"><h2>a&lt;b.py</h2><p>no Python</p></div>
    """
    return f"<style>{STYLE}</style>{body(report, hints)}"


def page(
    reports: Sequence[Report], hints: Hints = "nudge", above: str = "", below: str = ""
) -> str:
    """A whole page with reports, one below the other, between two pieces of HTML."""
    title = reports[0].file if len(reports) == 1 else f"{len(reports)} submissions"
    heading = f"<h1>{escape(title or 'convstep check')}</h1>"
    bodies = [body(report, hints, named=len(reports) > 1) for report in reports]
    return framed(title or "convstep check", f"{above}{heading}{''.join(bodies)}{below}")


def body(report: Report, hints: Hints, named: bool = True) -> str:
    """A report without its style."""
    parts = [f"<h2>{escape(report.file)}</h2>" if report.file and named else ""]
    parts.append(f"<p>{escape(report.message)}</p>" if report.message else "")
    parts.append(_summary(report))
    tag = "h3" if report.file and named else "h2"  # no level of the headings is left out
    parts += [_card(f, hints, tag) for f in report.functions if f.status != "missing"]
    parts += [f'<p class="cs-soft">note: {escape(note.text)}</p>' for note in report.notes]
    return f'<div class="cs-report">{"".join(parts)}</div>'


def _summary(report: Report) -> str:
    """All functions in a line, so that one sees at once where to look."""
    if not report.functions:
        return ""
    words = {"missing": "not written yet", "blocked": "waits for a helper"}
    items = [
        f'<li class="cs-{f.status}" title="{words.get(f.status, f.status)}">'
        f"{MARKS[f.status]} {escape(f.name)}</li>"
        for f in report.functions
    ]
    return f'<ul class="cs-sum" aria-label="the functions">{"".join(items)}</ul>'


def _card(function: FunctionReport, hints: Hints, tag: str) -> str:
    return (
        f'<section class="cs-card cs-{function.status}">'
        f'<{tag} class="cs-name">{escape(function.name)}'
        f'<span class="cs-word">{MARKS[function.status]} {_verdict(function)}</span></{tag}>'
        f"{''.join(_contents(function, hints))}</section>"
    )


def _verdict(function: FunctionReport) -> str:
    return "waits for a helper" if function.status == "blocked" else function.status


def _contents(function: FunctionReport, hints: Hints) -> Iterator[str]:
    if function.status == "blocked":
        names = " and ".join(f"<code>{escape(name)}</code>" for name in function.blamed)
        yield f"<p>Not right because of {names}; right with right ones.</p>"
    for diagnosis in function.diagnoses:
        yield _diagnosis(diagnosis, hints)
    if function.unexplained:
        yield '<p class="cs-soft">None of the known mistakes.</p>'
    if function.localisation:
        items = "".join(f"<li>{escape(sentence)}</li>" for sentence in function.localisation)
        yield f'<ul class="cs-where">{items}</ul>'
    if function.example is not None:
        yield example_html(function.example)
    for note in function.notes:
        yield f'<p class="cs-soft">note: {escape(note.text)}</p>'
    if function.status == "wrong" and len(function.families) > 1:
        yield _families(function)


def _diagnosis(diagnosis: Diagnosis, hints: Hints) -> str:
    line = f' <span class="cs-soft">line {diagnosis.line}</span>' if diagnosis.line else ""
    sure = f'<span class="cs-sure">{escape(diagnosis.certainty)}</span>'
    told = f'<p><span class="cs-title">{_prose(diagnosis.title)}</span> {sure}{line}</p>'
    if hints == "nudge" and diagnosis.nudge:
        told += f"<p>{_prose(diagnosis.nudge)}</p>"
    if hints == "explain":
        told += f"<p>{_prose(diagnosis.explanation)}</p>"
        if diagnosis.look:
            told += f"<p>The line to look at: <code>{escape(diagnosis.look)}</code></p>"
    return f'<div class="cs-diagnosis">{told}</div>'


def _prose(words: str) -> str:
    """A sentence of the catalogue, with its `code` as code."""
    return re.sub(r"`([^`]+)`", r"<code>\1</code>", escape(words))


def _families(function: FunctionReport) -> str:
    rows = "".join(
        f'<tr><th scope="row">{escape(name)}</th><td>{family.right} of {family.cases}</td></tr>'
        for name, family in function.families.items()
    )
    return (
        "<details><summary>Cases that came out right</summary>"
        f'<table class="cs-families"><tbody>{rows}</tbody></table></details>'
    )
