"""Layers of signals, (N, L, C): those of images at work on images of height 1.

A layer here describes the layer of images that does the work (`_image`), and hands over its
arrays with one axis more. All of it are views.
"""

from abc import abstractmethod
from dataclasses import KW_ONLY, dataclass
from functools import cached_property
from typing import Any, ClassVar

import numpy as np

from convstep.errors import Shown, argument_error
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
from convstep.nn.separable import named
from convstep.ops.geometry import integer


class _Signal(Layer):
    """A layer of signals, done by one of images."""

    @abstractmethod
    def _made(self) -> Layer:
        """Make the layer of images."""

    @cached_property
    def _image(self) -> Layer:
        with named(self):
            return self._made()

    def spec(self, *inputs: ArraySpec) -> LayerSpec:
        """Infer shapes and dtypes."""
        x = _one_signal(self, inputs)
        with named(self):
            spec = self._image.spec(ArraySpec((1, *x.shape), x.dtype))
        params = {name: _without_height(param) for name, param in spec.params.items()}
        return LayerSpec(_without_height(spec.output), params, {})

    def init(self, rng: Key, spec: LayerSpec) -> Initial:
        """Make what the layer of images makes."""
        params = {
            name: ArraySpec((1, *each.shape), each.dtype) if len(each.shape) == 3 else each
            for name, each in spec.params.items()
        }
        made, state = self._image.init(rng, LayerSpec(spec.output, params, {}))
        return _narrowed(made), state

    def forward(
        self, params: Arrays, state: Arrays, inputs: Inputs, *, training: bool, rng: Key | None
    ) -> Forward:
        """Run the layer of images; cache what it caches."""
        images = (inputs[0][:, np.newaxis],)  # (N, 1, L, C)
        y, cache, state = self._image.forward(
            _widened(params), state, images, training=training, rng=rng
        )
        return _signals(y), cache, state

    def backward(self, params: Arrays, cache: Any, grad: Array, *, needs: Needs) -> Backward:
        """Go back through the layer of images."""
        if grad.ndim == 3:
            grad = grad[:, np.newaxis]  # (N, 1, L, C)
        (dx,), grads = self._image.backward(_widened(params), cache, grad, needs=needs)
        return (None if dx is None else dx[:, 0],), _narrowed(grads)

    def apply(self, params: Arrays, state: Arrays, inputs: Inputs) -> Array:
        """Compute the output for inference."""
        images = (inputs[0][:, np.newaxis],)  # (N, 1, L, C)
        return _signals(self._image.apply(_widened(params), state, images))

    def multiply_adds(self, *inputs: ArraySpec) -> int:
        """Count those of the layer of images."""
        (x,) = inputs
        return self._image.multiply_adds(ArraySpec((1, *x.shape), x.dtype))

    def _settle_along(self, *names: str) -> None:
        """Check fields that are lengths, and write a padding in numbers out for both ends."""
        own: Any = self
        name = type(self).__name__
        self._settle(**{each: integer(name, each, getattr(own, each), 1) for each in names})
        if not isinstance(own.padding, str):
            self._settle(padding=_ends(name, own.padding))

    def _across(self, *names: str) -> dict[str, Any]:
        """Return fields as those of a layer of images; lengths as (1, length)."""
        own: Any = self
        padding = own.padding if isinstance(own.padding, str) else ((0, 0), own.padding)
        return {"padding": padding, **{name: (1, getattr(own, name)) for name in names}}


