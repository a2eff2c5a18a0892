"""Layers for signals (length, channels): faces of the 2-D layers, for images of height 1."""

from abc import abstractmethod
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import KW_ONLY, dataclass
from functools import lru_cache
from typing import Any, ClassVar

from convstep.errors import ArgumentError, Shown, argument_error
from convstep.nn.conv import Conv2D
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
    one_input,
    register_layer,
)
from convstep.nn.pool import AvgPool2D, GlobalAvgPool2D, GlobalMaxPool2D, MaxPool2D
from convstep.nn.random import Key
from convstep.ops.geometry import integer


class _Signal(Layer):
    """A layer that turns signals into images of height 1, and lets a 2-D layer do the work."""

    @abstractmethod
    def _make_image_layer(self) -> Layer:
        """Make the layer that does the work."""

    def spec(self, *inputs: ArraySpec) -> LayerSpec:
        """Infer shapes and dtypes."""
        x = one_input(self, inputs)
        if len(x.shape) != 2:
            rule = "have the shape (length, channels)"
            got = Shown(f"shape {x.shape}")
            raise argument_error(type(self).__name__, "its input", rule, got)
        with self._own_name():
            spec = _image_layer(self).spec(ArraySpec((1, *x.shape), x.dtype))
        params = {
            name: ArraySpec(each.shape[1:], each.dtype) if len(each.shape) == 4 else each
            for name, each in spec.params.items()
        }
        shape = spec.output.shape[-2:]  # (1, L, C) -> (L, C), or (C,)
        return LayerSpec(ArraySpec(shape, spec.output.dtype), params, {})

    def init(self, rng: Key, spec: LayerSpec) -> Initial:
        """Make what the 2-D layer makes."""
        lifted = {
            name: ArraySpec((1, *each.shape), each.dtype) if len(each.shape) == 3 else each
            for name, each in spec.params.items()
        }
        params, state = _image_layer(self).init(rng, spec._replace(params=lifted))
        flat = {name: each[0] if each.ndim == 4 else each for name, each in params.items()}
        return flat, state

    def forward(
        self, params: Arrays, state: Arrays, inputs: Inputs, *, training: bool, rng: Key | None
    ) -> Forward:
        """Run the 2-D layer; cache what it caches."""
        images = (inputs[0][:, None],)  # (N, L, C) -> (N, 1, L, C)
        y, cache, state = _image_layer(self).forward(
            _lifted(params), state, images, training=training, rng=rng
        )
        return _lowered(y), (cache, y.ndim), state

    def backward(self, params: Arrays, cache: Any, grad: Array, *, needs: Needs) -> Backward:
        """Go back through the 2-D layer."""
        inner, axes = cache
        images = grad[:, None] if axes == 4 else grad  # (N, L, C) -> (N, 1, L, C)
        (dx,), grads = _image_layer(self).backward(_lifted(params), inner, images, needs=needs)
        flat = {name: each[0] if each.ndim == 4 else each for name, each in grads.items()}
        return (None if dx is None else dx[:, 0],), flat  # (N, 1, L, C) -> (N, L, C)

    def apply(self, params: Arrays, state: Arrays, inputs: Inputs) -> Array:
        """Let the 2-D layer infer."""
        images = (inputs[0][:, None],)  # (N, L, C) -> (N, 1, L, C)
        return _lowered(_image_layer(self).apply(_lifted(params), state, images))

    def multiply_adds(self, *inputs: ArraySpec) -> int:
        """Count those of the 2-D layer."""
        (x,) = inputs
        return _image_layer(self).multiply_adds(ArraySpec((1, *x.shape), x.dtype))

    @contextmanager
    def _own_name(self) -> Iterator[None]:
        """Put this layer's name into errors in place of the 2-D one's."""
        name = type(self).__name__
        try:
            yield
        except ArgumentError as error:
            text = str(error).replace(f"{name[:-2]}2D:", f"{name}:", 1)
            raise type(error)(text) from None

    def _settle_window(self, kernel_size: Any, stride: Any, padding: Any, dilation: Any) -> None:
        """Check the numbers of a window, and then all that the 2-D layer checks."""
        name = type(self).__name__
        kernel = integer(name, "kernel_size", kernel_size, 1)
        self._settle(
            kernel_size=kernel,
            stride=kernel if stride is None else integer(name, "stride", stride, 1),
            padding=_sides(name, padding),
            dilation=integer(name, "dilation", dilation, 1),
        )
        with self._own_name():
            self._make_image_layer()

    def _image_fields(self) -> dict[str, Any]:
        """Return this layer's fields as the 2-D layer takes them."""
        fields = {name: value for name, value in self.to_config().items() if name != "type"}
        for name in ("kernel_size", "stride", "dilation"):
            fields[name] = (1, fields[name])
        if not isinstance(fields["padding"], str):
            fields["padding"] = ((0, 0), fields["padding"])
        return fields


