"""Layers of configurations drawn at random against PyTorch, in both dtypes."""

import random

import numpy as np
import pytest

from convstep import nn
from convstep.nn import ArraySpec, Key, Needs

torch = pytest.importorskip("torch", reason="PyTorch, the oracle of these tests, is not installed")

BOUNDS = {np.dtype("f8"): 1e-10, np.dtype("f4"): 2e-4}
DRAWS = range(25)
ACTIVATIONS = {
    None: lambda y: y,
    "relu": torch.relu,
    "relu6": torch.nn.functional.relu6,
    "leaky_relu": torch.nn.functional.leaky_relu,
    "sigmoid": torch.sigmoid,
    "tanh": torch.tanh,
}


def channels_first(x):
    return torch.movedim(x, -1, 1)


def channels_last(x):
    return torch.movedim(x, 1, -1)


def filters(weight):
    """(..., in, out) -> (out, in, ...), as both kinds of convolution store them."""
    axes = weight.ndim
    return weight.permute(axes - 1, axes - 2, *range(axes - 2)).contiguous()


def compare(layer, oracle, x, dtype, training=True):
    """Run both forward and backward, from one set of arrays; return our state after."""
    rng = np.random.default_rng(7)
    x = x.astype(dtype)
    spec = layer.spec(ArraySpec(x.shape[1:], x.dtype))
    params, state = layer.init(Key(0), spec)
    params = {name: rng.standard_normal(p.shape).astype(dtype) for name, p in params.items()}
    y, cache, state = layer.forward(params, state, (x,), training=training, rng=None)
    assert (y.shape[1:], y.dtype) == (spec.output.shape, spec.output.dtype)
    tensors = {name: torch.tensor(p, requires_grad=True) for name, p in params.items()}
    tx = torch.tensor(x, requires_grad=True)
    ty = oracle(tx, tensors)
    grad = rng.standard_normal(y.shape).astype(dtype)
    ty.backward(torch.tensor(grad))
    needs = Needs((True,), tuple(params))
    (dx,), grads = layer.backward(params, cache, grad, needs=needs)
    near(y, ty, dtype)
    near(dx, tx.grad, dtype)
    for name, tensor in tensors.items():
        near(grads[name], tensor.grad, dtype)
    return state


def near(found, expected, dtype):
    expected = expected.detach().numpy()
    assert found.dtype == dtype
    assert found.shape == expected.shape
    scale = max(1.0, float(np.abs(expected).max(initial=0)))
    np.testing.assert_allclose(found, expected, rtol=0, atol=BOUNDS[dtype] * scale)


def drawn(shape, seed):
    return np.random.default_rng(seed).standard_normal(shape) * 2


def options(draw, axes):
    """Options of a convolution, and a size on which its window fits."""
    each = [
        {"kernel_size": draw.randint(1, 4), "stride": draw.randint(1, 3)}
        | {"padding": draw.randint(0, 2), "dilation": draw.randint(1, 2)}
        for _ in range(axes)
    ]
    size = [(o["kernel_size"] - 1) * o["dilation"] + draw.randint(1, 5) for o in each]
    joined = {name: tuple(o[name] for o in each) for name in each[0]}
    return joined, size


@pytest.mark.parametrize("dtype", BOUNDS, ids=str)
@pytest.mark.parametrize("seed", DRAWS)
def test_convolutions(seed, dtype):
    draw = random.Random(seed)
    axes, groups = draw.choice((1, 2)), draw.choice((1, 2, 3))
    ours, size = options(draw, axes)
    activation = draw.choice(list(ACTIVATIONS))
    wide = draw.randint(1, 3) * groups
    x = drawn((draw.randint(1, 3), *size, groups * draw.randint(1, 3)), seed)
    theirs = {k: v for k, v in ours.items() if k != "kernel_size"} | {"groups": groups}
    convolve = getattr(torch.nn.functional, f"conv{axes}d")

    def oracle(tx, p):
        y = convolve(channels_first(tx), filters(p["weight"]), p["bias"], **theirs)
        return channels_last(ACTIVATIONS[activation](y))

    if axes == 1:
        ours = {k: v[0] for k, v in ours.items()}
    kind = nn.Conv1D if axes == 1 else nn.Conv2D
    compare(kind(wide, groups=groups, activation=activation, **ours), oracle, x, dtype)


@pytest.mark.parametrize("dtype", BOUNDS, ids=str)
@pytest.mark.parametrize("seed", DRAWS)
def test_depthwise_and_separable(seed, dtype):
    draw = random.Random(seed)
    ours, size = options(draw, 2)
    channels, times = draw.randint(1, 5), draw.randint(1, 2)
    x = drawn((draw.randint(1, 3), *size, channels), seed)
    theirs = {k: v for k, v in ours.items() if k != "kernel_size"} | {"groups": channels}
    conv2d = torch.nn.functional.conv2d

    def depthwise(tx, p):
        y = conv2d(channels_first(tx), filters(p["weight"]), p["bias"], **theirs)
        return channels_last(y)

    def separable(tx, p):
        y = conv2d(channels_first(tx), filters(p["depthwise_weight"]), **theirs)
        return channels_last(conv2d(y, filters(p["weight"]), p["bias"]))

    compare(nn.DepthwiseConv2D(depth_multiplier=times, **ours), depthwise, x, dtype)
    compare(nn.SeparableConv2D(4, depth_multiplier=times, **ours), separable, x, dtype)


