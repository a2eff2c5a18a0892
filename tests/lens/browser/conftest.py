"""A real browser, headless, for the tests of pages. Without one they are skipped, visibly.

CONVSTEP_CHROMIUM names the executable; else it is the system's Chromium or Chrome, else
Playwright's own.
"""

import json
import os
import shutil
from pathlib import Path

import pytest
from steppage import StepPage

from convstep.lens.page import page

AXE = Path(__file__).parents[3] / "web" / "node_modules" / "axe-core" / "axe.min.js"
_NAMES = ("chromium", "chromium-browser", "google-chrome")
_FLAGS = [
    "--no-sandbox", "--disable-dev-shm-usage", "--disable-gpu", "--force-color-profile=srgb",
    "--font-render-hinting=none",
]  # fmt: skip


@pytest.fixture(scope="session")
def browser():
    """Chromium, one for all tests."""
    api = pytest.importorskip("playwright.sync_api", reason="needs the extra browser")
    named = os.environ.get("CONVSTEP_CHROMIUM")
    found = named or next(filter(None, map(shutil.which, _NAMES)), None)
    with api.sync_playwright() as playwright:
        own = playwright.chromium.executable_path
        if found is None and not Path(own).exists():
            pytest.skip("needs Chromium: set CONVSTEP_CHROMIUM, or `playwright install chromium`")
        chromium = playwright.chromium.launch(executable_path=found, args=_FLAGS)
        yield chromium
        chromium.close()


@pytest.fixture(scope="session")
def context_of(browser):
    """A browser's settings, by width, height and darkness: making them takes longer than a page."""
    made = {}

    def get(width, height, dark):
        if (width, height, dark) not in made:
            made[width, height, dark] = browser.new_context(
                viewport={"width": width, "height": height},
                color_scheme="dark" if dark else "light",
                reduced_motion="reduce",
            )
        return made[width, height, dark]

    yield get
    for context in made.values():
        context.close()


@pytest.fixture
def open_page(context_of):
    """Open an HTML file: ``open_page(path, width=..., height=..., dark=False, hash="")``.

    The test fails on whatever the page says in the console as an error, on what it throws, and on
    whatever it asks a network for.
    """
    pages, complaints = [], []

    def load(path, *, width=1280, height=900, dark=False, hash=""):
        page = context_of(width, height, dark).new_page()
        pages.append(page)
        page.set_default_timeout(5000)
        page.on("console", lambda said: complaints.append(said.text) if said.type == "error" else 0)
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on("request", lambda asked: complaints.append(asked.url) if _remote(asked.url) else 0)
        page.goto(Path(path).resolve().as_uri() + hash)
        return page

    yield load
    for one in pages:
        one.close()
    assert not complaints


def _remote(url):
    return not url.startswith(("file:", "data:", "blob:", "about:"))


@pytest.fixture
def axe():
    """What axe-core finds wrong with a page: ``axe(page)`` gives [] where it finds nothing."""
    if not AXE.exists():
        pytest.skip("needs axe-core: `npm ci` in web/")
    source = AXE.read_text(encoding="utf-8")

    def run(page):
        page.evaluate(source)
        found = page.evaluate("axe.run(document)")
        return [
            f"{one['id']}: {one['help']}; {json.dumps([n['target'] for n in one['nodes']][:3])}"
            for one in found["violations"]
        ]

    return run


@pytest.fixture(scope="session")
def steps_file(tmp_path_factory):
    """What `convstep lens` writes."""
    path = tmp_path_factory.mktemp("lens") / "page.html"
    path.write_text(page({"view": "steps"}), encoding="utf-8")
    return path


@pytest.fixture
def steps(open_page, steps_file):
    """Open the page of steps at a tab: ``steps("conv_forward")``; more as `open_page` takes it."""

    def load(operation=None, *, path=None, **options):
        opened = StepPage(open_page(path or steps_file, **options))
        if operation is not None:
            opened.open(operation)
        return opened

    return load
