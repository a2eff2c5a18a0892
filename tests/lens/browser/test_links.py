"""Links: whoever cuts one or makes one up still gets a page, with the page's own numbers."""

import base64
import json

import pytest

from convstep.lens.page import frame, page

GEOMETRY = {
    "kernel": [1, 1], "stride": [1, 1], "padding": [0, 0, 0, 0], "dilation": [1, 1], "groups": 1,
}  # fmt: skip


def _link(operation="conv_forward", time=2, **changes):
    """A link to a convolution of 1 x 1 over 2 x 2 cells, holding 41 to 44."""
    s = {
        "a": _numbers((1, 2, 2, 1), 41), "w": _numbers((1, 1, 1, 1), 1), "b": _numbers((1,), 0),
        "d": _numbers((0, 0, 0, 0), 0), "g": GEOMETRY, "e": "all", "p": False, **changes,
    }  # fmt: skip
    text = json.dumps({"o": operation, "t": time, "s": s}).encode()
    return "#" + base64.urlsafe_b64encode(text).decode().rstrip("=")


def _numbers(shape, first):
    size = 1
    for axis in shape:
        size *= axis
    return {"s": shape, "n": list(range(first, first + size))}


def _geometry(**changes):
    return {"g": GEOMETRY | changes}


@pytest.fixture(scope="module")
def path(tmp_path_factory):
    found = tmp_path_factory.mktemp("links") / "page.html"
    found.write_text(page({"view": "steps", "tab": "conv_forward"}), encoding="utf-8")
    return found


def _input(opened):
    return opened.locator("[data-panel=A_prev] [role=gridcell]").all_inner_texts()


def test_a_link_brings_its_numbers(open_page, path):
    assert _input(open_page(path, hash=_link())) == ["41", "42", "43", "44"]


@pytest.mark.parametrize(
    "link",
    [
        "#garbage",
        _link()[: len(_link()) // 2],
        _link(time=-5),
        _link("no_such_thing"),
        _link("conv_backward"),
        _link(a=_numbers((2, 2), 41)),
        _link(a=_numbers((1, 0, 2, 1), 41)),
        _link(a={"s": [-1, -2, 2, 1], "n": [1, 2, 3, 4]}),
        _link(w=_numbers((1, 1, 3, 1), 1)),
        _link(w=_numbers((2, 2, 1, 1), 1)),
        _link(b=_numbers((2,), 1)),
        _link(e="some"),
        _link(g=None),
        _link(**_geometry(stride=[0, 0])),
        _link(**_geometry(stride=[1.5, 1])),
        _link(**_geometry(stride=["1", "1"])),
        _link(**_geometry(dilation=[1])),
        _link(**_geometry(padding=[-1, 0, 0, 0])),
        _link(**_geometry(padding=[90000] * 4)),
        _link(**_geometry(groups=2)),
        _link("max_pool_forward", **_geometry(kernel=[2500, 2500], padding=[1250] * 4)),
    ],
)
def test_a_link_whose_parts_do_not_fit_opens_the_pages_own_numbers(open_page, path, link):
    opened = open_page(path, hash=link)
    assert len(_input(opened)) > 4
    assert opened.locator(".sentence").inner_text()


def test_a_page_in_a_notebook_offers_no_link_and_complains_of_nothing(open_page, tmp_path):
    cell = tmp_path / "notebook.html"
    html = frame(page({"view": "steps", "tab": "conv_forward"}))
    cell.write_text(f"<!doctype html><title>n</title>{html}", encoding="utf-8")
    inside = open_page(cell).frame_locator("iframe")
    inside.get_by_role("button", name="one step forward").click()
    assert inside.locator(".sentence").inner_text().startswith("Example 0")
    assert inside.get_by_role("button", name="Copy link").count() == 0
