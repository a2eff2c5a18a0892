"""`Model`: a network with its arrays, to train, to use, to save."""

import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Self, TypeVar

import numpy as np
import numpy.typing as npt

from convstep import ops
from convstep.data.arrays import value_range
from convstep.errors import ArgumentError, argument_error, type_error
from convstep.graph import Graph
from convstep.models import files
from convstep.models.examples import Wanted, checked_examples, checked_inputs, checked_parts
from convstep.models.named import known
from convstep.models.network import Network
from convstep.nn.checks import items
from convstep.nn.layer import Array, layer_from_config
from convstep.nn.losses import Loss, SoftmaxCrossEntropy
from convstep.nn.optimizers import Adam, Optimizer
from convstep.nn.schedules import ConstantSchedule, Schedule
from convstep.ops.checks import choice
from convstep.ops.geometry import flag, integer
from convstep.training.callbacks import Callback, KeepBest
from convstep.training.evaluate import EVALUATION_BATCH, evaluate, outputs
from convstep.training.fit import fit
from convstep.training.history import History
from convstep.training.metrics import accuracy
from convstep.training.parameters import FlatArrays
from convstep.training.progress import PROGRESS, progress_callback
from convstep.training.run import Augment, Run
from convstep.training.step import TrainingState

_T = TypeVar("_T")
_INSTANCES = {
    Optimizer: "Give nn.Adam() or the like.",
    Loss: "Give nn.SoftmaxCrossEntropy() or the like.",
    Schedule: "Give nn.CosineSchedule() or the like.",
    Callback: "Give an instance of a class that inherits from it.",
}
_METRICS = {"accuracy": accuracy}


