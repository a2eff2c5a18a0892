"""The page of steps: its lines, values and numbers, held to `convstep.loops` at random steps."""

import numpy as np
import pytest
from executed import traced
from steppage import OPERATIONS

from convstep import loops
from convstep.lens.code import program

FUNCTIONS = OPERATIONS[1:]


def arguments(operation, given):
    """What the function of `convstep.loops` takes, from what the page shows."""
    A_prev, grad = given["A_prev"], given.get("grad")
    hparameters = {"f": given["kernel"][0], "stride": given["stride"], "pad": given["pad"]}
    if operation.startswith("conv"):
        W = given["W"]
        b = np.zeros((1, 1, 1, W.shape[3])) if given["b"] is None else given["b"]
        forward = (A_prev, W, b, hparameters)
        return (grad, forward) if grad is not None else forward
    mode = operation.partition("_")[0]
    forward = (A_prev, hparameters)
    return (grad, forward, mode) if grad is not None else (*forward, mode)


@pytest.mark.parametrize("operation", FUNCTIONS)
def test_lines_values_and_numbers_at_random_lines(steps, operation):
    """Forward and back by leaps: the page keeps some states of its running totals."""
    page = steps(operation)
    page.set({"height": 9, "width": 8})
    done = traced(program(operation), arguments(operation, page.given()))
    page.each_line()
    assert page.steps[1] == len(done) - 1
    draw = np.random.default_rng(7)
    inner = [t for t, (_, names, _) in enumerate(done) if {"x", "dz", "s"} & set(names)]
    times = [0, 1, len(done) - 1, *draw.integers(len(done), size=14).tolist(), *inner[:4]]
    for t in draw.permutation(times).tolist():
        page.seek(t)
        seen = page.see()
        line, names, outer = done[t]
        assert seen.position == f"line {t + 1} of {len(done)}"
        assert seen.line == line, seen.code
        check_values(seen, outer | names)
        check_arrays(seen, outer | names)


def check_values(seen, names):
    """The values beside the code are those that the names hold."""
    assert seen.values or "i" not in names
    for name, shown in seen.values.items():
        value = names[name]
        if isinstance(value, np.ndarray) and value.ndim:
            if name == "mask":
                assert shown == f"{np.sum(value)} True of {value.size}"
            elif " = " in shown:
                index = tuple(names[n] for n in ("i", "h", "w", "c"))
                place, number = shown.split(" = ")
                assert place == str(list(index))
                assert float(number.replace("\N{MINUS SIGN}", "-")) == pytest.approx(value[index])
            else:
                assert shown == str(value.shape), name
        elif not isinstance(value, dict | tuple):
            assert float(shown) == value, name


def check_arrays(seen, names):
    """The running totals, and what is done of an output, are those of the loop stopped there."""
    i = names.get("i", 0) if "cache" not in names else 0
    for panel, name in (("output", "Z"), ("output", "A")):
        if panel in seen and name in names:
            shown, waits = seen.numbers(panel), seen.marked(panel, "waiting")
            assert len(waits) == np.isnan(shown).sum()
            expected = np.moveaxis(names[name][i], -1, 0)
            np.testing.assert_allclose(np.nan_to_num(shown), expected, rtol=1e-12, atol=1e-12)
    for name in ("dA_prev_pad", "dA_prev"):
        if name in names and "dA_prev" in seen:
            shown = seen.numbers("dA_prev")
            expected = np.moveaxis(names[name][i], -1, 0)
            if shown.shape == expected.shape:
                np.testing.assert_allclose(shown, expected, rtol=1e-12, atol=1e-12)
    if "dW" in names:
        shown = seen.numbers("dW")
        expected = names["dW"].transpose(3, 2, 0, 1).reshape(shown.shape)
        np.testing.assert_allclose(shown, expected, rtol=1e-12, atol=1e-12)
    if "db" in names:
        np.testing.assert_allclose(seen.numbers("db").ravel(), names["db"].ravel())
    if "mask" in seen.values:  # set in this turn; Python still holds that of the turn before
        np.testing.assert_array_equal(seen.numbers("mask")[0], names["mask"])


def test_zero_padding_goes_from_cell_to_cell(steps):
    page = steps("zero_pad")
    given = page.given()
    expected = loops.zero_pad(given["A_prev"], given["pad"])
    cells = list(np.ndindex(expected.shape))
    for t in (0, 1, 17, 24, len(cells) - 1):
        page.seek(t)
        seen = page.see()
        np.testing.assert_array_equal(seen.numbers("output"), np.moveaxis(expected[0], -1, 0))
        i, h, w, c = cells[t]
        assert seen.marked("output", "current") == {(c, h, w)}
        assert len(seen.marked("output", "waiting")) == len(cells) - 1 - t
        assert seen.values == {"i": str(i), "h": str(h), "w": str(w), "c": str(c)}
        inside = {(c, h - 1, w - 1)} if 0 < h < 4 and 0 < w < 4 else set()
        assert seen.marked("A_prev", "current") == inside
        number = "0" if not inside else f"{expected[i, h, w, c]:.0f}"
        assert f"X_pad[{i}, {h}, {w}, {c}]" in seen.sentence and number in seen.sentence
    assert seen.code.startswith("return np.pad(")


@pytest.mark.parametrize("operation", OPERATIONS)
def test_steps_forward_and_back_by_cells_and_by_lines(steps, operation):
    page = steps(operation)
    for lines in (False, True) if operation in FUNCTIONS else (False,):
        if lines:
            page.each_line()
        page.click("first step")
        seen = [page.see()]
        page.click("one step forward")
        seen.append(page.see())
        for _ in range(4):
            page.press("ArrowRight")
            seen.append(page.see())
        assert len({one.position for one in seen}) == 6
        for before in (*seen[-2:0:-1], seen[0]):
            page.press("ArrowLeft")
            assert vars(page.see()) == vars(before)
        page.press("ArrowLeft")  # there is nothing before the first
        assert vars(page.see()) == vars(seen[0])
        page.click("last step")
        at, of = page.steps
        assert at == of
        page.click("one step back")
        assert page.steps[0] == of - 1


@pytest.mark.parametrize("operation", OPERATIONS)
def test_each_cell_of_the_output_has_its_step(steps, operation):
    """Cell by cell: marked where it is, the sum's result in it, and nothing left out at the end."""
    page = steps(operation)
    page.press("Home")
    panel = "grad" if "grad" in page.see() else "output"
    shown = page.see().numbers(panel).shape
    order = [(c, h, w) for h, w, c in np.ndindex(shown[1], shown[2], shown[0])]
    if operation != "zero_pad":
        assert page.see().marked(panel, "current") == set()
        page.press("ArrowRight")
    for cell in order[:5]:
        assert page.see().marked(panel, "current") == {cell}
        page.press("ArrowRight")
    page.press("End")
    assert page.see().marked(panel, "waiting") == set()
    assert page.see().marked(panel, "current") == (
        {order[-1]} if operation == "zero_pad" else set()
    )


@pytest.mark.parametrize("operation", ["zero_pad", "conv_backward"])
def test_it_plays_pauses_and_stops_at_the_end(steps, operation):
    page = steps(operation)
    page.page.get_by_label("speed").select_option("30")
    page.press("Home", " ")
    page.until(lambda: page.steps[0] > 2)
    assert page.page.get_by_label("pause").count() == 1
    page.press(" ")
    at = page.steps[0]
    page.page.wait_for_timeout(100)
    assert page.steps[0] == at
    page.seek(page.steps[1] - 1)
    page.click("play")
    page.button("play").wait_for()  # it has come to the end
    assert page.steps[0] == page.steps[1]
