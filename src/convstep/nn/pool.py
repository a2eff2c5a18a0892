"""Pooling."""

from dataclasses import KW_ONLY, dataclass
from typing import Any, ClassVar

import numpy as np

from convstep import ops
from convstep.nn.conv import settled_padding
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
    floating,
    floating_input,
    one_image,
    register_layer,
)
from convstep.nn.random import Key
from convstep.ops.geometry import flag, pair, require_cells, sliding_window
from convstep.ops.pool import max_pool2d_index_backward, max_pool2d_with_index


@dataclass(frozen=True)
class _Pool2D(Layer):
    """What the two poolings share: a window, and what it makes of shapes."""

    label: ClassVar[str] = "pool"

    kernel_size: int | tuple[int, int]
    _: KW_ONLY
    stride: int | tuple[int, int] | None = None
    padding: Any = 0
    dilation: int | tuple[int, int] = 1
    ceil_mode: bool = False

    def __post_init__(self) -> None:
        """Check the arguments, and write pairs out as pairs."""
        name = type(self).__name__
        kernel = pair(name, "kernel_size", self.kernel_size, 1)
        stride = kernel if self.stride is None else pair(name, "stride", self.stride, 1)
        dilation = pair(name, "dilation", self.dilation, 1)
        self._settle(
            kernel_size=kernel,
            stride=stride,
            padding=settled_padding(name, self.padding, kernel, stride, dilation),
            dilation=dilation,
            ceil_mode=flag(name, "ceil_mode", self.ceil_mode),
        )

    def spec(self, *inputs: ArraySpec) -> LayerSpec:
        """Infer shapes and dtypes."""
        x = one_image(self, inputs)
        height, width, channels = x.shape
        name = type(self).__name__
        kernel = pair(name, "kernel_size", self.kernel_size, 1)
        window = sliding_window(
            name,
            (height, width),
            kernel,
            stride=self.stride,
            padding=self.padding,
            dilation=self.dilation,
            ceil_mode=self.ceil_mode,
        )
        require_cells(name, window)
        return LayerSpec(ArraySpec((*window.out, channels), floating(x.dtype)), {}, {})

    def _options(self) -> dict[str, Any]:
        """What the operation is told beside the array: all the fields."""
        return {name: value for name, value in self.to_config().items() if name != "type"}


@register_layer
@dataclass(frozen=True)
class MaxPool2D(_Pool2D):
    """The largest cell of each window, channel by channel.

    Parameters
    ----------
    kernel_size, stride, dilation : int or (height, width)
        As in `ops.max_pool2d`; a stride of None is the kernel size.
    padding, ceil_mode
        As in `ops.max_pool2d`.

    Notes
    -----
    Of several equal cells the first, row by row, gets the gradient. The cache is the place of
    the maximum in each window, one byte per output for windows of up to 256 cells.

    Examples
    --------
    >>> import numpy as np
    >>> from convstep import nn
    >>> nn.MaxPool2D(2).spec(nn.ArraySpec((8, 8, 16), np.dtype("float32"))).output.shape
    (4, 4, 16)
    """

    def forward(
        self, params: Arrays, state: Arrays, inputs: Inputs, *, training: bool, rng: Key | None
    ) -> Forward:
        """Pool; cache the places of the maxima."""
        x = floating_input(inputs)
        y, index = max_pool2d_with_index(x, **self._options())
        return y, (index, x.shape), state

    def backward(self, params: Arrays, cache: Any, grad: Array, *, needs: Needs) -> Backward:
        """Send each gradient to its maximum."""
        index, x_shape = cache
        return (max_pool2d_index_backward(grad, index, x_shape, **self._options()),), {}

    def apply(self, params: Arrays, state: Arrays, inputs: Inputs) -> Array:
        """Pool without looking for places."""
        return ops.max_pool2d(floating_input(inputs), **self._options())


