"""The harness itself: it must see what it is there to see."""

import pytest

CLEAN = '<!doctype html><html lang="en"><title>t</title><main><h1>t</h1></main></html>'


@pytest.fixture
def complaining(browser, tmp_path, request):
    """Run the fixture `open_page` by hand, on a page with a body; give back its complaints."""
    made = request.getfixturevalue("open_page")

    def run(body):
        path = tmp_path / "page.html"
        path.write_text(CLEAN.replace("</main>", f"</main>{body}"))
        page = made(path)
        page.wait_for_timeout(100)
        complaints = made.__closure__[made.__code__.co_freevars.index("complaints")].cell_contents
        seen = list(complaints)
        complaints.clear()
        return seen

    return run


@pytest.mark.parametrize(
    "body, seen",
    [
        ("<script>console.error('bad')</script>", "bad"),
        ("<script>throw new Error('thrown')</script>", "thrown"),
        ("<img src='http://127.0.0.1:9/x.png' alt=''>", "http://127.0.0.1:9/x.png"),
    ],
)
def test_complaints_are_seen(complaining, body, seen):
    assert any(seen in one for one in complaining(body))


def test_a_clean_page_has_none(complaining):
    assert complaining("<p>words</p>") == []


def test_axe_finds_a_fault(open_page, axe, tmp_path):
    path = tmp_path / "page.html"
    path.write_text(CLEAN)
    assert axe(open_page(path)) == []
    path.write_text(CLEAN.replace("<h1>", "<button></button><h1>"))
    assert any(one.startswith("button-name") for one in axe(open_page(path)))
