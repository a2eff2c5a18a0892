"""A graph with its arrays: the half of `Model` that knows nothing of training."""

import copy
from collections.abc import Mapping, Sequence
from typing import Any, Self

import numpy as np
import numpy.typing as npt

from convstep.errors import Shown, argument_error, type_error
from convstep.graph import Graph, fold_batch_norm
from convstep.models.examples import checked_inputs
from convstep.models.layouts import KERAS, TORCH, Layout
from convstep.models.leaves import all_shared, leaves
from convstep.models.named import fitting, matching, named_arrays
from convstep.models.pairing import Names
from convstep.models.summary import summary
from convstep.models.trace import Trace, checked_derivation, trace
from convstep.models.weights_from import Loader
from convstep.nn.layer import Arrays, ArraySpec, DType, Shape
from convstep.nn.losses import Loss
from convstep.nn.random import Key
from convstep.ops.geometry import flag, integer
from convstep.training.parameters import FlatArrays, Weights
from convstep.training.step import layers_key


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
        self.metadata: dict[str, Any] = {}
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

    # ------------------------------------------------------------------ arrays from elsewhere

    @classmethod
    def from_params(
        cls,
        graph: Graph,
        params: Mapping[str, npt.ArrayLike],
        *,
        input_shape: Sequence[int],
        state: Mapping[str, npt.ArrayLike] | None = None,
        dtype: npt.DTypeLike | None = None,
    ) -> Self:
        """Make a model of a graph and the values of its parameters.

        Parameters
        ----------
        graph, input_shape
            As for `Model`.
        params : mapping from name to ndarray of real numbers
            A value for each parameter, under the name that ``Model(...).params`` has; they are
            copied.
        state : mapping from name to ndarray of real numbers, optional
            Likewise, if the layers keep state; their first state if None.
        dtype : {float32, float64}, optional
            float64 if None and a parameter is float64, else float32.

        Returns
        -------
        Model

        Raises
        ------
        ArgumentError
            If a name is missing or not the network's, or a shape is another.

        Examples
        --------
        >>> import numpy as np
        >>> from convstep import nn
        >>> from convstep.graph import Sequential
        >>> from convstep.models import Model
        >>> params = {"dense1.weight": [[1.0], [2.0]], "dense1.bias": [3.0]}
        >>> model = Model.from_params(Sequential([nn.Dense(1)]), params, input_shape=(2,))
        >>> model.predict([[10, 10]])
        array([[33.]])
        """
        function = "Model.from_params"
        given = named_arrays(function, "params", params)
        if dtype is None:
            wide = any(array.dtype == np.float64 for array in given.values())
            dtype = np.float64 if wide else np.float32
        model = cls(graph, input_shape=input_shape, dtype=dtype)
        arrays = fitting(function, "params", given, model._spec.params)
        if state is None:
            arrays |= dict(model.state) if model._spec.state else {}
        else:
            held = named_arrays(function, "state", state)
            arrays |= fitting(function, "state", held, model._spec.state)
        model._put(arrays)
        return model

    def load_torch_state(self, state_dict: Mapping[str, Any], names: Names = None) -> None:
        """Take the parameters and running statistics of a PyTorch network.

        Parameters
        ----------
        state_dict : mapping from name to tensor or ndarray
            What ``module.state_dict()`` gives, or the contents of its file: anything that
            `numpy.asarray` understands.
        names : mapping from str to str, or callable, optional
            From the names of our layers, or of blocks of them, to those of theirs:
            ``{"block1": "layer1.0"}``, ``{"": "module"}``. A callable gets a layer's full name,
            "block1.conv1". Without it the names are the same or, failing that, layers and
            entries come in the same order; where shapes tell that they do not, each layer takes
            the one entry that fits, if there is just one.

        Raises
        ------
        ArgumentError
            If an array is missing, left over or of another shape, or if it is open which
            belongs where. Nothing has changed then.

        Notes
        -----
        Axes are put in the order of this library: weights (out, in, kh, kw) become
        (kh, kw, in, out). PyTorch flattens an image with its channels outermost and `Flatten`
        has them innermost, so what follows a `Flatten` of an image (a `Dense`, also behind
        layers that work number by number) gets its rows in another order, such that outputs are
        equal. ``num_batches_tracked`` is not used. The arrays of a `SeparableConv2D`, two layers
        there, go by the names "depthwise_weight", "weight" and "bias".

        Examples
        --------
        >>> import numpy as np
        >>> from convstep import nn
        >>> from convstep.graph import Sequential
        >>> from convstep.models import Model
        >>> model = Model(Sequential([nn.Conv2D(8, 3)]), input_shape=(9, 9, 1))
        >>> state = {"0.weight": np.ones((8, 1, 3, 3)), "0.bias": np.zeros(8)}
        >>> model.load_torch_state(state)
        >>> model.params["conv1.weight"].shape
        (3, 3, 1, 8)
        """
        self._load("Model.load_torch_state", TORCH, state_dict, names)

    def load_keras_weights(
        self, weights: Sequence[Any] | Mapping[str, Any], names: Names = None
    ) -> None:
        """Take the weights of a Keras network.

        Parameters
        ----------
        weights : list of ndarray, or mapping from name to ndarray
            What ``model.get_weights()`` gives, layer by layer in this graph's order; or arrays
            by name, "conv1/kernel" or "conv1.kernel".
        names : mapping from str to str, or callable, optional
            For arrays by name, as in `load_torch_state`.

        Raises
        ------
        ArgumentError
            If an array is missing, left over or of another shape, or if it is open which
            belongs where. Nothing has changed then.

        Notes
        -----
        A layer's arrays are kernel and bias; those of a `BatchNorm` gamma, beta, moving_mean and
        moving_variance. Keras's layout (channels last) is the one here, but for depthwise
        kernels, (kh, kw, channels, multiplier), which become (kh, kw, 1, channels * multiplier).

        Examples
        --------
        >>> import numpy as np
        >>> from convstep import nn
        >>> from convstep.graph import Sequential
        >>> from convstep.models import Model
        >>> model = Model(Sequential([nn.Dense(3)]), input_shape=(2,))
        >>> model.load_keras_weights([np.eye(2, 3), np.zeros(3)])
        >>> model.params["dense1.weight"]
        array([[1., 0., 0.],
               [0., 1., 0.]], dtype=float32)
        """
        self._load("Model.load_keras_weights", KERAS, weights, names)

    # ------------------------------------------------------------------ looking inside

    def trace(
        self,
        x: npt.ArrayLike,
        *,
        target: npt.ArrayLike | None = None,
        loss: Loss | None = None,
        grad: npt.ArrayLike | None = None,
        training: bool = False,
    ) -> Trace:
        """Compute every intermediate result and, from a target or a gradient, every gradient.

        Parameters
        ----------
        x : ndarray of real numbers, shape (N, *input_shape)
            A batch of examples, as for `predict`.
        target, loss
            As `y` and `loss` of `fit`: gradients are those of the loss.
        grad : ndarray of real numbers, shape (N, ...)
            The gradient by the output, instead of a target.
        training : bool
            Whether to compute as the next training step would, with dropout and the batch's own
            statistics, rather than as for inference. Nothing in the model changes either way.

        Returns
        -------
        Trace
            ``values["conv1"]``, ``grads["conv1"]``, ``param_grads["conv1.weight"]``, and
            ``loss``. What a layer in a nested graph makes is called "block1.conv1", the input as
            the graph calls it ("x").

        Raises
        ------
        ArgumentError
            If a shape does not fit, or target, loss and grad do not go together.

        Examples
        --------
        >>> import numpy as np
        >>> from convstep import nn
        >>> from convstep.graph import Sequential
        >>> from convstep.models import Model
        >>> graph = Sequential([nn.Conv2D(4, 3), nn.Flatten(), nn.Dense(2)])
        >>> trace = Model(graph, input_shape=(5, 5, 1)).trace(np.ones((1, 5, 5, 1)), target=[0])
        >>> {name: value.shape for name, value in trace.values.items()}
        {'x': (1, 5, 5, 1), 'conv1': (1, 3, 3, 4), 'flatten1': (1, 36), 'dense1': (1, 2)}
        >>> trace.grads["conv1"].shape
        (1, 3, 3, 4)
        """
        training = flag("Model.trace", "training", training)
        x = checked_inputs("Model.trace", "x", x, self._input).astype(self.dtype)
        derive = checked_derivation(len(x), target, loss, grad, self._spec.output)
        weights = self._made()
        key = layers_key(self.seed, weights.step)  # as the next training step would have it
        return trace(self.graph, weights, x, derive, training=training, key=key)

    def folded(self) -> Self:
        """Return a model for inference, with each `BatchNorm` folded into the layer before it.

        It predicts the same, but for rounding, and runs faster; `graph.fold_batch_norm` says
        which layers it touches. This model stays as it is.

        Returns
        -------
        Model

        Examples
        --------
        >>> from convstep import nn
        >>> from convstep.graph import Sequential
        >>> from convstep.models import Model
        >>> graph = Sequential([nn.Conv2D(8, 3, bias=False), nn.BatchNorm(), nn.Flatten()])
        >>> [node.name for node in Model(graph, input_shape=(5, 5, 1)).folded().graph.nodes]
        ['conv1', 'flatten1']
        """
        graph, params, state = fold_batch_norm(self.graph, self.params, self.state)
        model = type(self).from_params(
            graph, params, input_shape=self.input_shape, state=state, dtype=self.dtype
        )
        model.seed, model.metadata = self.seed, copy.deepcopy(self.metadata)
        return model

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
        return Weights(params, {name: np.array(arrays[name]) for name in self._spec.state}, step)

    def _put(self, arrays: Arrays) -> None:
        """Put arrays, all of them checked, in place of those that are there."""
        if self._weights is None:
            self._weights = self._filled(arrays, step=0)
            return
        for name, view in self._weights.params.items():
            view[...] = arrays[name]
        self._weights.state = {name: np.array(arrays[name]) for name in self._spec.state}

    def _load(self, function: str, layout: Layout, weights: Any, names: Names) -> None:
        """Take the arrays of another framework's network."""
        loader = Loader(function, layout, leaves(self.graph, self._input), all_shared(self.graph))
        self._put(loader.load(weights, names))


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
