"""What the tests of layers share: a layer, once forward and once backward, in float64."""

from typing import NamedTuple

import numpy as np
import pytest

from convstep.nn import ArraySpec, Key, Layer, Needs


class Ran(NamedTuple):
    params: dict
    output: np.ndarray
    grad: np.ndarray
    input_grad: np.ndarray
    param_grads: dict


def _run(layer: Layer, x: np.ndarray, *, training: bool = True) -> Ran:
    spec = layer.spec(ArraySpec(x.shape[1:], x.dtype))
    params, state = layer.init(Key(3), spec)
    rng = np.random.default_rng(0)
    for name in params:  # biases start at zero, where a test would see little of them
        params[name] = rng.standard_normal(params[name].shape)
    output, cache, _ = layer.forward(params, state, (x,), training=training, rng=Key(5))
    assert output.shape[1:] == spec.output.shape
    assert output.dtype == spec.output.dtype
    grad = rng.standard_normal(output.shape)
    needs = Needs((True,), tuple(spec.params))
    (input_grad,), param_grads = layer.backward(params, cache, grad, needs=needs)
    assert list(param_grads) == list(spec.params)
    return Ran(params, output, grad, input_grad, param_grads)


@pytest.fixture
def run_layer():
    """A function that runs a layer on x, with random parameters."""
    return _run
