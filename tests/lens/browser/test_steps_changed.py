"""What can be changed on the page of steps: sizes, cells, presets, pictures; held to the ops."""

import re

import numpy as np
import pytest
from PIL import Image
from steppage import OPERATIONS

from convstep import loops, ops

SIZES = {"height": 7, "width": 8, "channels": 3}
WINDOW = {"f (height)": 2, "f (width)": 3, "stride": 2}
CONVOLUTION = {"filters": 3, "pad": 2, "dilation": 2}


def sizes(operation):
    if operation == "zero_pad":
        return {**SIZES, "pad": 2}
    return {**SIZES, **WINDOW, **(CONVOLUTION if operation.startswith("conv") else {})}


def results(operation, given):
    """All that comes out at the end, by the panel that shows it."""
    A_prev, grad, kernel = given["A_prev"], given.get("grad"), given["kernel"]
    same = {"stride": given["stride"]}
    if operation == "zero_pad":
        return {"output": loops.zero_pad(A_prev, given["pad"])}
    if operation.startswith("conv"):
        same |= {"padding": given["pad"], "dilation": given["dilation"]}
        if grad is None:
            return {"output": ops.conv2d(A_prev, given["W"], given["b"].ravel(), **same)}
        grads = ops.conv2d_backward(grad, A_prev, given["W"], **same)
        return dict(zip(("dA_prev", "dW", "db"), grads, strict=True))
    is_max = operation.startswith("max")
    if grad is None:
        return {"output": (ops.max_pool2d if is_max else ops.avg_pool2d)(A_prev, kernel, **same)}
    if is_max:
        return {"dA_prev": ops.max_pool2d_backward(grad, A_prev, kernel, ties="all", **same)}
    return {"dA_prev": ops.avg_pool2d_backward(grad, A_prev.shape, kernel, **same)}


def check_results(page, operation):
    """The numbers after the last step are those of the operation on what is shown."""
    page.page.locator("#steps").focus()
    page.press("End")
    seen, given = page.see(), page.given()
    for name, value in results(operation, given).items():
        shown = seen.numbers(name)
        if name == "dW":
            value = value.transpose(3, 2, 0, 1).reshape(shown.shape)
        elif name == "db":
            value = value.reshape(shown.shape)
        else:
            value = np.moveaxis(value[0], -1, 0)
        if name == "dA_prev":  # in the padding stands what will be cut off
            pad = given["pad"]
            shown = shown[:, pad : pad + value.shape[1], pad : pad + value.shape[2]]
        np.testing.assert_allclose(shown, value, rtol=1e-12, atol=1e-12, err_msg=name)
    return given


@pytest.mark.parametrize("operation", OPERATIONS)
def test_each_size_is_changed_and_the_numbers_stay_right(steps, operation):
    page = steps(operation)
    for label, value in sizes(operation).items():
        page.set({label: value})
        given = check_results(page, operation)
    assert given["A_prev"].shape == (1, 7, 8, 3)
    if operation != "zero_pad":
        assert given["kernel"] == (2, 3)
        check_formula(page, given)


def test_who_types_two_digits_keeps_what_was_there(steps):
    """A 1 on the way to 12 cuts nothing off; a picture that comes meanwhile stays."""
    page = steps("conv_backward")
    page.set({"pad": 0})
    before = page.given()
    for label, axis in (("height", 1), ("width", 2)):
        field = page.page.get_by_label(label, exact=True)
        field.focus()
        field.press("Control+a")
        page.page.keyboard.type("12")
        assert page.given()["A_prev"].shape[axis] == 12
    after = page.given()
    np.testing.assert_array_equal(after["A_prev"][:, :4, :4], before["A_prev"])
    np.testing.assert_array_equal(after["grad"][:, :2, :2], before["grad"])
    page.set({"height": 100})
    page.press("Tab")
    assert page.size("height", 0) == 64
    assert page.see().message == "Here height can be 1 to 64."


