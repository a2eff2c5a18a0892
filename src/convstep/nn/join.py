"""Layers that make one value of several."""

from dataclasses import KW_ONLY, dataclass
from functools import reduce
from itertools import accumulate
from typing import Any, ClassVar

import numpy as np

from convstep.errors import Shown, argument_error
from convstep.nn.activation import checked_activation
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
    register_layer,
)
from convstep.nn.random import Key
from convstep.ops.elementwise import add, add_backward
from convstep.ops.geometry import integer


@register_layer
@dataclass(frozen=True)
class Add(Layer):
    """The sum of two or more inputs of one shape, and an optional activation.

    Parameters
    ----------
    activation : {None, "relu", "relu6", "leaky_relu", "sigmoid", "tanh"}
        What the sum goes through.

    Notes
    -----
    The cache is the output if there is an activation, else nothing.

    Examples
    --------
    >>> import numpy as np
    >>> from convstep import nn
    >>> x = nn.ArraySpec((8, 8, 16), np.dtype("float32"))
    >>> nn.Add().spec(x, x).output.shape
    (8, 8, 16)
    """

    label: ClassVar[str] = "add"

    _: KW_ONLY
    activation: str | None = None

    def __post_init__(self) -> None:
        """Check the argument."""
        self._settle(activation=checked_activation("Add", self.activation))

    def spec(self, *inputs: ArraySpec) -> LayerSpec:
        """Infer shapes and dtypes."""
        shapes = _several("Add", inputs)
        if len(set(shapes)) > 1:
            raise argument_error("Add", "its inputs", "have one shape", _shown(shapes))
        return LayerSpec(ArraySpec(shapes[0], _dtype(inputs)), {}, {})

    def forward(
        self, params: Arrays, state: Arrays, inputs: Inputs, *, training: bool, rng: Key | None
    ) -> Forward:
        """Add; cache the output if its activation's backward needs it."""
        *first, last = inputs
        y = add(reduce(add, first), last, self.activation)
        return y, y if self.activation else None, state

    def backward(self, params: Arrays, cache: Any, grad: Array, *, needs: Needs) -> Backward:
        """Hand each input the same gradient."""
        dx = add_backward(grad, cache, self.activation)
        return tuple(dx if need else None for need in needs.inputs), {}


@register_layer
@dataclass(frozen=True)
class Concat(Layer):
    """Two or more inputs side by side along an axis.

    Parameters
    ----------
    axis : int
        An axis of the arrays, counted with the batch, which is axis 0 and stays as it is: -1 are
        the channels.

    Notes
    -----
    The inputs agree in all other axes. The cache is where each ends; gradients are views.

    Examples
    --------
    >>> import numpy as np
    >>> from convstep import nn
    >>> x = nn.ArraySpec((8, 8, 16), np.dtype("float32"))
    >>> nn.Concat().spec(x, x).output.shape
    (8, 8, 32)
    """

    label: ClassVar[str] = "concat"

    axis: int = -1

    def __post_init__(self) -> None:
        """Check the argument."""
        axis = integer("Concat", "axis", self.axis, -3)
        if axis == 0:
            rule = "not be 0, the examples of the batch"
            raise argument_error("Concat", "axis", rule, self.axis)
        self._settle(axis=axis)

    def spec(self, *inputs: ArraySpec) -> LayerSpec:
        """Infer shapes and dtypes."""
        shapes = _several("Concat", inputs)
        axes = len(shapes[0])
        if not -axes <= self.axis <= axes:
            rule = f"be an axis of its inputs, from 1 to {axes} or from -{axes} to -1"
            raise argument_error("Concat", "axis", rule, self.axis)
        place = self.axis % (axes + 1) - 1  # the spec has no axis for the batch
        rest = {(*shape[:place], *shape[place + 1 :]) for shape in shapes}
        if len(rest) > 1 or any(len(shape) != axes for shape in shapes):
            rule = f"have one shape but for axis {self.axis}"
            raise argument_error("Concat", "its inputs", rule, _shown(shapes))
        length = sum(shape[place] for shape in shapes)
        shape = (*shapes[0][:place], length, *shapes[0][place + 1 :])
        return LayerSpec(ArraySpec(shape, _dtype(inputs)), {}, {})

    def forward(
        self, params: Arrays, state: Arrays, inputs: Inputs, *, training: bool, rng: Key | None
    ) -> Forward:
        """Put the inputs side by side; cache where each but the last ends."""
        ends = list(accumulate(x.shape[self.axis] for x in inputs))
        return np.concatenate(inputs, axis=self.axis), ends[:-1], state

    def backward(self, params: Arrays, cache: Any, grad: Array, *, needs: Needs) -> Backward:
        """Cut the gradient where the inputs met."""
        parts = np.split(grad, cache, axis=self.axis)
        grads = zip(parts, needs.inputs, strict=True)
        return tuple(part if need else None for part, need in grads), {}


def _several(function: str, inputs: tuple[ArraySpec, ...]) -> list[tuple[int, ...]]:
    """Check that there are two inputs or more, and return their shapes."""
    if len(inputs) < 2:
        rule = "be at least two"
        raise argument_error(function, "inputs", rule, Shown(f"{len(inputs)} inputs"))
    return [x.shape for x in inputs]


def _shown(shapes: list[tuple[int, ...]]) -> Shown:
    return Shown("shapes " + " and ".join(map(str, shapes)))


def _dtype(inputs: tuple[ArraySpec, ...]) -> np.dtype[Any]:
    return np.result_type(*(x.dtype for x in inputs))
