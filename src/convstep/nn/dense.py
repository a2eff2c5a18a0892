"""Fully connected layers, and the way from images to them."""

from dataclasses import KW_ONLY, dataclass
from typing import Any, ClassVar

from convstep import ops
from convstep.errors import Shown, argument_error
from convstep.nn.activation import RECTIFIERS, activation_backward, checked_activation
from convstep.nn.initializers import glorot_uniform, he_normal, zeros
from convstep.nn.layer import (
    Array,
    Arrays,
    ArraySpec,
    Backward,
    Forward,
    Initial,
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
from convstep.ops.geometry import flag, integer


@register_layer
@dataclass(frozen=True)
class Dense(Layer):
    """Matrix product with learned weights, and an optional activation.

    Parameters
    ----------
    out_features : int
        Numbers per example in the output.
    bias : bool
        Whether each of them has a bias.
    activation : {None, "relu", "relu6", "leaky_relu", "sigmoid", "tanh"}
        What the result goes through.

    Notes
    -----
    Parameters: ``weight`` (in_features, out_features), He normal at first if the activation is
    a rectifier, else Glorot uniform, and ``bias`` (out_features,), zero at first.

    Examples
    --------
    >>> import numpy as np
    >>> from convstep import nn
    >>> nn.Dense(10).spec(nn.ArraySpec((64,), np.dtype("float32"))).params["weight"].shape
    (64, 10)
    """

    label: ClassVar[str] = "dense"

    out_features: int
    _: KW_ONLY
    bias: bool = True
    activation: str | None = None

    def __post_init__(self) -> None:
        """Check the arguments."""
        self._settle(
            out_features=integer("Dense", "out_features", self.out_features, 1),
            bias=flag("Dense", "bias", self.bias),
            activation=checked_activation("Dense", self.activation),
        )

    def spec(self, *inputs: ArraySpec) -> LayerSpec:
        """Infer shapes and dtypes."""
        x = one_input(self, inputs)
        if len(x.shape) != 1:
            raise argument_error(
                "Dense",
                "its input",
                "have the shape (features,)",
                Shown(f"shape {x.shape}"),
                "Put Flatten() or GlobalAvgPool2D() before it.",
            )
        dtype = floating(x.dtype)
        params = {"weight": ArraySpec((x.shape[0], self.out_features), dtype)}
        if self.bias:
            params["bias"] = ArraySpec((self.out_features,), dtype)
        return LayerSpec(ArraySpec((self.out_features,), dtype), params, {})

    def init(self, rng: Key, spec: LayerSpec) -> Initial:
        """Draw the weights by the rule that fits the activation, with biases of zero."""
        weight = spec.params["weight"]
        fan_in, fan_out = weight.shape
        if self.activation in RECTIFIERS:
            params = {"weight": he_normal(rng, weight, fan_in)}
        else:
            params = {"weight": glorot_uniform(rng, weight, fan_in, fan_out)}
        if self.bias:
            params["bias"] = zeros(spec.params["bias"])
        return params, {}

    def forward(
        self, params: Arrays, state: Arrays, inputs: Inputs, *, training: bool, rng: Key | None
    ) -> Forward:
        """Multiply; cache the input, and the output if its activation's backward needs it."""
        x = floating_input(inputs)
        y = ops.dense(x, params["weight"], params.get("bias"), activation=self.activation)
        return y, (x, y if self.activation else None), state

    def backward(self, params: Arrays, cache: Any, grad: Array, *, needs: Needs) -> Backward:
        """Compute what is needed and nothing else."""
        x, y = cache
        if self.activation:
            grad = activation_backward(self.activation, grad, y)
        wanted = ("x",) * needs.inputs[0] + needs.params
        grads = ops.dense_backward(grad, x, params["weight"], needs=wanted)
        return (grads.x,), {name: getattr(grads, name) for name in needs.params}

    def multiply_adds(self, *inputs: ArraySpec) -> int:
        """Count one per weight."""
        return self.spec(*inputs).params["weight"].size


@register_layer
@dataclass(frozen=True)
class Flatten(Layer):
    """Lay the numbers of each example in one row, channels fastest.

    Examples
    --------
    >>> import numpy as np
    >>> from convstep import nn
    >>> nn.Flatten().spec(nn.ArraySpec((4, 4, 16), np.dtype("float32"))).output.shape
    (256,)
    """

    label: ClassVar[str] = "flatten"

    def spec(self, *inputs: ArraySpec) -> LayerSpec:
        """Infer shapes and dtypes."""
        x = one_input(self, inputs)
        return LayerSpec(ArraySpec((x.size,), x.dtype), {}, {})

    def forward(
        self, params: Arrays, state: Arrays, inputs: Inputs, *, training: bool, rng: Key | None
    ) -> Forward:
        """Reshape; cache the shape."""
        (x,) = inputs
        features = ArraySpec(x.shape[1:], x.dtype).size  # -1 says nothing for an empty batch
        return x.reshape(len(x), features), x.shape, state  # (N, H, W, C) -> (N, H * W * C)

    def backward(self, params: Arrays, cache: Any, grad: Array, *, needs: Needs) -> Backward:
        """Reshape back."""
        return (grad.reshape(cache),), {}  # (N, H * W * C) -> (N, H, W, C)
