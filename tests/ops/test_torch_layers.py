"""Dense, batch norm, softmax and the activations against PyTorch."""

import numpy as np
import pytest
from cases import DTYPES, assert_close

from convstep import ops
from convstep.ops.norm import batch_norm_train, batch_norm_train_backward

torch = pytest.importorskip("torch", reason="PyTorch, the oracle, is not installed")
functional = torch.nn.functional

ROUNDINGS = 64  # of exp, log, tanh and the sums around them; errors relative to what is summed


def drawn(seed, *shapes, scale=3):
    rng = np.random.default_rng(seed)
    return [(scale * rng.standard_normal(s, np.float32)).astype(np.float64) for s in shapes]


def tensor(x):
    return torch.tensor(x, requires_grad=True)


def assert_near(actual, expected, scale, dtype):
    assert actual.dtype == dtype
    assert actual.shape == expected.shape
    allowed = ROUNDINGS * np.finfo(dtype).eps * np.maximum(np.abs(expected), scale)
    assert (np.abs(actual - expected) <= allowed).all()


@pytest.mark.parametrize("dtype", DTYPES, ids=str)
@pytest.mark.parametrize("shape", [(1, 1, 1), (4, 7, 3), (33, 64, 10), (5, 1, 9)], ids=str)
def test_dense_and_its_gradients(shape, dtype, body):
    n, inputs, outputs = shape
    x, weight, bias, grad = drawn(1, (n, inputs), (inputs, outputs), outputs, (n, outputs))
    tx, tw, tb = tensor(x), tensor(weight), tensor(bias)
    y = functional.linear(tx, tw.T, tb)
    y.backward(torch.tensor(grad))
    a, w, b, g = (array.astype(dtype) for array in (x, weight, bias, grad))
    y_bound = abs(x) @ abs(weight) + abs(bias)
    assert_close(ops.dense(a, w, b), y.detach().numpy(), y_bound, dtype)
    for name, activation in (("relu", torch.relu), ("tanh", torch.tanh)):
        expected = activation(y).detach().numpy()
        assert_close(ops.dense(a, w, b, activation=name), expected, y_bound, dtype, extra=8)
    found = ops.dense_backward(g, a, w)
    assert_close(found.x, tx.grad.numpy(), abs(grad) @ abs(weight).T, dtype)
    assert_close(found.weight, tw.grad.numpy(), abs(x).T @ abs(grad), dtype)
    assert_close(found.bias, tb.grad.numpy(), abs(grad).sum(axis=0), dtype)


SHAPES = [(2, 2), (7, 3), (2, 5, 4, 3), (6, 1)]


@pytest.mark.parametrize("dtype", DTYPES, ids=str)
@pytest.mark.parametrize("own", [True, False], ids=["training", "inference"])
@pytest.mark.parametrize("shape", SHAPES, ids=str)
def test_batch_norm_and_its_gradients(shape, own, dtype, body):
    channels = shape[-1]
    x, grad, weight, bias, mean, variance = drawn(2, shape, shape, *[channels] * 4)
    variance = abs(variance) + 0.5
    statistics = {} if own else {"mean": mean, "variance": variance}
    tx, tw, tb = tensor(x), tensor(weight), tensor(bias)
    y = functional.batch_norm(
        torch.movedim(tx, -1, 1),
        None if own else torch.tensor(mean),
        None if own else torch.tensor(variance),
        tw,
        tb,
        training=own,
        eps=1e-3,
    )
    y = torch.movedim(y, 1, -1)
    y.backward(torch.tensor(grad))
    a, g, w, b = (array.astype(dtype) for array in (x, grad, weight, bias))
    statistics = {name: array.astype(dtype) for name, array in statistics.items()}
    scale = 100 if own and len(x) < 3 else 20  # two rows may be close: their spread is small
    assert_near(ops.batch_norm(a, w, b, eps=1e-3, **statistics), y.detach().numpy(), scale, dtype)
    found = ops.batch_norm_backward(g, a, w, eps=1e-3, **statistics)
    for part, t in zip(found, (tx, tw, tb), strict=True):
        assert_near(part, t.grad.numpy(), scale, dtype)


RECTIFIERS = {
    None: lambda y: y,
    "relu": torch.relu,
    "relu6": functional.relu6,
    "leaky_relu": functional.leaky_relu,
}


