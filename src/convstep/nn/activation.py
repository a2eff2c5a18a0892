"""Activations: as a layer, and fused into the layer before."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, ClassVar

from convstep import ops
from convstep.errors import argument_error
from convstep.nn.layer import (
    Array,
    Arrays,
    ArraySpec,
    Backward,
    Forward,
    Inputs,
    Layer,
    LayerSpec,
    Needs,
    one_input,
    register_layer,
)
from convstep.nn.random import Key
from convstep.ops.checks import choice

_BACKWARD: dict[str, Callable[[Array, Array], Array]] = {
    "leaky_relu": ops.leaky_relu_backward,
    "relu": ops.relu_backward,
    "relu6": ops.relu6_backward,
    "sigmoid": ops.sigmoid_backward,
    "tanh": ops.tanh_backward,
}
RECTIFIERS = ("relu", "leaky_relu")


def checked_activation(function: str, name: Any) -> str | None:
    """Check the name of an activation, or None."""
    if name in ("softmax", "log_softmax"):
        rule = f"be None or one of {', '.join(map(repr, _BACKWARD))}"
        advice = "Leave it out: a last layer stays linear, as the loss applies the softmax."
        raise argument_error(function, "activation", rule, name, advice)
    return None if name is None else choice(function, "activation", name, tuple(_BACKWARD))


def activation_backward(name: str, grad: Array, y: Array) -> Array:
    """Take the gradient back through the activation whose output was y."""
    return _BACKWARD[name](grad, y)


@register_layer
@dataclass(frozen=True)
class ReLU(Layer):
    """max(x, 0). The cache is the output, which the next layer keeps anyway."""

    label: ClassVar[str] = "relu"

    def spec(self, *inputs: ArraySpec) -> LayerSpec:
        """Infer shapes and dtypes: nothing changes."""
        return LayerSpec(one_input(self, inputs), {}, {})

    def forward(
        self, params: Arrays, state: Arrays, inputs: Inputs, *, training: bool, rng: Key | None
    ) -> Forward:
        """Rectify; cache the output."""
        y = ops.relu(inputs[0])
        return y, y, state

    def backward(self, params: Arrays, cache: Any, grad: Array, *, needs: Needs) -> Backward:
        """Pass the gradient where the output is positive."""
        return (ops.relu_backward(grad, cache),), {}
