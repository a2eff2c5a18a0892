"""The fit loop: epochs, steps, and the batches of each step."""

import time
from collections.abc import Callable, Generator, Sequence
from contextlib import closing
from functools import partial
from itertools import islice

import numpy as np

from convstep.errors import Shown, argument_error
from convstep.nn.layer import Array
from convstep.nn.random import Key
from convstep.ops.checks import array
from convstep.ops.compiled.memory import reuse
from convstep.training.callbacks import Callback
from convstep.training.checkpoint import Keeper
from convstep.training.evaluate import evaluate
from convstep.training.history import History
from convstep.training.loader import in_order
from convstep.training.metrics import measured
from convstep.training.run import Run, Within
from convstep.training.sources import Batch, Examples, Job, Jobs, Stream
from convstep.training.step import Gradients, gradients, step_key, update

Data = Examples | Stream
Explain = Callable[[Run, Sequence[Batch], Gradients], Exception]
"""Makes the error for a step whose loss or gradient is infinite or NaN."""


def fit(
    run: Run,
    training: Data,
    validation: Examples | None = None,
    callbacks: Sequence[Callback] = (),
    *,
    keeper: Keeper | None = None,
    explain: Explain,
) -> History:
    """Train for `run.epochs` epochs, or for what is left of them.

    Every random choice is a function of the seed and the step, so the same run gives the same
    bits, also if it goes on from a checkpoint. Callbacks hear of the end also when an error or
    Ctrl-C cuts the run short.
    """
    loop = _Loop(run, training, validation, callbacks, keeper, explain)
    for callback in callbacks:
        callback.on_start(run)
    try:
        with reuse():
            loop.go()
    except KeyboardInterrupt:
        if keeper is not None and run.whole:
            keeper.save(run, callbacks)
        raise
    finally:
        for callback in callbacks:
            callback.on_end(run)
    return run.history


class _Loop:
    """The loop with all that it works with."""

    def __init__(
        self,
        run: Run,
        training: Data,
        validation: Examples | None,
        callbacks: Sequence[Callback],
        keeper: Keeper | None,
        explain: Explain,
    ) -> None:
        self.run = run
        self.training = training
        self.validation = validation
        self.callbacks = callbacks
        self.keeper = keeper
        self.explain = explain

    def go(self) -> None:
        """Go through the epochs, and through the rest of one that was begun before."""
        run = self.run
        if self.keeper is not None:
            with run.changing():
                self.keeper.begin(run, self.callbacks)
        while run.within is not None or (run.epoch < run.epochs and not run.stop):
            if run.within is None:
                with run.changing():
                    run.epoch += 1
                    run.within = Within(first=run.arrays.weights.step)
            self._epoch(run.within)

    def _epoch(self, within: Within) -> None:
        """Make the steps of an epoch that are left, validate, and tell of it."""
        run = self.run
        started = time.perf_counter() - within.seconds
        with closing(_batches(run, self.training, within)) as batches:
            while group := list(islice(batches, run.accumulate)):
                self._step(within, group)
                within.seconds = time.perf_counter() - started
        _check_length(run, within)
        values = {**within.means.means(), "learning_rate": within.learning_rate}
        if self.validation is not None:
            values |= _validate(run, self.validation)
        values["seconds"] = time.perf_counter() - started
        with run.changing():
            run.history.append(values)
            for callback in self.callbacks:
                callback.on_epoch(run, values)
            run.within = None
            if self.keeper is not None:
                self.keeper.save(run, self.callbacks)

    def _step(self, within: Within, group: Sequence[Batch]) -> None:
        """Take one step, and tell of it."""
        run = self.run
        learning_rate = run.optimizer.learning_rate * _factor(run, within)
        found = gradients(run.graph, run.arrays, group, loss=run.loss, seed=run.seed)
        if not found.sound:
            raise self.explain(run, group, found)
        numbers = [
            measured(result, batch.target, run.metrics)
            for result, batch in zip(found.results, group, strict=True)
        ]
        with run.changing():
            update(run.arrays, found.state, run.optimizer, learning_rate, run.clip_norm)
            for each in numbers:
                within.means.add(each)
            within.steps += 1
            within.learning_rate = learning_rate
            run.examples_seen += sum(len(batch.target) for batch in group)
            for callback in self.callbacks:
                callback.on_step(run, within.means.means())
            if self.keeper is not None:
                self.keeper.on_step(run, self.callbacks)


def _batches(run: Run, data: Data, within: Within) -> Generator[Batch, None, None]:
    """Yield the batches of an epoch that no step has used yet, ready for the network."""
    skip = within.steps * run.accumulate
    if isinstance(data, Stream):
        jobs = data.jobs(run.epoch, skip, background=run.workers > 0)
    else:
        order = Key(run.seed, within.first).child("order").generator().permutation(len(data))
        jobs = data.jobs(order, run.batch_size, skip)
    return in_order(_preparing(run, within.first, skip, jobs), run.workers)


def _preparing(run: Run, first: int, skip: int, jobs: Jobs) -> Jobs:
    """Let each job also convert and augment, with the random numbers of its step."""
    with closing(jobs):
        for number, job in enumerate(jobs, skip):
            step, part = divmod(number, run.accumulate)
            yield partial(_prepared, run, job, step_key(run.seed, first + step, part))


def _prepared(run: Run, job: Job, key: Key) -> Batch | None:
    """Make a batch, in the network's dtype, and change it as `augment` wants."""
    batch = job()
    if batch is None:
        return None
    if run.augment is None:
        return batch._replace(x=batch.x.astype(run.arrays.weights.dtype, copy=False))
    x = batch.x.astype(run.arrays.weights.dtype)  # a copy, which may be written to
    with np.errstate(all="ignore"):
        made = run.augment(x, key.child("augment").generator())
    return batch._replace(x=_like(x, array("Model.fit", "the result of augment", made, None)))


def _like(x: Array, augmented: Array) -> Array:
    """Check that a changed batch has the shape that it had; return it in its dtype."""
    if augmented.shape != x.shape:
        rule = f"have the batch's shape {x.shape}"
        raise argument_error("Model.fit", "the result of augment", rule, augmented)
    return augmented.astype(x.dtype, copy=False)


def _check_length(run: Run, within: Within) -> None:
    """Check that a stream was as long as it was said to be."""
    wanted = run.steps_per_epoch
    if within.steps == 0 or (wanted is not None and within.steps < wanted):
        rule = "yield at least one batch" if wanted is None else f"last for {wanted} steps"
        got = Shown(f"{within.steps} in epoch {run.epoch}")
        raise argument_error("Model.fit", "x", f"{rule}, each time that it is called", got)


@np.errstate(all="ignore")
def _validate(run: Run, validation: Examples) -> dict[str, float]:
    """Return the loss and metrics on data that is not trained on."""
    values = evaluate(run.graph, run.arrays.weights, validation, loss=run.loss, metrics=run.metrics)
    return {f"validation_{name}": value for name, value in values.items()}


def _factor(run: Run, within: Within) -> float:
    """Ask the schedule about the next step."""
    if run.steps_per_epoch is None:  # then it is constant
        return run.schedule.factor(0, 1)
    step = (run.epoch - 1) * run.steps_per_epoch + within.steps
    return run.schedule.factor(step, run.epochs * run.steps_per_epoch)
