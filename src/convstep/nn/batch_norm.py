"""Batch normalisation."""

from dataclasses import KW_ONLY, dataclass
from typing import Any, ClassVar

import numpy as np

from convstep import ops
from convstep.errors import Shown, argument_error
from convstep.nn.activation import activation_backward
from convstep.nn.checks import number, positive
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
from convstep.ops.checks import choice
from convstep.ops.norm import batch_norm_train, batch_norm_train_backward

_ACTIVATIONS = {"relu": ops.relu, "relu6": ops.relu6, "leaky_relu": ops.leaky_relu}


@register_layer
@dataclass(frozen=True)
class BatchNorm(Layer):
    """Each channel with a mean of 0 and a variance of 1, then scaled and shifted.

    Parameters
    ----------
    momentum : float
        The share that a batch's statistics have in the running ones, from 0 to 1.
    eps : float
        Is added to the variance.
    activation : {None, "relu", "relu6", "leaky_relu"}
        What the result goes through.

    Notes
    -----
    Channels are the last axis. Parameters: ``weight`` (C,), one at first, and ``bias`` (C,),
    zero at first. State: the running ``mean`` (C,) and ``variance`` (C,), which inference uses;
    training uses those of the batch, and runs the variance with n - 1 as PyTorch does. Ioffe and
    Szegedy (2015), *Batch normalization*.

    Examples
    --------
    >>> import numpy as np
    >>> from convstep import nn
    >>> spec = nn.BatchNorm().spec(nn.ArraySpec((8, 8, 16), np.dtype("float32")))
    >>> {name: array.shape for name, array in spec.state.items()}
    {'mean': (16,), 'variance': (16,)}
    """

    label: ClassVar[str] = "norm"

    momentum: float = 0.1
    eps: float = 1e-5
    _: KW_ONLY
    activation: str | None = None

    def __post_init__(self) -> None:
        """Check the arguments."""
        name, rule = "BatchNorm", "be a number from 0 to 1"
        self._settle(
            momentum=number(name, "momentum", self.momentum, rule, lambda v: 0 <= v <= 1),
            eps=positive(name, "eps", self.eps),
        )
        if self.activation is not None:
            choice(name, "activation", self.activation, tuple(_ACTIVATIONS))

    def spec(self, *inputs: ArraySpec) -> LayerSpec:
        """Infer shapes and dtypes."""
        x = one_input(self, inputs)
        if not x.shape:
            rule = "have an axis of channels"
            raise argument_error("BatchNorm", "its input", rule, Shown(f"shape {x.shape}"))
        channels = ArraySpec(x.shape[-1:], floating(x.dtype))
        params = {"weight": channels, "bias": channels}
        state = {"mean": channels, "variance": channels}
        return LayerSpec(ArraySpec(x.shape, channels.dtype), params, state)

    def init(self, rng: Key, spec: LayerSpec) -> Initial:
        """Start as the identity, for a mean of 0 and a variance of 1."""
        channels = spec.params["weight"]
        one = np.ones(channels.shape, channels.dtype)
        params = {"weight": one, "bias": zeros(channels)}
        return params, {"mean": zeros(channels), "variance": one.copy()}

    def forward(
        self, params: Arrays, state: Arrays, inputs: Inputs, *, training: bool, rng: Key | None
    ) -> Forward:
        """Normalise; cache input and statistics, from which backward finds the activation's."""
        (x,) = inputs
        if not training or not x.size:  # an empty batch has no statistics
            y = self.apply(params, state, inputs)
            return y, (x, self._kept(y), state["mean"], state["variance"], False), state
        y, mean, variance = batch_norm_train(
            x, params["weight"], params["bias"], self.eps, self.activation
        )
        count = x.size // x.shape[-1]
        unbiased = variance * (count / max(count - 1, 1))
        found = {"mean": mean, "variance": unbiased}
        running = {name: self._run(state[name], new) for name, new in found.items()}
        return y, (x, None, mean, variance, True), running

    def backward(self, params: Arrays, cache: Any, grad: Array, *, needs: Needs) -> Backward:
        """Carry the gradient back, through the batch's statistics if those were used."""
        x, y, mean, variance, of_batch = cache
        if of_batch:
            grads = batch_norm_train_backward(
                grad, x, None, params["weight"], mean, variance, self.eps, self.activation,
                bias=params["bias"], needs_x=needs.inputs[0],
            )  # fmt: skip
        else:
            if self.activation is not None:
                grad = activation_backward(self.activation, grad, y)
            grads = ops.batch_norm_backward(
                grad, x, params["weight"], mean=mean, variance=variance, eps=self.eps
            )
        return (grads.x,), {name: getattr(grads, name) for name in needs.params}

    def apply(self, params: Arrays, state: Arrays, inputs: Inputs) -> Array:
        """Normalise by the running statistics."""
        y = ops.batch_norm(
            inputs[0],
            params["weight"],
            params["bias"],
            mean=state["mean"],
            variance=state["variance"],
            eps=self.eps,
        )
        return y if self.activation is None else _ACTIVATIONS[self.activation](y)

    def _kept(self, y: Array) -> Array | None:
        return y if self.activation is not None else None

    def _run(self, running: Array, new: Array) -> Array:
        """Move a running statistic towards that of the batch."""
        moved: Array = (1 - self.momentum) * running + self.momentum * new
        return moved.astype(running.dtype, copy=False)
