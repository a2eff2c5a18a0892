"""BatchNorm's running statistics, and batches of one and of none, by hand."""

import numpy as np
import pytest

from convstep import nn
from convstep.nn import ArraySpec, Key, Needs

F64 = np.dtype(np.float64)


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
