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
from convstep.training.step import Gradients


def explained(
    run: Run, batches: Sequence[Batch], found: Gradients, keeper: Keeper | None
) -> ArgumentError:
    """Make the error for a step whose loss or gradient is infinite or NaN; nothing is changed."""
    steps = 0 if run.within is None else run.within.steps
    value = found.results[-1].loss
    place = (
        f"at step {steps + 1} of epoch {run.epoch} (step {run.arrays.weights.step} of the model)"
    )
    what = "the loss" if not np.isfinite(value) else "the gradient"
    shown = f"{value} {place}" if what == "the loss" else f"an infinity or NaN {place}"
    advice = f"{_culprit(run, batches, len(found.results) - 1)}. {_remedy(run)}"
    if keeper is not None:
        advice += f" The last good checkpoint is {keeper.describe()}."
    return argument_error("Model.fit", what, "stay finite", Shown(shown), advice)


def _remedy(run: Run) -> str:
    rate = run.optimizer.learning_rate
    return f"A learning rate below {rate:g}, or clip_norm, may help."


@np.errstate(all="ignore")
def _culprit(run: Run, batches: Sequence[Batch], last: int) -> str:
    """Say what is the first that is not finite: parameter, input, layer, loss or gradient."""
    weights = run.arrays.weights
    for kind, arrays in (("parameter", weights.params), ("state", weights.state)):
        broken = _first(arrays)
        if broken:
            return f"The {kind} {broken} is not finite: the update before made it so"
    for batch in batches[: last + 1]:
        if not np.isfinite(batch.x).all():
            return "The batch itself is not finite, after augmentation"
        said = _traced(run, batch)
        if said:
            return said
    return "Each batch of the step is finite by itself, and their sum is not"


def _traced(run: Run, batch: Batch) -> str:
    """Follow a batch forward and backward."""

    def derive(output: Array) -> tuple[float, Array]:
        return run.loss.forward(output, batch.target, batch.weight)

    seen = trace(run.graph, run.arrays.weights, batch.x, derive, training=True, seed=run.seed)
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
