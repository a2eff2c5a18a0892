"""A graph with its arrays: the half of `Model` that knows nothing of data and training."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from convstep.errors import Shown, argument_error, type_error
from convstep.graph import Graph
from convstep.models.patterns import matching
from convstep.models.summary import summary
from convstep.nn.layer import Arrays, ArraySpec, DType, Shape
from convstep.nn.random import Key
from convstep.ops.geometry import integer
from convstep.training.parameters import FlatArrays, Weights


class Network:
    """A graph with its parameters and state, by name. `Model` says what the arguments are."""

    def __init__(
        self,
        graph: Graph,
        *,
        input_shape: Sequence[int],
        seed: int = 0,
        dtype: npt.DTypeLike = np.float32,
    ) -> None:
        self.graph = _checked_graph(graph)
        self.input_shape = _checked_shape(input_shape)
        self.dtype = _checked_dtype(dtype)
        self.seed = integer("Model", "seed", seed, 0)
        self._input = ArraySpec(self.input_shape, self.dtype)
        self._spec = graph.spec(self._input)
        self._weights: Weights | None = None
        self._frozen: frozenset[str] = frozenset()

    @property
    def params(self) -> FlatArrays:
        """The parameters by name."""
        return self._made().params

    @property
    def state(self) -> Arrays:
        """What layers keep beside parameters, by name."""
        return self._made().state

    def summary(self) -> str:
        """Return a table of layers, output shapes, parameters and multiply-adds per example."""
        return summary(self.graph, self._input)

    # ------------------------------------------------------------------ freezing

    @property
    def frozen(self) -> tuple[str, ...]:
        """The names of the parameters that training leaves as they are."""
        return tuple(name for name in self._spec.params if name in self._frozen)

    @property
    def trainable(self) -> tuple[str, ...]:
        """The names of the other parameters: those that training changes."""
        return tuple(name for name in self._spec.params if name not in self._frozen)

    def freeze(self, *patterns: str) -> None:
        """Keep parameters as they are: training computes no gradient of them and leaves them alone.

        Parameters
        ----------
        *patterns : str
            Names such as ``"conv1.weight"``, or patterns as of file names: ``"block1.*"``. They
            add to what is frozen already.

        Raises
        ------
        ArgumentError
            If a pattern matches no parameter; nothing has changed then.

        Notes
        -----
        State is no parameter: the running statistics of a `BatchNorm` go on. What is frozen is
        saved with the model.

        Examples
        --------
        >>> from convstep import nn
        >>> from convstep.graph import Sequential
        >>> from convstep.models import Model
        >>> graph = Sequential([nn.Dense(8, activation="relu"), nn.Dense(2)])
        >>> model = Model(graph, input_shape=(4,))
        >>> model.freeze("dense1.*")
        >>> model.frozen, model.trainable
        (('dense1.weight', 'dense1.bias'), ('dense2.weight', 'dense2.bias'))
        """
        self._frozen |= matching("Model.freeze", "patterns", patterns, self._spec.params)

    def unfreeze(self, *patterns: str) -> None:
        """Let parameters be trained again; the patterns are those of `freeze`.

        Raises
        ------
        ArgumentError
            If a pattern matches no parameter; nothing has changed then.
        """
        self._frozen -= matching("Model.unfreeze", "patterns", patterns, self._spec.params)

    # ------------------------------------------------------------------ inside

    def _made(self) -> Weights:
        """Return parameters and state, made by now."""
        if self._weights is None:
            params, state = self.graph.init(Key(self.seed).child("init"), self._spec)
            self._weights = self._filled({**params, **state}, step=0)
        return self._weights

    def _filled(self, arrays: Arrays, step: int) -> Weights:
        """Copy parameters and state by name; just those must be there that the spec lists."""
        specs = {**self._spec.params, **self._spec.state}
        for name in {**specs, **arrays}:
            array = arrays.get(name)
            found = None if array is None else ArraySpec(array.shape, array.dtype)
            if found != specs.get(name):
                rule = f"be {specs.get(name, 'absent')}"
                raise argument_error("Model", f"the array {name!r}", rule, Shown(found or "absent"))
        params = FlatArrays(self._spec.params, self.dtype)
        for name, view in params.items():
            view[...] = arrays[name]
        return Weights(params, {name: arrays[name] for name in self._spec.state}, step)


def _checked_graph(graph: Any) -> Graph:
    if not isinstance(graph, Graph):
        advice = "Sequential([...]) joins layers into one."
        raise type_error("Model", "graph", "be a Graph", graph, advice)
    return graph


def _checked_shape(shape: Any) -> Shape:
    if not isinstance(shape, tuple | list):
        rule = "be the shape of one example, such as (height, width, channels)"
        raise type_error("Model", "input_shape", rule, shape)
    return tuple(integer("Model", "input_shape", length, 1) for length in shape)


def _checked_dtype(dtype: Any) -> DType:
    try:
        # NumPy takes None for float64, which nobody means.
        found: DType | None = None if dtype is None else np.dtype(dtype)
    except (TypeError, ValueError, SyntaxError):  # the last from words such as 'f4,('
        found = None
    if found not in (np.float32, np.float64):
        raise argument_error("Model", "dtype", "be float32 or float64", dtype)
    return found
