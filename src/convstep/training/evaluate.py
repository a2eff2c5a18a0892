"""What a network says about many examples, batch by batch, and how right it is."""

from collections.abc import Iterator, Mapping

from convstep.graph import Graph
from convstep.nn.layer import Array
from convstep.nn.losses import Loss
from convstep.ops.compiled.memory import reuse
from convstep.training.metrics import Metric, RunningMeans, measured
from convstep.training.parameters import Weights
from convstep.training.sources import Examples
from convstep.training.step import BatchResult

EVALUATION_BATCH = 256


def output_of(graph: Graph, weights: Weights, x: Array) -> Array:
    """Return the output of a batch."""
    return graph.apply(weights.params, weights.state, (x.astype(weights.dtype, copy=False),))


def outputs(graph: Graph, weights: Weights, x: Array, batch_size: int) -> Iterator[Array]:
    """Yield the outputs of one batch after the other."""
    for start in range(0, len(x), batch_size):
        yield output_of(graph, weights, x[start : start + batch_size])


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
    with reuse():
        for x, target, weight in examples.in_order(batch_size):
            output = output_of(graph, weights, x)
            value, _ = loss.forward(output, target, weight)
            result = BatchResult(value, loss.total_weight(target, weight), output)
            means.add(measured(result, target, metrics))
    return means.means()