@register_layer
@dataclass(frozen=True)
class AvgPool2D(_Pool2D):
    """The mean of each window, channel by channel.

    Parameters
    ----------
    kernel_size, stride, dilation : int or (height, width)
        As in `ops.avg_pool2d`; a stride of None is the kernel size.
    padding, ceil_mode, count_include_pad
        As in `ops.avg_pool2d`.

    Examples
    --------
    >>> import numpy as np
    >>> from convstep import nn
    >>> nn.AvgPool2D(2).spec(nn.ArraySpec((8, 8, 16), np.dtype("float32"))).output.shape
    (4, 4, 16)
    """

    count_include_pad: bool = False

    def __post_init__(self) -> None:
        """Check the arguments."""
        super().__post_init__()
        self._settle(
            count_include_pad=flag("AvgPool2D", "count_include_pad", self.count_include_pad)
        )

    def forward(
        self, params: Arrays, state: Arrays, inputs: Inputs, *, training: bool, rng: Key | None
    ) -> Forward:
        """Pool; cache the shape."""
        x = floating_input(inputs)
        return ops.avg_pool2d(x, **self._options()), x.shape, state

    def backward(self, params: Arrays, cache: Any, grad: Array, *, needs: Needs) -> Backward:
        """Share each gradient out over its window."""
        return (ops.avg_pool2d_backward(grad, cache, **self._options()),), {}


@dataclass(frozen=True)
class _GlobalPool2D(Layer):
    """What the two poolings of whole images share."""

    label: ClassVar[str] = "pool"

    def spec(self, *inputs: ArraySpec) -> LayerSpec:
        """Infer shapes and dtypes."""
        x = one_image(self, inputs)
        return LayerSpec(ArraySpec(x.shape[2:], floating(x.dtype)), {}, {})


@register_layer
@dataclass(frozen=True)
class GlobalAvgPool2D(_GlobalPool2D):
    """The mean of each channel over the whole image.

    Examples
    --------
    >>> import numpy as np
    >>> from convstep import nn
    >>> nn.GlobalAvgPool2D().spec(nn.ArraySpec((8, 8, 16), np.dtype("float32"))).output.shape
    (16,)
    """

    def forward(
        self, params: Arrays, state: Arrays, inputs: Inputs, *, training: bool, rng: Key | None
    ) -> Forward:
        """Average; cache the shape."""
        x = floating_input(inputs)
        return ops.global_avg_pool2d(x), x.shape, state

    def backward(self, params: Arrays, cache: Any, grad: Array, *, needs: Needs) -> Backward:
        """Share each gradient out over its channel."""
        return (ops.global_avg_pool2d_backward(grad, cache),), {}


@register_layer
@dataclass(frozen=True)
class GlobalMaxPool2D(_GlobalPool2D):
    """The largest number of each channel over the whole image.

    Notes
    -----
    Of several equal cells the first, row by row, gets the gradient. The cache is its place.

    Examples
    --------
    >>> import numpy as np
    >>> from convstep import nn
    >>> nn.GlobalMaxPool2D().spec(nn.ArraySpec((8, 8, 16), np.dtype("float32"))).output.shape
    (16,)
    """

    def forward(
        self, params: Arrays, state: Arrays, inputs: Inputs, *, training: bool, rng: Key | None
    ) -> Forward:
        """Pool; cache the places of the maxima."""
        x = floating_input(inputs)
        y, index = max_pool2d_with_index(x, x.shape[1:3])
        return y[:, 0, 0], (index, x.shape), state  # (N, 1, 1, C) -> (N, C)

    def backward(self, params: Arrays, cache: Any, grad: Array, *, needs: Needs) -> Backward:
        """Send each gradient to its maximum."""
        index, x_shape = cache
        pixels = grad[:, np.newaxis, np.newaxis]  # (N, C) -> (N, 1, 1, C)
        return (max_pool2d_index_backward(pixels, index, x_shape, x_shape[1:3]),), {}

    def apply(self, params: Arrays, state: Arrays, inputs: Inputs) -> Array:
        """Pool without looking for places."""
        x = floating_input(inputs)
        return ops.max_pool2d(x, x.shape[1:3])[:, 0, 0]  # (N, 1, 1, C) -> (N, C)
