"""Padding, dense, batch norm, softmax, activations: by hand, dtypes, memory, differences."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import convstep as cs
from convstep import ops

ELEMENTWISE = ("relu", "relu6", "leaky_relu", "sigmoid", "tanh")
SOFTMAXES = ("softmax", "log_softmax")


def drawn(*shape):
    return np.random.default_rng(0).standard_normal(shape)


# ------------------------------------------------------------------- worked by hand


def test_pad2d_by_hand(body):
    x = np.array([[1, 2]]).reshape(1, 1, 2, 1)
    y = ops.pad2d(x, ((1, 0), (2, 1)), 7)
    assert y[0, :, :, 0].tolist() == [[7, 7, 7, 7, 7], [7, 7, 1, 2, 7]]
    assert ops.pad2d_backward(y, ((1, 0), (2, 1)))[0, :, :, 0].tolist() == [[1, 2]]
    assert ops.pad2d(x, (1, 0)).shape == (1, 3, 2, 1)


def test_dense_by_hand(body):
    x, weight = np.array([[1.0, 2.0]]), np.array([[1.0, 10.0, 100.0], [3.0, 30.0, -300.0]])
    bias = np.array([0.5, 0.25, 0.0])
    np.testing.assert_array_equal(ops.dense(x, weight, bias), [[7.5, 70.25, -500]])
    np.testing.assert_array_equal(ops.dense(x, weight, activation="relu"), [[7, 70, 0]])
    grads = ops.dense_backward(np.array([[1.0, 0.0, 2.0]]), x, weight)
    np.testing.assert_array_equal(grads.x, [[201, -597]])
    np.testing.assert_array_equal(grads.weight, [[1, 0, 2], [2, 0, 4]])
    np.testing.assert_array_equal(grads.bias, [1, 0, 2])


def test_batch_norm_by_hand(body):
    x = np.array([[1.0, 0.0], [3.0, 8.0]])
    weight, bias = np.array([1.0, 2.0]), np.array([0.0, 5.0])
    np.testing.assert_array_equal(ops.batch_norm(x, weight, bias, eps=0), [[-1, 3], [1, 7]])
    mean, variance = ops.batch_statistics(x)
    assert (mean.tolist(), variance.tolist()) == ([2, 4], [1, 16])
    fixed = {"mean": np.array([1.0, 0.0]), "variance": np.array([3.0, 15.0]), "eps": 1}
    np.testing.assert_array_equal(ops.batch_norm(x, weight, bias, **fixed), [[0, 5], [1, 9]])
    grads = ops.batch_norm_backward(np.array([[4.0, 2.0], [0.0, 2.0]]), x, weight, **fixed)
    np.testing.assert_array_equal(grads.x, [[2, 1], [0, 1]])
    np.testing.assert_array_equal(grads.weight, [0, 4])
    np.testing.assert_array_equal(grads.bias, [4, 4])


def test_batch_norm_of_many_rows_sums_without_loss(body):
    rng = np.random.default_rng(0)
    x, grad = (rng.standard_normal((2, 100_000, 3)) + 3).astype(np.float32)
    mean, variance = ops.batch_statistics(x)
    wide = x.astype(np.float64)
    np.testing.assert_allclose(mean, wide.mean(axis=0), rtol=1e-6)
    np.testing.assert_allclose(variance, wide.var(axis=0), rtol=1e-6)
    grads = ops.batch_norm_backward(grad, x, np.ones(3, np.float32))
    np.testing.assert_allclose(grads.bias, grad.sum(axis=0, dtype=np.float64), rtol=1e-6)


BY_HAND = {  # x, y, and the gradient where 2 comes in
    "relu": ([-1.0, 0.0, 3.0], [0, 0, 3], [0, 0, 2]),
    "relu6": ([-1.0, 3.0, 7.0], [0, 3, 6], [0, 2, 0]),
    "leaky_relu": ([-100.0, 0.0, 3.0], [-1, 0, 3], [0.02, 0.02, 2]),
    "sigmoid": ([0.0, np.log(3), -np.log(3)], [0.5, 0.75, 0.25], [0.5, 0.375, 0.375]),
    "tanh": ([0.0, np.log(2), -np.log(2)], [0, 0.6, -0.6], [2, 1.28, 1.28]),
}


@pytest.mark.parametrize("name", ELEMENTWISE)
def test_activations_by_hand(name, body):
    x, y, dx = BY_HAND[name]
    found = getattr(ops, name)(x)
    np.testing.assert_allclose(found, y, rtol=1e-15)
    back = getattr(ops, f"{name}_backward")(np.full(3, 2.0), found)
    np.testing.assert_allclose(back, dx, rtol=1e-15)


@pytest.mark.parametrize("dtype", ["f8", "f4", "f2", "g"])
@pytest.mark.parametrize("shape", [(4,), (2, 2), (4, 1)], ids=str)
def test_an_infinite_gradient_stops_where_relu_does(shape, dtype, body):
    y = np.array([0, 0, 1, 1], dtype).reshape(shape)
    grad = np.array([np.nan, np.inf, -np.inf, np.nan], dtype).reshape(shape)
    dx = ops.relu_backward(grad, y)
    np.testing.assert_array_equal(dx.ravel(), [0, 0, -np.inf, np.nan])


def test_softmax_by_hand(body):
    x = np.log([[1.0, 3.0], [1.0, 1.0]])
    np.testing.assert_allclose(ops.softmax(x), [[0.25, 0.75], [0.5, 0.5]], rtol=1e-15)
    np.testing.assert_allclose(ops.softmax(x, 0), [[0.5, 0.75], [0.5, 0.25]], rtol=1e-15)
    log = ops.log_softmax(x)
    np.testing.assert_allclose(log, np.log([[0.25, 0.75], [0.5, 0.5]]), rtol=1e-15)
    grad = np.array([[4.0, 0.0], [0.0, 2.0]])
    back = ops.softmax_backward(grad, ops.softmax(x))
    np.testing.assert_allclose(back, [[0.75, -0.75], [-0.5, 0.5]], rtol=1e-15)
    back = ops.log_softmax_backward(grad, log)
    np.testing.assert_allclose(back, [[3, -3], [-1, 1]], rtol=1e-15)


# ------------------------------------------------------------------------- padding


@pytest.mark.parametrize("dtype", ["f8", "f4", "f2", "g", "i8", "u1", "?", ">f4", ">i2"])
def test_pad2d_keeps_the_dtype(dtype, body):
    y = ops.pad2d(np.ones((1, 2, 2, 1), dtype), 1)
    assert y.dtype == np.dtype(dtype).newbyteorder("=")
    assert y.sum() == 4


@pytest.mark.parametrize(
    "dtype, value",
    [("f4", np.nan), ("f4", -np.inf), ("u1", 255), ("i1", -128), ("f8", np.ones((1, 1)))],
)
def test_pad2d_fills_with_any_number_of_the_dtype(dtype, value, body):
    y = ops.pad2d(np.zeros((1, 1, 1, 2), dtype), 1, value)
    np.testing.assert_array_equal(y[0, 0, 0], np.full(2, np.ravel(value)[0], dtype))
    np.testing.assert_array_equal(y[0, 1, 1], [0, 0])


@given(sides=st.tuples(*[st.tuples(st.integers(0, 3), st.integers(0, 3))] * 2))
def test_cutting_undoes_padding(sides, body):
    x = drawn(2, 3, 4, 2)
    y = ops.pad2d(x, sides, 9.0)
    np.testing.assert_array_equal(y, np.pad(x, ((0, 0), *sides, (0, 0)), constant_values=9))
    back = ops.pad2d_backward(y, sides)
    np.testing.assert_array_equal(back, x)
    assert not np.shares_memory(back, y)


# ---------------------------------------------------------------- every one of them


def pairs():
    """Name, function of arrays, its backward, arrays: for differences and for memory."""
    x = drawn(3, 5)
    yield "dense", ops.dense, _dense_backward, [x, drawn(5, 2), drawn(2)]
    yield "batch_norm", ops.batch_norm, _norm_backward, [drawn(4, 2, 3), drawn(3), drawn(3)]
    for name in (*ELEMENTWISE, *SOFTMAXES):
        forward, backward = getattr(ops, name), getattr(ops, f"{name}_backward")
        yield name, forward, _from_output(forward, backward), [x]
    images = drawn(1, 4, 5, 2)
    yield (
        "pad2d",
        lambda x: ops.pad2d(x, ((1, 0), (2, 1))),
        lambda grad, x: ops.pad2d_backward(grad, ((1, 0), (2, 1))),
        [images],
    )
    yield (
        "global_avg_pool2d",
        ops.global_avg_pool2d,
        lambda grad, x: ops.global_avg_pool2d_backward(grad, x.shape),
        [images],
    )


def _from_output(forward, backward):
    return lambda grad, x: backward(grad, forward(x))


def _dense_backward(grad, x, weight, bias):
    return tuple(ops.dense_backward(grad, x, weight))


def _norm_backward(grad, x, weight, bias):
    return tuple(ops.batch_norm_backward(grad, x, weight))


PAIRS = list(pairs())


@pytest.mark.parametrize("pair", PAIRS, ids=[pair[0] for pair in PAIRS])
def test_gradients_by_differences(pair, body):
    _, forward, backward, arrays = pair
    report = cs.gradient_check(forward, backward, *arrays)
    assert report, str(report)
    assert all(report.arguments)


@pytest.mark.parametrize("pair", PAIRS, ids=[pair[0] for pair in PAIRS])
def test_memory_and_dtypes(pair, body):
    """Inputs stay, results are new, native and of the rule's dtype; views are as good."""
    _, forward, backward, arrays = pair
    y = forward(*arrays)
    expected = [y, *_tuple(backward(y, *arrays))]
    for dtype, result in [("f8", "f8"), (">f8", "f8"), ("f4", "f4"), ("f2", "f2"), ("g", "g")]:
        given = [np.asfortranarray(a.astype(dtype))[::-1].copy()[::-1] for a in arrays]
        before = [a.copy() for a in given]
        grad = forward(*given)
        found = [grad, *_tuple(backward(grad, *given))]
        tolerance = {"f8": 1e-12, "g": 1e-12, "f4": 1e-4, "f2": 0.05}[result]
        for actual, truth in zip(found, expected, strict=True):
            assert type(actual) is np.ndarray
            assert actual.dtype == np.dtype(result)
            assert actual.dtype.isnative
            assert not any(np.shares_memory(actual, a) for a in given)
            np.testing.assert_allclose(actual, truth, rtol=tolerance, atol=tolerance)
        for a, b in zip(given, before, strict=True):
            np.testing.assert_array_equal(a, b)


