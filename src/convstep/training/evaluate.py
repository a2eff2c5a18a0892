"""What a network says about many examples, batch by batch, and how right it is."""

from collections.abc import Iterator, Mapping
from typing import NamedTuple

from convstep.graph import Graph
from convstep.nn.layer import Array
from convstep.nn.losses import Loss
from convstep.training.metrics import Metric, RunningMeans
from convstep.training.parameters import Weights

EVALUATION_BATCH = 256


class Examples(NamedTuple):
    """Inputs and what they should give, example by example along the first axis."""

    x: Array
    target: Array


def outputs(graph: Graph, weights: Weights, x: Array, batch_size: int) -> Iterator[Array]:
    """Yield the outputs of one batch after the other."""
    for start in range(0, len(x), batch_size):
        batch = x[start : start + batch_size].astype(weights.dtype, copy=False)
        yield graph.apply(weights.params, weights.state, (batch,))


def evaluate(
    graph: Graph,
    weights: Weights,
    examples: Examples,
    *,
    loss: Loss,
    metrics: Mapping[str, Metric],
    batch_size: int = EVALUATION_BATCH,
) -> dict[str, float]:
    """Return the mean loss and metrics over the examples."""
    means = RunningMeans()
    start = 0
    for output in outputs(graph, weights, examples.x, batch_size):
        target = examples.target[start : start + len(output)]
        start += len(output)
        values = {name: metric(output, target) for name, metric in metrics.items()}
        means.add({"loss": loss.forward(output, target)[0], **values}, len(output))
    return means.means()
