"""`Model`: a network with its arrays, to train, to use, to save."""

import os
from collections.abc import Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any, Self

import numpy as np
import numpy.typing as npt

from convstep import ops
from convstep.errors import ArgumentError, type_error
from convstep.graph import Graph
from convstep.models import files
from convstep.models.examples import Wanted, checked_examples, checked_inputs
from convstep.models.fitting import Options, checked_loss, checked_metrics, fit_model
from convstep.models.named import known
from convstep.models.network import Network
from convstep.nn.layer import Array, layer_from_config
from convstep.nn.losses import Loss
from convstep.nn.optimizers import Optimizer
from convstep.nn.schedules import Schedule
from convstep.ops.compiled.memory import reuse
from convstep.ops.geometry import integer
from convstep.training.callbacks import Callback
from convstep.training.checkpoint import Checkpoint
from convstep.training.evaluate import EVALUATION_BATCH, evaluate, outputs
from convstep.training.history import History
from convstep.training.metrics import Metric, metrics_of
from convstep.training.run import Augment


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
        x: Any,
        y: Any = None,
        *,
        sample_weight: npt.ArrayLike | None = None,
        epochs: int = 10,
        batch_size: int = 32,
        optimizer: Optimizer | None = None,
        loss: Loss | None = None,
        schedule: Schedule | None = None,
        validation_split: float = 0.0,
        validation_data: Any = None,
        metrics: Mapping[str, Metric] | None = None,
        augment: Augment | None = None,
        keep_best: bool = False,
        clip_norm: float | None = None,
        accumulate: int = 1,
        workers: int = 0,
        steps_per_epoch: int | None = None,
        checkpoint: Checkpoint | str | os.PathLike[str] | None = None,
        resume: bool = False,
        progress: str = "auto",
        callbacks: Sequence[Callback] = (),
    ) -> History:
        """Train the parameters, from where they are.

        Parameters
        ----------
        x : ndarray of real numbers, shape (N, *input_shape)
            The examples; where there is one channel, its axis may be missing. An `np.memmap` and
            a dataset of h5py are read, and checked, batch by batch. Or what gives inputs and
            targets, with `y` None: a `training.Source`, or a function that returns a fresh
            iterator over batches (x, y) or (x, y, weight) for each epoch; where the function
            takes an argument, it is the number of the epoch, from 1.
        y : ndarray
            What the loss wants: labels from 0, shape (N,), if it is None.
        sample_weight : ndarray of real numbers, shape (N,)
            What each example weighs, at least 0; those without weight are left out.
        epochs, batch_size : int
            How often to go through the examples, and how many of them make a batch.
        optimizer : Optimizer
            `Adam()` if None.
        loss : Loss
            `SoftmaxCrossEntropy()` if None.
        schedule : Schedule
            Scales the optimizer's learning rate; constant if None.
        validation_split : float
            The share of the examples to hold back and measure on, each class in proportion.
        validation_data : (x, y) or (x, y, sample_weight) or Source
            Examples to measure on instead.
        metrics : dict from str to callable
            ``metric(output, target) -> float``, to measure beside the loss and, where the loss
            is one that classifies, the accuracy.
        augment : callable
            ``augment(batch, rng) -> batch`` changes the batches that are trained on; `rng` is a
            `numpy.random.Generator`. With workers it is called in several threads.
        keep_best : bool
            At the end, put back the parameters of the epoch with the best validation accuracy,
            or the lowest validation loss where there is no accuracy.
        clip_norm : float
            The largest Euclidean norm of all gradients together; longer ones are shortened.
        accumulate : int
            How many batches make a step together; the last step of an epoch may have fewer.
        workers : int
            Threads that read, convert and augment the next batches meanwhile. The results are
            the same bits for any number of them.
        steps_per_epoch : int
            How many steps make an epoch, where `x` is a function.
        checkpoint : Checkpoint or path
            Where to keep what the run needs to go on.
        resume : bool
            Go on from `checkpoint`, if it is there, with the bits of a run never stopped; the
            data and the other arguments must be those of the run that began it.
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
            If an argument breaks its rule, before anything is computed; or if a loss or gradient
            becomes infinite or NaN: the message names the step and the layer.
        FileFormatError
            If the checkpoint to go on from is damaged.
        OSError
            If a checkpoint cannot be written; the last one stays.
        KeyboardInterrupt
            After Ctrl-C. What `keep_best` promises is done, the checkpoint is written, and
            ``model.history`` holds the finished epochs.

        Notes
        -----
        The same model, data and arguments give the same bits, on one machine and version.
        """
        options = Options(
            epochs=epochs,
            batch_size=batch_size,
            optimizer=optimizer,
            loss=loss,
            schedule=schedule,
            augment=augment,
            keep_best=keep_best,
            clip_norm=clip_norm,
            accumulate=accumulate,
            workers=workers,
            steps_per_epoch=steps_per_epoch,
            checkpoint=checkpoint,
            resume=resume,
            metrics=metrics,
            progress=progress,
            callbacks=callbacks,
        )
        return fit_model(
            self,
            x,
            y,
            sample_weight,
            options,
            validation_split=validation_split,
            validation_data=validation_data,
            metadata=self.metadata,
            on_history=partial(setattr, self, "history"),
        )

    def evaluate(
        self,
        x: Any,
        y: Any = None,
        *,
        sample_weight: npt.ArrayLike | None = None,
        batch_size: int = EVALUATION_BATCH,
        loss: Loss | None = None,
        metrics: Mapping[str, Metric] | None = None,
    ) -> dict[str, float]:
        """Measure the model on examples.

        Parameters
        ----------
        x, y, sample_weight, loss, metrics
            As in `fit`, but for streams of batches.
        batch_size : int
            How many examples to compute at once.

        Returns
        -------
        dict
            ``{"loss": ..., "accuracy": ...}``, means over the examples; what is in it beside the
            loss is as in `fit`.
        """
        loss = checked_loss("Model.evaluate", loss)
        own = checked_metrics("Model.evaluate", metrics)
        wanted = Wanted(self._input, self._spec.output, loss)
        return evaluate(
            self.graph,
            self._made(),
            checked_examples("Model.evaluate", x, y, wanted, weight=sample_weight),
            loss=loss,
            metrics=metrics_of(loss, own),
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
        with reuse():
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


def _checked_path(function: str, path: Any) -> Path:
    try:
        return Path(path)
    except TypeError:
        raise type_error(function, "path", "be a str or a path", path) from None
