"""Layers against PyTorch, forward and all gradients."""

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
    "global max pool": (nn.GlobalMaxPool2D(), (7, 8, 4), lambda x: x.amax(dim=(1, 2))),
    "pad": (
        nn.Pad2D(((1, 2), (0, 3)), -2),
        (7, 8, 4),
        lambda x: F.pad(x, (0, 0, 0, 3, 1, 2), value=-2.0),
    ),
    "upsample": (
        nn.Upsample2D((2, 3)),
        (7, 8, 4),
        lambda x: back(F.interpolate(image(x), scale_factor=(2, 3), mode="nearest")),
    ),
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


ACTIVATIONS = [
    (nn.ReLU(), torch.relu),
    (nn.ReLU6(), F.relu6),
    (nn.LeakyReLU(), F.leaky_relu),
    (nn.LeakyReLU(0.3), lambda x: F.leaky_relu(x, 0.3)),
    (nn.LeakyReLU(0), lambda x: F.leaky_relu(x, 0.0)),
    (nn.HardSwish(), F.hardswish),
    (nn.SiLU(), F.silu),
    (nn.GELU(), F.gelu),
    (nn.GELU("tanh"), lambda x: F.gelu(x, approximate="tanh")),
    (nn.Sigmoid(), torch.sigmoid),
    (nn.Tanh(), torch.tanh),
    (nn.Softmax(), lambda x: torch.softmax(x, -1)),
]


@pytest.mark.parametrize("dtype, bound", [(np.float64, 1e-10), (np.float32, 2e-4)])
@pytest.mark.parametrize(
    "layer, function", ACTIVATIONS, ids=[repr(each[0]) for each in ACTIVATIONS]
)
def test_an_activation_equals_pytorch_on_small_and_huge_numbers(layer, function, dtype, bound):
    rng = np.random.default_rng(1)
    x, grad = (4 * rng.standard_normal((2, 3, 20, 6))).astype(dtype)
    x[0] = np.linspace(-12, 12, x[0].size).reshape(x[0].shape)
    x[1, 0] = [-1000, 1000, -30, 30, -2.5, 5.5]
    given = torch.tensor(x, requires_grad=True)
    expected = function(given)
    expected.backward(torch.tensor(grad))
    y, cache, _ = layer.forward({}, {}, (x,), training=True, rng=None)
    (dx,), _ = layer.backward({}, cache, grad, needs=nn.Needs((True,), ()))
    for ours, tensor in (y, expected.detach()), (dx, given.grad):
        assert ours.dtype == dtype
        scale = max(1.0, float(tensor.abs().max()))
        np.testing.assert_allclose(ours, tensor.numpy(), rtol=0, atol=bound * scale)
