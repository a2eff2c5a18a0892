"""Batch normalisation."""

from dataclasses import KW_ONLY, dataclass
from typing import Any, ClassVar

from convstep import ops
from convstep.errors import Shown, argument_error
from convstep.nn.activation import activation_backward, activation_forward, checked_activation
from convstep.nn.checks import not_negative, share
from convstep.nn.initializers import ones, zeros
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
from convstep.ops.norm import batch_norm_train, batch_norm_train_backward
from convstep.ops.portable.activation import RECTIFIERS


@register_layer
@dataclass(frozen=True)
class BatchNorm(Layer):
    """Give each channel (the last axis) mean 0 and variance 1, then a learned scale and shift.

    Training takes the statistics of the batch; inference takes running ones.

    Parameters
    ----------
    momentum : float
        The weight of each batch in the running statistics, from 0 to 1.
    eps : float
        Added to the variance before the square root.
    activation : {None, "relu", "relu6", "leaky_relu", "sigmoid", "tanh"}
        What the result goes through.

    Notes
    -----
    Parameters: ``weight`` (channels,), one at first, and ``bias`` (channels,), zero at first.
    State: ``mean`` (channels,), zero at first, and ``variance`` (channels,), one at first. As in
    PyTorch, a batch is normalised by its variance over n, and the running one takes that over
    n - 1. A batch with one number per channel says nothing of its variance: it comes out as the
    bias, and the running variance stays. An empty batch changes nothing.

    The cache is the input; a sigmoid or tanh adds the output. Ioffe, Szegedy (2015), *Batch
    normalization: accelerating deep network training by reducing internal covariate shift*.

    Examples
    --------
    >>> import numpy as np
    >>> from convstep import nn
    >>> spec = nn.BatchNorm().spec(nn.ArraySpec((8, 8, 16), np.dtype("float32")))
    >>> spec.output.shape, spec.state["variance"].shape
    ((8, 8, 16), (16,))
    """

    label: ClassVar[str] = "norm"

    momentum: float = 0.1
    eps: float = 1e-5
    _: KW_ONLY
    activation: str | None = None

    def __post_init__(self) -> None:
        """Check the arguments."""
        self._settle(
            momentum=share("BatchNorm", "momentum", self.momentum),
            eps=not_negative("BatchNorm", "eps", self.eps),
            activation=checked_activation("BatchNorm", self.activation),
        )

    def spec(self, *inputs: ArraySpec) -> LayerSpec:
        """Infer shapes and dtypes."""
        x = one_input(self, inputs)
        if not x.shape:
            rule = "have the shape (..., channels)"
            raise argument_error("BatchNorm", "its input", rule, Shown(f"shape {x.shape}"))
        dtype = floating(x.dtype)
        each = ArraySpec(x.shape[-1:], dtype)
        params, state = {"weight": each, "bias": each}, {"mean": each, "variance": each}
        return LayerSpec(ArraySpec(x.shape, dtype), params, state)

    def init(self, rng: Key, spec: LayerSpec) -> Initial:
        """Scale by one, shift by nothing; take inputs to be of mean 0 and variance 1."""
        each = spec.params["weight"]
        return (
            {"weight": ones(each), "bias": zeros(each)},
            {"mean": zeros(each), "variance": ones(each)},
        )

    def forward(
        self, params: Arrays, state: Arrays, inputs: Inputs, *, training: bool, rng: Key | None
    ) -> Forward:
        """Normalise; cache the input and the statistics, and the output if backward needs it."""
        x = floating_input(inputs)
        weight, bias = params["weight"], params["bias"]
        if not training or not x.size:
            y = self.apply(params, state, inputs)
            kept = y if self.activation else None
            return y, (x, kept, state["mean"], state["variance"], False), state
        fused = self._fused()
        y, mean, variance = batch_norm_train(x, weight, bias, self.eps, fused)
        kept = None
        if self.activation and not fused:
            y = kept = activation_forward(self.activation, y)
        return y, (x, kept, mean, variance, True), self._after(state, x, mean, variance)

    def backward(self, params: Arrays, cache: Any, grad: Array, *, needs: Needs) -> Backward:
        """Go back through the activation and, after training, the batch's statistics."""
        x, y, mean, variance, training = cache
        weight = params["weight"]
        if y is not None and self.activation:
            grad = activation_backward(self.activation, grad, y)
        if training:
            grads = batch_norm_train_backward(
                grad,
                x,
                None,
                weight,
                mean,
                variance,
                self.eps,
                self._fused(),
                bias=params["bias"],
                needs_x=needs.inputs[0],
            )
        else:
            grads = ops.batch_norm_backward(
                grad, x, weight, mean=mean, variance=variance, eps=self.eps
            )
        dx = grads.x if needs.inputs[0] else None
        return (dx,), {name: getattr(grads, name) for name in needs.params}

    def apply(self, params: Arrays, state: Arrays, inputs: Inputs) -> Array:
        """Normalise by the running statistics."""
        y = ops.batch_norm(
            floating_input(inputs),
            params["weight"],
            params["bias"],
            mean=state["mean"],
            variance=state["variance"],
            eps=self.eps,
        )
        return activation_forward(self.activation, y) if self.activation else y

    def _fused(self) -> str | None:
        """Return the activation if the normalisation applies it itself."""
        return self.activation if self.activation in RECTIFIERS else None

    def _after(self, state: Arrays, x: Array, mean: Array, variance: Array) -> Arrays:
        """Return the running statistics after a batch."""
        rows = x.size // x.shape[-1]
        new = {"mean": self._moved(state["mean"], mean), "variance": state["variance"]}
        if rows > 1:
            unbiased = variance * (rows / (rows - 1))
            new["variance"] = self._moved(state["variance"], unbiased)
        return new

    def _moved(self, running: Array, value: Array) -> Array:
        moved = (1 - self.momentum) * running + self.momentum * value
        return moved.astype(running.dtype, copy=False)
