"""Convolution."""

import math
from abc import abstractmethod
from dataclasses import KW_ONLY, dataclass
from typing import Any, ClassVar

from convstep import ops
from convstep.errors import argument_error
from convstep.nn.activation import activation_backward, checked_activation
from convstep.nn.initializers import he_normal, zeros
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
    one_image,
    register_layer,
)
from convstep.nn.random import Key
from convstep.ops.geometry import flag, integer, pair, resolve_padding, sliding_window


class Convolution(Layer):
    """What `Conv2D` and `DepthwiseConv2D` share: all but the fields, which each declares itself."""

    label: ClassVar[str] = "conv"

    # Not a dataclass itself, so that each layer has its fields in an order of its own.
    kernel_size: int | tuple[int, int]
    bias: bool
    activation: str | None

    @abstractmethod
    def _cut(self, channels: int) -> tuple[int, int]:
        """Return, for so many channels of the input, those of the output and the groups."""

    def spec(self, *inputs: ArraySpec) -> LayerSpec:
        """Infer shapes and dtypes."""
        x = one_image(self, inputs)
        height, width, channels = x.shape
        out_channels, groups = self._cut(channels)
        name = type(self).__name__
        kernel = pair(name, "kernel_size", self.kernel_size, 1)
        window = sliding_window(name, (height, width), kernel, **geometry(self))
        dtype = floating(x.dtype)
        params = {"weight": ArraySpec((*kernel, channels // groups, out_channels), dtype)}
        if self.bias:
            params["bias"] = ArraySpec((out_channels,), dtype)
        return LayerSpec(ArraySpec((*window.out, out_channels), dtype), params, {})

    def init(self, rng: Key, spec: LayerSpec) -> Initial:
        """Draw the weights by He's rule, with biases of zero."""
        weight = spec.params["weight"]
        params = {"weight": he_normal(rng, weight, fan_in=math.prod(weight.shape[:-1]))}
        if "bias" in spec.params:
            params["bias"] = zeros(spec.params["bias"])
        return params, {}

    def forward(
        self, params: Arrays, state: Arrays, inputs: Inputs, *, training: bool, rng: Key | None
    ) -> Forward:
        """Convolve; cache the input, and the output if its activation's backward needs it."""
        x = floating_input(inputs)
        y = ops.conv2d(
            x,
            params["weight"],
            params.get("bias"),
            groups=self._cut(x.shape[-1])[1],
            activation=self.activation,
            **geometry(self),
        )
        return y, (x, y if self.activation else None), state

    def backward(self, params: Arrays, cache: Any, grad: Array, *, needs: Needs) -> Backward:
        """Compute what is needed and nothing else."""
        x, y = cache
        if self.activation:
            grad = activation_backward(self.activation, grad, y)
        grads = ops.conv2d_backward(
            grad,
            x,
            params["weight"],
            groups=self._cut(x.shape[-1])[1],
            needs=("x",) * needs.inputs[0] + needs.params,
            **geometry(self),
        )
        return (grads.x,), {name: getattr(grads, name) for name in needs.params}

    def multiply_adds(self, *inputs: ArraySpec) -> int:
        """Count one per weight and output position."""
        spec = self.spec(*inputs)
        return spec.params["weight"].size * math.prod(spec.output.shape[:-1])


@register_layer
@dataclass(frozen=True)
class Conv2D(Convolution):
    """2-D convolution with learned weights, and an optional activation.

    Parameters
    ----------
    out_channels : int
        Number of filters.
    kernel_size, stride, dilation : int or (height, width)
        As in `ops.conv2d`.
    padding : int, (height, width), ((top, bottom), (left, right)), "valid", "same" or "same_lower"
        As in `ops.conv2d`.
    groups : int
        The channels are cut into so many groups that do not see each other.
    bias : bool
        Whether each output channel has a bias.
    activation : {None, "relu", "relu6", "leaky_relu", "sigmoid", "tanh"}
        What the result goes through.

    Notes
    -----
    Parameters: ``weight`` (kh, kw, in_channels / groups, out_channels), He normal at first,
    and ``bias`` (out_channels,), zero at first. The cache is the input, and the output if there
    is an activation.

    Examples
    --------
    >>> import numpy as np
    >>> from convstep import nn
    >>> layer = nn.Conv2D(8, 3, padding="same")
    >>> layer.spec(nn.ArraySpec((8, 8, 1), np.dtype("float32"))).output.shape
    (8, 8, 8)
    """

    out_channels: int
    kernel_size: int | tuple[int, int]
    _: KW_ONLY
    stride: int | tuple[int, int] = 1
    padding: Any = 0
    dilation: int | tuple[int, int] = 1
    groups: int = 1
    bias: bool = True
    activation: str | None = None

    def __post_init__(self) -> None:
        """Check the arguments, and write pairs out as pairs."""
        self._settle(**settled_channels(self), **settled(self))

    def _cut(self, channels: int) -> tuple[int, int]:
        return self.out_channels, fitting_groups(self, channels)


@register_layer
@dataclass(frozen=True)
class DepthwiseConv2D(Convolution):
    """2-D convolution of each channel by itself, with an optional activation.

    Parameters
    ----------
    kernel_size, stride, dilation : int or (height, width)
        As in `ops.conv2d`.
    depth_multiplier : int
        Filters for each channel; those of a channel lie side by side in the output.
    padding : int, (height, width), ((top, bottom), (left, right)), "valid", "same" or "same_lower"
        As in `ops.conv2d`.
    bias : bool
        Whether each output channel has a bias.
    activation : {None, "relu", "relu6", "leaky_relu", "sigmoid", "tanh"}
        What the result goes through.

    Raises
    ------
    ArgumentError
        If an argument breaks its rule; `spec`, if the window does not fit into the input.

    Notes
    -----
    A `Conv2D` with as many groups as the input has channels. Parameters: ``weight`` (kh, kw, 1,
    channels * depth_multiplier), He normal at first, and ``bias``, zero at first.

    Examples
    --------
    >>> import numpy as np
    >>> from convstep import nn
    >>> layer = nn.DepthwiseConv2D(3, depth_multiplier=2, padding="same")
    >>> layer.spec(nn.ArraySpec((8, 8, 4), np.dtype("float32"))).output.shape
    (8, 8, 8)
    """

    kernel_size: int | tuple[int, int]
    _: KW_ONLY
    depth_multiplier: int = 1
    stride: int | tuple[int, int] = 1
    padding: Any = 0
    dilation: int | tuple[int, int] = 1
    bias: bool = True
    activation: str | None = None

    def __post_init__(self) -> None:
        """Check the arguments, and write pairs out as pairs."""
        name = "DepthwiseConv2D"
        self._settle(
            depth_multiplier=integer(name, "depth_multiplier", self.depth_multiplier, 1),
            **settled(self),
        )

    def _cut(self, channels: int) -> tuple[int, int]:
        return channels * self.depth_multiplier, channels


def geometry(layer: Any) -> dict[str, Any]:
    """Return how a layer's window moves, as the operations take it."""
    return {"stride": layer.stride, "padding": layer.padding, "dilation": layer.dilation}


def settled(layer: Any) -> dict[str, Any]:
    """Check the fields that all convolutions have; pairs are written out as pairs."""
    name = type(layer).__name__
    kernel = pair(name, "kernel_size", layer.kernel_size, 1)
    stride = pair(name, "stride", layer.stride, 1)
    dilation = pair(name, "dilation", layer.dilation, 1)
    return {
        "kernel_size": kernel,
        "stride": stride,
        "padding": settled_padding(name, layer.padding, kernel, stride, dilation),
        "dilation": dilation,
        "bias": flag(name, "bias", layer.bias),
        "activation": checked_activation(name, layer.activation),
    }


def settled_channels(layer: Any) -> dict[str, int]:
    """Check the output's channels, and the groups that they are cut into."""
    name = type(layer).__name__
    out_channels = integer(name, "out_channels", layer.out_channels, 1)
    groups = integer(name, "groups", layer.groups, 1)
    if out_channels % groups:
        raise argument_error(name, "groups", f"divide out_channels, {out_channels}", groups)
    return {"out_channels": out_channels, "groups": groups}


def fitting_groups(layer: Any, channels: int) -> int:
    """Return a layer's groups, if the input's channels can be cut into so many."""
    groups: int = layer.groups
    if channels % groups:
        rule = f"divide the input's {channels} channels"
        raise argument_error(type(layer).__name__, "groups", rule, groups)
    return groups


def settled_padding(
    name: str,
    padding: Any,
    kernel: tuple[int, int],
    stride: tuple[int, int],
    dilation: tuple[int, int],
) -> Any:
    """Check a padding; one in words stays as it is, numbers are written out for all four sides."""
    sides = resolve_padding(name, padding, (1, 1), kernel, stride, dilation)
    return padding if isinstance(padding, str) else sides
