"""A learner's mistake on the page: right and yours, what differs marked, at the right step."""

import numpy as np
import pytest

import convstep as cs
from convstep import loops
from convstep.lens.mistake import mistake


def forgetful(A_prev, W, b, hparameters):
    """conv_forward without the bias."""
    Z, cache = loops.conv_forward(A_prev, W, np.zeros_like(b), hparameters)
    return Z, cache


def overwriting(dA, cache, mode="max"):
    """pool_backward that takes what came last instead of the sum."""
    A_prev, hparameters = cache
    f, stride = hparameters["f"], hparameters["stride"]
    dA_prev = np.zeros(A_prev.shape)
    for i, h, w, c in np.ndindex(dA.shape):
        rows = slice(h * stride, h * stride + f)
        columns = slice(w * stride, w * stride + f)
        part = A_prev[i, rows, columns, c]
        mask = part == part.max() if mode == "max" else np.full(part.shape, 1 / part.size)
        dA_prev[i, rows, columns, c] = mask * dA[i, h, w, c]
    return dA_prev


def astray(dZ, cache):
    """conv_backward that is wrong below the first row of dA_prev alone, where windows overlap."""
    dA_prev, dW, db = loops.conv_backward(dZ, cache)
    if len(cache[1]) > cache[3]["stride"]:
        dA_prev[:, 1:] += 1
    return dA_prev, dW, db


MISTAKES = {
    "conv_single_step": lambda a_slice_prev, W, b: np.sum(a_slice_prev * W) - np.sum(b),
    "zero_pad": lambda X, pad: np.pad(X, ((0, 0), (pad,) * 2, (pad,) * 2, (0, 0)), mode="edge"),
    "conv_forward": forgetful,
    "pool_backward": overwriting,
}

THREE = ("zero_pad", "conv_forward", "pool_backward")


@pytest.fixture
def opened(steps, tmp_path):
    def load(*names):
        found = mistake(cs.check.check(**{name: MISTAKES[name] for name in names}))
        found.to_html(tmp_path / "page.html")
        return steps(path=tmp_path / "page.html"), found.situations

    return load


@pytest.mark.parametrize("name", MISTAKES)
def test_right_and_yours_stand_side_by_side(opened, name):
    page, (situation,) = opened(name)
    seen = page.see()
    right, yours = seen.numbers("right"), seen.numbers("theirs")
    differs = {tuple(map(int, at)) for at in np.argwhere(~np.isclose(right, yours, equal_nan=True))}
    assert seen.marked("theirs", "wrong") == differs == seen.marked("right", "wrong")
    _, h, w, c = situation["theirs"]["index"]
    pad = situation["padding"] if name == "pool_backward" else (0, 0, 0, 0)
    assert seen.marked("theirs", "first") == {(c, h + pad[0], w + pad[2])} <= differs
    panel = "grad" if name == "pool_backward" else "output"
    _, h, w, c = situation["cell"]
    assert seen.marked(panel, "current") == {(c, h, w)}
    heading = page.page.locator(".heading").text_content()
    assert situation["title"] in heading and situation["note"] in heading


def test_an_edit_leaves_the_comparison(opened):
    page, _ = opened("conv_forward")
    page.edit("W", 0, 0, 0, 9)
    assert "theirs" not in page.see()


def test_several_mistakes_have_a_chooser(opened):
    page, situations = opened(*THREE)
    assert len(situations) == 3
    chooser = page.page.get_by_label("which to show")
    for situation in reversed(situations):
        chooser.select_option(situation["title"])
        assert situation["title"] in page.page.locator(".heading").text_content()
        selected = page.page.get_by_role("tab", selected=True).get_attribute("id")
        assert selected == f"tab-{situation['operation']}"
        assert page.see().marked("theirs", "wrong")


def test_a_reload_brings_the_mistake_that_was_open(opened):
    page, (_, second, _) = opened(*THREE)
    page.page.get_by_label("which to show").select_option(second["title"])
    page.link()
    page.page.reload()
    assert second["title"] in page.page.locator(".heading").text_content()
    assert page.see().marked("theirs", "wrong")
    page.open("max_pool_backward")  # its tab, too, has what was given for it
    assert page.see().marked("theirs", "wrong")


def test_after_changes_a_button_leads_back(opened):
    page, (situation,) = opened("conv_forward")
    back = page.button("Back to the numbers it came with")
    assert back.is_hidden()
    page.edit("W", 0, 0, 0, 9)
    page.link()
    page.page.reload()
    assert "theirs" not in page.see()
    back.click()
    assert page.see().marked("theirs", "wrong") and back.is_hidden()
    assert situation["title"] in page.page.locator(".heading").text_content()


def test_of_two_mistakes_in_one_operation_the_right_one_comes_back(opened):
    page, situations = opened("conv_single_step", "conv_forward")
    first, second = (one["title"] for one in situations)
    chooser = page.page.get_by_label("which to show")
    chooser.select_option(second)
    page.edit("W", 0, 0, 0, 9)
    page.open("zero_pad")
    page.open("conv_forward")
    page.link()
    page.page.reload()
    assert chooser.evaluate("(one) => one.selectedOptions[0].textContent") == second
    page.button("Back to the numbers it came with").click()
    assert second in page.page.locator(".heading").text_content()
    chooser.select_option(first)
    assert first in page.page.locator(".heading").text_content()


def test_the_sum_is_that_of_the_cell_that_is_wrong(steps, tmp_path):
    found = mistake(cs.check.check(conv_backward=astray))
    found.to_html(tmp_path / "page.html")
    (situation,) = found.situations
    i, row, column, c = situation["theirs"]["index"]
    top, _, left, _ = situation["padding"]
    assert row > 0
    label = steps(path=tmp_path / "page.html").see().sums[0].partition(" = ")[0]
    assert label.endswith(f"[{i}, {row + top}, {column + left}, {c}]")