@pytest.mark.parametrize("dtype", DTYPES, ids=str)
@pytest.mark.parametrize("activation", RECTIFIERS)
@pytest.mark.parametrize("shape", [(7, 3), (2, 5, 4, 3), (6, 1), (3, 11, 5, 37)], ids=str)
def test_batch_norm_of_layers_and_its_gradients(shape, activation, dtype, body):
    channels = shape[-1]
    x, grad, weight, bias = drawn(5, shape, shape, *[channels] * 2)
    tx, tw, tb = tensor(x), tensor(weight), tensor(bias)
    mean, variance = torch.zeros(channels).double(), torch.zeros(channels).double()
    normal = functional.batch_norm(
        torch.movedim(tx, -1, 1), mean, variance, tw, tb, training=True, momentum=1, eps=1e-3
    )
    expected = RECTIFIERS[activation](torch.movedim(normal, 1, -1))
    expected.backward(torch.tensor(grad))
    a, g, w, b = (array.astype(dtype) for array in (x, grad, weight, bias))
    y, m, v = batch_norm_train(a, w, b, 1e-3, activation)
    n = x.size // channels
    assert_near(y, expected.detach().numpy(), 20, dtype)
    assert_near(m, mean.numpy(), 3, dtype)
    assert_near(v, variance.numpy() * (n - 1) / n, 3, dtype)
    kept = None if activation is None else y
    found = batch_norm_train_backward(g, a, kept, w, m, v, 1e-3, activation)
    for part, t in zip(found, (tx, tw, tb), strict=True):
        assert_near(part, t.grad.numpy(), 20 * len(x), dtype)
    again = batch_norm_train_backward(g, a, None, w, m, v, 1e-3, activation, bias=b)
    for part, other in zip(again, found, strict=True):
        assert_near(part, other, 20 * len(x), dtype)
    less = batch_norm_train_backward(g, a, kept, w, m, v, 1e-3, activation, needs_x=False)
    assert less.x is None
    np.testing.assert_array_equal(less.weight, found.weight)
    np.testing.assert_array_equal(less.bias, found.bias)


AXES = [((5,), 0), ((4, 3), -1), ((4, 3), 0), ((2, 3, 4), 1), ((3, 1), 1)]
SOFTMAX = {
    "softmax": (ops.softmax, ops.softmax_backward, torch.softmax),
    "log_softmax": (ops.log_softmax, ops.log_softmax_backward, torch.log_softmax),
}


@pytest.mark.parametrize("dtype", DTYPES, ids=str)
@pytest.mark.parametrize("place", AXES, ids=str)
@pytest.mark.parametrize("name", SOFTMAX)
def test_softmax_and_its_gradient(name, place, dtype, body):
    forward, backward, oracle = SOFTMAX[name]
    shape, axis = place
    x, grad = drawn(3, shape, shape)
    tx = tensor(x)
    y = oracle(tx, axis)
    y.backward(torch.tensor(grad))
    found = forward(x.astype(dtype), axis)
    assert_near(found, y.detach().numpy(), 1, dtype)
    assert_near(backward(grad.astype(dtype), found, axis), tx.grad.numpy(), 10, dtype)


ACTIVATIONS = {
    "relu": torch.relu,
    "relu6": functional.relu6,
    "leaky_relu": functional.leaky_relu,
    "sigmoid": torch.sigmoid,
    "tanh": torch.tanh,
}


@pytest.mark.parametrize("dtype", DTYPES, ids=str)
@pytest.mark.parametrize("shape", [(), (1,), (5, 7), (2, 3, 4, 5)], ids=str)
@pytest.mark.parametrize("name", ACTIVATIONS)
def test_activations_and_their_gradients(name, shape, dtype, body):
    x, grad = drawn(4, shape, shape)
    tx = tensor(x)
    y = ACTIVATIONS[name](tx)
    y.backward(torch.tensor(grad))
    found = getattr(ops, name)(x.astype(dtype))
    assert_near(found, y.detach().numpy(), 0, dtype)
    back = getattr(ops, f"{name}_backward")(grad.astype(dtype), found)
    assert_near(back, tx.grad.numpy(), 1, dtype)


@pytest.mark.parametrize("name", ACTIVATIONS)
def test_activations_far_out(name, body):
    """No overflow, no warning: at +-1000, at infinity, and a NaN stays a NaN."""
    x = np.array([-np.inf, -1000.0, 0.0, 1000.0, np.inf, np.nan])
    expected = ACTIVATIONS[name](torch.tensor(x)).numpy()
    np.testing.assert_array_equal(getattr(ops, name)(x), expected)


def test_softmax_far_out(body):
    low = [-5000.0, -5000.0, -np.inf]
    x = np.array([[-1000.0, 0.0, 1000.0], [1000.0, 1000.0, -np.inf], low])
    np.testing.assert_array_equal(ops.softmax(x), [[0, 0, 1], [0.5, 0.5, 0], [0.5, 0.5, 0]])
    log = ops.log_softmax(x)
    np.testing.assert_array_equal(log[0], [-2000, -1000, 0])
    np.testing.assert_allclose(log[1:], [[-np.log(2), -np.log(2), -np.inf]] * 2, rtol=1e-15)
