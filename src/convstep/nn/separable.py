"""Separable convolution: each channel by itself, then all channels at each place."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import KW_ONLY, dataclass
from functools import cached_property
from typing import Any, ClassVar

from convstep.errors import ArgumentError
from convstep.nn.conv import Conv2D, DepthwiseConv2D
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
    register_layer,
)
from convstep.nn.random import Key


@contextmanager
def named(layer: Layer) -> Iterator[None]:
    """Let errors of the layers that a layer is made of name that one."""
    try:
        yield
    except ArgumentError as error:
        text = str(error).partition(": ")[2]
        raise type(error)(f"{type(layer).__name__}: {text}") from None


@register_layer
@dataclass(frozen=True)
class SeparableConv2D(Layer):
    """A `DepthwiseConv2D` without bias, then a `Conv2D` of 1x1 with bias and activation.

    Parameters
    ----------
    out_channels : int
        Channels of the output.
    kernel_size, depth_multiplier, stride, padding, dilation
        Of the first convolution, as for `DepthwiseConv2D`.
    bias, activation
        Of the second, as for `Conv2D`.

    Raises
    ------
    ArgumentError
        If an argument breaks its rule; `spec`, if the window does not fit into the input.

    Notes
    -----
    Parameters: ``depthwise_weight`` (kh, kw, 1, channels * depth_multiplier), ``weight`` (1, 1,
    channels * depth_multiplier, out_channels), both He normal at first, and ``bias``
    (out_channels,), zero at first.

    Examples
    --------
    >>> import numpy as np
    >>> from convstep import nn
    >>> spec = nn.SeparableConv2D(8, 3).spec(nn.ArraySpec((6, 6, 4), np.dtype("float32")))
    >>> spec.output.shape, [param.shape for param in spec.params.values()]
    ((4, 4, 8), [(3, 3, 1, 4), (1, 1, 4, 8), (8,)])
    """

    label: ClassVar[str] = "conv"

    out_channels: int
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
        with named(self):
            first, last = self._depthwise, self._pointwise
        self._settle(
            out_channels=last.out_channels,
            kernel_size=first.kernel_size,
            depth_multiplier=first.depth_multiplier,
            stride=first.stride,
            padding=first.padding,
            dilation=first.dilation,
            bias=last.bias,
        )

    @cached_property
    def _depthwise(self) -> DepthwiseConv2D:
        return DepthwiseConv2D(
            self.kernel_size,
            depth_multiplier=self.depth_multiplier,
            stride=self.stride,
            padding=self.padding,
            dilation=self.dilation,
            bias=False,
        )

    @cached_property
    def _pointwise(self) -> Conv2D:
        return Conv2D(self.out_channels, 1, bias=self.bias, activation=self.activation)

    def spec(self, *inputs: ArraySpec) -> LayerSpec:
        """Infer shapes and dtypes."""
        with named(self):
            first = self._depthwise.spec(*inputs)
            last = self._pointwise.spec(first.output)
        params = {"depthwise_weight": first.params["weight"], **last.params}
        return LayerSpec(last.output, params, {})

    def init(self, rng: Key, spec: LayerSpec) -> Initial:
        """Draw both weights by He's rule, with biases of zero."""
        own = LayerSpec(spec.output, {"weight": spec.params["depthwise_weight"]}, {})
        first, _ = self._depthwise.init(rng.child("depthwise"), own)
        last, _ = self._pointwise.init(rng.child("pointwise"), spec)
        return {"depthwise_weight": first["weight"], **last}, {}

    def forward(
        self, params: Arrays, state: Arrays, inputs: Inputs, *, training: bool, rng: Key | None
    ) -> Forward:
        """Run both; cache what they cache."""
        first = {"weight": params["depthwise_weight"]}
        mode: dict[str, Any] = {"training": training, "rng": rng}
        between, cache, _ = self._depthwise.forward(first, {}, inputs, **mode)
        y, last_cache, _ = self._pointwise.forward(params, {}, (between,), **mode)
        return y, (cache, last_cache), state

    def backward(self, params: Arrays, cache: Any, grad: Array, *, needs: Needs) -> Backward:
        """Go back through the second, and the first if anything there is needed."""
        first_cache, last_cache = cache
        of_first = "depthwise_weight" in needs.params
        own = tuple(name for name in needs.params if name != "depthwise_weight")
        deeper = needs.inputs[0] or of_first
        (between,), grads = self._pointwise.backward(
            params, last_cache, grad, needs=Needs((deeper,), own)
        )
        if between is None:
            return (None,), grads
        first = {"weight": params["depthwise_weight"]}
        wanted = Needs(needs.inputs, ("weight",) * of_first)
        dx, first_grads = self._depthwise.backward(first, first_cache, between, needs=wanted)
        if of_first:
            grads = {"depthwise_weight": first_grads["weight"], **grads}
        return dx, grads

    def multiply_adds(self, *inputs: ArraySpec) -> int:
        """Count those of both."""
        between = self._depthwise.spec(*inputs).output
        return self._depthwise.multiply_adds(*inputs) + self._pointwise.multiply_adds(between)
