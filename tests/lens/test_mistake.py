"""A mistake on a page: the arrays are those of the failing case, the window the first to touch it.

`convstep.loops` is the oracle: run on what the page is given, it must give another number than the
learner's in the marked cell, and the same numbers before it.
"""

import base64
import json
import re
from dataclasses import replace
from functools import cache
from pathlib import Path

import numpy as np
import pytest

import convstep as cs
from convstep import loops
from convstep.check.eight import eight
from convstep.check.grade import GradeOptions, grade_file
from convstep.lens.mistake import mistake
from convstep.lens.windows import first_window

WRONG = Path(__file__).parents[1] / "check" / "corpus" / "wrong"

# By kind of mistake: the page's operation, and the name of the result on it.
SHOWN = {
    "zero_pad_edge": ("zero_pad", "X_pad"),
    "conv_single_step_no_bias": ("conv_forward", "Z"),
    "conv_forward_flipped_filter": ("conv_forward", "Z"),
    "conv_forward_first_channel": ("conv_forward", "Z"),
    "pool_forward_minimum": ("max_pool_forward", "A"),
    "pool_forward_sum_for_mean": ("average_pool_forward", "A"),
    "conv_backward_dA_overwritten": ("conv_backward", "dA_prev"),
    "conv_backward_dW_overwritten": ("conv_backward", "dW"),
    "conv_backward_db_overwritten": ("conv_backward", "db"),
    "create_mask_from_window_minimum": ("max_pool_backward", "dA_prev"),
    "distribute_value_not_divided": ("average_pool_backward", "dA_prev"),
    "pool_backward_overwritten": ("max_pool_backward", "dA_prev"),
}


def graded(kind):
    return grade_file(min(WRONG.glob(f"{kind}_*")), eight(), GradeOptions())


@cache
def shown(kind):
    """What the first submission of a kind puts on the page."""
    return mistake(graded(kind)).situations[0]


def array(packed):
    numbers = np.frombuffer(base64.b64decode(packed["data"]), packed["dtype"])
    return numbers.reshape(packed["shape"])


def right(situation):
    """All results by name, from the definition."""
    operation, A_prev = situation["operation"], array(situation["A_prev"])
    if operation == "zero_pad":
        return {"X_pad": loops.zero_pad(A_prev, situation["padding"][0])}
    hparameters = {
        "f": situation["kernel"][0], "stride": situation["stride"][0],
        "pad": situation["padding"][0],
    }  # fmt: skip
    if operation.startswith("conv"):
        W, b = array(situation["W"]), array(situation["b"]).reshape(1, 1, 1, -1)
        if operation == "conv_forward":
            return {"Z": loops.conv_forward(A_prev, W, b, hparameters)[0]}
        grads = loops.conv_backward(array(situation["grad"]), (A_prev, W, b, hparameters))
        return {"dA_prev": grads[0], "dW": grads[1], "db": grads[2].ravel()}
    mode = operation.partition("_")[0]
    if operation.endswith("forward"):
        return {"A": loops.pool_forward(A_prev, hparameters, mode)[0]}
    window = situation["kernel"]
    if window[0] != window[1]:  # a helper's, which no hparameters have
        one = A_prev[0, :, :, 0]
        mask = loops.create_mask_from_window(one) * array(situation["grad"]).item()
        share = loops.distribute_value(array(situation["grad"]).item(), one.shape)
        return {"dA_prev": (mask if mode == "max" else share)[None, :, :, None]}
    grad = array(situation["grad"])
    return {"dA_prev": loops.pool_backward(grad, (A_prev, hparameters), mode)}


@pytest.mark.parametrize("kind", SHOWN)
def test_the_marked_cell_is_the_first_that_is_wrong(kind):
    situation = shown(kind)
    theirs = situation["theirs"]
    assert (situation["operation"], theirs["name"]) == SHOWN[kind]
    truth, given = right(situation)[theirs["name"]], array(theirs["array"])
    assert given.shape == truth.shape
    wrong = np.argwhere(~np.isclose(given, truth))
    assert theirs["index"] == wrong[0].tolist()


@pytest.mark.parametrize("kind", [kind for kind in SHOWN if "backward" in SHOWN[kind][0]])
def test_a_gradient_opens_at_the_first_window_that_adds_into_it(kind):
    situation = shown(kind)
    theirs, grad = situation["theirs"], array(situation["grad"])
    if situation["operation"] != "conv_backward":
        assert situation["cell"][0] == theirs["index"][0]
        return
    ones = situation | {name: ones_like(situation[name]) for name in ("A_prev", "W")}
    first = None
    for cell in np.ndindex(grad.shape):  # the gradient of one window at a time
        alone = np.zeros_like(grad)
        alone[cell] = 1
        if right(ones | {"grad": packed(alone)})[theirs["name"]][tuple(theirs["index"])] != 0:
            first = list(cell)
            break
    assert situation["cell"] == first


def ones_like(one):
    return packed(np.ones(one["shape"]))


def packed(values):
    data = base64.b64encode(np.asarray(values, "<f8").tobytes()).decode()
    return {"shape": list(values.shape), "dtype": "float64", "data": data}


