"""BatchNorm: PyTorch, gradients, and by hand running statistics, batches of one and of none."""

import numpy as np
import pytest

import convstep as cs
from convstep import nn
from convstep.nn import ArraySpec, Key, Needs

F64 = np.dtype(np.float64)
ACTIVATIONS = [None, "relu", "relu6", "leaky_relu", "sigmoid", "tanh"]
SHAPES = [(4, 3), (2, 5, 3), (3, 4, 5, 2), (2, 1, 1, 7), (1, 3, 3, 4)]


@pytest.mark.parametrize("dtype, bound", [(np.float64, 1e-10), (np.float32, 2e-4)])
@pytest.mark.parametrize("shape", SHAPES, ids=str)
@pytest.mark.parametrize("activation", ACTIVATIONS)
@pytest.mark.parametrize("momentum", [0.0, 0.3, 1.0])
@pytest.mark.parametrize("training", [True, False])
def test_it_equals_pytorch(training, momentum, activation, shape, dtype, bound):
    torch = pytest.importorskip("torch", reason="PyTorch, the oracle, is not installed")
    rng = np.random.default_rng(0)
    x, grad = rng.normal(1, 2, (2, *shape)).astype(dtype)
    names = ("weight", "bias", "mean", "variance")
    arrays = {name: rng.uniform(0.5, 3, shape[-1]).astype(dtype) for name in names}
    params = {name: arrays[name] for name in names[:2]}
    state = {name: arrays[name] for name in names[2:]}
    given = torch.tensor(x, requires_grad=True)
    weight, bias = (torch.tensor(array, requires_grad=True) for array in params.values())
    mean, variance = (torch.tensor(array) for array in state.values())
    function = torch.nn.functional.batch_norm
    wide = given.movedim(-1, 1)  # (N, C, ...)
    expected = function(wide, mean, variance, weight, bias, training, momentum, 1e-2)
    if activation:
        expected = getattr(torch.nn.functional, activation)(expected)
    expected = expected.movedim(1, -1)
    expected.backward(torch.tensor(grad))

    layer = nn.BatchNorm(momentum, 1e-2, activation=activation)
    y, cache, new = layer.forward(params, state, (x,), training=training, rng=None)
    needs = Needs((True,), ("weight", "bias"))
    (dx,), grads = layer.backward(params, cache, grad, needs=needs)
    ours = (y, dx, grads["weight"], grads["bias"], new["mean"], new["variance"])
    theirs = (expected.detach(), given.grad, weight.grad, bias.grad, mean, variance)
    for own, tensor in zip(ours, theirs, strict=True):
        assert own.dtype == dtype
        np.testing.assert_allclose(own, tensor.numpy(), rtol=bound, atol=bound)


@pytest.mark.parametrize("shape", [(7,), (3, 4), (4, 3, 2)])
@pytest.mark.parametrize("training", [True, False])
def test_gradients(shape, training):
    layer = nn.BatchNorm(activation="leaky_relu")
    params, state = layer.init(Key(0), layer.spec(ArraySpec(shape, F64)))

    def forward(x, weight, bias):
        given = {"weight": weight, "bias": bias}
        y, cache, _ = layer.forward(given, state, (x,), training=training, rng=None)
        return y, (given, cache)

    def backward(grad, kept):
        given, cache = kept
        (dx,), grads = layer.backward(given, cache, grad, needs=Needs((True,), tuple(given)))
        return dx, grads["weight"], grads["bias"]

    x = np.random.default_rng(0).standard_normal((5, *shape))
    report = cs.gradient_check(forward, backward, x, params["weight"], params["bias"])
    assert report, str(report)


def trained(layer, x):
    params, state = layer.init(Key(0), layer.spec(ArraySpec(x.shape[1:], x.dtype)))
    y, cache, after = layer.forward(params, state, (x,), training=True, rng=None)
    return params, y, cache, state, after


def test_running_statistics_by_hand():
    x = np.array([[1.0], [3.0], [8.0]])  # mean 4, variance 26 / 3, unbiased 13
    _, _, _, before, after = trained(nn.BatchNorm(0.25), x)
    np.testing.assert_allclose(after["mean"], [1.0])
    np.testing.assert_allclose(after["variance"], [0.75 + 0.25 * 13])
    assert (before["mean"], before["variance"]) == (0, 1)


@pytest.mark.parametrize("momentum, mean", [(0, 0), (1, 4)])
def test_momentum_at_its_ends(momentum, mean):
    _, _, _, _, after = trained(nn.BatchNorm(momentum), np.array([[1.0], [3.0], [8.0]]))
    np.testing.assert_array_equal(after["mean"], [mean])


def test_one_number_per_channel_gives_the_bias_and_no_variance():
    params, y, cache, _, after = trained(nn.BatchNorm(0.5), np.array([[6.0, -2.0]]))
    np.testing.assert_array_equal(y, [[0, 0]])
    np.testing.assert_array_equal(after["mean"], [3, -1])
    np.testing.assert_array_equal(after["variance"], [1, 1])
    needs = Needs((True,), ("weight", "bias"))
    (dx,), grads = nn.BatchNorm().backward(params, cache, np.ones((1, 2)), needs=needs)
    np.testing.assert_array_equal(dx, [[0, 0]])
    np.testing.assert_array_equal(grads["bias"], [1, 1])


def test_an_empty_batch_changes_nothing():
    _, y, _, before, after = trained(nn.BatchNorm(), np.zeros((0, 3)))
    assert y.shape == (0, 3)
    assert after is before


def test_inference_takes_the_running_statistics():
    layer = nn.BatchNorm(eps=1, activation="relu")
    params = {"weight": np.array([2.0]), "bias": np.array([1.0])}
    state = {"mean": np.array([3.0]), "variance": np.array([15.0])}
    np.testing.assert_array_equal(
        layer.apply(params, state, (np.array([[5.0], [-9]]),)), [[2], [0]]
    )


@pytest.mark.parametrize("activation", [None, "relu", "relu6", "leaky_relu"])
def test_the_cache_of_training_holds_the_input_and_no_output(activation):
    x = np.random.default_rng(0).standard_normal((4, 3, 3, 2))
    _, y, cache, _, _ = trained(nn.BatchNorm(activation=activation), x)
    held = [each for each in cache if isinstance(each, np.ndarray)]
    assert held[0] is x
    assert sum(each.nbytes for each in held[1:]) == 2 * 2 * 8
    assert not any(np.shares_memory(each, y) for each in held)
