"""The mouse, and the keys that are pressed after it."""

import numpy as np
import pytest

from convstep.lens.page import page
from convstep.lens.situation import situation


@pytest.fixture
def write(tmp_path):
    def written(**data):
        path = tmp_path / "page.html"
        path.write_text(page({"view": "steps", **data}), encoding="utf-8")
        return path

    return written


def test_arrow_keys_step_after_a_click_on_a_tab(open_page, write):
    opened = open_page(write(tab="conv_forward"))
    opened.get_by_role("tab", name="Convolution backward").click()
    before = opened.locator(".position").inner_text()
    opened.keyboard.press("ArrowRight")
    assert opened.locator("[aria-selected=true]").inner_text() == "Convolution backward"
    assert opened.locator(".position").inner_text() != before


def test_what_was_said_of_a_mistake_goes_when_a_number_is_changed(open_page, write):
    one = np.ones((1, 1, 1, 1))
    given = situation("conv_forward", A_prev=one, W=one, b=np.zeros(1), kernel=(1, 1))
    given |= {
        "title": "the bias is missing", "note": "Your Z is 2.",
        "theirs": {"name": "Z", "array": given["A_prev"], "index": [0, 0, 0, 0]},
    }  # fmt: skip
    opened = open_page(write(situation=given))
    assert "Your Z is 2." in opened.locator(".heading").inner_text()
    opened.locator("[data-panel=A_prev] .editable").click()
    opened.keyboard.type("5")
    opened.keyboard.press("Enter")
    assert opened.locator(".heading").inner_text() == ""


def test_the_line_that_is_executed_can_be_read_whole(open_page, write):
    opened = open_page(write(tab="average_pool_backward"), width=1600)
    now = opened.locator(".line.now code")
    assert now.inner_text().strip().endswith(")")
    assert now.evaluate(
        "e => e.closest('.listing').scrollWidth <= e.closest('.listing').clientWidth"
    )
