"""Whole networks, trained here and in PyTorch from the same weights on the same batches."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any, NamedTuple

import numpy as np

import convstep as cs
from convstep import nn
from convstep.graph import Graph
from convstep.models import zoo
from convstep.nn.layer import ArraySpec, Layer
from convstep.training.sources import Batch
from convstep.training.step import TrainingState, training_step

Array = np.ndarray[Any, Any]
Step = Callable[[], float]
"""Takes one step of training; returns the loss before it."""

# At a rate of 0.01 MobileNetV2 makes of one rounding in float64 a hundredth of its loss within 20
# steps, between PyTorch's two layouts as between it and us.
LEARNING_RATE, MOMENTUM = 0.001, 0.9
LAYOUTS = ("contiguous", "channels_last")


class Network(NamedTuple):
    """A network, and the batch that it is timed with."""

    make: Callable[[], Graph]
    input_shape: tuple[int, int, int]
    classes: int
    batch: int


NETWORKS = {
    "lenet5": Network(zoo.lenet5, (28, 28, 1), 10, 64),
    "resnet20": Network(zoo.resnet20, (32, 32, 3), 10, 32),
    "mobilenet_v2": Network(zoo.mobilenet_v2, (96, 96, 3), 1000, 8),
}


def batches(network: Network, dtype: str, count: int = 8) -> list[tuple[Array, Array]]:
    """Return images of normal numbers with labels, the same for everybody."""
    rng = np.random.default_rng(1)
    shape = (network.batch, *network.input_shape)
    return [
        (
            rng.standard_normal(shape).astype(dtype),
            rng.integers(network.classes, size=network.batch),
        )
        for _ in range(count)
    ]


def model_of(network: Network, dtype: str, *, dropout: bool = True) -> cs.Model:
    """Return the model with its first weights; without dropout, which no two libraries share."""
    graph = network.make() if dropout else without_dropout(network.make())
    return cs.Model(graph, input_shape=network.input_shape, seed=1, dtype=dtype)


def without_dropout(graph: Graph) -> Graph:
    """Let each Dropout drop nothing."""

    def kept(layer: Layer) -> Layer:
        if isinstance(layer, Graph):
            return without_dropout(layer)
        return replace(layer, drop_probability=0.0) if isinstance(layer, nn.Dropout) else layer

    nodes = [(name, kept(layer), inputs) for name, layer, inputs in graph.nodes]
    return Graph(nodes, graph.output, graph.inputs)


def ours(model: cs.Model, data: list[tuple[Array, Array]]) -> Step:
    """Return our step of stochastic gradient descent with momentum."""
    optimizer = nn.SGD(LEARNING_RATE, momentum=MOMENTUM)
    specs = model.graph.spec(ArraySpec(model.input_shape, model.dtype)).params
    arrays = TrainingState.start(model._made(), specs, optimizer)
    loss, turns = nn.SoftmaxCrossEntropy(), _turns([Batch(x, target) for x, target in data])

    def step() -> float:
        found = training_step(
            model.graph, arrays, [next(turns)], loss=loss, optimizer=optimizer,
            learning_rate=LEARNING_RATE, seed=1,
        )  # fmt: skip
        return found.results[0].loss

    return step


def torch(model: cs.Model, data: list[tuple[Array, Array]], layout: str,
          *, compiled: bool = False) -> Step:  # fmt: skip
    """Return PyTorch's step for the same network, in one of its layouts; the images lie in it."""
    import torch

    from benchmarks.twin import Twin, images

    memory = getattr(torch, {"contiguous": "contiguous_format"}.get(layout, layout))
    twin = Twin(model.graph, model.params, ArraySpec(model.input_shape, model.dtype))
    twin = twin.to(memory_format=memory)
    twin.train()
    torch._dynamo.config.recompile_limit = 1000  # of one class of modules; the rest ran eagerly
    run = torch.compile(twin) if compiled else twin
    optimizer = torch.optim.SGD(twin.parameters(), LEARNING_RATE, MOMENTUM)
    turns = _turns([(images(x, memory), torch.from_numpy(target)) for x, target in data])

    def step() -> float:
        x, target = next(turns)
        optimizer.zero_grad(set_to_none=True)
        loss = torch.nn.functional.cross_entropy(run(x), target)
        loss.backward()
        optimizer.step()
        return float(loss.detach())

    return step


def _turns(data: list[Any]) -> Iterator[Any]:
    while True:
        yield from data