def test_numbers_change_and_the_line_stays(steps):
    page = steps("conv_backward")
    page.each_line()
    for position in (4, 12, 17):
        page.seek(position)
        line = page.see().line
        page.edit("W", 0, 1, 1, position)
        assert page.see().line == line and page.steps[0] == position


def test_an_emptied_size_stays_what_it_was(steps):
    page = steps("max_pool_forward")
    page.page.get_by_label("height", exact=True).fill("")
    page.press("Tab")
    assert page.size("height", 0) == 4
    check_results(page, "max_pool_forward")


def test_after_the_last_step_changes_are_seen_in_the_whole_result(steps):
    page = steps("conv_forward")
    page.press("End")
    page.edit("W", 0, 1, 1, 5)
    seen = page.see()
    assert seen.position == "all 18 cells" and not seen.marked("output", "waiting")


def check_formula(page, given):
    """Each of the two lines says its own arithmetic, and it is right."""
    out = next(iter(page.see().numbers(p) for p in ("grad", "output") if p in page.see()))
    for axis, line in enumerate(page.see().formula):
        size, kernel = given["A_prev"].shape[1 + axis], given["kernel"][axis]
        numbers, stage, result = line.split(" = ")[2:]
        plain = numbers.replace("·", "*").replace("\N{MINUS SIGN}", "-")
        python = re.sub(r"⌊(.*)⌋", r"((\1) // 1)", plain)
        reach = (kernel - 1) * given["dilation"] + 1
        expected = (size - reach + 2 * given["pad"]) // given["stride"] + 1
        assert eval(python) == eval(stage.replace("⌊", "int(").replace("⌋", ")")) == expected
        assert int(result) == expected == out.shape[1 + axis]
        assert str(size) in numbers and f"/ {given['stride']}" in numbers


EDITED = [
    ("zero_pad", "A_prev", (1, 2, 0)),
    ("conv_forward", "A_prev", (1, 3, 2)),
    ("conv_forward", "W", (3, 2, 1)),
    ("conv_forward", "b", (0, 0, 1)),
    ("conv_backward", "A_prev", (0, 2, 2)),
    ("conv_backward", "W", (2, 0, 0)),
    ("max_pool_forward", "A_prev", (1, 3, 3)),
    ("max_pool_backward", "A_prev", (0, 1, 1)),
    ("average_pool_backward", "A_prev", (1, 0, 3)),
]


@pytest.mark.parametrize(("operation", "panel", "place"), EDITED)
def test_a_cell_is_edited_and_left(steps, operation, panel, place):
    page = steps(operation)
    page.press("Home")
    if operation == "zero_pad":  # a cell that leads to a step is edited where that step is
        page.cell(panel, *place).focus()
        page.press("Enter")
    words = page.cell(panel, *place).text_content()
    page.edit(panel, *place, 77, "Escape")
    assert page.cell(panel, *place).text_content() == words
    for typed, number in (("-12.25", -12.25), ("\N{MINUS SIGN}3,5", -3.5)):
        page.edit(panel, *place, typed)
        assert page.see().numbers(panel)[place] == number
        focused = page.page.evaluate("document.activeElement.title")
        assert float(focused) == number  # the keyboard stays where it was
    page.edit(panel, *place, "words")
    field = page.page.locator(".cell input")
    assert "number is needed" in field.evaluate("(field) => field.validationMessage")
    page.press("Escape")
    assert field.count() == 0
    assert page.see().numbers(panel)[place] == -3.5
    check_results(page, operation)
    page.cell(panel, *place).focus()
    page.press("Enter")
    page.page.get_by_label("height", exact=True).click()  # leaves it, and stays there
    assert page.page.evaluate("document.activeElement.type") == "number"


@pytest.mark.parametrize("operation", ["conv_backward", "max_pool_backward"])
def test_the_gradient_is_edited_at_its_own_step(steps, operation):
    page = steps(operation)
    page.cell("grad", 1, 2, 1).focus()
    page.press("Enter")  # goes there
    assert page.see().marked("grad", "current") == {(1, 2, 1)}
    page.edit("grad", 1, 2, 1, 40)
    assert page.see().numbers("grad")[1, 2, 1] == 40
    check_results(page, operation)


