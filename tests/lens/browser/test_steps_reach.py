"""Who reaches the page of steps, and how: keys, pointing, links, phones, darkness, speed."""

import io
import itertools

import numpy as np
import pytest
from PIL import Image
from steppage import OPERATIONS

import convstep as cs


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
    pools = "pool" in operation  # each channel by itself
    for row, column in ((0, 0), (1, 2), (size - 1, 1), (2, size - 2)):
        page.cell("A_prev", 0, row, column).hover()
        users = {
            (c, h, w)
            for c, h, w in np.ndindex(shape)
            if 0 <= row - h * stride < f and 0 <= column - w * stride < f and not (pools and c)
        }
        assert page.see().marked(output, "hover") == users
    for h, w in itertools.product((0, shape[1] - 1), repeat=2):
        page.cell(output, 1, h, w).hover()
        rows, columns = (range(k * stride, k * stride + f) for k in (h, w))
        window = set(itertools.product([1] if pools else range(2), rows, columns))
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


def test_the_sums_are_those_of_the_place_that_is_pointed_at(steps):
    page = steps("conv_backward")
    page.seek(3)
    page.cell("scaledWindow", 1, 2, 0).hover()
    seen = page.see()
    assert [line.partition(" = ")[0] for line in seen.sums] == [
        "dA_prev_pad[0, 2, 1, 1]", "dW[2, 0, 1, 0]", "db[0, 0, 0, 0]"
    ]  # fmt: skip
    for line, number in zip(
        seen.sums, (seen.numbers("dA_prev")[1, 2, 1], seen.numbers("dW")[1, 2, 0]), strict=False
    ):
        assert float(line.rpartition(" = ")[2].replace("\N{MINUS SIGN}", "-")) == number


def test_arrow_keys_reach_every_cell_of_a_large_input(steps):
    page = steps("conv_forward")
    page.set({"height": 20, "width": 20, "channels": 1, "pad": 0, "stride": 1})
    page.cell("A_prev", 0, 0, 0).focus()
    page.press(*["ArrowDown"] * 25, *["ArrowRight"] * 16)
    label = page.page.evaluate("document.activeElement.getAttribute('aria-label')")
    assert label.startswith("row 19, column 16: ")
    page.press("Enter", "7", "Enter")
    assert page.page.evaluate("document.activeElement.title") == "7"
    page.press(*["ArrowUp"] * 3)
    label = page.page.evaluate("document.activeElement.getAttribute('aria-label')")
    assert label.startswith("row 16, column 16: ")
    assert not page.see().marked("A_prev", "window")
    page.press(".")  # the next step shows its window again
    assert page.see().marked("A_prev", "window")


def test_enter_twice_edits_a_gradient_that_is_far_from_here(steps):
    page = steps("conv_backward")
    page.set({"height": 20, "width": 20, "filters": 1})
    page.cell("grad", 0, 11, 3).focus()
    page.press("Enter", "Enter", "9", "Enter")
    assert page.page.evaluate("document.activeElement.title") == "9"
    label = page.page.evaluate("document.activeElement.getAttribute('aria-label')")
    assert label.startswith("row 11, column 3: ")


def test_a_click_on_the_open_tab_changes_nothing(steps):
    page = steps("conv_forward")
    page.edit("A_prev", 0, 0, 0, 77)
    page.press(".", ".")
    before = page.see()
    page.page.locator("#tab-conv_forward").click()
    page.page.mouse.move(0, 0)
    assert page.see().position == before.position
    np.testing.assert_array_equal(page.see().numbers("A_prev"), before.numbers("A_prev"))


@pytest.fixture
def many(steps, tmp_path):
    """Open a trace with more channels than are shown at once."""

    def load(trace):
        trace.to_html(tmp_path / "page.html")
        return steps(path=tmp_path / "page.html")

    return load


def labels(page, panel):
    return page.page.locator(f"[data-panel={panel}] figcaption").all_text_contents()


