"""Convolutions and poolings of drawn shapes and options against PyTorch, forward and backward."""

import numpy as np
import pytest

import convstep as cs
from convstep import nn
from convstep.nn import ArraySpec, Key, Needs

torch = pytest.importorskip("torch", reason="PyTorch, the oracle of these tests, is not installed")
F = torch.nn.functional
ACTIVATIONS = (None, "relu", "relu6", "leaky_relu", "tanh", "sigmoid")


@pytest.fixture(autouse=True)
def _without_onednn(monkeypatch):
    """Its float32 gradients of arrays in another order can write past their memory (2.13)."""
    monkeypatch.setattr(torch.backends.mkldnn, "enabled", False)


def channels_first(array):
    return array.movedim(-1, 1)


def channels_last(array):
    return array.movedim(1, -1)


def out_first(weight):
    axes = (weight.ndim - 1, weight.ndim - 2, *range(weight.ndim - 2))
    return weight.permute(axes).contiguous()  # (..., in, out) -> (out, in, ...)


def activated(y, name):
    return channels_last(y if name is None else getattr(F, name)(y))


def integers(rng, least, most, count=None):
    return (
        tuple(rng.integers(least, most + 1, count).tolist())
        if count
        else int(rng.integers(least, most + 1))
    )


def conv1d(rng):
    groups, k, dilation, stride = (integers(rng, 1, 3) for _ in range(4))
    reach = dilation * (k - 1) + 1
    padding = "same" if stride == 1 and rng.random() < 0.4 else integers(rng, 0, 2)
    length = integers(rng, 1, 9) if padding == "same" else reach + integers(rng, 0, 6)
    activation = ACTIVATIONS[integers(rng, 0, 5)]
    options = {"stride": stride, "padding": padding, "dilation": dilation, "groups": groups}
    layer = nn.Conv1D(groups * integers(rng, 1, 2), k, activation=activation, **options)

    def theirs(x, weight, bias):
        return activated(
            F.conv1d(channels_first(x), out_first(weight), bias, **options), activation
        )

    return layer, (length, groups * integers(rng, 1, 2)), theirs


def conv2d(rng):
    groups, (kernel, stride, dilation) = (
        integers(rng, 1, 3),
        (integers(rng, 1, 3, 2) for _ in "ksd"),
    )
    padding, activation = integers(rng, 0, 2, 2), ACTIVATIONS[integers(rng, 0, 5)]
    options = {"stride": stride, "padding": padding, "dilation": dilation, "groups": groups}
    layer = nn.Conv2D(groups * integers(rng, 1, 3), kernel, activation=activation, **options)
    size = tuple(
        d * (k - 1) + 1 + integers(rng, 0, 4) for k, d in zip(kernel, dilation, strict=True)
    )

    def theirs(x, weight, bias):
        return activated(
            F.conv2d(channels_first(x), out_first(weight), bias, **options), activation
        )

    return layer, (*size, groups * integers(rng, 1, 3)), theirs


def depthwise(rng):
    channels, multiplier = integers(rng, 1, 3), integers(rng, 1, 3)
    kernel, dilation, stride = (integers(rng, 1, 3, 2) for _ in range(3))
    options = {"stride": stride, "padding": integers(rng, 0, 2, 2), "dilation": dilation}
    activation = ACTIVATIONS[integers(rng, 0, 5)]
    layer = nn.DepthwiseConv2D(
        kernel, depth_multiplier=multiplier, activation=activation, **options
    )
    size = tuple(
        d * (k - 1) + 1 + integers(rng, 0, 4) for k, d in zip(kernel, dilation, strict=True)
    )

    def theirs(x, weight, bias):
        y = F.conv2d(channels_first(x), out_first(weight), bias, groups=channels, **options)
        return activated(y, activation)

    return layer, (*size, channels), theirs


def separable(rng):
    layer, shape, _ = depthwise(rng)
    options = {"stride": layer.stride, "dilation": layer.dilation}
    ours = nn.SeparableConv2D(
        4,
        layer.kernel_size,
        depth_multiplier=layer.depth_multiplier,
        padding=layer.padding,
        activation=layer.activation,
        **options,
    )
    options["padding"] = tuple(before for before, _ in layer.padding)

    def theirs(x, first, weight, bias):
        y = F.conv2d(channels_first(x), out_first(first), groups=shape[2], **options)
        return activated(F.conv2d(y, out_first(weight), bias), layer.activation)

    return ours, shape, theirs