@pytest.mark.parametrize("output", ["dA_prev", "dW", "db"])
def test_first_windows_by_trying_each(output):
    """Padding, strides and unused rows: every cell of every gradient."""
    arrays = {
        "A_prev": np.ones((2, 5, 6, 2)), "W": np.ones((3, 2, 2, 2)),
        "stride": (2, 3), "padding": (1, 0, 2, 1),
    }  # fmt: skip
    found = {}
    shape = (2, (5 + 1 - 3) // 2 + 1, (6 + 3 - 2) // 3 + 1, 2)
    for cell in np.ndindex(shape):
        grad = np.zeros(shape)
        grad[cell] = 1
        grads = cs.ops.conv2d_backward(
            grad, arrays["A_prev"], arrays["W"], stride=(2, 3), padding=((1, 0), (2, 1))
        )
        got = dict(zip(("dA_prev", "dW", "db"), grads, strict=True))[output]
        for index in np.argwhere(got):
            found.setdefault(tuple(index.tolist()), list(cell))
    assert found
    for index in np.ndindex(got.shape):
        unused = [index[0], 0, 0, 0]
        assert first_window(arrays, output, index) == found.get(index, unused), index


@pytest.mark.parametrize(
    "kind, told",
    [
        ("conv_forward_returns_none", "in place of your Z came: None."),
        ("zero_pad_not_padded", "your X_pad has the shape "),
        ("conv_forward_cache_order", "what differs is your cache."),
        ("conv_backward_blank_left", "in place of your dA_prev came: "),
    ],
)
def test_what_cannot_be_compared_is_told(kind, told):
    situation = shown(kind)
    assert told in situation["note"]
    assert "theirs" not in situation
    assert situation["cell"] == [0, 0, 0, 0]


def test_the_page_gives_away_as_much_as_the_text():
    report = graded("conv_backward_dA_overwritten")
    (diagnosis,) = next(one for one in report.functions if one.diagnoses).diagnoses
    notes = {
        hints: mistake(report, hints).situations[0]["note"]
        for hints in ("none", "nudge", "explain")
    }
    assert diagnosis.nudge in notes["nudge"]
    assert diagnosis.nudge not in notes["none"] + notes["explain"]
    explanation = diagnosis.explanation.replace("`", "")
    assert explanation in notes["explain"]
    assert explanation not in notes["none"] + notes["nudge"]


def test_several_wrong_functions_come_in_the_lessons_order():
    report = graded("combination_two")
    wrong = [one.name for one in report.functions if one.status == "wrong"]
    page = mistake(report)
    assert len(wrong) > 1
    assert [one["title"].partition(":")[0] for one in page.situations] == wrong
    data = json.loads(re.search(r'id="data">(.*?)</script>', page.html(), re.S)[1])
    assert data["situations"] == page.situations


def test_functions_that_wait_for_a_helper_are_left_out():
    report = graded("conv_forward_wrong_helper")
    status = {one.name: one.status for one in report.functions}
    assert (status["zero_pad"], status["conv_forward"]) == ("wrong", "blocked")
    (alone,) = mistake(report).situations
    assert alone["title"].startswith("zero_pad: ")


@pytest.mark.parametrize(
    "kind, called",
    [
        ("create_mask_from_window_minimum", "mask"),
        ("distribute_value_not_divided", "a"),
        ("pool_backward_overwritten", None),
    ],
)
def test_a_helpers_result_keeps_its_name(kind, called):
    assert shown(kind)["theirs"].get("called") == called


def test_functions_without_numbers_are_named():
    report = graded("zero_pad_edge")
    wrong = next(one for one in report.functions if one.status == "wrong")
    large = replace(wrong.example, arguments={"X": "float64 (9, 9, 9, 9)", "pad": 1})
    page = mistake(replace(report, functions=(replace(wrong, example=large),)))
    assert not page
    assert page.left_out == ("zero_pad",)


def test_unknown_hints_are_refused():
    with pytest.raises(cs.errors.ArgumentError, match="hints must be one of"):
        mistake(graded("zero_pad_edge"), "nothing")


def test_what_is_no_report_is_refused():
    with pytest.raises(cs.errors.ArgumentTypeError, match="report must be a Report; got None"):
        mistake(None)


def test_nothing_wrong_is_no_page(tmp_path):
    nothing = mistake(cs.check.check(zero_pad=cs.zero_pad))
    assert not nothing
    assert nothing._repr_html_() == "<p>No mistake to show.</p>"
    with pytest.raises(cs.errors.ArgumentError, match="have a wrong function with an example"):
        nothing.to_html(tmp_path / "page.html")
    assert not list(tmp_path.iterdir())


def test_a_notebook_shows_the_page(tmp_path):
    found = mistake(cs.check.check(zero_pad=lambda X, pad: X))
    assert found._repr_html_().startswith("<iframe")
    found.to_html(tmp_path / "page.html")
    assert "<title>The mistake, seen</title>" in (tmp_path / "page.html").read_text("utf-8")


def test_an_empty_result_has_no_shape():
    report = cs.check.check(zero_pad=lambda X, pad: X[:, :0])
    assert mistake(report).situations[0]["note"].endswith("your X_pad has no cells.")


def test_an_array_that_the_report_leaves_out_is_no_reason_to_fail():
    report = cs.check.check(zero_pad=lambda X, pad: X)
    (function,) = report.functions
    function.example.arguments["X"] = "an array of shape (9, 9, 9, 9)"
    assert not mistake(report)
