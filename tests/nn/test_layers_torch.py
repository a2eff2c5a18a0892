"""Layers against PyTorch in float64, forward and all gradients."""

import numpy as np
import pytest

from convstep import nn

torch = pytest.importorskip("torch", reason="PyTorch, the oracle of these tests, is not installed")
F = torch.nn.functional


def image(array):
    return array.permute(0, 3, 1, 2)  # NHWC -> NCHW


def back(array):
    return array.permute(0, 2, 3, 1)  # NCHW -> NHWC


def filters(array):
    return array.permute(3, 2, 0, 1)  # (kh, kw, in, out) -> (out, in, kh, kw)


CASES = {
    "conv": (
        nn.Conv2D(6, (3, 2), stride=(2, 1), padding=(1, 2), activation="relu"),
        (7, 8, 4),
        lambda x, weight, bias: back(
            F.conv2d(image(x), filters(weight), bias, (2, 1), (1, 2)).relu()
        ),
    ),
    "conv dilated, grouped, without bias": (
        nn.Conv2D(6, 3, padding="same", dilation=2, groups=2, bias=False, activation="sigmoid"),
        (7, 8, 4),
        lambda x, weight: back(
            F.conv2d(image(x), filters(weight), padding=2, dilation=2, groups=2).sigmoid()
        ),
    ),
    "max pool": (
        nn.MaxPool2D(3, stride=2, padding=1, ceil_mode=True),
        (7, 8, 4),
        lambda x: back(F.max_pool2d(image(x), 3, 2, 1, ceil_mode=True)),
    ),
    "avg pool": (
        nn.AvgPool2D(2, padding=1),
        (7, 8, 4),
        lambda x: back(F.avg_pool2d(image(x), 2, padding=1, count_include_pad=False)),
    ),
    "avg pool with padding counted": (
        nn.AvgPool2D(2, padding=1, count_include_pad=True),
        (7, 8, 4),
        lambda x: back(F.avg_pool2d(image(x), 2, padding=1, count_include_pad=True)),
    ),
    "global avg pool": (nn.GlobalAvgPool2D(), (7, 8, 4), lambda x: x.mean(dim=(1, 2))),
    "dense": (
        nn.Dense(5, activation="tanh"),
        (7,),
        lambda x, weight, bias: F.linear(x, weight.T, bias).tanh(),
    ),
    "dense leaky": (
        nn.Dense(5, activation="leaky_relu"),
        (7,),
        lambda x, weight, bias: F.leaky_relu(F.linear(x, weight.T, bias), 0.01),
    ),
    "flatten": (nn.Flatten(), (3, 4, 2), lambda x: x.flatten(1)),
    "relu": (nn.ReLU(), (3, 4, 2), lambda x: x.relu()),
    "normalize": (
        nn.Normalize((0.1, 0.2), (0.5, 2.0)),
        (3, 4, 2),
        lambda x: (x - x.new_tensor([0.1, 0.2])) / x.new_tensor([0.5, 2.0]),
    ),
}


@pytest.mark.parametrize("name", CASES)
def test_a_layer_equals_pytorch(name, run_layer):
    layer, shape, function = CASES[name]
    x = np.random.default_rng(2).standard_normal((3, *shape))
    ran = run_layer(layer, x)
    tensors = [torch.tensor(array, requires_grad=True) for array in (x, *ran.params.values())]
    expected = function(*tensors)
    expected.backward(torch.tensor(ran.grad))
    np.testing.assert_allclose(ran.output, expected.detach().numpy(), rtol=1e-12, atol=1e-12)
    ours = [ran.input_grad, *ran.param_grads.values()]
    for got, tensor in zip(ours, tensors, strict=True):
        np.testing.assert_allclose(got, tensor.grad.numpy(), rtol=1e-12, atol=1e-12)
