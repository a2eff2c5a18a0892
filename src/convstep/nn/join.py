"""Layers that join several values."""

from dataclasses import KW_ONLY, dataclass
from typing import Any, ClassVar

from convstep.errors import Shown, argument_error
from convstep.nn.activation import checked_activation
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
    register_layer,
)
from convstep.nn.random import Key
from convstep.ops.elementwise import add, add_backward


@register_layer
@dataclass(frozen=True)
class Add(Layer):
    """The sum of two values of one shape, and an optional activation: a residual block's end.

    Parameters
    ----------
    activation : {None, "relu", "relu6", "leaky_relu", "sigmoid", "tanh"}
        What the sum goes through.

    Examples
    --------
    >>> import numpy as np
    >>> from convstep import nn
    >>> image = nn.ArraySpec((8, 8, 16), np.dtype("float32"))
    >>> nn.Add(activation="relu").spec(image, image).output.shape
    (8, 8, 16)
    """

    label: ClassVar[str] = "add"

    _: KW_ONLY
    activation: str | None = None

    def __post_init__(self) -> None:
        """Check the arguments."""
        self._settle(activation=checked_activation("Add", self.activation))

    def spec(self, *inputs: ArraySpec) -> LayerSpec:
        """Infer shapes and dtypes."""
        if len(inputs) != 2:
            raise argument_error("Add", "inputs", "be two", Shown(f"{len(inputs)} inputs"))
        left, right = inputs
        if left.shape != right.shape:
            got = Shown(f"{left.shape} and {right.shape}")
            raise argument_error("Add", "its inputs", "have one shape", got)
        return LayerSpec(ArraySpec(left.shape, floating(left.dtype)), {}, {})

    def forward(
        self, params: Arrays, state: Arrays, inputs: Inputs, *, training: bool, rng: Key | None
    ) -> Forward:
        """Add; cache the output if there is an activation."""
        left, right = inputs
        y = add(left, right, self.activation)
        return y, y if self.activation is not None else None, state

    def backward(self, params: Arrays, cache: Any, grad: Array, *, needs: Needs) -> Backward:
        """Send the gradient both ways."""
        grad = add_backward(grad, cache, self.activation)
        return (grad, grad), {}