def last(count, word):
    return f"the last {word}" if count == 1 else f"the last {count} {word}"


@pytest.mark.parametrize("operation", ["conv_forward", "max_pool_backward"])
def test_what_no_window_reads_is_said_and_struck_out(steps, operation):
    page = steps(operation)
    page.set({"height": 6, "width": 8, "f (height)": 3, "f (width)": 3, "stride": 3})
    seen = page.see()
    pad = page.size("pad", 0)
    rows, columns = (6 + 2 * pad - 3) % 3, (8 + 2 * pad - 3) % 3
    assert last(columns, "column") in seen.message
    assert (last(rows, "row") in seen.message) == (rows > 0)
    shape = seen.numbers("A_prev").shape
    expected = {
        place
        for place in np.ndindex(shape)
        if place[1] >= shape[1] - rows or place[2] >= shape[2] - columns
    }
    assert seen.marked("A_prev", "unused") == expected != set()
    check_results(page, operation)


@pytest.mark.parametrize("operation", OPERATIONS[1:])
def test_a_window_that_does_not_fit_is_said(steps, operation):
    page = steps(operation)
    page.set({"f (height)": 9})
    seen = page.see()
    assert seen.message.startswith("The window does not fit: it is 9 rows high")
    assert "there is no step to show" in seen.sentence
    page.press("ArrowRight", "ArrowLeft", "Home", "End", "l", " ")
    page.set({"f (height)": 2})
    assert "does not fit" not in page.see().message
    check_results(page, operation)


def test_filters_are_chosen(steps):
    page = steps("conv_forward")
    page.choose("filter", "sharpen")
    given = check_results(page, "conv_forward")
    expected = [[0, -1, 0], [-1, 5, -1], [0, -1, 0]]
    for channel in range(2):
        np.testing.assert_array_equal(given["W"][:, :, channel, 0], expected)
    page.choose("filter", "blur")
    given = check_results(page, "conv_forward")
    np.testing.assert_allclose(given["W"], 1 / 9)


def test_padding_is_chosen_by_its_name(steps):
    page = steps("conv_backward")
    page.set({"height": 5, "width": 7, "f (width)": 2})
    for name, sides in (("same", [1, 1, 0, 1]), ("valid", [0, 0, 0, 0])):
        page.choose("padding", name)
        seen = page.see()
        out = {"same": (5, 7), "valid": (3, 6)}[name]
        assert seen.numbers("grad").shape[1:] == out
        assert seen.numbers("A_prev").shape[1:] == (5 + sum(sides[:2]), 7 + sum(sides[2:]))
        assert [line.rpartition(" = ")[2] for line in seen.formula] == [str(n) for n in out]
        assert ("pad is 1, 1, 0, 1" in seen.message) == (name == "same")


LESSON = {"zero_pad": (4, 3, 3, 2)}  # the shapes that its cells draw, one after the other
LESSON |= dict.fromkeys(("conv_forward", "conv_backward"), (10, 4, 4, 3))
LESSON |= dict.fromkeys(("max_pool_forward", "average_pool_forward"), (2, 4, 4, 3))
LESSON |= dict.fromkeys(("max_pool_backward", "average_pool_backward"), (5, 5, 3, 2))


@pytest.mark.parametrize("operation", OPERATIONS)
def test_the_lesson_s_numbers(steps, operation):
    page = steps(operation)
    page.choose("numbers", "the lesson's numbers")
    A_prev = np.random.RandomState(1).randn(*LESSON[operation])
    np.testing.assert_array_equal(page.given()["A_prev"][0], A_prev[0])


