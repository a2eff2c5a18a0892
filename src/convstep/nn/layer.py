"""What a layer is.

A layer is a small immutable description: a frozen dataclass whose fields are numbers, strings
and tuples of them. It holds no arrays. Its arrays are handed to it, by name, at every call::

    spec(*inputs) -> LayerSpec(output, params, state)
        From the shape and dtype of each input (without the batch axis) to those of the output,
        of the parameters (learned by gradients) and of the state (running statistics and the
        like). Allocates nothing. Every mismatch of shapes is found here.
    init(rng, spec) -> params, state
        First values of the arrays that `spec` lists.
    forward(params, state, inputs, *, training, rng) -> output, cache, state
        One output for a tuple of inputs, each with the batch as its first axis. The cache is
        what `backward` needs and no more: only this layer can read it, and it is used once.
        `rng` is a `Key`; only layers that draw random numbers look at it. The state that comes
        back replaces the one that went in; neither is changed in place.
    backward(params, cache, grad, *, needs) -> input_grads, param_grads
        From the gradient of the output to those of the inputs (a tuple, None where
        `needs.inputs` says False) and of the parameters (a dict, the names in `needs.params`).
    apply(params, state, inputs) -> output
        Inference: `forward` without training, nothing kept.
    multiply_adds(*inputs) -> int
        The cost of `forward`, per example.

An output or gradient may be a view of what came in (`Flatten`), so nobody writes into either.
An error names the layer's class; a `Graph`, which knows the layer's name in the network, puts
that before it: ``conv2 (Conv2D): ...``. A graph is a layer too.

A layer is saved as ``to_config()``: its class's name and its fields. `register_layer` makes a
class known to `layer_from_config`.
"""

from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any, ClassVar, NamedTuple, Self, TypeVar

import numpy as np
import numpy.typing as npt

from convstep.errors import Shown, argument_error, nearest
from convstep.nn.random import Key
from convstep.ops.geometry import MOST_CELLS

Array = npt.NDArray[Any]
Arrays = Mapping[str, Array]
DType = np.dtype[Any]
Shape = tuple[int, ...]
Inputs = tuple[Array, ...]
Initial = tuple[dict[str, Array], dict[str, Array]]
"""What `init` returns: params, state."""
Forward = tuple[Array, Any, Arrays]
"""What `forward` returns: output, cache, state."""
Backward = tuple[tuple[Array | None, ...], dict[str, Array]]
"""What `backward` returns: input_grads, param_grads."""


class ArraySpec(NamedTuple):
    """The shape, without the batch axis, and the dtype of an array that need not exist."""

    shape: Shape
    dtype: DType

    @property
    def size(self) -> int:
        """Number of elements, of one example if there is a batch."""
        size = 1
        for length in self.shape:
            size *= length
        return size


class LayerSpec(NamedTuple):
    """What a layer makes of its inputs, and the arrays it needs for that."""

    output: ArraySpec
    params: dict[str, ArraySpec]
    state: dict[str, ArraySpec]


class Needs(NamedTuple):
    """Which gradients are wanted: of which inputs, one by one, and of which parameters."""

    inputs: tuple[bool, ...]
    params: tuple[str, ...]


@dataclass(frozen=True)
class Layer(ABC):
    """The base of all layers; the head of this file says what each method does."""

    label: ClassVar[str] = "layer"
    """What `Sequential` calls such a layer: conv1, conv2, ..."""

    @abstractmethod
    def spec(self, *inputs: ArraySpec) -> LayerSpec:
        """Infer shapes and dtypes."""

    def init(self, rng: Key, spec: LayerSpec) -> Initial:
        """Make the first parameters and state; a layer that has none needs not override it."""
        return {}, {}

    @abstractmethod
    def forward(
        self, params: Arrays, state: Arrays, inputs: Inputs, *, training: bool, rng: Key | None
    ) -> Forward:
        """Compute the output."""

    @abstractmethod
    def backward(self, params: Arrays, cache: Any, grad: Array, *, needs: Needs) -> Backward:
        """Compute the gradients."""

    def apply(self, params: Arrays, state: Arrays, inputs: Inputs) -> Array:
        """Compute the output for inference."""
        return self.forward(params, state, inputs, training=False, rng=None)[0]

    def multiply_adds(self, *inputs: ArraySpec) -> int:
        """Count the multiply-adds of one example; 0 for layers that hardly cost any."""
        return 0

    def to_config(self) -> dict[str, Any]:
        """Describe the layer in values that JSON knows."""
        values = {field.name: getattr(self, field.name) for field in fields(self)}
        return {"type": type(self).__name__, **values}

    @classmethod
    def from_config(cls, config: Mapping[str, Any]) -> Self:
        """Make the layer from its fields, as `to_config` or JSON gives them."""
        known = [field.name for field in fields(cls) if field.init]
        for name in config:
            if name not in known:
                rule = f"be one of {known}"
                raise argument_error(cls.__name__, "a field of its description", rule, name)
        try:
            return cls(**config)
        except TypeError as error:
            if isinstance(error, ValueError):  # our own, which says more
                raise
            rule = "name every field without a default"
            raise argument_error(cls.__name__, "its description", rule, dict(config)) from error

    def _settle(self, **values: Any) -> None:
        """Put checked values in place of the given ones, while the layer is being made."""
        for name, value in values.items():
            object.__setattr__(self, name, value)


