"""Who reaches the page of steps, and how: keys, pointing, links, phones, darkness, speed."""

import io
import itertools

import numpy as np
import pytest
from PIL import Image
from steppage import OPERATIONS


def test_the_keyboard_alone(steps):
    page = steps()
    page.page.locator("[role=tab][aria-selected=true]").focus()
    page.press("ArrowRight")
    assert page.page.evaluate("document.activeElement.id") == "tab-conv_backward"
    page.press("ArrowLeft")
    reached = set()
    for _ in range(40):
        page.press("Tab")
        reached.add(page.page.evaluate(
            """() => {
              const at = document.activeElement;
              return at.getAttribute("aria-label") ?? at.closest("label")?.firstChild.textContent
                ?? at.textContent;
            }"""
        ).split(":")[0])  # fmt: skip
    assert {
        "height",
        "dilation",
        "row 0, column 0",
        "first step",
        "play",
        "step",
        "speed",
    } <= reached
    page.page.locator("#steps").focus()
    page.press("Home")
    assert page.steps[0] == 0
    page.press("l")
    assert page.see().position.startswith("line 1 of ")
    page.press("l", "End")
    assert page.steps == (19, 19)
    page.cell("output", 0, 0, 0).focus()
    page.press("ArrowDown", "ArrowRight", "Enter")
    assert page.see().marked("output", "current") == {(0, 1, 1)}


@pytest.mark.parametrize("operation", OPERATIONS[1:])
def test_pointing_marks_the_windows_that_use_a_cell_and_the_window_of_an_output(steps, operation):
    page = steps(operation)
    given, pad = page.given(), page.size("pad", 0)
    output = "grad" if "grad" in given else "output"
    shape = page.see().numbers(output).shape
    f, stride = given["kernel"][0], given["stride"]
    size = given["A_prev"].shape[1] + 2 * pad
    for row, column in ((0, 0), (1, 2), (size - 1, 1), (2, size - 2)):
        page.cell("A_prev", 0, row, column).hover()
        users = {
            (c, h, w)
            for c, h, w in np.ndindex(shape)
            if 0 <= row - h * stride < f and 0 <= column - w * stride < f
        }
        assert page.see().marked(output, "hover") == users
    for h, w in itertools.product((0, shape[1] - 1), repeat=2):
        page.cell(output, 1, h, w).hover()
        rows, columns = (range(k * stride, k * stride + f) for k in (h, w))
        window = set(itertools.product(range(2), rows, columns))
        assert page.see().marked("A_prev", "hover") == window
    page.cell(output, 1, 1, 0).click()
    assert page.see().marked(output, "current") == {(1, 1, 0)}


@pytest.mark.parametrize(
    ("operation", "panel", "others"),
    [
        ("conv_forward", "products", ["W"]),
        ("conv_backward", "scaledFilter", ["W", "scaledWindow", "dA_prev", "dW"]),
        ("max_pool_backward", "mask", ["slice", "parts", "dA_prev"]),
    ],
)
def test_pointing_into_a_window_marks_its_place_everywhere(steps, operation, panel, others):
    page = steps(operation)
    page.seek(2)
    given, (at, _) = page.given(), page.steps
    shape = page.see().numbers("grad" if "grad" in given else "output").shape
    _, w, _ = np.unravel_index(at - 1, (shape[1], shape[2], shape[0]))
    page.cell(panel, 0, 1, 1).hover()
    seen = page.see()
    for other in (panel, *others):
        if other != "dA_prev":
            assert {place[1:] for place in seen.marked(other, "hover")} == {(1, 1)}, other
    for other in {"A_prev", *others} & {"A_prev", "dA_prev"}:
        expected = {(1, w * given["stride"] + 1)}
        assert {place[1:] for place in seen.marked(other, "hover")} == expected, other


@pytest.mark.parametrize("operation", OPERATIONS)
def test_a_link_restores_the_exact_state(steps, operation):
    page = steps(operation)
    page.set({"height": 6, "pad": 2} if page.size("pad", None) is not None else {"height": 6})
    if operation != "zero_pad":
        page.edit("A_prev", 1, 3, 3, "0.1")
    page.each_line()
    page.seek(57)
    before = page.see()
    page.page.mouse.move(0, 0)
    again = steps(hash=page.link())
    assert vars(again.see()) == vars(before)
    assert again.page.get_by_role("tab", selected=True).get_attribute("id") == f"tab-{operation}"
    assert again.page.get_by_label("each line").is_checked()


def test_a_link_that_is_none_opens_the_page(steps):
    assert steps(hash="#nonsense").see().position == "cell 1 of 18"


@pytest.mark.parametrize(("width", "dark"), [(360, True), (1280, False)])
def test_nobody_is_kept_out_in_any_tab(steps, axe, width, dark):
    page = steps(width=width, dark=dark)
    for operation in OPERATIONS:
        page.open(operation)
        assert page.page.evaluate("document.documentElement.scrollWidth") <= width
        assert axe(page.page) == [], operation


def test_a_phone_shows_the_executing_line_beside_the_window(steps):
    """The listing lies far below; where it is beside the window, the line is not there twice."""
    page = steps("conv_backward", width=360)
    page.each_line()
    lines = set()
    for _ in range(6):
        page.press("ArrowRight")
        strip = page.page.locator(".strip")
        assert strip.is_visible() and strip.text_content() == page.see().code
        lines.add(strip.text_content())
    assert len(lines) == 6
    assert steps("conv_backward").page.locator(".strip").is_hidden()


@pytest.mark.parametrize("dark", [False, True])
def test_the_window_s_outline_is_seen(steps, dark):
    page = steps("conv_forward", dark=dark)
    cell = page.page.locator("[data-panel=A_prev] .cell.window").first
    box = cell.bounding_box()
    shot = page.page.screenshot(
        clip={"x": box["x"] + 2, "y": box["y"] + 10, "width": 1, "height": 1}
    )
    expected = (230, 159, 0) if dark else (184, 110, 0)
    assert Image.open(io.BytesIO(shot)).convert("RGB").getpixel((0, 0)) == expected


@pytest.mark.parametrize("width", [360, 800, 1600])
def test_no_number_is_cut_off_and_no_text_lies_on_another(steps, width):
    page = steps(width=width)
    for operation in OPERATIONS:
        page.open(operation)
        wide = page.page.evaluate(
            """() => [...document.querySelectorAll(".scene .cell")]
              .filter((cell) => cell.scrollWidth > cell.clientWidth + 1)
              .map((cell) => cell.textContent)"""
        )
        assert wide == []
        overlaps = page.page.evaluate(
            """() => {
              const boxes = [...document.querySelectorAll(
                ".sentence, .title, .panel .hint, .plane figcaption, .plane .grid, .sums",
              )].map((one) => [one.textContent.slice(0, 20), one.getBoundingClientRect()])
                .filter(([, box]) => box.width && box.height);
              return boxes.flatMap(([a, one], n) => boxes.slice(n + 1).filter(([, two]) =>
                one.left < two.right - 1 && two.left < one.right - 1 &&
                one.top < two.bottom - 1 && two.top < one.bottom - 1).map(([b]) => [a, b]));
            }"""
        )
        assert overlaps == [], operation
