"""The shortcut of a residual block without parameters."""

from dataclasses import KW_ONLY, dataclass
from typing import Any, ClassVar

import numpy as np

from convstep.errors import argument_error
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
    one_image,
    register_layer,
)
from convstep.nn.random import Key
from convstep.ops.geometry import integer, pair


@register_layer
@dataclass(frozen=True)
class IdentityShortcut(Layer):
    """Every stride-th pixel, with channels of zeros around its own: an identity that shrinks.

    Parameters
    ----------
    out_channels : int
        Channels of the output; half of what is added comes before the input's, half after.
    stride : int or (height, width)
        How many rows and columns to go on for the next pixel.

    Notes
    -----
    Option A of He et al. (2015), *Deep residual learning for image recognition*, section 3.3.

    Examples
    --------
    >>> import numpy as np
    >>> from convstep import nn
    >>> layer = nn.IdentityShortcut(32, stride=2)
    >>> layer.spec(nn.ArraySpec((9, 9, 16), np.dtype("float32"))).output.shape
    (5, 5, 32)
    """

    label: ClassVar[str] = "shortcut"

    out_channels: int
    _: KW_ONLY
    stride: int | tuple[int, int] = 1

    def __post_init__(self) -> None:
        """Check the arguments, and write pairs out as pairs."""
        name = "IdentityShortcut"
        self._settle(
            out_channels=integer(name, "out_channels", self.out_channels, 1),
            stride=pair(name, "stride", self.stride, 1),
        )

    def spec(self, *inputs: ArraySpec) -> LayerSpec:
        """Infer shapes and dtypes."""
        x = one_image(self, inputs)
        height, width, channels = x.shape
        if self.out_channels < channels:
            rule = f"be at least the input's {channels} channels"
            raise argument_error("IdentityShortcut", "out_channels", rule, self.out_channels)
        rows, columns = self._strides()
        shape = (-(-height // rows), -(-width // columns), self.out_channels)
        return LayerSpec(ArraySpec(shape, x.dtype), {}, {})

    def forward(
        self, params: Arrays, state: Arrays, inputs: Inputs, *, training: bool, rng: Key | None
    ) -> Forward:
        """Take pixels and put zeros around; cache the shape."""
        (x,) = inputs
        pixels = self._pixels(x)
        y = np.zeros((*pixels.shape[:3], self.out_channels), x.dtype)
        self._own(y, x.shape[3])[...] = pixels
        return y, x.shape, state

    def backward(self, params: Arrays, cache: Any, grad: Array, *, needs: Needs) -> Backward:
        """Put each pixel's gradient back in its place."""
        dx = np.zeros(cache, grad.dtype)
        self._pixels(dx)[...] = self._own(grad, cache[3])
        return (dx,), {}

    def _strides(self) -> tuple[int, int]:
        return pair("IdentityShortcut", "stride", self.stride, 1)

    def _pixels(self, x: Array) -> Array:
        """Return the pixels that are kept: a view."""
        rows, columns = self._strides()
        return x[:, ::rows, ::columns]

    def _own(self, y: Array, channels: int) -> Array:
        """Return the channels of the output that are not zero: a view."""
        before = (self.out_channels - channels) // 2
        return y[..., before : before + channels]
