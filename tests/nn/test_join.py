"""Add and Concat: values, gradients, who gets none, and shapes that do not fit."""

import numpy as np
import pytest

import convstep as cs
from convstep import nn
from convstep.nn import ArraySpec, Needs


def drawn(*shapes):
    rng = np.random.default_rng(0)
    return tuple(rng.standard_normal(shape) for shape in shapes)


@pytest.mark.parametrize("count", [2, 3, 4])
def test_add_sums_and_hands_on_the_gradient(count):
    inputs = drawn(*[(2, 3, 4)] * count)
    y, cache, _ = nn.Add().forward({}, {}, inputs, training=True, rng=None)
    np.testing.assert_allclose(y, sum(inputs), rtol=1e-15)
    needs = Needs((False,) + (True,) * (count - 1), ())
    first, *rest = nn.Add().backward({}, cache, y, needs=needs)[0]
    assert first is None
    assert all(dx is y for dx in rest)


def test_add_goes_back_through_its_activation():
    layer = nn.Add(activation="relu6")
    inputs = (np.array([[1.0, 5.0, -3.0]]), np.array([[2.0, 4.0, 1.0]]))
    y, cache, _ = layer.forward({}, {}, inputs, training=True, rng=None)
    np.testing.assert_array_equal(y, [[3, 6, 0]])
    for dx in layer.backward({}, cache, np.ones_like(y), needs=Needs((True, True), ()))[0]:
        np.testing.assert_array_equal(dx, [[1, 0, 0]])


@pytest.mark.parametrize("axis", [-1, 3, 1, -2])
def test_concat_and_its_gradient(axis):
    shapes = [[2, 3, 4, 5] for _ in range(3)]
    for length, shape in zip((1, 6, 2), shapes, strict=True):
        shape[axis] = length
    inputs = drawn(*shapes)
    layer = nn.Concat(axis)
    y, cache, _ = layer.forward({}, {}, inputs, training=True, rng=None)
    np.testing.assert_array_equal(y, np.concatenate(inputs, axis))
    specs = [ArraySpec(x.shape[1:], x.dtype) for x in inputs]
    assert layer.spec(*specs).output == ArraySpec(y.shape[1:], y.dtype)
    grads = layer.backward({}, cache, y, needs=Needs((True, False, True), ()))[0]
    assert grads[1] is None
    np.testing.assert_array_equal(grads[0], inputs[0])
    np.testing.assert_array_equal(grads[2], inputs[2])


def test_shapes_that_differ_are_named_with_the_layer():
    nodes = [("conv1", nn.Conv2D(4, 3), "x"), ("sum", nn.Add(), ("conv1", "x"))]
    message = r"^sum \(Add\): .*\(6, 6, 4\).*\(8, 8, 4\)"
    with pytest.raises(cs.errors.ArgumentError, match=message):
        cs.Graph(nodes, "sum").spec(ArraySpec((8, 8, 4), np.dtype(np.float64)))
