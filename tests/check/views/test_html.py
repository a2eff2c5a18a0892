"""A report as HTML: what the hints give away, what is marked, what is escaped."""

import re
from html.parser import HTMLParser
from itertools import pairwise

import pytest
from reports import POOLED, blocked, missing, report, right, wrong

from convstep.check.report import Example
from convstep.check.views import style
from convstep.check.views.html import html, page

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
    for told in ("wrong only in cases with stride over 1", "because of <code>zero_pad</code>",
                 "old_numpy", "certain", "line 7", "pool_backward"):  # fmt: skip
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


class Headings(HTMLParser):
    """The levels of a page's headings, in their order."""

    def __init__(self, text):
        super().__init__()
        self.levels = []
        self.feed(text)

    def handle_starttag(self, tag, attributes):
        if re.fullmatch("h[1-6]", tag):
            self.levels.append(int(tag[1]))


@pytest.mark.parametrize("reports", [[REPORT], [REPORT, REPORT], [report("", wrong("zero_pad"))]])
def test_no_level_of_the_headings_is_left_out(reports):
    levels = Headings(page(reports)).levels
    assert levels[0] == 1 and len(levels) > 1
    assert all(b - a <= 1 for a, b in pairwise(levels))


def grids(expected, got):
    example = Example({}, {}, "X_pad", expected, got, [0, 1], "row 0, column 1", 2.0, "<i>")
    return html(report("", wrong("zero_pad", example=example)))


def test_numbers_that_are_not_finite_are_drawn_and_marked():
    text = grids([[1.0, 2.0]], [[1.0, "nan"]])
    assert '<td class="cs-off cs-first">nan</td>' in text
    assert "<i>" not in text and "&lt;i&gt;" in text


@pytest.mark.parametrize("got, told", [([], "shape (0,)"), ([[0.0] * 11], "shape (1, 11)")])
def test_what_is_too_large_or_empty_is_told_by_its_shape(got, told):
    assert told in grids([[1.0, 2.0]], got)


def luminance(colour):
    parts = [int(colour[n : n + 2], 16) / 255 for n in (1, 3, 5)]
    linear = [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


@pytest.mark.parametrize("theme", [style._LIGHT, style._DARK], ids=["light", "dark"])
@pytest.mark.parametrize(
    "ink, papers",
    [
        ("text", "card well right-tint wrong-tint wait-tint window-tint"),
        ("soft", "card well wrong-tint wait-tint"),
        ("right", "card right-tint well"),
        ("wrong", "card wrong-tint well"),
        ("wait", "card wait-tint well"),
        ("link", "card well"),
    ],
)
def test_words_can_be_read(theme, ink, papers):
    """WCAG's AA: a contrast of 4.5 at least."""
    colours = dict(re.findall(r"--cs-([\w-]+): (#\w{6});", theme))
    for paper in papers.split():
        low, high = sorted(luminance(colours[name]) for name in (ink, paper))
        assert (high + 0.05) / (low + 0.05) >= 4.5, f"{ink} on {paper}"