@pytest.mark.parametrize("dtype", BOUNDS, ids=str)
@pytest.mark.parametrize("seed", DRAWS)
def test_transposed_convolutions(seed, dtype):
    draw = random.Random(seed)
    groups = draw.choice((1, 2, 3))
    ours, _ = options(draw, 2)
    ours["padding"] = tuple(
        min(p, (k - 1) * d // 2)
        for p, k, d in zip(ours["padding"], ours["kernel_size"], ours["dilation"], strict=True)
    )
    ours["output_padding"] = tuple(draw.randint(0, s - 1) for s in ours["stride"])
    x = drawn((draw.randint(1, 3), draw.randint(1, 5), draw.randint(1, 5), 2 * groups), seed)
    theirs = {k: v for k, v in ours.items() if k != "kernel_size"} | {"groups": groups}

    def oracle(tx, p):
        convolve = torch.nn.functional.conv_transpose2d
        return channels_last(
            convolve(channels_first(tx), filters(p["weight"]), p["bias"], **theirs)
        )

    compare(nn.ConvTranspose2D(3 * groups, groups=groups, **ours), oracle, x, dtype)


@pytest.mark.parametrize("dtype", BOUNDS, ids=str)
@pytest.mark.parametrize(
    "shape", [(4, 3), (2, 5, 3), (3, 4, 5, 2), (2, 1, 1, 7), (1, 3, 3, 4)], ids=str
)
@pytest.mark.parametrize("activation", ACTIVATIONS)
@pytest.mark.parametrize("momentum", [0.0, 0.1, 1.0])
def test_batch_norm(shape, activation, momentum, dtype):
    x = drawn(shape, 3)
    mean = torch.zeros(shape[-1], dtype=torch.float64 if dtype == "f8" else torch.float32)
    variance = torch.ones_like(mean)
    layer = nn.BatchNorm(momentum, 1e-2, activation=activation)
    for training in (True, False):

        def oracle(tx, p, training=training):
            y = torch.nn.functional.batch_norm(
                channels_first(tx), mean, variance, p["weight"], p["bias"], training, momentum, 1e-2
            )
            return channels_last(ACTIVATIONS[activation](y))

        if not training:
            mean.zero_(), variance.fill_(1)  # what init gives
        state = compare(layer, oracle, x, dtype, training)
        near(state["mean"], mean, dtype)
        near(state["variance"], variance, dtype)


F = torch.nn.functional
ELEMENTWISE = [
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


@pytest.mark.parametrize("dtype", BOUNDS, ids=str)
@pytest.mark.parametrize("layer, oracle", ELEMENTWISE, ids=[repr(e[0]) for e in ELEMENTWISE])
def test_activations(layer, oracle, dtype):
    x = drawn((3, 5, 4, 6), 1) * 2
    x[0] = np.linspace(-12, 12, x[0].size).reshape(x[0].shape)
    x[1, 0, 0] = [-1000, 1000, -30, 30, -2.5, 5.5]
    compare(layer, lambda tx, p: oracle(tx), x, dtype)


def upsampled(x):
    return F.interpolate(x, scale_factor=(2, 3), mode="nearest")


@pytest.mark.parametrize("dtype", BOUNDS, ids=str)
@pytest.mark.parametrize(
    "layer, oracle, axes",
    [
        (nn.Pad2D(((1, 2), (0, 3)), -2), lambda x: F.pad(x, (0, 3, 1, 2), value=-2.0), 2),
        (nn.Upsample2D((2, 3)), upsampled, 2),
        (nn.GlobalMaxPool2D(), lambda x: F.adaptive_max_pool2d(x, 1).flatten(1), 2),
        (nn.GlobalMaxPool1D(), lambda x: F.adaptive_max_pool1d(x, 1).flatten(1), 1),
        (nn.GlobalAvgPool1D(), lambda x: x.mean(2), 1),
        (nn.MaxPool1D(3, stride=2, padding=1), lambda x: F.max_pool1d(x, 3, 2, 1), 1),
        (nn.MaxPool1D(2, dilation=3), lambda x: F.max_pool1d(x, 2, dilation=3), 1),
        (
            nn.AvgPool1D(3, stride=2, padding=1, ceil_mode=True, count_include_pad=True),
            lambda x: F.avg_pool1d(x, 3, 2, 1, ceil_mode=True),
            1,
        ),
    ],
    ids=repr,
)
@pytest.mark.parametrize("size", [(1, 7), (3, 20)], ids=str)
def test_sizes(layer, oracle, axes, size, dtype):
    n, length = size
    x = drawn((n, *[length] * axes, 3), 2)

    def whole(tx, p):
        y = oracle(channels_first(tx))
        return channels_last(y) if y.ndim > 2 else y

    compare(layer, whole, x, dtype)
