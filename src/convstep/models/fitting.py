"""From the arguments of `Model.fit` to a run: all checks, before anything is computed."""

import zlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any, TypeVar

import numpy as np

from convstep.data.arrays import USUAL_RANGES, value_range
from convstep.errors import argument_error, type_error
from convstep.models.diagnosis import explained
from convstep.models.examples import (
    Wanted,
    checked_examples,
    checked_parts,
    checked_stream,
    is_stream,
)
from convstep.models.network import Network
from convstep.nn.checks import items, positive
from convstep.nn.losses import Loss, SoftmaxCrossEntropy
from convstep.nn.optimizers import Adam, Optimizer
from convstep.nn.schedules import ConstantSchedule, Schedule
from convstep.ops.checks import choice
from convstep.ops.geometry import flag, integer
from convstep.training import snapshot
from convstep.training.callbacks import Callback, KeepBest
from convstep.training.checkpoint import Checkpoint, Keeper
from convstep.training.fit import Data, fit
from convstep.training.history import History
from convstep.training.metrics import Metric, metrics_of
from convstep.training.progress import PROGRESS, progress_callback
from convstep.training.run import Augment, Run
from convstep.training.sources import Arrays, Batch, Examples, Source, Stream
from convstep.training.step import TrainingState

_T = TypeVar("_T")
_INSTANCES = {
    Optimizer: "Give nn.Adam() or the like.",
    Loss: "Give nn.SoftmaxCrossEntropy() or the like.",
    Schedule: "Give nn.CosineSchedule() or the like.",
    Callback: "Give an instance of a class that inherits from it.",
    Checkpoint: "Give training.Checkpoint(path, every=100) or a path.",
}
_SAMPLE = 16  # examples that stand for all in the marks of a data set


@dataclass
class Options:
    """What `Model.fit` takes beside the data; checked as soon as it is made."""

    epochs: Any
    batch_size: Any
    optimizer: Any
    loss: Any
    schedule: Any
    augment: Any
    keep_best: Any
    clip_norm: Any
    accumulate: Any
    workers: Any
    steps_per_epoch: Any
    checkpoint: Any
    resume: Any
    metrics: Any
    progress: Any
    callbacks: Any

    def __post_init__(self) -> None:
        """Check each, and put defaults in place."""
        for name, least in (("epochs", 1), ("batch_size", 1), ("accumulate", 1), ("workers", 0)):
            setattr(self, name, integer("Model.fit", name, getattr(self, name), least))
        if self.steps_per_epoch is not None:
            self.steps_per_epoch = integer("Model.fit", "steps_per_epoch", self.steps_per_epoch, 1)
        choice("Model.fit", "progress", self.progress, PROGRESS)
        self.loss = checked_loss("Model.fit", self.loss)
        self.optimizer = _given("Model.fit", "optimizer", self.optimizer, Adam(), Optimizer)
        self.schedule = _given("Model.fit", "schedule", self.schedule, ConstantSchedule(), Schedule)
        self.metrics = checked_metrics("Model.fit", self.metrics)
        self.keep_best = flag("Model.fit", "keep_best", self.keep_best)
        if self.clip_norm is not None:
            self.clip_norm = positive("Model.fit", "clip_norm", self.clip_norm)
        self.callbacks = items("Model.fit", "callbacks", self.callbacks, "be a list of callbacks")
        for callback in self.callbacks:
            _given("Model.fit", "each of callbacks", callback, callback, Callback)
        if self.augment is not None and not callable(self.augment):
            rule = "be a function (batch, rng) or None"
            raise type_error("Model.fit", "augment", rule, self.augment)
        self._check_checkpoint()

    def _check_checkpoint(self) -> None:
        self.resume = flag("Model.fit", "resume", self.resume)
        if self.checkpoint is None:
            if self.resume:
                rule = "come with checkpoint: the file to go on from"
                raise argument_error("Model.fit", "resume", rule, self.resume)
        elif not isinstance(self.checkpoint, Checkpoint):
            try:
                self.checkpoint = Checkpoint(self.checkpoint)
            except ValueError:
                _given("Model.fit", "checkpoint", self.checkpoint, None, Checkpoint)

    def check_together(self, training: Data, validation: Examples | None) -> None:
        """Check what must go together with the data."""
        if self.keep_best and validation is None:
            rule = "come with validation_split or validation_data"
            raise argument_error("Model.fit", "keep_best", rule, self.keep_best)
        for callback in self.callbacks:
            monitor = getattr(callback, "monitor", "")
            if validation is None and str(monitor).startswith("validation_"):
                rule = "be a number of the training itself where there is no validation data"
                raise argument_error(type(callback).__name__, "monitor", rule, monitor)
        if isinstance(training, Stream):
            if self.steps_per_epoch is None and self.schedule != ConstantSchedule():
                rule = "be constant where nobody knows how many steps there will be"
                advice = "Say it: steps_per_epoch=..."
                raise argument_error("Model.fit", "schedule", rule, self.schedule, advice)
        elif self.steps_per_epoch is not None:
            rule = "be None where the examples are numbered"
            raise argument_error("Model.fit", "steps_per_epoch", rule, self.steps_per_epoch)