@pytest.mark.parametrize("operation", ["conv_forward", "average_pool_forward"])
def test_who_draws_sees_the_whole_result(steps, operation):
    """Numbers where the pen was, none where Shift was held; what is not computed yet is pale."""
    page = steps(operation)
    page.choose("numbers", "zeros, 28")
    page.set({"stride": 1} | ({"pad": 0} if page.size("pad", None) is not None else {}))
    picture = page.page.locator("[data-panel=A_prev] canvas")
    picture.scroll_into_view_if_needed()
    box = picture.bounding_box()

    def stroke(row, columns):
        for n, column in enumerate(columns):
            page.page.mouse.move(
                box["x"] + box["width"] * (column + 0.5) / 28,
                box["y"] + box["height"] * (row + 0.5) / 28,
            )
            if n == 0:
                page.page.mouse.down()
        page.page.mouse.up()

    stroke(2, range(3, 8))
    page.page.keyboard.down("Shift")
    stroke(2, [5])
    page.page.keyboard.up("Shift")
    stroke(4, [3, 7])  # a line, however quick the pen is
    page.press("Home")

    def drawn():
        return {tuple(at) for at in np.argwhere(page.see().numbers("A_prev")[0]).tolist()}

    expected = {(2, 3), (2, 4), (2, 6), (2, 7)} | {(4, column) for column in range(3, 8)}
    page.until(lambda: drawn() == expected)
    pale = ink(page)
    assert page.see().marked("output", "waiting") and pale.any()
    page.press("End")
    whole = ink(page)
    np.testing.assert_array_equal(whole > 0, pale > 0)
    assert np.all(whole[pale > 0] > pale[pale > 0])


def ink(page):
    """How far from white each cell of the output's picture is, shape (n_H, n_W)."""
    page.page.mouse.move(0, 0)
    found = page.page.evaluate(
        """() => {
          const canvas = document.querySelector("[data-panel=output] canvas");
          const { width, height } = canvas;
          const { data } = canvas.getContext("2d").getImageData(0, 0, width, height);
          return [height, width, [...data]];
        }"""
    )
    pixels = np.array(found[2]).reshape(*found[:2], 4)
    return 765 - pixels[:, :, :3].sum(axis=2)


def test_a_handwritten_digit_is_input(steps):
    page = steps("max_pool_forward")
    page.choose("numbers", "a handwritten 3")
    assert page.size("channels", 0) == 1
    assert page.see().numbers("A_prev").max() > 0
    check_results(page, "max_pool_forward")


@pytest.fixture
def picture(tmp_path):
    """A picture of 12 by 9, in colours without losses, and its file."""
    values = np.random.default_rng(3).integers(0, 256, size=(9, 12, 3), dtype=np.uint8)
    Image.fromarray(values).save(tmp_path / "picture.png")
    return values, tmp_path / "picture.png"


def test_a_picture_is_chosen(steps, picture):
    values, path = picture
    page = steps("conv_forward")
    for channels in (3, 1):
        page.set({"channels": channels, "pad": 0})
        page.page.locator("input[type=file]").set_input_files(path)
        page.until(lambda: page.size("width", 0) == 12)
        given = check_results(page, "conv_forward")
        grey = np.rint(values @ [0.299, 0.587, 0.114])[..., np.newaxis]
        expected = values if channels == 3 else grey
        assert np.abs(given["A_prev"][0] - expected).max() <= (0 if channels == 3 else 1)
        page.set({"width": 5})


def test_a_picture_is_dropped_in_and_a_text_is_refused(steps, picture):
    values, path = picture
    page = steps("average_pool_forward")
    page.set({"channels": 3})
    drop = """([bytes, type]) => {
      const files = new DataTransfer();
      files.items.add(new File([new Uint8Array(bytes)], "dropped", { type }));
      document.body.dispatchEvent(new DragEvent("drop", { dataTransfer: files, bubbles: true }));
    }"""
    page.page.evaluate(drop, [list(path.read_bytes()), "image/png"])
    page.until(lambda: page.size("width", 0) == 12)
    given = check_results(page, "average_pool_forward")
    np.testing.assert_array_equal(given["A_prev"][0], values)
    page.page.evaluate(drop, [list(b"words"), "text/plain"])
    page.until(lambda: "no picture" in page.see().message)
