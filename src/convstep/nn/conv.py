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
    one_image,
    register_layer,
)
from convstep.nn.random import Key
from convstep.ops.geometry import flag, integer, pair, resolve_padding, sliding_window


class _Convolution(Layer):
    """What convolutions share: options, and filters that depend on the input's channels."""

    label: ClassVar[str] = "conv"

    kernel_size: int | tuple[int, int]
    stride: int | tuple[int, int]
    padding: Any
    dilation: int | tuple[int, int]
    bias: bool
    activation: str | None

    @abstractmethod
    def _wiring(self, channels: int) -> tuple[int, int]:
        """Return the groups and the output channels for so many input channels."""

    def _settle_shared(self) -> None:
        """Check the shared arguments, and write pairs out as pairs."""
        name = type(self).__name__
        kernel = pair(name, "kernel_size", self.kernel_size, 1)
        stride = pair(name, "stride", self.stride, 1)
        dilation = pair(name, "dilation", self.dilation, 1)
        self._settle(
            kernel_size=kernel,
            stride=stride,
            padding=settled_padding(name, self.padding, kernel, stride, dilation),
            dilation=dilation,
            bias=flag(name, "bias", self.bias),
            activation=checked_activation(name, self.activation),
        )

    def spec(self, *inputs: ArraySpec) -> LayerSpec:
        """Infer shapes and dtypes."""
        name = type(self).__name__
        x = one_image(self, inputs)
        height, width, channels = x.shape
        groups, out_channels = self._wiring(channels)
        kernel = pair(name, "kernel_size", self.kernel_size, 1)
        window = sliding_window(name, (height, width), kernel, **self._geometry())
        dtype = floating(x.dtype)
        weight = ArraySpec((*kernel, channels // groups, out_channels), dtype)
        output = ArraySpec((*window.out, out_channels), dtype)
        return LayerSpec(output, with_bias(weight, out_channels, self.bias), {})

    def init(self, rng: Key, spec: LayerSpec) -> Initial:
        """Draw the weights by He's rule, with biases of zero."""
        weight = spec.params["weight"]
        params = {"weight": he_normal(rng, weight, fan_in=math.prod(weight.shape[:-1]))}
        if self.bias:
            params["bias"] = zeros(spec.params["bias"])
        return params, {}

    def forward(
        self, params: Arrays, state: Arrays, inputs: Inputs, *, training: bool, rng: Key | None
    ) -> Forward:
        """Convolve; cache the input, and the output if its activation's backward needs it."""
        (x,) = inputs
        y = ops.conv2d(
            x,
            params["weight"],
            params.get("bias"),
            groups=self._wiring(x.shape[-1])[0],
            activation=self.activation,
            **self._geometry(),
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
            groups=self._wiring(x.shape[-1])[0],
            needs=("x",) * needs.inputs[0] + needs.params,
            **self._geometry(),
        )
        return (grads.x,), {name: getattr(grads, name) for name in needs.params}

    def multiply_adds(self, *inputs: ArraySpec) -> int:
        """Count one per weight and output position."""
        spec = self.spec(*inputs)
        return spec.params["weight"].size * math.prod(spec.output.shape[:-1])

    def _geometry(self) -> dict[str, Any]:
        return {"stride": self.stride, "padding": self.padding, "dilation": self.dilation}


@register_layer
@dataclass(frozen=True)
class Conv2D(_Convolution):
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
        """Check the arguments."""
        self._settle_shared()
        self._settle(
            out_channels=integer("Conv2D", "out_channels", self.out_channels, 1),
            groups=integer("Conv2D", "groups", self.groups, 1),
        )
        if self.out_channels % self.groups:
            rule = f"divide out_channels, {self.out_channels}"
            raise argument_error("Conv2D", "groups", rule, self.groups)

    def _wiring(self, channels: int) -> tuple[int, int]:
        if channels % self.groups:
            rule = f"divide the input's {channels} channels"
            raise argument_error("Conv2D", "groups", rule, self.groups)
        return self.groups, self.out_channels


@register_layer
@dataclass(frozen=True)
class DepthwiseConv2D(_Convolution):
    """2-D convolution of each channel by itself: `Conv2D` with as many groups as channels.

    Parameters
    ----------
    kernel_size, stride, padding, dilation, bias, activation
        As `Conv2D` takes them.
    depth_multiplier : int
        Filters for each channel; the results of one channel lie side by side.

    Notes
    -----
    Parameters: ``weight`` (kh, kw, 1, in_channels * depth_multiplier) and ``bias``.

    Examples
    --------
    >>> import numpy as np
    >>> from convstep import nn
    >>> layer = nn.DepthwiseConv2D(3, padding="same")
    >>> layer.spec(nn.ArraySpec((8, 8, 16), np.dtype("float32"))).params["weight"].shape
    (3, 3, 1, 16)
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
        """Check the arguments."""
        self._settle_shared()
        times = integer("DepthwiseConv2D", "depth_multiplier", self.depth_multiplier, 1)
        self._settle(depth_multiplier=times)

    def _wiring(self, channels: int) -> tuple[int, int]:
        return channels, channels * self.depth_multiplier


def with_bias(weight: ArraySpec, out_channels: int, bias: bool) -> dict[str, ArraySpec]:
    """List the parameters of a layer of filters."""
    params = {"weight": weight}
    if bias:
        params["bias"] = ArraySpec((out_channels,), weight.dtype)
    return params


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