@lru_cache(maxsize=256)
def _image_layer(layer: _Signal) -> Layer:
    return layer._make_image_layer()


def _lifted(params: Arrays) -> dict[str, Array]:
    """Give the filters the height 1."""
    return {name: each[None] if each.ndim == 3 else each for name, each in params.items()}


def _lowered(y: Array) -> Array:
    """Take the height of 1 away: (N, 1, L, C) -> (N, L, C)."""
    return y[:, 0] if y.ndim == 4 else y


def _sides(name: str, padding: Any) -> Any:
    """Check a padding: a word, a number, or (before, after)."""
    if isinstance(padding, str):
        return padding
    sides = padding if isinstance(padding, tuple | list) else (padding, padding)
    if len(sides) != 2:
        rule = 'be an integer, a pair (before, after), "valid", "same" or "same_lower"'
        raise argument_error(name, "padding", rule, padding)
    before, after = (integer(name, "padding", side, 0) for side in sides)
    return before, after


@register_layer
@dataclass(frozen=True)
class Conv1D(_Signal):
    """Convolution of signals: `Conv2D` for images of height 1.

    Parameters
    ----------
    out_channels : int
        Number of filters.
    kernel_size, stride, dilation : int
    padding : int, (before, after), "valid", "same" or "same_lower"
    groups, bias, activation
        As `Conv2D` takes them.

    Notes
    -----
    Parameters: ``weight`` (kernel_size, in_channels / groups, out_channels) and ``bias``.

    Examples
    --------
    >>> import numpy as np
    >>> from convstep import nn
    >>> layer = nn.Conv1D(8, 5, padding="same", stride=2)
    >>> layer.spec(nn.ArraySpec((100, 3), np.dtype("float32"))).output.shape
    (50, 8)
    """

    label: ClassVar[str] = "conv"

    out_channels: int
    kernel_size: int
    _: KW_ONLY
    stride: int = 1
    padding: Any = 0
    dilation: int = 1
    groups: int = 1
    bias: bool = True
    activation: str | None = None

    def __post_init__(self) -> None:
        """Check the arguments."""
        self._settle_window(self.kernel_size, self.stride, self.padding, self.dilation)
        self._settle(out_channels=int(self.out_channels), groups=int(self.groups))

    def _make_image_layer(self) -> Layer:
        return Conv2D(**self._image_fields())


@dataclass(frozen=True)
class _Pool1D(_Signal):
    """What the two poolings share."""

    label: ClassVar[str] = "pool"

    kernel_size: int
    _: KW_ONLY
    stride: int | None = None
    padding: Any = 0
    dilation: int = 1
    ceil_mode: bool = False

    def __post_init__(self) -> None:
        """Check the arguments."""
        self._settle_window(self.kernel_size, self.stride, self.padding, self.dilation)


@register_layer
@dataclass(frozen=True)
class MaxPool1D(_Pool1D):
    """The largest number of each window, channel by channel: `MaxPool2D` for signals.

    Examples
    --------
    >>> import numpy as np
    >>> from convstep import nn
    >>> nn.MaxPool1D(4).spec(nn.ArraySpec((100, 8), np.dtype("float32"))).output.shape
    (25, 8)
    """

    def _make_image_layer(self) -> Layer:
        return MaxPool2D(**self._image_fields())


@register_layer
@dataclass(frozen=True)
class AvgPool1D(_Pool1D):
    """The mean of each window, channel by channel: `AvgPool2D` for signals.

    Examples
    --------
    >>> import numpy as np
    >>> from convstep import nn
    >>> nn.AvgPool1D(4).spec(nn.ArraySpec((100, 8), np.dtype("float32"))).output.shape
    (25, 8)
    """

    count_include_pad: bool = False

    def _make_image_layer(self) -> Layer:
        return AvgPool2D(**self._image_fields())


@register_layer
@dataclass(frozen=True)
class GlobalAvgPool1D(_Signal):
    """The mean of each channel over the whole signal."""

    label: ClassVar[str] = "pool"

    def _make_image_layer(self) -> Layer:
        return GlobalAvgPool2D()


@register_layer
@dataclass(frozen=True)
class GlobalMaxPool1D(_Signal):
    """The largest number of each channel over the whole signal."""

    label: ClassVar[str] = "pool"

    def _make_image_layer(self) -> Layer:
        return GlobalMaxPool2D()