class Model(Network):
    """A network with its parameters.

    Parameters
    ----------
    graph : Graph
        The network: `Sequential([...])`, or a `Graph` with one input.
    input_shape : tuple of int
        The shape of one example: (height, width, channels), or (features,).
    seed : int
        Decides the first weights, the order of examples, dropout and augmentation.
    dtype : {float32, float64}
        What the network computes in; inputs are converted batch by batch.

    Attributes
    ----------
    params : mapping from name to ndarray
        The parameters, such as ``"conv1.weight"``: views that may be written to. They are made
        when they are first asked for.
    state : mapping from name to ndarray
        What layers keep beside parameters.
    frozen, trainable : tuple of str
        The names of the parameters that training leaves alone, and of the others.
    metadata : dict
        Whatever JSON can hold; saved with the model. `fit` on images adds ``"value_range"``, the
        values of black and white in them, unless it is there already.
    history : History
        Of the last `fit`, also if that was interrupted.

    Raises
    ------
    ArgumentError
        If the layers do not fit each other or the input; the message names the layer.

    Examples
    --------
    >>> import numpy as np
    >>> from convstep import nn
    >>> from convstep.graph import Sequential
    >>> from convstep.models import Model
    >>> graph = Sequential([nn.Conv2D(8, 3, activation="relu"), nn.Flatten(), nn.Dense(10)])
    >>> model = Model(graph, input_shape=(8, 8, 1))
    >>> model.predict(np.zeros((5, 8, 8, 1))).shape
    (5, 10)
    """

    def __init__(
        self,
        graph: Graph,
        *,
        input_shape: Sequence[int],
        seed: int = 0,
        dtype: npt.DTypeLike = np.float32,
    ) -> None:
        super().__init__(graph, input_shape=input_shape, seed=seed, dtype=dtype)
        self.history = History()

    def fit(
        self,
        x: npt.ArrayLike,
        y: npt.ArrayLike,
        *,
        epochs: int = 10,
        batch_size: int = 32,
        optimizer: Optimizer | None = None,
        loss: Loss | None = None,
        schedule: Schedule | None = None,
        validation_split: float = 0.0,
        validation_data: tuple[npt.ArrayLike, npt.ArrayLike] | None = None,
        augment: Augment | None = None,
        keep_best: bool = False,
        progress: str = "auto",
        callbacks: Sequence[Callback] = (),
    ) -> History:
        """Train the parameters, from where they are.

        Parameters
        ----------
        x : ndarray of real numbers, shape (N, *input_shape)
            The examples; where there is one channel, its axis may be missing.
        y : ndarray of int, shape (N,)
            The labels, from 0.
        epochs, batch_size : int
            How often to go through the examples, and how many of them make a step.
        optimizer : Optimizer
            `Adam()` if None.
        loss : Loss
            `SoftmaxCrossEntropy()` if None.
        schedule : Schedule
            Scales the optimizer's learning rate; constant if None.
        validation_split : float
            The share of the examples, each class in proportion, to hold back and measure on.
        validation_data : (x, y)
            Examples to measure on instead.
        augment : callable
            ``augment(batch, rng) -> batch`` changes the batches that are trained on; `rng` is a
            `numpy.random.Generator`.
        keep_best : bool
            At the end, put back the parameters of the epoch with the best validation accuracy.
        progress : {"auto", "bar", "lines", "none"}
            A live bar, a line per epoch, or nothing; "auto" is the bar on a terminal and the
            lines elsewhere.
        callbacks : sequence of Callback
            What else wants to hear of each step and epoch.

        Returns
        -------
        History
            The numbers of each epoch, which is also ``model.history``.

        Raises
        ------
        ArgumentError
            If an argument breaks its rule, before anything is computed; or if the loss becomes
            infinite or NaN.
        KeyboardInterrupt
            After Ctrl-C. What `keep_best` promises is done, and ``model.history`` holds the
            finished epochs.

        Notes
        -----
        The same model, data and arguments give the same bits, on one machine and version.
        """
        epochs = integer("Model.fit", "epochs", epochs, 1)
        batch_size = integer("Model.fit", "batch_size", batch_size, 1)
        choice("Model.fit", "progress", progress, PROGRESS)
        loss = _given("Model.fit", "loss", loss, SoftmaxCrossEntropy(), Loss)
        optimizer = _given("Model.fit", "optimizer", optimizer, Adam(), Optimizer)
        schedule = _given("Model.fit", "schedule", schedule, ConstantSchedule(), Schedule)
        keep_best = flag("Model.fit", "keep_best", keep_best)
        callbacks = items("Model.fit", "callbacks", callbacks, "be a list of callbacks")
        for callback in callbacks:
            _given("Model.fit", "each of callbacks", callback, callback, Callback)
        if augment is not None and not callable(augment):
            raise type_error("Model.fit", "augment", "be a function (batch, rng) or None", augment)
        training, validation = checked_parts(
            x, y, self._wanted(loss), validation_split, validation_data, self.seed
        )
        if keep_best and validation is None:
            rule = "come with validation_split or validation_data"
            raise argument_error("Model.fit", "keep_best", rule, keep_best)
        if len(self.input_shape) == 3:
            self.metadata.setdefault("value_range", list(value_range(training.x)))
        weights = self._made()
        run = Run(
            graph=self.graph,
            arrays=TrainingState(
                weights,
                grads=FlatArrays(self._spec.params, self.dtype),
                optimizer=optimizer.init(weights.params.flat),
            ),
            loss=loss,
            metrics=_METRICS,
            optimizer=optimizer,
            schedule=schedule,
            epochs=epochs,
            batch_size=batch_size,
            seed=self.seed,
            augment=augment,
        )
        self.history = run.history
        watching = [*([KeepBest()] if keep_best else []), progress_callback(progress), *callbacks]
        return fit(run, training, validation, watching)

    def evaluate(
        self,
        x: npt.ArrayLike,
        y: npt.ArrayLike,
        *,
        batch_size: int = EVALUATION_BATCH,
        loss: Loss | None = None,
    ) -> dict[str, float]:
        """Measure the model on examples.

        Parameters
        ----------
        x, y, loss
            As in `fit`.
        batch_size : int
            How many examples to compute at once.

        Returns
        -------
        dict
            ``{"loss": ..., "accuracy": ...}``, means over the examples.
        """
        loss = _given("Model.evaluate", "loss", loss, SoftmaxCrossEntropy(), Loss)
        return evaluate(
            self.graph,
            self._made(),
            checked_examples("Model.evaluate", x, y, self._wanted(loss)),
            loss=loss,
            metrics=_METRICS,
            batch_size=integer("Model.evaluate", "batch_size", batch_size, 1),
        )

    def predict(self, x: npt.ArrayLike, *, batch_size: int = EVALUATION_BATCH) -> Array:
        """Compute the network's outputs.

        Parameters
        ----------
        x : ndarray of real numbers, shape (N, *input_shape)
            The examples; where there is one channel, its axis may be missing.
        batch_size : int
            How many examples to compute at once.

        Returns
        -------
        ndarray of the model's dtype, shape (N, ...)
            For a classifier its scores: no softmax is applied.
        """
        batch_size = integer("Model.predict", "batch_size", batch_size, 1)
        x = checked_inputs("Model.predict", "x", x, self._input)
        result = np.empty((len(x), *self._spec.output.shape), self.dtype)
        batches = outputs(self.graph, self._made(), x, batch_size)
        for start, batch in zip(range(0, len(x), batch_size), batches, strict=True):
            result[start : start + batch_size] = batch
        return result

    def predict_proba(self, x: npt.ArrayLike, *, batch_size: int = EVALUATION_BATCH) -> Array:
        """Compute the probability of each class: the softmax of `predict`.

        Returns
        -------
        ndarray of the model's dtype, shape (N, classes)
        """
        return ops.softmax(self.predict(x, batch_size=batch_size))

    def save(self, path: str | os.PathLike[str]) -> None:
        """Write the model, its parameters and `metadata` to a safetensors file.

        A file that is there is replaced as a whole or, if something goes wrong, not at all.

        Raises
        ------
        ArgumentError
            If `metadata` holds something that JSON cannot.
        OSError
            If the file cannot be written.
        """
        model = {
            "graph": self.graph.to_config(),
            "input_shape": self.input_shape,
            "dtype": self.dtype.name,
            "seed": self.seed,
            "step": self._made().step,
        }
        if self.frozen:
            model["frozen"] = self.frozen
        files.write(
            _checked_path("Model.save", path), model, self.metadata, {**self.params, **self.state}
        )

    @classmethod
    def load(cls, path: str | os.PathLike[str]) -> Self:
        """Read a model that `save` wrote.

        Raises
        ------
        FileFormatError
            If the file is not there, damaged, of another kind or written by a newer version.
            Nothing in it is executed.
        """
        path = _checked_path("Model.load", path)
        contents = files.read(path)
        description = contents.model
        try:
            model = cls(
                layer_from_config(description["graph"]),  # type: ignore[arg-type]  # is checked
                input_shape=description["input_shape"],
                seed=description["seed"],
                dtype=description["dtype"],
            )
            step = integer("Model", "step", description["step"], 0)
            model._weights = model._filled(contents.arrays, step)
            model._frozen = known("Model", "frozen", description.get("frozen", ()), model.params)
        except (ArgumentError, KeyError, TypeError, RecursionError) as error:
            raise files.damaged(path, error) from error
        model.metadata = contents.metadata
        return model

    def __repr__(self) -> str:
        parameters = sum(spec.size for spec in self._spec.params.values())
        return f"Model(input_shape={self.input_shape}, parameters={parameters}, dtype={self.dtype})"

    # ------------------------------------------------------------------ inside

    def _wanted(self, loss: Loss) -> Wanted:
        return Wanted(self._input, self._spec.output, loss)


def _given(function: str, argument: str, value: _T | None, default: _T, kind: Any) -> _T:
    """Return the value, or the default for None, if it is of a kind."""
    given = default if value is None else value
    if not isinstance(given, kind):
        advice = _INSTANCES[kind]
        raise type_error(function, argument, f"be of class {kind.__name__}", given, advice)
    return given


def _checked_path(function: str, path: Any) -> Path:
    try:
        return Path(path)
    except TypeError:
        raise type_error(function, "path", "be a str or a path", path) from None
