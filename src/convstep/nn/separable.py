"""Depthwise separable convolution."""

from collections.abc import Mapping
from dataclasses import KW_ONLY, dataclass
from typing import Any, ClassVar, TypeVar

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
    one_image,
    register_layer,
)
from convstep.nn.random import Key
from convstep.ops.geometry import integer

_T = TypeVar("_T")


@register_layer
@dataclass(frozen=True)
class SeparableConv2D(Layer):
    """A `DepthwiseConv2D` without bias, then a `Conv2D` of 1x1 that mixes the channels.

    Parameters
    ----------
    out_channels : int
        Number of filters of the second.
    kernel_size, depth_multiplier, stride, padding, dilation
        As `DepthwiseConv2D` takes them.
    bias, activation
        Those of the second.

    Notes
    -----
    Parameters: ``depthwise.weight``, ``pointwise.weight`` and ``pointwise.bias``.

    Examples
    --------
    >>> import numpy as np
    >>> from convstep import nn
    >>> layer = nn.SeparableConv2D(32, 3, padding="same")
    >>> list(layer.spec(nn.ArraySpec((8, 8, 16), np.dtype("float32"))).params)
    ['depthwise.weight', 'pointwise.weight', 'pointwise.bias']
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
        first, second = self._parts()
        self._settle(
            out_channels=integer("SeparableConv2D", "out_channels", self.out_channels, 1),
            kernel_size=first.kernel_size,
            depth_multiplier=first.depth_multiplier,
            stride=first.stride,
            padding=first.padding,
            dilation=first.dilation,
            bias=second.bias,
            activation=second.activation,
        )

    def spec(self, *inputs: ArraySpec) -> LayerSpec:
        """Infer shapes and dtypes."""
        first, second = self._specs(one_image(self, inputs))
        params = {**_named("depthwise", first.params), **_named("pointwise", second.params)}
        return LayerSpec(second.output, params, {})

    def init(self, rng: Key, spec: LayerSpec) -> Initial:
        """Draw the weights of both by He's rule, with biases of zero."""
        params: dict[str, Array] = {}
        for name, layer in zip(("depthwise", "pointwise"), self._parts(), strict=True):
            own = spec._replace(params=_of(name, spec.params))
            params |= _named(name, layer.init(rng.child(name), own)[0])
        return params, {}

    def forward(
        self, params: Arrays, state: Arrays, inputs: Inputs, *, training: bool, rng: Key | None
    ) -> Forward:
        """Run the first and the second; cache theirs."""
        value, caches = inputs[0], []
        for name, layer in zip(("depthwise", "pointwise"), self._parts(), strict=True):
            own = _of(name, params)
            value, cache, _ = layer.forward(own, {}, (value,), training=training, rng=rng)
            caches.append(cache)
        return value, tuple(caches), state

    def backward(self, params: Arrays, cache: Any, grad: Array, *, needs: Needs) -> Backward:
        """Go back through the second and the first, as far as something is needed."""
        depthwise, pointwise = self._parts()
        first, second = (_wanted(name, needs.params) for name in ("depthwise", "pointwise"))
        before = needs.inputs[0] or bool(first)
        (dx,), grads = pointwise.backward(
            _of("pointwise", params), cache[1], grad, needs=Needs((before,), second)
        )
        found = _named("pointwise", grads)
        if dx is not None:
            own = Needs(needs.inputs, first)
            (dx,), grads = depthwise.backward(_of("depthwise", params), cache[0], dx, needs=own)
            found |= _named("depthwise", grads)
        return (dx,), {name: found[name] for name in needs.params}

    def multiply_adds(self, *inputs: ArraySpec) -> int:
        """Count both."""
        depthwise, pointwise = self._parts()
        between = depthwise.spec(*inputs).output
        return depthwise.multiply_adds(*inputs) + pointwise.multiply_adds(between)

    def _specs(self, x: ArraySpec) -> tuple[LayerSpec, LayerSpec]:
        depthwise, pointwise = self._parts()
        first = depthwise.spec(x)
        return first, pointwise.spec(first.output)

    def _parts(self) -> tuple[DepthwiseConv2D, Conv2D]:
        depthwise = DepthwiseConv2D(
            self.kernel_size,
            depth_multiplier=self.depth_multiplier,
            stride=self.stride,
            padding=self.padding,
            dilation=self.dilation,
            bias=False,
        )
        return depthwise, Conv2D(self.out_channels, 1, bias=self.bias, activation=self.activation)


def _named(part: str, values: Mapping[str, _T]) -> dict[str, _T]:
    return {f"{part}.{name}": value for name, value in values.items()}


def _of(part: str, values: Mapping[str, _T]) -> dict[str, _T]:
    return {name[len(part) + 1 :]: v for name, v in values.items() if name.startswith(f"{part}.")}


def _wanted(part: str, names: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(_of(part, dict.fromkeys(names)))