@register_layer
@dataclass(frozen=True)
class Conv1D(_Signal):
    """1-D convolution with learned weights, and an optional activation.

    Parameters
    ----------
    out_channels : int
        Number of filters.
    kernel_size, stride, dilation : int
        Length of the window, its step, and the distance of the cells that it looks at.
    padding : int, (before, after), "valid", "same" or "same_lower"
        Zeros at both ends; words as in `ops.conv2d`.
    groups : int
        The channels are cut into so many groups that do not see each other.
    bias : bool
        Whether each output channel has a bias.
    activation : {None, "relu", "relu6", "leaky_relu", "sigmoid", "tanh"}
        What the result goes through.

    Raises
    ------
    ArgumentError
        If an argument breaks its rule; `spec`, if the input does not fit.

    Notes
    -----
    For inputs (N, L, in_channels). Parameters: ``weight`` (kernel_size, in_channels / groups,
    out_channels), He normal at first, and ``bias`` (out_channels,), zero at first.

    Examples
    --------
    >>> import numpy as np
    >>> from convstep import nn
    >>> layer = nn.Conv1D(8, 3, stride=2, padding="same")
    >>> layer.spec(nn.ArraySpec((100, 2), np.dtype("float32"))).output.shape
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
        self._settle_along("kernel_size", "stride", "dilation")
        image: Any = self._image
        self._settle(out_channels=image.out_channels, groups=image.groups, bias=image.bias)

    def _made(self) -> Layer:
        return Conv2D(
            self.out_channels,
            groups=self.groups,
            bias=self.bias,
            activation=self.activation,
            **self._across("kernel_size", "stride", "dilation"),
        )


@dataclass(frozen=True)
class _Pool1D(_Signal):
    """What the two poolings share: a window."""

    label: ClassVar[str] = "pool"

    kernel_size: int
    _: KW_ONLY
    stride: int | None = None
    padding: Any = 0
    dilation: int = 1
    ceil_mode: bool = False

    def __post_init__(self) -> None:
        """Check the arguments."""
        if self.stride is None:
            self._settle(stride=self.kernel_size)
        self._settle_along("kernel_size", "stride", "dilation")
        image: Any = self._image
        self._settle(ceil_mode=image.ceil_mode)

    def _options(self) -> dict[str, Any]:
        across = self._across("kernel_size", "stride", "dilation")
        return {**across, "ceil_mode": self.ceil_mode}


@register_layer
@dataclass(frozen=True)
class MaxPool1D(_Pool1D):
    """The largest cell of each window of a signal, channel by channel.

    Parameters
    ----------
    kernel_size, stride, dilation : int
        As for `Conv1D`; a stride of None is the kernel size.
    padding : int, (before, after), "valid", "same" or "same_lower"
        Cells at both ends that never count.
    ceil_mode : bool
        As in `ops.max_pool2d`.

    Raises
    ------
    ArgumentError
        If an argument breaks its rule; `spec`, if the input does not fit.

    Examples
    --------
    >>> import numpy as np
    >>> from convstep import nn
    >>> nn.MaxPool1D(2).spec(nn.ArraySpec((8, 16), np.dtype("float32"))).output.shape
    (4, 16)
    """

    def _made(self) -> Layer:
        return MaxPool2D(**self._options())


@register_layer
@dataclass(frozen=True)
class AvgPool1D(_Pool1D):
    """The mean of each window of a signal, channel by channel.

    Parameters
    ----------
    kernel_size, stride, dilation : int
        As for `Conv1D`; a stride of None is the kernel size.
    padding : int, (before, after), "valid", "same" or "same_lower"
        Cells at both ends.
    ceil_mode, count_include_pad : bool
        As in `ops.avg_pool2d`.

    Raises
    ------
    ArgumentError
        If an argument breaks its rule; `spec`, if the input does not fit.

    Examples
    --------
    >>> import numpy as np
    >>> from convstep import nn
    >>> nn.AvgPool1D(2).spec(nn.ArraySpec((8, 16), np.dtype("float32"))).output.shape
    (4, 16)
    """

    count_include_pad: bool = False

    def __post_init__(self) -> None:
        """Check the arguments."""
        super().__post_init__()
        image: Any = self._image
        self._settle(count_include_pad=image.count_include_pad)

    def _made(self) -> Layer:
        return AvgPool2D(count_include_pad=self.count_include_pad, **self._options())


@register_layer
@dataclass(frozen=True)
class GlobalAvgPool1D(_Signal):
    """The mean of each channel over the whole signal.

    Examples
    --------
    >>> import numpy as np
    >>> from convstep import nn
    >>> nn.GlobalAvgPool1D().spec(nn.ArraySpec((8, 16), np.dtype("float32"))).output.shape
    (16,)
    """

    label: ClassVar[str] = "pool"

    def _made(self) -> Layer:
        return GlobalAvgPool2D()


@register_layer
@dataclass(frozen=True)
class GlobalMaxPool1D(_Signal):
    """The largest cell of each channel over the whole signal; of equal ones the first.

    Examples
    --------
    >>> import numpy as np
    >>> from convstep import nn
    >>> nn.GlobalMaxPool1D().spec(nn.ArraySpec((8, 16), np.dtype("float32"))).output.shape
    (16,)
    """

    label: ClassVar[str] = "pool"

    def _made(self) -> Layer:
        return GlobalMaxPool2D()


# ---------------------------------------------------------------------------- axes


def _one_signal(layer: Layer, inputs: tuple[ArraySpec, ...]) -> ArraySpec:
    """Check that a layer got one input of shape (length, channels), and return it."""
    x = one_input(layer, inputs)
    if len(x.shape) != 2:
        rule, got = "have the shape (length, channels)", Shown(f"shape {x.shape}")
        raise argument_error(type(layer).__name__, "its input", rule, got)
    return x


def _ends(name: str, padding: Any) -> tuple[int, int]:
    """Check a padding in numbers: an int or (before, after)."""
    if not isinstance(padding, tuple | list):
        number = integer(name, "padding", padding, 0)
        return number, number
    if len(padding) != 2:
        rule = "be an integer of at least 0, a pair (before, after) of them, or a word"
        raise argument_error(name, "padding", rule, padding)
    before, after = padding
    return integer(name, "padding[0]", before, 0), integer(name, "padding[1]", after, 0)


def _without_height(spec: ArraySpec) -> ArraySpec:
    """Leave the height out, where there is one: of images and their weights."""
    return spec if len(spec.shape) == 1 else ArraySpec(spec.shape[1:], spec.dtype)


def _signals(y: Array) -> Array:
    return y[:, 0] if y.ndim == 4 else y  # (N, L, C)


def _widened(params: Arrays) -> Arrays:
    return {name: p[np.newaxis] if p.ndim == 3 else p for name, p in params.items()}


def _narrowed(params: Arrays) -> dict[str, Array]:
    return {name: p[0] if p.ndim == 4 else p for name, p in params.items()}
