import numpy as np
import pytest

from convstep.check.outcome import Failure, Opaque, same

A = np.array([[1.0, -2.5], [0.0, 4.0]])


@pytest.mark.parametrize(
    "expected, got",
    [
        (A, A.copy()),
        (A, A.astype(np.float32)),
        (A, A + 1e-7),
        (A > 0, (A > 0).astype(int)),
        (np.float64(2.5), 2.5),
        (np.float64(2.5), np.array([[[2.5]]])),
        ((A, {"stride": 2}), [A.copy(), {"stride": np.int64(2)}]),
        (np.zeros((0, 2)), np.zeros((0, 2))),
    ],
)
def test_the_same_but_for_form(expected, got):
    assert same(expected, got)


@pytest.mark.parametrize(
    "expected, got",
    [
        (A, A + 1e-3),
        (A, A[None]),
        (A, A.T),
        (A, A.tolist()),
        (A, None),
        (A, Opaque("x")),
        (A, A.astype(complex)),
        (A, np.where(A == 4, np.nan, A)),
        (A, np.where(A == 4, np.inf, A)),
        (np.float64(2.5), np.array([2.5, 2.5])),
        (np.ones((1, 1)), np.float64(1)),
        ((A, {"stride": 2}), (A, {"stride": 3})),
        ((A, {"stride": 2}), (A, {"stride": 2, "pad": 0})),
        ((A, A), (A,)),
        ("max", "average"),
    ],
)
def test_not_the_same(expected, got):
    assert not same(expected, got)


def test_zeros_are_not_the_same_as_small_numbers():
    assert not same(np.zeros(3), np.full(3, 1e-6))


def test_a_failure_without_a_message_is_told_by_its_type():
    assert str(Failure("exit", "SystemExit", "", 9)) == "SystemExit (line 9)"
    assert str(Failure("timeout", message="no result")) == "no result"
    assert str(Failure("exception", "KeyError", "'x'")) == "KeyError: 'x'"


def test_a_type_is_told_in_words():
    assert str(Opaque("generator")) == "an object of type generator"
    assert str(Opaque("array of complex128, shape (2,)")) == "an array of complex128, shape (2,)"
