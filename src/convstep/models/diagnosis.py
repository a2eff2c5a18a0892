"""Why a loss is no number: the batch, and what made the first infinity or NaN in it."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from convstep.errors import ArgumentError, Shown, argument_error
from convstep.graph import Graph
from convstep.models.trace import Trace, trace
from convstep.nn.layer import Array, Arrays
from convstep.training.checkpoint import Keeper
from convstep.training.run import Run
from convstep.training.sources import Batch
from convstep.training.step import Gradients, layers_key


def explained(
    run: Run, batches: Sequence[Batch], found: Gradients, keeper: Keeper | None
) -> ArgumentError:
    """Make the error for a step whose loss or gradient is infinite or NaN; nothing is changed."""
    steps = 0 if run.within is None else run.within.steps
    value = found.results[-1].loss
    place = (
        f"at step {steps + 1} of epoch {run.epoch} (step {run.arrays.weights.step} of the model)"
    )
    what, shown = "the gradient", f"an infinity or NaN {place}"
    if not np.isfinite(value):
        part = f"in batch {len(found.results)} of {len(batches)} " if len(batches) > 1 else ""
        what, shown = "the loss", f"{value} {part}{place}"
    advice = f"{_culprit(run, batches[: len(found.results)])}."
    if keeper is not None:
        advice += f" The last good checkpoint is {keeper.describe()}."
    return argument_error("Model.fit", what, "stay finite", Shown(shown), advice)


@np.errstate(all="ignore")
def _culprit(run: Run, batches: Sequence[Batch]) -> str:
    """Say what is the first that is not finite, and what may help."""
    if not all(np.isfinite(batch.x).all() for batch in batches):
        return "The batch itself is not finite, after augmentation"
    rate = run.optimizer.learning_rate
    return f"{_computed(run, batches)}. A learning rate below {rate:g}, or clip_norm, may help"


def _computed(run: Run, batches: Sequence[Batch]) -> str:
    """Say which is the first that is not finite: parameter, layer, loss or gradient."""
    weights = run.arrays.weights
    for kind, arrays in (("parameter", weights.params), ("state", weights.state)):
        broken = _first(arrays)
        if broken:
            return f"The {kind} {broken} is not finite: the update before made it so"
    for number, batch in enumerate(batches):
        said = _traced(run, batch, number)
        if said:
            return said
    return "Each batch of the step is finite by itself, and their sum is not"


def _traced(run: Run, batch: Batch, number: int) -> str:
    """Follow one of a step's batches forward and backward, with the random numbers it had."""

    def derive(output: Array) -> tuple[float, Array]:
        return run.loss.forward(output, batch.target, batch.weight)

    weights = run.arrays.weights
    key = layers_key(run.seed, weights.step, number)
    seen = trace(run.graph, weights, batch.x, derive, training=True, key=key)
    layer = _first(seen.values)
    if layer:
        return f"The first layer that gives a value that is not finite is {_named(run, layer)}"
    if seen.loss is not None and not np.isfinite(seen.loss):
        most = np.abs(seen.values[list(seen.values)[-1]]).max()
        return f"The outputs are finite, up to {most:.3g}, and the loss itself is not"
    return _gradient(run, seen)


def _gradient(run: Run, seen: Trace) -> str:
    """Name the layer nearest to the output that a broken gradient comes from."""
    for name in reversed(list(seen.grads)):
        if not np.isfinite(seen.grads[name]).all():
            return f"All values are finite, and the gradient at {_named(run, name)} is not"
    broken = _first(seen.param_grads)
    return f"All values are finite, and the gradient of {broken} is not" if broken else ""


def _first(arrays: Arrays) -> str:
    """Return the name of the first array that is not finite, or ""."""
    names = (name for name, array in arrays.items() if not np.isfinite(array).all())
    return next(names, "")


def _named(run: Run, path: str) -> str:
    """Put the kind of a layer behind its path."""
    layer: Any = run.graph
    for name in path.split("."):
        nodes = {node.name: node.layer for node in layer.nodes} if isinstance(layer, Graph) else {}
        if name not in nodes:
            return path
        layer = nodes[name]
    return f"{path} ({type(layer).__name__})"
