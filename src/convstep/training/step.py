"""One training step: forward, loss, backward, update."""

import math
from dataclasses import dataclass
from typing import NamedTuple

from convstep.errors import argument_error
from convstep.graph import Graph
from convstep.nn.layer import Array, Needs
from convstep.nn.losses import Loss
from convstep.nn.optimizers import Optimizer, OptimizerState
from convstep.nn.random import Key
from convstep.training.parameters import FlatArrays, Weights


@dataclass
class TrainingState:
    """Every array that training changes: what a checkpoint must hold, but for the gradients."""

    weights: Weights
    grads: FlatArrays
    optimizer: OptimizerState


class StepResult(NamedTuple):
    """The loss of a batch before the update, and what the network said."""

    loss: float
    output: Array


def training_step(
    graph: Graph,
    arrays: TrainingState,
    x: Array,
    target: Array,
    *,
    loss: Loss,
    optimizer: Optimizer,
    learning_rate: float,
    seed: int,
) -> StepResult:
    """Take one step against the gradient of one batch; `arrays` change in place.

    Raises
    ------
    ArgumentError
        If the loss is infinite or NaN; nothing has changed then.
    """
    weights = arrays.weights
    rng = Key(seed, weights.step).child("layers")
    output, cache, state = graph.forward(
        weights.params, weights.state, (x,), training=True, rng=rng
    )
    value, grad = loss.forward(output, target)
    if not math.isfinite(value):
        advice = f"It broke at step {weights.step}; a learning rate below {learning_rate} may help."
        raise argument_error("Model.fit", "the loss", "stay finite", value, advice)
    needs = Needs(inputs=(False,), params=tuple(weights.params))
    graph.backward(weights.params, cache, grad, needs=needs, out=arrays.grads)
    optimizer.update(weights.params.flat, arrays.grads.flat, arrays.optimizer, learning_rate)
    weights.state = state
    weights.step += 1
    return StepResult(value, output)