def conv_transpose(rng):
    groups, kernel = integers(rng, 1, 3), integers(rng, 1, 3, 2)
    stride, dilation = integers(rng, 1, 3, 2), integers(rng, 1, 2, 2)
    pairs = tuple(zip(kernel, stride, dilation, strict=True))
    options = {
        "stride": stride,
        "padding": tuple(integers(rng, 0, (d * (k - 1)) // 2) for k, _, d in pairs),
        "output_padding": tuple(integers(rng, 0, max(s, d) - 1) for _, s, d in pairs),
        "dilation": dilation,
        "groups": groups,
    }
    activation = ACTIVATIONS[integers(rng, 0, 5)]
    layer = nn.ConvTranspose2D(
        groups * integers(rng, 1, 2), kernel, activation=activation, **options
    )

    def theirs(x, weight, bias):
        y = F.conv_transpose2d(channels_first(x), out_first(weight), bias, **options)
        return activated(y, activation)

    return layer, (*integers(rng, 1, 5, 2), groups * integers(rng, 1, 2)), theirs


def max_pool1d(rng):
    k, stride, dilation = integers(rng, 1, 3), integers(rng, 1, 3), integers(rng, 1, 2)
    options = {"stride": stride, "padding": integers(rng, 0, k // 2), "dilation": dilation}
    options["ceil_mode"] = bool(rng.random() < 0.5)
    length = dilation * (k - 1) + 1 + integers(rng, 0, 6)
    return (
        nn.MaxPool1D(k, **options),
        (length, 3),
        lambda x: channels_last(F.max_pool1d(channels_first(x), k, **options)),
    )


def avg_pool1d(rng):
    k = integers(rng, 1, 4)
    options = {"stride": integers(rng, 1, 3), "padding": integers(rng, 0, k // 2)}
    options |= {name: bool(rng.random() < 0.5) for name in ("ceil_mode", "count_include_pad")}
    return (
        nn.AvgPool1D(k, **options),
        (k + integers(rng, 0, 6), 3),
        lambda x: channels_last(F.avg_pool1d(channels_first(x), k, **options)),
    )


def global_avg_pool1d(rng):
    return nn.GlobalAvgPool1D(), (integers(rng, 1, 9), 3), lambda x: x.mean(1)


def global_max_pool1d(rng):
    return nn.GlobalMaxPool1D(), (integers(rng, 1, 300), 3), lambda x: x.amax(1)


DRAWN = [
    conv1d, conv2d, depthwise, separable, conv_transpose,
    max_pool1d, avg_pool1d, global_avg_pool1d, global_max_pool1d,
]  # fmt: skip


@pytest.mark.parametrize("draw", DRAWN, ids=lambda draw: draw.__name__)
@pytest.mark.parametrize("dtype, tolerance", [(np.float64, 1e-10), (np.float32, 2e-5)])
def test_a_drawn_layer_equals_pytorch(draw, dtype, tolerance):
    for seed in range(40):
        rng = np.random.default_rng(seed)
        layer, shape, theirs = draw(rng)
        spec = layer.spec(ArraySpec(shape, np.dtype(dtype)))
        params = {n: rng.standard_normal(p.shape).astype(dtype) for n, p in spec.params.items()}
        x = rng.standard_normal((integers(rng, 1, 3), *shape)).astype(dtype)
        y, cache, _ = layer.forward(params, {}, (x,), training=True, rng=Key(0))
        tensors = [torch.tensor(array, requires_grad=True) for array in (x, *params.values())]
        expected = theirs(*tensors)
        assert y.shape == (len(x), *spec.output.shape) == tuple(expected.shape), layer
        grad = rng.standard_normal(y.shape).astype(dtype)
        expected.backward(torch.tensor(grad))
        (dx,), grads = layer.backward(params, cache, grad, needs=Needs((True,), tuple(params)))
        assert list(grads) == list(params)
        pairs = zip((y, dx, *grads.values()), (expected, *(t.grad for t in tensors)), strict=True)
        for ours, tensor in pairs:
            assert ours.dtype == dtype
            scale = max(1.0, float(tensor.detach().abs().max()))
            error = np.abs(ours - tensor.detach().numpy()).max() / scale
            assert error < tolerance, f"{layer} on {x.shape}: {error}"


@pytest.mark.parametrize("draw", DRAWN, ids=lambda draw: draw.__name__)
def test_a_drawn_layer_passes_the_gradient_check(draw):
    for seed in range(3):
        layer, shape, _ = draw(np.random.default_rng(seed + 100))
        rng = np.random.default_rng(seed)
        # Not as `init` makes them: a bias of 0 puts outputs that meet no input on ReLU's kink.
        specs = layer.spec(ArraySpec(shape, np.dtype(np.float64))).params
        params = {name: rng.standard_normal(each.shape) for name, each in specs.items()}
        names = tuple(params)

        def forward(x, *values, layer=layer, names=names):
            given = dict(zip(names, values, strict=True))
            y, cache, _ = layer.forward(given, {}, (x,), training=True, rng=None)
            return y, (given, cache)

        def backward(grad, kept, layer=layer, names=names):
            (dx,), grads = layer.backward(*kept, grad, needs=Needs((True,), names))
            return (dx, *(grads[name] for name in names))

        x = rng.standard_normal((2, *shape))
        report = cs.gradient_check(forward, backward, x, *params.values())
        assert report, f"{layer}: {report}"
