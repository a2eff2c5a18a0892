"""Training steps against PyTorch in float64: from the same weights, the same losses."""

import numpy as np
import pytest

from convstep import nn
from convstep.graph import Sequential
from convstep.nn import ArraySpec, Key
from convstep.training.parameters import FlatArrays, Weights
from convstep.training.sources import Batch
from convstep.training.step import TrainingState, training_step

torch = pytest.importorskip("torch", reason="PyTorch, the oracle of this test, is not installed")
F64 = np.dtype(np.float64)


def test_forty_steps_follow_pytorch(bars):
    graph = Sequential(
        [
            nn.Normalize(0.2, 0.5),
            nn.Conv2D(4, 3, padding=1, activation="relu"),
            nn.MaxPool2D(2),
            nn.Conv2D(6, 2, bias=False),
            nn.ReLU(),
            nn.Flatten(),
            nn.Dense(3),
        ]
    )
    spec = graph.spec(ArraySpec((6, 6, 1), F64))
    first, _ = graph.init(Key(0), spec)
    params = FlatArrays(spec.params, F64)
    for name, array in first.items():
        params[name][...] = array

    tensors = {
        name: torch.tensor(array.copy(), requires_grad=True) for name, array in params.items()
    }

    def filters(name):
        return tensors[f"{name}.weight"].permute(3, 2, 0, 1)  # (kh, kw, in, out) -> OIHW

    def network(x):
        y = ((x - 0.2) / 0.5).permute(0, 3, 1, 2)  # NHWC -> NCHW
        y = torch.conv2d(y, filters("conv1"), tensors["conv1.bias"], padding=1).relu()
        y = torch.conv2d(torch.max_pool2d(y, 2), filters("conv2")).relu()
        y = y.permute(0, 2, 3, 1).flatten(1)  # NCHW -> NHWC -> rows
        return y @ tensors["dense1.weight"] + tensors["dense1.bias"]

    optimizer = nn.SGD(0.05, momentum=0.9, weight_decay=0.001)
    theirs = torch.optim.SGD(tensors.values(), 0.05, momentum=0.9, weight_decay=0.001)
    state = TrainingState.start(Weights(params, {}), spec.params, optimizer)
    for step in range(40):
        rows = np.arange(step * 8, step * 8 + 8) % len(bars.x)
        x, y = bars.x[rows].astype(F64), bars.y[rows]
        found = training_step(
            graph, state, [Batch(x, y)], loss=nn.SoftmaxCrossEntropy(), optimizer=optimizer,
            learning_rate=0.05, seed=0,
        )  # fmt: skip
        theirs.zero_grad()
        loss = found.results[0].loss
        expected = torch.nn.functional.cross_entropy(network(torch.tensor(x)), torch.tensor(y))
        expected.backward()
        theirs.step()
        assert loss == pytest.approx(expected.item(), rel=1e-10)
    assert loss < 0.9
    for name, tensor in tensors.items():
        np.testing.assert_allclose(params[name], tensor.detach().numpy(), rtol=1e-9, atol=1e-12)
