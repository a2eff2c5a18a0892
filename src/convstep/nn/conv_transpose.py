"""Transposed convolution."""

import math
from dataclasses import KW_ONLY, dataclass
from typing import Any, ClassVar

from convstep import ops
from convstep.nn.activation import activation_backward
from convstep.nn.conv import fitting_groups, geometry, settled, settled_channels
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
from convstep.ops.geometry import pair, transposed_window


@register_layer
@dataclass(frozen=True)
class ConvTranspose2D(Layer):
    """Transposed 2-D convolution with learned weights, which enlarges images by its stride.

    Parameters
    ----------
    out_channels : int
        Channels of the output.
    kernel_size, stride, dilation : int or (height, width)
        As in `ops.conv_transpose2d`.
    padding : int, (height, width), ((top, bottom), (left, right)), "valid", "same" or "same_lower"
        Rows and columns to crop from the result; ``"same"`` makes it size * stride large.
    output_padding : int or (height, width)
        Rows and columns to add at the end; smaller than the stride or the dilation.
    groups : int
        The channels are cut into so many groups that do not see each other.
    bias : bool
        Whether each output channel has a bias.
    activation : {None, "relu", "relu6", "leaky_relu", "sigmoid", "tanh"}
        What the result goes through.

    Raises
    ------
    ArgumentError
        If an argument breaks its rule; `spec`, if the groups do not divide the input's channels
        or nothing is left of the result.

    Notes
    -----
    Parameters: ``weight`` (kh, kw, out_channels / groups, in_channels), the weight of the
    convolution whose adjoint this is, and ``bias`` (out_channels,), zero at first. The weight is
    He normal at first, for the kh * kw / stride products per channel that meet in one output.

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
        self._settle(
            **settled_channels(self),
            output_padding=pair("ConvTranspose2D", "output_padding", self.output_padding, 0),
            **settled(self),
        )

    def spec(self, *inputs: ArraySpec) -> LayerSpec:
        """Infer shapes and dtypes."""
        x = one_image(self, inputs)
        height, width, channels = x.shape
        name = "ConvTranspose2D"
        fitting_groups(self, channels)
        kernel = pair(name, "kernel_size", self.kernel_size, 1)
        options = {**geometry(self), "output_padding": self.output_padding}
        window = transposed_window(name, (height, width), kernel, **options)
        dtype = floating(x.dtype)
        shape = (*kernel, self.out_channels // self.groups, channels)
        params = {"weight": ArraySpec(shape, dtype)}
        if self.bias:
            params["bias"] = ArraySpec((self.out_channels,), dtype)
        return LayerSpec(ArraySpec((*window.size, self.out_channels), dtype), params, {})

    def init(self, rng: Key, spec: LayerSpec) -> Initial:
        """Draw the weights by He's rule, with biases of zero."""
        weight = spec.params["weight"]
        kernel_height, kernel_width, _, channels = weight.shape
        products = kernel_height * kernel_width * channels // self.groups
        steps = math.prod(pair("ConvTranspose2D", "stride", self.stride, 1))
        params = {"weight": he_normal(rng, weight, fan_in=max(1, products // steps))}
        if self.bias:
            params["bias"] = zeros(spec.params["bias"])
        return params, {}

    def forward(
        self, params: Arrays, state: Arrays, inputs: Inputs, *, training: bool, rng: Key | None
    ) -> Forward:
        """Spread; cache the input, and the output if its activation's backward needs it."""
        x = floating_input(inputs)
        y = ops.conv_transpose2d(x, params["weight"], params.get("bias"), **self._options())
        if self.activation is None:
            return y, (x, None), state
        y = getattr(ops, self.activation)(y)
        return y, (x, y), state

    def backward(self, params: Arrays, cache: Any, grad: Array, *, needs: Needs) -> Backward:
        """Compute what is needed and nothing else."""
        x, y = cache
        if self.activation:
            grad = activation_backward(self.activation, grad, y)
        wanted = ("x",) * needs.inputs[0] + needs.params
        options = self._options()
        grads = ops.conv_transpose2d_backward(grad, x, params["weight"], needs=wanted, **options)
        return (grads.x,), {name: getattr(grads, name) for name in needs.params}

    def multiply_adds(self, *inputs: ArraySpec) -> int:
        """Count one per weight and input position."""
        spec = self.spec(*inputs)
        return spec.params["weight"].size * math.prod(inputs[0].shape[:-1])

    def _options(self) -> dict[str, Any]:
        own = {"output_padding": self.output_padding, "groups": self.groups}
        return {**geometry(self), **own}
