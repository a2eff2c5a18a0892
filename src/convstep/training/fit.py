"""The fit loop: epochs, batches, steps."""

import time
from collections.abc import Sequence

import numpy as np

from convstep.errors import argument_error
from convstep.nn.layer import Array
from convstep.nn.random import Key
from convstep.ops.checks import array
from convstep.training.callbacks import Callback
from convstep.training.evaluate import Examples, evaluate
from convstep.training.history import History
from convstep.training.metrics import RunningMeans
from convstep.training.run import Run
from convstep.training.step import training_step


def fit(
    run: Run,
    training: Examples,
    validation: Examples | None = None,
    callbacks: Sequence[Callback] = (),
) -> History:
    """Train for `run.epochs` epochs.

    Every random choice is a function of the seed and the step, so the same run gives the same
    bits. Callbacks hear of the end also when an error or Ctrl-C cuts the run short.
    """
    run.examples = len(training.x)
    for callback in callbacks:
        callback.on_start(run)
    try:
        while run.epoch < run.epochs and not run.stop:
            started = time.perf_counter()
            run.epoch += 1
            values = _epoch(run, training, callbacks)
            if validation is not None:
                values |= _validate(run, validation)
            values["seconds"] = time.perf_counter() - started
            run.history.append(values)
            for callback in callbacks:
                callback.on_epoch(run, values)
    finally:
        for callback in callbacks:
            callback.on_end(run)
    return run.history


def _epoch(run: Run, training: Examples, callbacks: Sequence[Callback]) -> dict[str, float]:
    """Go through the training examples once, in a random order."""
    order = _key(run).child("order").generator().permutation(run.examples)
    means = RunningMeans()
    learning_rate = 0.0
    for start in range(0, run.examples, run.batch_size):
        chosen = order[start : start + run.batch_size]
        x, target = training.x[chosen], training.target[chosen]
        learning_rate = run.optimizer.learning_rate * _factor(run, start)
        means.add(_step(run, x, target, learning_rate), len(chosen))
        run.examples_seen += len(chosen)
        for callback in callbacks:
            callback.on_step(run, means.means())
    return {**means.means(), "learning_rate": learning_rate}


@np.errstate(all="ignore")  # what overflows makes the loss infinite or NaN, and that is told
def _step(run: Run, x: Array, target: Array, learning_rate: float) -> dict[str, float]:
    """Take one step; return its loss and metrics."""
    x = x.astype(run.arrays.weights.dtype, copy=False)
    if run.augment is not None:
        rng = _key(run).child("augment").generator()
        x = _like(x, array("Model.fit", "the result of augment", run.augment(x, rng), None))
    value, output = training_step(
        run.graph,
        run.arrays,
        x,
        target,
        loss=run.loss,
        optimizer=run.optimizer,
        learning_rate=learning_rate,
        seed=run.seed,
    )
    return {"loss": value, **{name: f(output, target) for name, f in run.metrics.items()}}


def _like(x: Array, augmented: Array) -> Array:
    """Check that a changed batch has the shape that it had; return it in its dtype."""
    if augmented.shape != x.shape:
        rule = f"have the batch's shape {x.shape}"
        raise argument_error("Model.fit", "the result of augment", rule, augmented)
    return augmented.astype(x.dtype, copy=False)


@np.errstate(all="ignore")
def _validate(run: Run, validation: Examples) -> dict[str, float]:
    """Return the loss and metrics on data that is not trained on."""
    values = evaluate(run.graph, run.arrays.weights, validation, loss=run.loss, metrics=run.metrics)
    return {f"validation_{name}": value for name, value in values.items()}


def _key(run: Run) -> Key:
    return Key(run.seed, run.arrays.weights.step)


def _factor(run: Run, start: int) -> float:
    """Ask the schedule about the step of this epoch that begins with example `start`."""
    per_epoch = -(-run.examples // run.batch_size)
    step = (run.epoch - 1) * per_epoch + start // run.batch_size
    return run.schedule.factor(step, run.epochs * per_epoch)
