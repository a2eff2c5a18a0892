"""Layers that make images larger: padding and upsampling."""

from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np

from convstep import ops
from convstep.errors import argument_error
from convstep.nn.checks import finite
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
from convstep.ops.geometry import explicit_padding, pair, require_room


@register_layer
@dataclass(frozen=True)
class Pad2D(Layer):
    """Cells of one value around each image.

    Parameters
    ----------
    padding : int, (height, width) or ((top, bottom), (left, right))
        As in `ops.pad2d`.
    value : float
        What the new cells hold.

    Examples
    --------
    >>> import numpy as np
    >>> from convstep import nn
    >>> nn.Pad2D(1).spec(nn.ArraySpec((8, 8, 3), np.dtype("float32"))).output.shape
    (10, 10, 3)
    """

    label: ClassVar[str] = "pad"

    padding: Any
    value: float = 0.0

    def __post_init__(self) -> None:
        """Check the arguments, and write the padding out for all four sides."""
        self._settle(
            padding=explicit_padding("Pad2D", self.padding),
            value=finite("Pad2D", "value", self.value),
        )

    def spec(self, *inputs: ArraySpec) -> LayerSpec:
        """Infer shapes and dtypes."""
        x = one_image(self, inputs)
        height, width, channels = x.shape
        rows, columns = (sum(side) for side in self.padding)
        size = (height + rows, width + columns)
        require_room("Pad2D", "padding", size)
        dtype = floating(x.dtype)
        if abs(self.value) > float(np.finfo(dtype).max):
            raise argument_error("Pad2D", "value", f"be finite in {dtype}", self.value)
        return LayerSpec(ArraySpec((*size, channels), dtype), {}, {})

    def forward(
        self, params: Arrays, state: Arrays, inputs: Inputs, *, training: bool, rng: Key | None
    ) -> Forward:
        """Pad; nothing to cache."""
        x = floating_input(inputs)
        return ops.pad2d(x, self.padding, self.value), None, state

    def backward(self, params: Arrays, cache: Any, grad: Array, *, needs: Needs) -> Backward:
        """Cut the padding away."""
        return (ops.pad2d_backward(grad, self.padding),), {}


@register_layer
@dataclass(frozen=True)
class Upsample2D(Layer):
    """Each pixel repeated: the nearest neighbour in an image that is `scale` times as large.

    Parameters
    ----------
    scale : int or (height, width)
        As in `ops.upsample_nearest2d`.

    Examples
    --------
    >>> import numpy as np
    >>> from convstep import nn
    >>> nn.Upsample2D(2).spec(nn.ArraySpec((4, 4, 16), np.dtype("float32"))).output.shape
    (8, 8, 16)
    """

    label: ClassVar[str] = "upsample"

    scale: int | tuple[int, int]

    def __post_init__(self) -> None:
        """Check the argument, and write it out as a pair."""
        self._settle(scale=pair("Upsample2D", "scale", self.scale, 1))

    def spec(self, *inputs: ArraySpec) -> LayerSpec:
        """Infer shapes and dtypes."""
        x = one_image(self, inputs)
        height, width, channels = x.shape
        rows, columns = pair("Upsample2D", "scale", self.scale, 1)
        size = (height * rows, width * columns)
        require_room("Upsample2D", "scale", size)
        return LayerSpec(ArraySpec((*size, channels), floating(x.dtype)), {}, {})

    def forward(
        self, params: Arrays, state: Arrays, inputs: Inputs, *, training: bool, rng: Key | None
    ) -> Forward:
        """Repeat; nothing to cache."""
        x = floating_input(inputs)
        return ops.upsample_nearest2d(x, self.scale), None, state

    def backward(self, params: Arrays, cache: Any, grad: Array, *, needs: Needs) -> Backward:
        """Sum over what was repeated."""
        return (ops.upsample_nearest2d_backward(grad, self.scale),), {}
