"""Stand-in for Add."""

from dataclasses import KW_ONLY, dataclass
from typing import Any, ClassVar

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
    register_layer,
)
from convstep.nn.random import Key
from convstep.ops.elementwise import add, add_backward


@register_layer
@dataclass(frozen=True)
class Add(Layer):
    """Stand-in."""

    label: ClassVar[str] = "add"

    _: KW_ONLY
    activation: str | None = None

    def __post_init__(self) -> None:
        """Check."""
        self._settle(activation=checked_activation("Add", self.activation))

    def spec(self, *inputs: ArraySpec) -> LayerSpec:
        """Infer."""
        return LayerSpec(inputs[0], {}, {})

    def forward(
        self, params: Arrays, state: Arrays, inputs: Inputs, *, training: bool, rng: Key | None
    ) -> Forward:
        """Run."""
        y = add(*inputs, self.activation)
        return y, y if self.activation else None, state

    def backward(self, params: Arrays, cache: Any, grad: Array, *, needs: Needs) -> Backward:
        """Back."""
        g = add_backward(grad, cache, self.activation)
        return (g, g), {}
