"""A report as HTML: what the hints give away, what is marked, what is escaped."""

import re

import pytest
from reports import POOLED, blocked, missing, report, right, wrong

from convstep.check.html import html, page

REPORT = report(
    "hw.py",
    wrong("pool_forward", "pool_forward.no_stride", example=POOLED),
    blocked("conv_forward", "zero_pad"),
    right("zero_pad", "old_numpy"),
    missing("pool_backward"),
)


@pytest.mark.parametrize(
    "hints, told, kept_back",
    [
        ("none", [], ["hint for", "why pool", "look at pool"]),
        ("nudge", ["hint for"], ["why pool", "look at pool"]),
        ("explain", ["why pool", "look at pool"], ["hint for"]),
    ],
)
def test_hints(hints, told, kept_back):
    text = html(REPORT, hints)
    assert "title of pool_forward.no_stride" in text
    assert all(word in text for word in told)
    assert not any(word in text for word in kept_back)


def test_it_says_what_there_is():
    text = html(REPORT)
    for told in ("wrong only with: stride over 1", "because of <code>zero_pad</code>", "old_numpy",
                 "certain", "line 7", "pool_backward"):  # fmt: skip
        assert told in text
    assert "None of the known mistakes" not in text
    assert "None of the known mistakes" in html(report("", wrong("zero_pad")))


def test_the_window_and_what_differs_are_marked():
    text = html(REPORT)
    assert re.findall(r'<td class="cs-window">(\d)<', text) == ["1", "2", "4", "5"]
    assert '<td class="cs-off cs-first">2.5</td>' in text
    assert '<td class="cs-ok">5</td>' in text


def test_a_fragment_styles_nothing_but_itself():
    style = html(REPORT).partition("<style>")[2].partition("</style>")[0]
    for selectors in re.findall(r"([^{}]+)\{", style):
        assert all(".cs-report" in selector for selector in selectors.split(","))
    assert "<body" not in html(REPORT) and "<script" not in html(REPORT)


def test_a_page_is_whole():
    text = page([REPORT, REPORT])
    assert text.startswith("<!DOCTYPE html>") and text.count("<h1>") == 1
    assert text.count('<div class="cs-report">') == 2


def test_everything_of_a_submission_is_escaped():
    evil = "<b onclick=x>&\"'"
    bad = wrong("zero_pad", evil)
    text = page([report(evil, bad, blocked("conv_forward", evil), right("x", evil), message=evil)])
    assert "<b onclick" not in text and "&lt;b onclick" in text


def test_a_notebook_shows_it():
    assert REPORT._repr_html_() == html(REPORT, "nudge")
