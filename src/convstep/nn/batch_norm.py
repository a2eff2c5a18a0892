"""Batch normalisation."""

from dataclasses import KW_ONLY, dataclass
from typing import Any, ClassVar

from convstep import ops
from convstep.nn.activation import activation_backward, checked_activation
from convstep.nn.initializers import zeros
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
    one_input,
    register_layer,
)
from convstep.nn.random import Key
from convstep.ops.norm import batch_norm_train, batch_norm_train_backward


@register_layer
@dataclass(frozen=True)
class BatchNorm(Layer):
    """Stand-in."""

    label: ClassVar[str] = "norm"

    momentum: float = 0.1
    eps: float = 1e-5
    _: KW_ONLY
    activation: str | None = None

    def __post_init__(self) -> None:
        """Check."""
        self._settle(activation=checked_activation("BatchNorm", self.activation))

    def spec(self, *inputs: ArraySpec) -> LayerSpec:
        """Infer."""
        x = one_input(self, inputs)
        dtype = floating(x.dtype)
        each = ArraySpec(x.shape[-1:], dtype)
        own = {"weight": each, "bias": each}
        return LayerSpec(ArraySpec(x.shape, dtype), own, {"mean": each, "variance": each})

    def init(self, rng: Key, spec: LayerSpec) -> Initial:
        """Make."""
        one, zero = 1 + zeros(spec.params["weight"]), zeros(spec.params["bias"])
        return {"weight": one, "bias": zero}, {"mean": zero.copy(), "variance": one.copy()}

    def forward(
        self, params: Arrays, state: Arrays, inputs: Inputs, *, training: bool, rng: Key | None
    ) -> Forward:
        """Run."""
        (x,) = inputs
        w, b = params["weight"], params["bias"]
        if not training:
            y = ops.batch_norm(
                x, w, b, mean=state["mean"], variance=state["variance"], eps=self.eps
            )
            if self.activation:
                y = getattr(ops, self.activation)(y)
            return y, (x, y, state["mean"], state["variance"], False), state
        y, mean, variance = batch_norm_train(x, w, b, self.eps, self.activation)
        n = x.size // x.shape[-1]
        m = self.momentum
        new = {
            "mean": ((1 - m) * state["mean"] + m * mean).astype(mean.dtype),
            "variance": ((1 - m) * state["variance"] + m * variance * (n / max(n - 1, 1))).astype(
                mean.dtype
            ),
        }
        return y, (x, y, mean, variance, True), new

    def backward(self, params: Arrays, cache: Any, grad: Array, *, needs: Needs) -> Backward:
        """Back."""
        x, y, mean, variance, training = cache
        if training:
            g = batch_norm_train_backward(
                grad, x, y, params["weight"], mean, variance, self.eps, self.activation
            )
        else:
            if self.activation:
                grad = activation_backward(self.activation, grad, y)
            g = ops.batch_norm_backward(
                grad, x, params["weight"], mean=mean, variance=variance, eps=self.eps
            )
        return (g.x,), {name: getattr(g, name) for name in needs.params}