def fit_model(
    network: Network,
    x: Any,
    y: Any,
    sample_weight: Any,
    options: Options,
    *,
    validation_split: Any,
    validation_data: Any,
    metadata: dict[str, Any],
    on_history: Callable[[History], None],
) -> History:
    """Do what `Model.fit` promises.

    `on_history` is told of the history before it grows, so that it is there after Ctrl-C too.
    """
    wanted = Wanted(network._input, network._spec.output, options.loss)
    whole = _checked_data(x, y, sample_weight, wanted, options)
    training, validation = checked_parts(
        whole, wanted, validation_split, validation_data, network.seed
    )
    options.check_together(training, validation)
    keeper = None
    if options.checkpoint is not None:
        asked = _asked(network, options, training, validation)
        keeper = Keeper(options.checkpoint, asked, resume=options.resume)
        keeper.check()
    if len(network.input_shape) == 3 and "value_range" not in metadata:
        metadata.update(_value_range(whole))
    run = _run(network, options, training)
    on_history(run.history)
    best = [KeepBest()] if options.keep_best else []
    watching = [*best, progress_callback(options.progress), *options.callbacks]
    explain = partial(explained, keeper=keeper)
    return fit(run, training, validation, watching, keeper=keeper, explain=explain)


def _value_range(data: Data) -> dict[str, list[float]]:
    """Name the range of values of images, if all of them or a few of them tell."""
    if isinstance(data, Stream):
        return {}
    if data.check is None:
        assert isinstance(data.source, Arrays)  # for what is in memory
        return {"value_range": list(value_range(data.source.x))}
    found = value_range(_sample(data).x)
    return {"value_range": list(found)} if found in USUAL_RANGES else {}