# ---------------------------------------------------------------------------- the registry

MOST_NESTED = 64
TOO_DEEP = f"hold at most {MOST_NESTED} graphs within each other", Shown("more")
_REGISTRY: dict[str, type[Layer]] = {}
_L = TypeVar("_L", bound=type[Layer])


def register_layer(cls: _L) -> _L:
    """Make a class of layers known to `layer_from_config`, and so to saved models.

    Raises
    ------
    ArgumentError
        If another class has the name already.
    """
    if _REGISTRY.setdefault(cls.__name__, cls) is not cls:
        raise argument_error("register_layer", "cls", "have a name that is not taken", cls)
    return cls


def layer_from_config(config: Any) -> Layer:
    """Make the layer that a `to_config` described.

    Raises
    ------
    ArgumentError
        If the description is malformed, or its layer is not known.
    """
    function = "layer_from_config"
    if not isinstance(config, Mapping) or not isinstance(config.get("type"), str):
        raise argument_error(function, "config", 'be a dict with a "type"', config)
    kind = config["type"]
    if kind not in _REGISTRY:
        guess = nearest(kind, _REGISTRY)
        advice = f"Did you mean {guess!r}? " if guess else ""
        advice += "A class of your own is made known by register_layer."
        rule = f"be a known layer ({', '.join(sorted(_REGISTRY))})"
        raise argument_error(function, "type", rule, kind, advice)
    try:
        return _REGISTRY[kind].from_config({key: config[key] for key in config if key != "type"})
    except RecursionError:
        raise argument_error(function, "config", *TOO_DEEP) from None


# ---------------------------------------------------------------------------- for the layers


def one_input(layer: Layer, inputs: tuple[ArraySpec, ...]) -> ArraySpec:
    """Check that a layer got one input, and return it."""
    if len(inputs) != 1:
        raise argument_error(
            type(layer).__name__, "inputs", "be exactly one", Shown(f"{len(inputs)} inputs")
        )
    return inputs[0]


def one_image(layer: Layer, inputs: tuple[ArraySpec, ...]) -> ArraySpec:
    """Check that a layer got one input of shape (height, width, channels), and return it."""
    x = one_input(layer, inputs)
    if len(x.shape) != 3:
        raise argument_error(
            type(layer).__name__,
            "its input",
            "have the shape (height, width, channels)",
            Shown(f"shape {x.shape}"),
        )
    return x


def require_memory(function: str, argument: str, *specs: ArraySpec) -> None:
    """Refuse arrays that are larger, together, than any memory.

    Raises
    ------
    ArgumentError
        If they hold more than `MOST_CELLS` numbers.
    """
    size = sum(spec.size for spec in specs)
    if size > MOST_CELLS:
        shown = f", as in shape {specs[0].shape}" if len(specs) == 1 else ""
        got = Shown(f"{size}{shown}")
        raise argument_error(function, argument, f"hold at most {MOST_CELLS} numbers", got)


def floating(dtype: DType) -> DType:
    """Return the dtype that a network computes in, given that of its input."""
    return dtype if dtype.kind == "f" else np.dtype(np.float32)


def floating_input(inputs: Inputs) -> Array:
    """Return the only input, in the dtype that `floating` tells."""
    (x,) = inputs
    return x.astype(floating(x.dtype), copy=False)
