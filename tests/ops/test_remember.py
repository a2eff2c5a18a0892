"""What shapes and options lead to is remembered: for these very options, and not for ever."""

import numpy as np
import pytest

from convstep import ops
from convstep.errors import ArgumentError, ArgumentTypeError
from convstep.ops import remember

X, K, Y = np.ones((1, 5, 5, 2)), np.ones((2, 2, 2, 2)), np.ones((1, 4, 4, 2))
P = np.ones((1, 5, 5, 2))  # what pooling with a kernel of 1 makes

CALLS = {  # an option of 1, for calls in which it is allowed
    "conv2d": lambda one: ops.conv2d(X, K, stride=one),
    "padded": lambda one: ops.conv2d(X, K, padding=one),
    "conv2d_backward": lambda one: ops.conv2d_backward(Y, X, K, dilation=one),
    "conv_transpose2d": lambda one: ops.conv_transpose2d(X, K, stride=one),
    "conv_transpose2d_backward": lambda one: ops.conv_transpose2d_backward(
        np.ones((1, 6, 6, 2)), X, K, stride=one
    ),
    "max_pool2d": lambda one: ops.max_pool2d(X, one),
    "max_pool2d_backward": lambda one: ops.max_pool2d_backward(P, X, one),
    "avg_pool2d": lambda one: ops.avg_pool2d(X, 1, stride=one),
    "avg_pool2d_backward": lambda one: ops.avg_pool2d_backward(P, X.shape, one),
}
NO_ONES = [True, 1.0, np.True_, np.float64(1), 1 + 0j]


@pytest.mark.parametrize("call", CALLS.values(), ids=CALLS)
def test_what_equals_an_integer_is_refused_though_the_integer_is_known(call):
    for _ in range(2):
        for one in (1, (1, 1), [1, 1], np.int64(1), (np.int8(1), 1), np.array([1, 1])):
            call(one)
        for no in NO_ONES:
            for option in (no, (no, no), (1, no), [no, 1]):
                with pytest.raises(ArgumentTypeError):
                    call(option)


def test_nested_padding_that_equals_integers_is_refused_though_they_are_known():
    for _ in range(2):
        ops.conv2d(X, K, padding=((1, 1), (1, 0)))
        for no in NO_ONES:
            with pytest.raises(ArgumentTypeError):
                ops.conv2d(X, K, padding=((1, 1), (no, 0)))


@pytest.mark.parametrize("sizes", [(1, 5, 5, 2.0), (True, 5, 5, 2), (1, 5, 5, np.float64(2))])
def test_a_shape_that_equals_a_known_one_is_refused(sizes):
    ops.avg_pool2d_backward(P, (1, 5, 5, 2), 1)
    with pytest.raises(ArgumentTypeError):
        ops.avg_pool2d_backward(P, sizes, 1)


def test_an_error_is_worded_anew_for_each_function():
    for name, call in {
        "max_pool2d": lambda: ops.max_pool2d(X, 9),
        "avg_pool2d": lambda: ops.avg_pool2d(X, 9),
    }.items():
        for _ in range(2):
            with pytest.raises(ArgumentError, match=f"^{name}: kernel_size must fit"):
                call()


def test_results_are_worked_out_once_and_kept_in_bounds():
    worked_out = []

    @remember.remembered
    def double(function, shapes, option):
        worked_out.append(option)
        return 2 * option

    many = range(10 * remember.MOST)
    for option in many:
        assert double("f", (), option) == double("g", (), option) == 2 * option
    assert worked_out == list(many)
    recent = many[-remember.MOST :]
    assert [double("f", (), option) for option in many] == [2 * option for option in many]
    assert len(worked_out) >= len(many) + len(many) - len(recent)  # what went before is forgotten
    with pytest.raises(TypeError):
        double("f", (), None)  # an error, which is no result
    assert double("f", (), 1.0) == double("f", (), 1.0) == 2
    assert [type(option) for option in worked_out[-2:]] == [float, float]
