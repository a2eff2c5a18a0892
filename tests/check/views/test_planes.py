"""How values are taken apart to be shown."""

import numpy as np
import pytest
from reports import report, wrong

from convstep.check.report import Example
from convstep.check.views.planes import as_array, differences, named, planes, short
from convstep.check.views.text import text


@pytest.mark.parametrize("name", ["W", "cache: W", "right dW", "X", "right Z", "mask"])
@pytest.mark.parametrize("shape", [(4,), (2, 3), (2, 3, 4), (2, 3, 4, 2), (2, 1, 1, 3)])
def test_planes_show_each_number_once(name, shape):
    array = np.arange(np.prod(shape)).reshape(shape)
    shown = [array[index] for _, index in planes(name, shape)]
    assert all(plane.ndim <= 2 for plane in shown)
    assert sorted(np.concatenate([plane.ravel() for plane in shown])) == list(range(array.size))


@pytest.mark.parametrize("name", ["W", "X"])
def test_labels_are_the_indices(name):
    array = np.arange(48).reshape(2, 3, 4, 2)
    for label, index in planes(name, array.shape):
        np.testing.assert_array_equal(eval(f"array{label}"), array[index])


def test_filters_keep_their_rows_and_columns_together():
    assert [label for label, _ in planes("W", (2, 2, 1, 1))] == ["[:, :, 0, 0]"]


@pytest.mark.parametrize("value", [3, "nan", None, ["a"], [[1], [1, 2]], [{}], [None], [10**400]])
def test_what_is_no_array(value):
    assert as_array(value) is None


def test_numbers_that_are_not_finite_are_numbers_again():
    array = as_array([[1.0, "nan"], ["inf", "-inf"]])
    np.testing.assert_array_equal(array, [[1, np.nan], [np.inf, -np.inf]])
    assert short([["nan"]]) == "[[nan]]" and short({"mode": "max"}) == "{'mode': 'max'}"


@pytest.mark.parametrize(
    "expected, got, marks",
    [
        ([1.0, 2.0], [1.0, "nan"], [False, True]),
        ([1.0, 2.0], ["inf", 2.0], [True, False]),
        ([1000.0, 0.0], [1000.01, 0.2], [False, True]),
        ([1.0], [1.0, 2.0], None),
        ([1.0], "an error", None),
    ],
)
def test_differences(expected, got, marks):
    found = differences(expected, got)
    assert marks == (found if found is None else found.tolist())


def test_the_parts_of_a_cache_have_names():
    cache = [[[1.0]], {"f": 2}]
    assert list(named({"dA": 1, "cache": cache})) == [
        ("dA", 1), ("cache: A_prev", [[1.0]]), ("cache: hparameters", {"f": 2}),
    ]  # fmt: skip


def test_the_text_draws_filters_and_marks():
    W = np.arange(4.0).reshape(2, 2, 1, 1).tolist()
    example = Example({}, {"W": W}, "dW", W, [[[[0.0]], [["nan"]]], [[[2.0]], [[3.0]]]])
    told = text(report("", wrong("conv_backward", example=example)), width=100).splitlines()
    at = next(n for n, line in enumerate(told) if line.strip() == "W[:, :, 0, 0] =")
    assert [line.split() for line in told[at + 1 : at + 3]] == [["0", "1"], ["2", "3"]]
    assert told[at + 4].split() == ["0", "1", "0", "nan*"]
