"""Traces: every value and gradient, by name, as the parts of the network compute them alone."""

import numpy as np
import pytest

import convstep as cs
from convstep import nn
from convstep.nn import Key, Needs


@pytest.fixture
def model():
    block = cs.Graph(
        [("conv1", nn.Conv2D(3, 3, padding=1), "in"), ("relu1", nn.ReLU(), "conv1")],
        "relu1",
        "in",
    )
    graph = cs.Sequential([("block1", block), nn.Flatten(), nn.Dropout(0.5), nn.Dense(4)])
    return cs.Model(graph, input_shape=(4, 4, 2), dtype=np.float64)


X = np.random.default_rng(0).standard_normal((3, 4, 4, 2))
Y = np.array([0, 3, 1])
NAMES = ["x", "block1.conv1", "block1.relu1", "block1", "flatten1", "dropout1", "dense1"]


def test_values_of_inference(model):
    trace = model.trace(X)
    assert list(trace.values) == NAMES
    p = model.params
    conv = cs.ops.conv2d(X, p["block1.conv1.weight"], p["block1.conv1.bias"], padding=1)
    np.testing.assert_array_equal(trace.values["x"], X)
    np.testing.assert_array_equal(trace.values["block1.conv1"], conv)
    np.testing.assert_array_equal(trace.values["block1"], np.maximum(conv, 0))
    np.testing.assert_array_equal(trace.values["dropout1"], trace.values["flatten1"])
    np.testing.assert_array_equal(trace.values["dense1"], model.predict(X))
    assert (dict(trace.grads), dict(trace.param_grads), trace.loss) == ({}, {}, None)


def test_gradients_of_a_loss(model):
    trace = model.trace(X, target=Y)
    p, v = model.params, trace.values
    loss, grad = nn.SoftmaxCrossEntropy().forward(v["dense1"], Y)
    assert trace.loss == loss == model.evaluate(X, Y)["loss"]
    assert list(trace.grads) == NAMES
    np.testing.assert_array_equal(trace.grads["dense1"], grad)
    np.testing.assert_allclose(trace.grads["flatten1"], grad @ p["dense1.weight"].T, rtol=1e-12)
    before = trace.grads["flatten1"].reshape(3, 4, 4, 3) * (v["block1.conv1"] > 0)
    np.testing.assert_allclose(trace.grads["block1.conv1"], before, rtol=1e-12)
    expected = cs.ops.conv2d_backward(before, X, p["block1.conv1.weight"], padding=1)
    np.testing.assert_allclose(trace.grads["x"], expected.x, rtol=1e-12)
    assert list(trace.param_grads) == list(p)
    np.testing.assert_allclose(trace.param_grads["block1.conv1.weight"], expected.weight)
    np.testing.assert_allclose(trace.param_grads["dense1.bias"], grad.sum(axis=0))


def test_a_gradient_of_ones_own(model):
    grad = np.random.default_rng(1).standard_normal((3, 4))
    trace = model.trace(X, grad=grad)
    np.testing.assert_array_equal(trace.grads["dense1"], grad)
    np.testing.assert_allclose(trace.param_grads["dense1.bias"], grad.sum(axis=0))
    assert trace.loss is None


def test_training_is_traced_as_the_next_step_computes_it(model):
    trace = model.trace(X, target=Y, training=True)
    output, cache, _ = model.graph.forward(
        model.params, model.state, (X,), training=True, rng=Key(0, 0).child("layers")
    )
    np.testing.assert_array_equal(trace.values["dense1"], output)
    assert (trace.values["dropout1"] == 0).sum() > (trace.values["flatten1"] == 0).sum()
    loss, grad = nn.SoftmaxCrossEntropy().forward(output, Y)
    assert trace.loss == loss
    names = tuple(model.params)
    _, grads = model.graph.backward(model.params, cache, grad, needs=Needs((False,), names))
    for name in names:
        np.testing.assert_array_equal(trace.param_grads[name], grads[name])
    np.testing.assert_array_equal(model.trace(X, training=True).values["dense1"], output)


def test_a_value_that_goes_two_ways_has_the_sum_of_both_gradients():
    dense = nn.Dense(2)
    nodes = [("a", dense, "x"), ("b", dense, "a"), ("c", dense, "a"), ("d", Plus(), ("b", "c"))]
    graph = cs.Graph(nodes, "d")
    model = cs.Model(graph, input_shape=(2,), dtype=np.float64)
    grad = np.array([[1.0, -2.0]])
    trace = model.trace(np.ones((1, 2)), grad=grad)
    both = model.params["b.weight"] + model.params["c.weight"]
    np.testing.assert_allclose(trace.grads["a"], grad @ both.T)


class Plus(nn.Layer):
    def spec(self, *inputs):
        return nn.LayerSpec(inputs[0], {}, {})

    def forward(self, params, state, inputs, *, training, rng):
        return inputs[0] + inputs[1], None, state

    def backward(self, params, cache, grad, *, needs):
        return (grad, grad), {}


def test_shared_parameters_have_one_gradient():
    graph = cs.Graph(
        [("a", nn.Dense(2), "x"), ("b", nn.Dense(2), "a")], "b", shared={"b.weight": "a.weight"}
    )
    trace = cs.Model(graph, input_shape=(2,)).trace(np.ones((1, 2)), target=[1])
    assert list(trace.param_grads) == ["a.weight", "a.bias", "b.bias"]


def test_nothing_can_be_changed_through_a_trace(model):
    x = X.copy()
    trace = model.trace(x, target=Y)
    with pytest.raises(TypeError):
        trace.values["x"] = x
    for array in (trace.values["x"], trace.grads["dense1"], trace.param_grads["dense1.bias"]):
        with pytest.raises(ValueError, match="read-only"):
            array[...] = 0
    x[...] = 0  # the caller's own array is another
    np.testing.assert_array_equal(trace.values["x"], X)


@pytest.mark.parametrize(
    "options, message",
    [
        ({"x": X[0]}, r"x must have shape \(N, 4, 4, 2\)"),
        ({"target": Y[:2]}, "target must have one target for each of the 3 examples"),
        ({"target": Y + 1}, "target must hold labels from 0 to 3"),
        ({"loss": nn.SoftmaxCrossEntropy()}, "loss must come with a target"),
        ({"target": Y, "loss": "mse"}, "loss must be of class Loss; got 'mse'"),
        ({"grad": np.ones((3, 4)), "target": Y}, "grad must be left out where target or loss is"),
        ({"grad": np.ones((3, 3))}, r"grad must have .*\(3, 4\).*got .*\(3, 3\)"),
        ({"training": "yes"}, "training must be True or False; got 'yes'"),
        ({"x": X[:0], "target": Y[:0]}, "target must have one target for .*one at least"),
    ],
)
def test_what_cannot_be_traced(model, options, message):
    with pytest.raises(cs.errors.ArgumentError, match=rf"Model\.trace: {message}"):
        model.trace(**{"x": X, **options})
