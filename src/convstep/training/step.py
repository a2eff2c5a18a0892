"""One training step: forward, loss, backward, update."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple, Self

import numpy as np

from convstep.graph import Graph
from convstep.nn.layer import Array, Arrays, ArraySpec, Needs
from convstep.nn.losses import Loss
from convstep.nn.optimizers import Optimizer, OptimizerState
from convstep.nn.random import Key
from convstep.ops.elementwise import accumulate
from convstep.training.parameters import FlatArrays, Weights
from convstep.training.sources import Batch

_TINY = 1e-6  # as PyTorch's clip_grad_norm_: no division by zero


@dataclass
class TrainingState:
    """Every array that training changes.

    Attributes
    ----------
    grads : FlatArrays
        The gradients; those of parameters that are not trained stay zero.
    part : FlatArrays or None
        The gradients of one of several batches that make a step.
    trained : tuple of str
        The parameters that are trained.
    spans : tuple of slice
        Where those lie in the vectors.
    optimizer : tuple of OptimizerState
        One for each span.
    """

    weights: Weights
    grads: FlatArrays
    part: FlatArrays | None
    trained: tuple[str, ...]
    spans: tuple[slice, ...]
    optimizer: tuple[OptimizerState, ...]

    @classmethod
    def start(
        cls,
        weights: Weights,
        specs: dict[str, ArraySpec],
        optimizer: Optimizer,
        *,
        trained: tuple[str, ...] | None = None,
        several: bool = False,
    ) -> Self:
        """Begin with fresh gradients and an optimizer that remembers nothing.

        All parameters are trained if `trained` is None. `several` makes room for steps of more
        than one batch.
        """
        trained = tuple(specs) if trained is None else trained
        spans = weights.params.spans(trained)
        return cls(
            weights,
            grads=FlatArrays(specs, weights.dtype),
            part=FlatArrays(specs, weights.dtype) if several else None,
            trained=trained,
            spans=spans,
            optimizer=tuple(optimizer.init(weights.params.flat[span]) for span in spans),
        )


class BatchResult(NamedTuple):
    """What came of one batch: its loss, its weight in a mean, and what the network said."""

    loss: float
    weight: float
    output: Array


class Gradients(NamedTuple):
    """What forward and backward found; the gradients themselves lie in the `TrainingState`.

    `sound` is False where a loss or a gradient is infinite or NaN.
    """

    results: tuple[BatchResult, ...]
    state: Arrays
    sound: bool


def training_step(
    graph: Graph,
    arrays: TrainingState,
    batches: Sequence[Batch],
    *,
    loss: Loss,
    optimizer: Optimizer,
    learning_rate: float,
    seed: int,
    clip_norm: float | None = None,
) -> Gradients:
    """Take one step against the gradient of batches taken together; `arrays` change in place.

    Where what comes back is not sound, nothing has changed.
    """
    found = gradients(graph, arrays, batches, loss=loss, seed=seed)
    if found.sound:
        update(arrays, found.state, optimizer, learning_rate, clip_norm)
    return found


@np.errstate(all="ignore")  # what overflows makes the loss infinite or NaN, and that is told
def gradients(
    graph: Graph, arrays: TrainingState, batches: Sequence[Batch], *, loss: Loss, seed: int
) -> Gradients:
    """Find the gradient of the mean loss over batches, each with its weight in the mean."""
    weights, state = arrays.weights, arrays.weights.state
    results: list[BatchResult] = []
    for number, batch in enumerate(batches):
        output, cache, state = graph.forward(
            weights.params,
            state,
            (batch.x,),
            training=True,
            rng=layers_key(seed, weights.step, number),
        )
        value, grad = loss.forward(output, batch.target, batch.weight)
        results.append(BatchResult(value, loss.total_weight(batch.target, batch.weight), output))
        if not math.isfinite(value):
            return Gradients(tuple(results), state, sound=False)
        into = arrays.grads
        if len(batches) > 1:
            grad *= results[-1].weight
            into = arrays.grads if number == 0 or arrays.part is None else arrays.part
        needs = Needs(inputs=(False,), params=arrays.trained)
        graph.backward(weights.params, cache, grad, needs=needs, out=into)
        if into is not arrays.grads:
            accumulate(arrays.grads.flat, into.flat)
    if len(batches) > 1:
        arrays.grads.flat /= sum(result.weight for result in results)
    return Gradients(tuple(results), state, sound=_finite(arrays.grads.flat))


@np.errstate(all="ignore")
def update(
    arrays: TrainingState,
    state: Arrays,
    optimizer: Optimizer,
    learning_rate: float,
    clip_norm: float | None = None,
) -> None:
    """Move the trained parameters, and take over the layers' new state."""
    params, grads = arrays.weights.params.flat, arrays.grads.flat
    if clip_norm is not None:
        clip(grads, clip_norm)
    for span, memory in zip(arrays.spans, arrays.optimizer, strict=True):
        optimizer.update(params[span], grads[span], memory, learning_rate)
    arrays.weights.state = state
    arrays.weights.step += 1


def clip(grads: Array, limit: float) -> None:
    """Shorten all gradients together, in place, so that their Euclidean norm is at most `limit`.

    Pascanu, Mikolov, Bengio (2013), *On the difficulty of training recurrent neural networks*.
    """
    norm = math.sqrt(np.square(grads, dtype=np.float64).sum())
    if norm > limit:
        grads *= limit / (norm + _TINY)


def layers_key(seed: int, step: int, number: int = 0) -> Key:
    """Return the key of the layers' random numbers, for one of the batches of a step."""
    return step_key(seed, step, number).child("layers")


def step_key(seed: int, step: int, number: int = 0) -> Key:
    """Return the key of one of the batches of a step."""
    key = Key(seed, step)
    return key.child(f"batch{number}") if number else key


def _finite(values: Array) -> bool:
    """Tell whether all are finite; their sum tells it of most vectors.

    By BLAS it would be sooner, but BLAS has threads of its own, which spin while ours work.
    """
    return math.isfinite(values.sum()) or bool(np.isfinite(values).all())
