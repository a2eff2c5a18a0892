"""The pages of a class: ranked mistakes, links that lead somewhere, nothing that runs."""

import html.parser

import pytest
from reports import POOLED, blocked, missing, report, right, wrong

from convstep.check.classroom import rubric, tables
from convstep.check.eight import eight

EVIL = '<script>alert("x")</script>&.py'
REPORTS = [
    report("ann/hw.py", *(right(task.name) for task in eight().tasks)),
    report(
        "bob/hw.py",
        wrong("zero_pad", "zero_pad.one_sided"),
        blocked("conv_forward", "zero_pad"),
        wrong("pool_forward", "pool_forward.no_stride", example=POOLED),
        missing("pool_backward"),
    ),
    report("cy/hw.py", wrong("zero_pad", "zero_pad.one_sided"), wrong("conv_forward")),
    report(EVIL, status="unreadable", message="<img src=x onerror=alert(1)>"),
]


class Tags(html.parser.HTMLParser):
    """All tags, links and words of a page; it must close what it opens."""

    def __init__(self, text):
        super().__init__()
        self.open, self.tags, self.links, self.words = [], set(), [], ""
        self.feed(text)
        assert self.open == []

    def handle_starttag(self, tag, attributes):
        self.tags.add(tag)
        self.links += [value for name, value in attributes if name in ("href", "src")]
        assert not any(name.startswith("on") for name, _ in attributes)
        if tag not in ("meta", "br"):
            self.open.append(tag)

    def handle_startendtag(self, tag, attributes):
        self.tags.add(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        self.words += data


def written(folder, reports, hints="explain"):
    (folder / "submissions").mkdir()
    tables.write(folder, reports, eight(), None, hints)
    return (folder / "index.html").read_text(encoding="utf-8")


def test_pages_are_whole_run_nothing_and_lead_somewhere(tmp_path):
    index = written(tmp_path, REPORTS)
    pages = sorted((tmp_path / "submissions").glob("*.html"))
    assert len(pages) == len(REPORTS)
    for path in [tmp_path / "index.html", *pages]:
        found = Tags(path.read_text(encoding="utf-8"))
        assert not found.tags & {"script", "img", "link", "iframe", "object", "form"}
        assert found.links and all((path.parent / link).is_file() for link in found.links)
    assert EVIL in Tags(index).words and "<img src=x" in Tags(index).words


def test_mistakes_are_ranked_by_how_many_made_them(tmp_path):
    text = written(tmp_path, REPORTS)
    first, second = (text.index(m) for m in ("zero_pad.one_sided", "pool_forward.no_stride"))
    assert first < second
    row = text[text.rindex("<tr>", 0, first) : text.index("</tr>", first)]
    assert "<td class='n'>2" in row and "bob/hw.py" in row and "ann/hw.py" not in row
    assert "conv_forward.?" in text


def test_a_submission_has_its_points_and_the_way_back(tmp_path):
    written(tmp_path, REPORTS)
    (page,) = (tmp_path / "submissions").glob("bob*.html")
    found = Tags(page.read_text(encoding="utf-8"))
    points = rubric.score(REPORTS[1], rubric.load(None, eight()))
    assert f"{points.earned:g} of {points.out_of:g} points" in found.words
    assert "../index.html" in found.links and "why pool_forward.no_stride" in found.words


@pytest.mark.parametrize("reports", [REPORTS[3:], []])
def test_a_class_without_a_mistake(tmp_path, reports):
    assert "None were found" in written(tmp_path, reports)
