"""Transposed convolution."""

import math
from dataclasses import KW_ONLY, dataclass
from typing import Any, ClassVar

from convstep import ops
from convstep.errors import argument_error
from convstep.nn.activation import activation_backward, activation_forward, checked_activation
from convstep.nn.conv import settled_padding, with_bias
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
from convstep.ops.geometry import flag, integer, pair, transposed_window


@register_layer
@dataclass(frozen=True)
class ConvTranspose2D(Layer):
    """The adjoint of `Conv2D`: each input pixel is spread over a window of the output.

    Parameters
    ----------
    out_channels : int
        Channels of the output.
    kernel_size, stride, padding, output_padding, dilation, groups
        As in `ops.conv_transpose2d`.
    bias : bool
        Whether each output channel has a bias.
    activation : {None, "relu", "relu6", "leaky_relu", "sigmoid", "tanh"}
        What the result goes through.

    Notes
    -----
    Parameters: ``weight`` (kh, kw, out_channels / groups, in_channels), He normal at first, where
    an output sums kh * kw * in_channels / groups / stride area products, and ``bias``
    (out_channels,), zero at first. The cache is the input, and the
    output if there is an activation.

    Examples
    --------
    >>> import numpy as np
    >>> from convstep import nn
    >>> layer = nn.ConvTranspose2D(8, 2, stride=2)
    >>> layer.spec(nn.ArraySpec((4, 4, 16), np.dtype("float32"))).output.shape
    (8, 8, 8)
    """

    label: ClassVar[str] = "conv"

    out_channels: int
    kernel_size: int | tuple[int, int]
    _: KW_ONLY
    stride: int | tuple[int, int] = 1
    padding: Any = 0
    output_padding: int | tuple[int, int] = 0
    dilation: int | tuple[int, int] = 1
    groups: int = 1
    bias: bool = True
    activation: str | None = None

    def __post_init__(self) -> None:
        """Check the arguments, and write pairs out as pairs."""
        name = "ConvTranspose2D"
        kernel = pair(name, "kernel_size", self.kernel_size, 1)
        stride = pair(name, "stride", self.stride, 1)
        dilation = pair(name, "dilation", self.dilation, 1)
        self._settle(
            out_channels=integer(name, "out_channels", self.out_channels, 1),
            kernel_size=kernel,
            stride=stride,
            padding=settled_padding(name, self.padding, kernel, stride, dilation),
            output_padding=pair(name, "output_padding", self.output_padding, 0),
            dilation=dilation,
            groups=integer(name, "groups", self.groups, 1),
            bias=flag(name, "bias", self.bias),
            activation=checked_activation(name, self.activation),
        )
        if self.out_channels % self.groups:
            rule = f"divide out_channels, {self.out_channels}"
            raise argument_error(name, "groups", rule, self.groups)

    def spec(self, *inputs: ArraySpec) -> LayerSpec:
        """Infer shapes and dtypes."""
        name = "ConvTranspose2D"
        x = one_image(self, inputs)
        height, width, channels = x.shape
        if channels % self.groups:
            rule = f"divide the input's {channels} channels"
            raise argument_error(name, "groups", rule, self.groups)
        kernel = pair(name, "kernel_size", self.kernel_size, 1)
        window = transposed_window(name, (height, width), kernel, **self._geometry())
        dtype = floating(x.dtype)
        weight = ArraySpec((*kernel, self.out_channels // self.groups, channels), dtype)
        output = ArraySpec((*window.size, self.out_channels), dtype)
        return LayerSpec(output, with_bias(weight, self.out_channels, self.bias), {})

    def init(self, rng: Key, spec: LayerSpec) -> Initial:
        """Draw the weights by He's rule, with biases of zero."""
        weight = spec.params["weight"]
        rows, columns = pair("ConvTranspose2D", "stride", self.stride, 1)
        products = weight.size // weight.shape[2] // self.groups
        fan_in = max(1, products // (rows * columns))
        params = {"weight": he_normal(rng, weight, fan_in)}
        if self.bias:
            params["bias"] = zeros(spec.params["bias"])
        return params, {}

    def forward(
        self, params: Arrays, state: Arrays, inputs: Inputs, *, training: bool, rng: Key | None
    ) -> Forward:
        """Spread; cache the input, and the output if its activation's backward needs it."""
        (x,) = inputs
        y = ops.conv_transpose2d(
            x, params["weight"], params.get("bias"), groups=self.groups, **self._geometry()
        )
        if self.activation:
            y = activation_forward(self.activation, y)
        return y, (x, y if self.activation else None), state

    def backward(self, params: Arrays, cache: Any, grad: Array, *, needs: Needs) -> Backward:
        """Compute what is needed and nothing else."""
        x, y = cache
        if self.activation:
            grad = activation_backward(self.activation, grad, y)
        grads = ops.conv_transpose2d_backward(
            grad,
            x,
            params["weight"],
            groups=self.groups,
            needs=("x",) * needs.inputs[0] + needs.params,
            **self._geometry(),
        )
        return (grads.x,), {name: getattr(grads, name) for name in needs.params}

    def multiply_adds(self, *inputs: ArraySpec) -> int:
        """Count one per weight and input position."""
        (x,) = inputs
        return self.spec(x).params["weight"].size * math.prod(x.shape[:-1])

    def _geometry(self) -> dict[str, Any]:
        return {
            "stride": self.stride,
            "padding": self.padding,
            "output_padding": self.output_padding,
            "dilation": self.dilation,
        }
