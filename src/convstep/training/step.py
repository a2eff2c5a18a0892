"""One training step: forward, loss, backward, update."""

import math
from dataclasses import dataclass
from typing import NamedTuple

from convstep.errors import argument_error
from convstep.graph import Graph
from convstep.nn.layer import Array, Arrays, Needs
from convstep.nn.losses import Loss
from convstep.nn.optimizers import Optimizer, OptimizerState
from convstep.nn.random import Key
from convstep.training.parameters import FlatArrays


@dataclass
class TrainingState:
    """Every array that training changes, and the step it has come to."""

    params: FlatArrays
    grads: FlatArrays
    state: Arrays
    optimizer: OptimizerState
    step: int


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
    output, cache, state = graph.forward(
        arrays.params,
        arrays.state,
        (x,),
        training=True,
        rng=Key(seed, arrays.step).child("layers"),
    )
    value, grad = loss.forward(output, target)
    if not math.isfinite(value):
        advice = f"It broke at step {arrays.step}; a learning rate below {learning_rate} may help."
        raise argument_error("Model.fit", "the loss", "stay finite", value, advice)
    needs = Needs(inputs=(False,), params=tuple(arrays.params))
    graph.backward(arrays.params, cache, grad, needs=needs, out=arrays.grads)
    optimizer.update(arrays.params.flat, arrays.grads.flat, arrays.optimizer, learning_rate)
    arrays.state = state
    arrays.step += 1
    return StepResult(value, output)