def test_other_channels_are_looked_at_and_a_step_leads_back(many):
    draw = np.random.default_rng(0)
    A_prev, W = draw.normal(size=(1, 3, 3, 10)), draw.normal(size=(2, 2, 10, 20))
    hparameters = {"stride": 1, "pad": 0}
    page = many(cs.lens.trace_conv_forward(A_prev, W, np.zeros((1, 1, 1, 20)), hparameters))
    output = page.page.locator("[data-panel=output]")
    output.get_by_label("later channels").click(click_count=2)
    assert labels(page, "output") == [f"filter {c}" for c in range(12, 20)]
    page.page.locator("[data-panel=A_prev]").get_by_label("later channels").click()
    page.press("ArrowRight")
    assert labels(page, "output") == [f"filter {c}" for c in range(8)]
    assert labels(page, "A_prev") == [f"channel {c}" for c in range(2, 10)]
    names = page.page.locator("[data-panel=W] [role=grid]").evaluate_all(
        "(grids) => grids.map((grid) => grid.getAttribute('aria-label'))"
    )
    assert names == [f"W, W[:, :, {k}, 1]" for k in range(2, 10)]


def test_pooling_follows_its_channel_and_others_can_be_looked_at(many):
    A_prev = np.random.default_rng(0).normal(size=(1, 4, 4, 20))
    page = many(cs.lens.trace_pool_forward(A_prev, {"f": 2, "stride": 2}))
    page.seek(16)
    assert labels(page, "A_prev") == [f"channel {c}" for c in range(12, 20)]
    page.page.locator("[data-panel=A_prev]").get_by_label("earlier channels").click()
    assert labels(page, "A_prev") == [f"channel {c}" for c in range(4, 12)]
    page.page.locator("[data-panel=output]").get_by_label("earlier channels").click()
    page.cell("A_prev", 3, 1, 1).hover()
    shown = labels(page, "output")
    (at,) = page.see().marked("output", "hover")
    assert shown[at[0]] == "channel 7" and at[1:] == (0, 0)


def test_a_step_is_told_though_the_mouse_rests_on_a_cell(steps):
    page = steps("conv_forward")
    before = page.see().sentence
    page.cell("A_prev", 0, 1, 1).hover()
    both = page.see().sentence
    assert both.startswith(before) and "is read by" in both
    page.press("ArrowRight")
    assert page.see().sentence.startswith("Example 0")


def test_keys_mean_the_same_on_the_slider(steps):
    page = steps("max_pool_backward")
    page.page.get_by_role("slider", name="step", exact=True).focus()
    page.press("L")
    assert page.page.get_by_label("each line").is_checked()
    page.press("Shift+L")
    assert not page.page.get_by_label("each line").is_checked()
    page.press(" ")
    assert page.button("pause").is_visible()
    page.press(" ", "Home")
    assert page.steps[0] == 0


@pytest.mark.parametrize("operation", OPERATIONS)
def test_a_link_restores_the_exact_state(steps, operation):
    page = steps(operation)
    page.set({"height": 6, "pad": 2} if page.size("pad", None) is not None else {"height": 6})
    if operation != "zero_pad":
        page.edit("A_prev", 1, 3, 3, "0.1")
    if operation != "zero_pad":
        page.each_line()
    page.seek(17)
    before = page.see()
    page.page.mouse.move(0, 0)
    again = steps(hash=page.link())
    assert vars(again.see()) == vars(before)
    assert again.page.get_by_role("tab", selected=True).get_attribute("id") == f"tab-{operation}"
    assert again.page.get_by_label("each line").is_checked() == (operation != "zero_pad")


def test_a_link_that_is_none_opens_the_page(steps):
    page = steps(hash="#nonsense")
    assert page.see().position == "cell 1 of 18"
    assert "link is not complete" in page.page.locator(".copied").text_content()


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
