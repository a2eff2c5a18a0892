"""`BatchNorm` and `Add`: PyTorch, gradients, and the text of each error."""

import numpy as np
import pytest

import convstep as cs
from convstep import nn
from convstep.nn import ArraySpec, Key, Needs

F64 = np.dtype(np.float64)


@pytest.mark.parametrize("activation", [None, "relu", "relu6", "leaky_relu"])
@pytest.mark.parametrize("training", [True, False])
def test_batch_norm_equals_pytorch(activation, training):
    torch = pytest.importorskip("torch", reason="PyTorch, the oracle, is not installed")
    theirs = torch.nn.BatchNorm2d(3, eps=0.01, momentum=0.3).double().train(training)
    layer = nn.BatchNorm(momentum=0.3, eps=0.01, activation=activation)
    rng = np.random.default_rng(0)
    arrays = {name: rng.uniform(0.5, 3, 3) for name in ("weight", "bias", "mean", "variance")}
    params = {name: arrays[name] for name in ("weight", "bias")}
    state = {name: arrays[name] for name in ("mean", "variance")}
    for part, name in [
        (theirs.weight.data, "weight"), (theirs.bias.data, "bias"),
        (theirs.running_mean, "mean"), (theirs.running_var, "variance"),
    ]:  # fmt: skip
        part.copy_(torch.tensor(arrays[name]))
    x, grad = rng.normal(1, 2, (2, 4, 5, 4, 3))
    given = torch.tensor(x).permute(0, 3, 1, 2).requires_grad_()
    after = {
        None: lambda y: y,
        "relu": torch.relu,
        "relu6": torch.nn.functional.relu6,
        "leaky_relu": torch.nn.functional.leaky_relu,
    }[activation]
    expected = after(theirs(given))
    expected.backward(torch.tensor(grad).permute(0, 3, 1, 2))

    y, cache, new = layer.forward(params, state, (x,), training=training, rng=None)
    close(y, expected.detach().permute(0, 2, 3, 1))
    needs = Needs((True,), ("weight", "bias"))
    (dx,), grads = layer.backward(params, cache, grad, needs=needs)
    close(dx, given.grad.permute(0, 2, 3, 1))
    close(grads["weight"], theirs.weight.grad)
    close(grads["bias"], theirs.bias.grad)
    close(new["mean"], theirs.running_mean)
    close(new["variance"], theirs.running_var)


def close(ours, theirs):
    np.testing.assert_allclose(ours, np.asarray(theirs), rtol=1e-9, atol=1e-11)


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


def test_statistics_run_with_the_momentum():
    layer = nn.BatchNorm(momentum=0.25)
    _, state = layer.init(Key(0), layer.spec(ArraySpec((1,), F64)))
    params = {"weight": np.ones(1), "bias": np.zeros(1)}
    x = np.array([[1.0], [5.0]])
    _, _, state = layer.forward(params, state, (x,), training=True, rng=None)
    assert {name: array.item() for name, array in state.items()} == {"mean": 0.75, "variance": 2.75}


def test_add():
    graph = cs.Graph([("sum", nn.Add(activation="relu"), ("a", "b"))], "sum", inputs=("a", "b"))
    a, b = np.array([[1.0, -2.0]]), np.array([[3.0, 1.0]])
    y, cache, _ = graph.forward({}, {}, (a, b), training=True, rng=None)
    np.testing.assert_array_equal(y, [[4, 0]])
    grads, _ = graph.backward({}, cache, np.array([[5.0, 7.0]]), needs=Needs((True, True), ()))
    for grad in grads:
        np.testing.assert_array_equal(grad, [[5, 0]])


def test_shapes_that_differ_are_named_with_the_layer():
    nodes = [("conv1", nn.Conv2D(4, 3), "x"), ("sum", nn.Add(), ("conv1", "x"))]
    message = r"^sum \(Add\): .*\(6, 6, 4\).*\(8, 8, 4\)"
    with pytest.raises(cs.errors.ArgumentError, match=message):
        cs.Graph(nodes, "sum").spec(ArraySpec((8, 8, 4), F64))
