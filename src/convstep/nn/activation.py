"""Activations: as a layer, and fused into the layer before."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, ClassVar

from convstep import ops
from convstep.errors import argument_error
from convstep.nn.checks import not_negative
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
    floating,
    floating_input,
    one_input,
    register_layer,
)
from convstep.nn.random import Key
from convstep.ops.checks import choice
from convstep.ops.portable.activation import RECTIFIERS

__all__ = [
    "GELU",
    "RECTIFIERS",
    "HardSwish",
    "LeakyReLU",
    "ReLU",
    "ReLU6",
    "SiLU",
    "Sigmoid",
    "Softmax",
    "Tanh",
    "activation_backward",
    "activation_forward",
    "checked_activation",
]

_FUSED: dict[str, tuple[Callable[[Array], Array], Callable[[Array, Array], Array]]] = {
    "leaky_relu": (ops.leaky_relu, ops.leaky_relu_backward),
    "relu": (ops.relu, ops.relu_backward),
    "relu6": (ops.relu6, ops.relu6_backward),
    "sigmoid": (ops.sigmoid, ops.sigmoid_backward),
    "tanh": (ops.tanh, ops.tanh_backward),
}


def checked_activation(function: str, name: Any) -> str | None:
    """Check the name of an activation, or None."""
    if name in ("softmax", "log_softmax"):
        rule = f"be None or one of {', '.join(map(repr, _FUSED))}"
        advice = "Leave it out: a last layer stays linear, as the loss applies the softmax."
        raise argument_error(function, "activation", rule, name, advice)
    return None if name is None else choice(function, "activation", name, tuple(_FUSED))


def activation_forward(name: str, x: Array) -> Array:
    """Apply the activation of this name."""
    return _FUSED[name][0](x)


def activation_backward(name: str, grad: Array, y: Array) -> Array:
    """Take the gradient back through the activation whose output was y."""
    return _FUSED[name][1](grad, y)


@dataclass(frozen=True)
class _Activation(Layer):
    """An operation on each number; the layer's fields are the operation's options.

    The cache is the output, which the next layer keeps anyway, or the input.
    """

    label: ClassVar[str] = "activation"
    _operation: ClassVar[str]
    _of_input: ClassVar[bool] = False  # whether backward needs the input, not the output

    def spec(self, *inputs: ArraySpec) -> LayerSpec:
        """Infer shapes and dtypes: integers become floating."""
        x = one_input(self, inputs)
        return LayerSpec(ArraySpec(x.shape, floating(x.dtype)), {}, {})

    def forward(
        self, params: Arrays, state: Arrays, inputs: Inputs, *, training: bool, rng: Key | None
    ) -> Forward:
        """Apply the operation; cache what its backward needs."""
        x = floating_input(inputs)
        y = getattr(ops, self._operation)(x, **self._options())
        return y, x if self._of_input else y, state

    def backward(self, params: Arrays, cache: Any, grad: Array, *, needs: Needs) -> Backward:
        """Take the gradient back through the operation."""
        back = getattr(ops, f"{self._operation}_backward")
        return (back(grad, cache, **self._options()),), {}

    def _options(self) -> dict[str, Any]:
        return {name: value for name, value in self.to_config().items() if name != "type"}


@register_layer
@dataclass(frozen=True)
class ReLU(_Activation):
    """max(x, 0)."""

    label: ClassVar[str] = "relu"
    _operation: ClassVar[str] = "relu"


@register_layer
@dataclass(frozen=True)
class ReLU6(_Activation):
    """min(max(x, 0), 6)."""

    label: ClassVar[str] = "relu"
    _operation: ClassVar[str] = "relu6"


@register_layer
@dataclass(frozen=True)
class LeakyReLU(_Activation):
    """x where it is positive, else ``negative_slope * x``.

    Parameters
    ----------
    negative_slope : float
        At least 0.
    """

    label: ClassVar[str] = "relu"
    _operation: ClassVar[str] = "leaky_relu"

    negative_slope: float = 0.01

    def __post_init__(self) -> None:
        """Check the argument."""
        slope = not_negative("LeakyReLU", "negative_slope", self.negative_slope)
        self._settle(negative_slope=slope)


@register_layer
@dataclass(frozen=True)
class Sigmoid(_Activation):
    """1 / (1 + exp(-x))."""

    _operation: ClassVar[str] = "sigmoid"


@register_layer
@dataclass(frozen=True)
class Tanh(_Activation):
    """The hyperbolic tangent."""

    _operation: ClassVar[str] = "tanh"


@register_layer
@dataclass(frozen=True)
class Softmax(_Activation):
    """Probabilities along the last axis.

    The loss applies its own: a network that is trained ends without this one.
    """

    label: ClassVar[str] = "softmax"
    _operation: ClassVar[str] = "softmax"


@register_layer
@dataclass(frozen=True)
class HardSwish(_Activation):
    """x * min(max(x + 3, 0), 6) / 6. The cache is the input."""

    _operation: ClassVar[str] = "hard_swish"
    _of_input: ClassVar[bool] = True


@register_layer
@dataclass(frozen=True)
class SiLU(_Activation):
    """x / (1 + exp(-x)), also known as swish. The cache is the input."""

    _operation: ClassVar[str] = "silu"
    _of_input: ClassVar[bool] = True


@register_layer
@dataclass(frozen=True)
class GELU(_Activation):
    """x times the normal distribution's share below x. The cache is the input.

    Parameters
    ----------
    approximate : {"none", "tanh"}
        Whether to take a tanh in place of the error function.
    """

    _operation: ClassVar[str] = "gelu"
    _of_input: ClassVar[bool] = True

    approximate: str = "none"

    def __post_init__(self) -> None:
        """Check the argument."""
        choice("GELU", "approximate", self.approximate, ("none", "tanh"))