@pytest.mark.parametrize(
    "name", ["relu", "leaky_relu", "sigmoid", "tanh", "softmax", "log_softmax"]
)
def test_whole_numbers_become_float64(name, body):
    forward, backward = getattr(ops, name), getattr(ops, f"{name}_backward")
    y = forward([[1, -2], [0, 3]])
    assert y.dtype == np.float64
    np.testing.assert_array_equal(y, forward([[1.0, -2.0], [0.0, 3.0]]))
    assert backward([[1, 2], [3, 4]], y).dtype == np.float64
    assert backward(np.ones((2, 2), "f8"), y.astype("f4")).dtype == np.float32


def _tuple(returned):
    return returned if isinstance(returned, tuple) else (returned,)


def test_empty_batches(body):
    assert ops.dense(np.ones((0, 3)), np.ones((3, 2)), np.ones(2)).shape == (0, 2)
    grads = ops.dense_backward(np.ones((0, 2)), np.ones((0, 3)), np.ones((3, 2)))
    assert [g.shape for g in grads] == [(0, 3), (3, 2), (2,)]
    assert not grads.weight.any()
    statistics = {"mean": np.zeros(2), "variance": np.ones(2)}
    x = np.ones((0, 3, 3, 2))
    assert ops.batch_norm(x, np.ones(2), np.ones(2), **statistics).shape == x.shape
    grads = ops.batch_norm_backward(x, x, np.ones(2), **statistics)
    assert [g.shape for g in grads] == [x.shape, (2,), (2,)]
    for name in (*ELEMENTWISE, *SOFTMAXES):
        y = getattr(ops, name)(np.ones((0, 4)))
        assert y.shape == (0, 4)
        assert getattr(ops, f"{name}_backward")(y, y).shape == (0, 4)
    assert ops.pad2d(x, 1).shape == (0, 5, 5, 2)
    assert ops.pad2d_backward(x, 1).shape == (0, 1, 1, 2)


@pytest.mark.parametrize("name", ["x", "weight", "bias"])
def test_dense_computes_only_what_is_needed(name, body):
    x, weight, grad = drawn(3, 4), drawn(4, 2), drawn(3, 2)
    found = ops.dense_backward(grad, x, weight, needs=name)
    everything = ops.dense_backward(grad, x, weight)
    for field in found._fields:
        if field == name:
            np.testing.assert_array_equal(getattr(found, name), getattr(everything, name))
        else:
            assert getattr(found, field) is None