def _run(network: Network, options: Options, training: Data) -> Run:
    """Put the run together."""
    per_epoch, examples = options.steps_per_epoch, None
    if isinstance(training, Examples):
        examples = len(training)
        per_epoch = -(-training.steps(options.batch_size) // options.accumulate)
    return Run(
        graph=network.graph,
        arrays=TrainingState.start(
            network._made(),
            network._spec.params,
            options.optimizer,
            trained=network.trainable,
            several=options.accumulate > 1,
        ),
        loss=options.loss,
        metrics=metrics_of(options.loss, options.metrics),
        optimizer=options.optimizer,
        schedule=options.schedule,
        epochs=options.epochs,
        batch_size=options.batch_size,
        seed=network.seed,
        augment=options.augment,
        clip_norm=options.clip_norm,
        accumulate=options.accumulate,
        workers=options.workers,
        examples=examples,
        steps_per_epoch=per_epoch,
    )


def _checked_data(x: Any, y: Any, weight: Any, wanted: Wanted, options: Options) -> Data:
    """Check what to train on: arrays, datasets on a disk, a source, or a stream of batches."""
    source = isinstance(x, Source) and not hasattr(x, "shape")
    stream = not source and is_stream(x)
    if y is None and not (source or stream):
        rule = "be given, but for a function that yields batches (x, y) and a Source"
        raise argument_error("Model.fit", "y", rule, y)
    if y is not None and (source or stream):
        rule = "be None where x gives the targets too"
        raise argument_error("Model.fit", "y", rule, y)
    if not stream:
        return checked_examples("Model.fit", x, y, wanted, weight=weight)
    if weight is not None:
        rule = "be None where x is a stream: its batches may be (x, y, weight)"
        raise argument_error("Model.fit", "sample_weight", rule, weight)
    length = None
    if options.steps_per_epoch is not None:
        length = options.steps_per_epoch * options.accumulate
    return checked_stream(x, wanted, options.epochs, length)


# ---------------------------------------------------------------------------- of one argument


def checked_loss(function: str, loss: Any) -> Loss:
    """Return the loss, or the usual one for None."""
    found: Loss = _given(function, "loss", loss, SoftmaxCrossEntropy(), Loss)
    return found


def checked_metrics(function: str, metrics: Any) -> dict[str, Metric]:
    """Check the user's own metrics: functions by name."""
    rule = 'be a dict from names to functions (output, target), such as {"name": function}'
    if metrics is None:
        return {}
    if not isinstance(metrics, Mapping):
        raise type_error(function, "metrics", rule, metrics)
    for name, metric in metrics.items():
        if not isinstance(name, str) or not callable(metric):
            raise type_error(function, "metrics", rule, metrics)
        if name in ("loss", "learning_rate", "seconds") or name.startswith("validation_"):
            rule = "have names that the history does not use itself"
            raise argument_error(function, "metrics", rule, name)
    return dict(metrics)


def _given(function: str, argument: str, value: _T | None, default: _T, kind: Any) -> _T:
    """Return the value, or the default for None, if it is of a kind."""
    given = default if value is None else value
    if not isinstance(given, kind):
        advice = _INSTANCES[kind]
        raise type_error(function, argument, f"be of class {kind.__name__}", given, advice)
    return given


# ---------------------------------------------------------------------------- for checkpoints


def _asked(
    network: Network, options: Options, training: Data, validation: Examples | None
) -> dict[str, Any]:
    """Describe what a run was asked for, so that another is not taken for it."""
    asked = {
        "graph": network.graph.to_config(),
        "input_shape": network.input_shape,
        "dtype": network.dtype.name,
        "seed": network.seed,
        "frozen": network.frozen,
        "x and y": _marks(training),
        "validation": None if validation is None else _marks(validation),
        "augment": _described(options.augment),
        "metrics": sorted(options.metrics),
    }
    for name in ("epochs", "batch_size", "clip_norm", "accumulate", "steps_per_epoch", "keep_best"):
        asked[name] = getattr(options, name)
    for name in ("optimizer", "loss", "schedule"):
        asked[name] = repr(getattr(options, name))
    plain: dict[str, Any] = snapshot.plain("its arguments", asked)
    return plain


def _marks(data: Data) -> Any:
    """Tell one data set from another by its size and a few of its examples."""
    if isinstance(data, Stream):
        return "a stream of batches"
    present = [part for part in _sample(data) if part is not None]
    checksum = 0
    for part in present:
        checksum = zlib.crc32(np.ascontiguousarray(part).tobytes(), checksum)
    shapes = [f"{part.dtype}{list(part.shape[1:])}" for part in present]
    return {"examples": len(data), "kinds": shapes, "crc32": checksum}


def _sample(data: Examples) -> Batch:
    """Take a few examples from all over the data."""
    return data.take(np.unique(np.linspace(0, len(data) - 1, _SAMPLE).astype(np.intp)))


def _described(augment: Augment | None) -> str | None:
    """Name an augmentation, the same in every process."""
    if augment is None:
        return None
    text = repr(augment)
    return getattr(augment, "__qualname__", type(augment).__name__) if " at 0x" in text else text
