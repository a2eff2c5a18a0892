"""The checker of gradients: it passes what is right, and finds and names what is wrong."""

import numpy as np
import pytest

import convstep as cs
from convstep import ops

RNG = np.random.default_rng(0)
X, WEIGHT = RNG.standard_normal((2, 4, 5, 3)), RNG.standard_normal((3, 2, 3, 4))


def test_both_forms_of_a_pair():
    assert cs.gradient_check(ops.conv2d, ops.conv2d_backward, X, WEIGHT)
    hparameters = {"stride": 2, "pad": 1}
    report = cs.gradient_check(
        lambda A_prev, W, b: cs.conv_forward(A_prev, W, b, hparameters),
        cs.conv_backward,
        X,
        RNG.standard_normal((2, 2, 3, 4)),
        RNG.standard_normal((1, 1, 1, 4)),
    )
    assert report
    assert len(report.arguments) == 3
    assert all(found is not None for found in report.arguments)


MISTAKES = {
    "a mean in place of a sum": lambda dx, dw: (dx, dw / 2),
    "a turned filter": lambda dx, dw: (dx[:, ::-1], dw),
    "zeros": lambda dx, dw: (np.zeros_like(dx), dw),
    "a sign": lambda dx, dw: (dx, -dw),
    "NaN": lambda dx, dw: (dx * np.nan, dw),
    "a thousandth too much": lambda dx, dw: (dx, dw * 1.001),
}


@pytest.mark.parametrize("mistake", MISTAKES)
def test_mistakes_are_found(mistake):
    def backward(grad, x, weight):
        return MISTAKES[mistake](*ops.conv2d_backward(grad, x, weight)[:2])

    report = cs.gradient_check(ops.conv2d, backward, X, WEIGHT)
    assert not report
    assert not report.ok
    assert "WRONG" in str(report)


def test_one_wrong_number_is_found_and_named():
    def backward(grad, x):
        dx = 3 * grad
        dx[1, 2] += 0.5
        return dx

    report = cs.gradient_check(lambda x: 3 * x, backward, RNG.standard_normal((3, 4)))
    assert not report
    (found,) = report.arguments
    assert found.where == (1, 2)
    np.testing.assert_allclose(found.analytic - found.numeric, 0.5, rtol=1e-6)
    assert str(report).startswith("argument 0: WRONG, error ")
    assert "at (1, 2)" in str(report)


@pytest.mark.parametrize("value", [np.nan, np.inf])
def test_one_number_that_is_none_is_found(value):
    def backward(grad, x):
        dx = 3 * grad
        dx[2, 1] = value
        return dx

    report = cs.gradient_check(lambda x: 3 * x, backward, RNG.standard_normal((3, 4)))
    assert not report
    assert report.arguments[0].where == (2, 1)


def test_what_is_not_returned_is_not_checked():
    report = cs.gradient_check(
        ops.conv2d,
        lambda grad, x, weight: ops.conv2d_backward(grad, x, weight, needs="weight"),
        X,
        WEIGHT,
    )
    assert report
    assert report.arguments[0] is None
    assert str(report).splitlines()[0] == "argument 0: no gradient returned"
    fewer = cs.gradient_check(lambda x, y: x + y, lambda grad, x, y: grad, X, X)
    assert fewer.arguments[1] is None


def test_arguments_are_taken_as_float64_and_never_changed():
    given = X.astype(np.float32)[:, ::-1]
    given.flags.writeable = False
    seen = []

    def function(x):
        seen.append(x.dtype)
        return x * x

    assert cs.gradient_check(function, lambda grad, x: 2 * grad * x, given)
    assert set(seen) == {np.dtype(np.float64)}
    np.testing.assert_array_equal(given, X.astype(np.float32)[:, ::-1])


def test_the_seed_repeats():
    def backward(grad, x):
        return grad * 1.01

    first, again, other = (
        cs.gradient_check(lambda x: x, backward, np.arange(500.0), seed=seed) for seed in (3, 3, 4)
    )
    assert first == again
    assert first != other


def test_the_tolerance_decides():
    def report(tolerance):
        return cs.gradient_check(
            lambda x: 3 * x, lambda grad, x: 3.01 * grad, X, tolerance=tolerance
        )

    assert not report(1e-3)
    assert report(1e-2)


@pytest.mark.parametrize("shape", [(), (0,), (2, 0, 3), (1,)], ids=str)
def test_odd_shapes(shape):
    assert cs.gradient_check(lambda x: x * x, lambda grad, x: 2 * grad * x, np.full(shape, 1.5))


def test_large_arrays_are_sampled():
    calls = []

    def function(x):
        calls.append(1)
        return 2 * x

    assert cs.gradient_check(function, lambda grad, x: 2 * grad, np.zeros(10_000))
    assert len(calls) < 500


def test_an_argument_that_backward_does_not_take_is_left_out():
    bias = RNG.standard_normal(4)
    report = cs.gradient_check(ops.conv2d, ops.conv2d_backward, X, WEIGHT, bias)
    assert report
    assert all(found is not None for found in report.arguments)


@pytest.mark.parametrize("returned", [None, (), (None, None), {"x": 1.0}])
def test_a_backward_without_gradients_is_refused(returned):
    with pytest.raises(cs.errors.ArgumentError, match="backward must return"):
        cs.gradient_check(ops.conv2d, lambda grad, x, weight: returned, X, WEIGHT)


def test_gradients_may_come_as_a_list():
    def backward(grad, x, weight):
        return list(ops.conv2d_backward(grad, x, weight))

    assert cs.gradient_check(ops.conv2d, backward, X, WEIGHT)
