"""What every layer promises, and the text of each error."""

import json

import numpy as np
import pytest

import convstep as cs
from convstep import nn
from convstep.nn import ArraySpec, Key, Needs

F32, F64 = np.dtype(np.float32), np.dtype(np.float64)
IMAGE, SIGNAL = (5, 6, 4), (7, 4)

LAYERS = [
    (nn.Conv2D(6, 3), IMAGE),
    (nn.Conv2D(6, (3, 2), stride=(2, 1), padding=((1, 0), (0, 2)), groups=2), IMAGE),
    (nn.Conv2D(4, 2, dilation=2, padding="same", bias=False, activation="relu"), IMAGE),
    (nn.Conv2D(4, 3, padding=1, groups=4, activation="tanh"), IMAGE),
    (nn.MaxPool2D(2), IMAGE),
    (nn.MaxPool2D(3, stride=2, padding=1, ceil_mode=True), IMAGE),
    (nn.AvgPool2D((2, 3), stride=1, padding="same"), IMAGE),
    (nn.AvgPool2D(2, padding=1, count_include_pad=True), IMAGE),
    (nn.GlobalAvgPool2D(), IMAGE),
    (nn.DepthwiseConv2D(3, depth_multiplier=2, stride=2, activation="leaky_relu"), IMAGE),
    (nn.SeparableConv2D(3, (2, 3), depth_multiplier=2, padding="same", stride=2), IMAGE),
    (nn.SeparableConv2D(3, 2, bias=False, activation="tanh"), IMAGE),
    (nn.ConvTranspose2D(3, 2, stride=2, activation="relu"), IMAGE),
    (nn.ConvTranspose2D(4, 3, stride=2, padding=1, output_padding=1, groups=2), IMAGE),
    (nn.ConvTranspose2D(2, (3, 2), dilation=2, padding="same", bias=False), IMAGE),
    (nn.Conv1D(6, 3, stride=2, padding=(0, 2), groups=2, activation="relu"), SIGNAL),
    (nn.Conv1D(3, 4, padding="same", dilation=2, bias=False), SIGNAL),
    (nn.MaxPool1D(3, stride=2, padding=1, ceil_mode=True), SIGNAL),
    (nn.AvgPool1D(2, padding="same", count_include_pad=True), SIGNAL),
    (nn.GlobalAvgPool1D(), SIGNAL),
    (nn.GlobalMaxPool1D(), SIGNAL),
    (nn.Dense(3), (7,)),
    (nn.Dense(3, bias=False, activation="sigmoid"), (7,)),
    (nn.Dense(3, activation="leaky_relu"), (7,)),
    (nn.Flatten(), IMAGE),
    (nn.ReLU(), IMAGE),
    (nn.Dropout(0.4), IMAGE),
    (nn.Normalize(0.5, 2.0), IMAGE),
    (nn.BatchNorm(activation="leaky_relu"), IMAGE),
    (nn.IdentityShortcut(7, stride=2), IMAGE),
    (nn.Normalize((0.0, 1.0, 2.0, 3.0), (1, 2, 3, 4)), IMAGE),
    (nn.BatchNorm(), IMAGE),
    (nn.BatchNorm(0.3, 1e-2, activation="relu6"), (7,)),
    (nn.BatchNorm(activation="tanh"), (5, 4)),
    (nn.GlobalMaxPool2D(), IMAGE),
    (nn.Pad2D(((1, 0), (2, 1)), 3), IMAGE),
    (nn.Upsample2D((2, 3)), IMAGE),
    (nn.ReLU6(), IMAGE),
    (nn.LeakyReLU(0.2), IMAGE),
    (nn.HardSwish(), IMAGE),
    (nn.SiLU(), IMAGE),
    (nn.GELU(), IMAGE),
    (nn.GELU("tanh"), IMAGE),
    (nn.Sigmoid(), IMAGE),
    (nn.Tanh(), IMAGE),
    (nn.Softmax(), (7,)),
    (cs.Sequential([nn.Conv2D(3, 2), nn.ReLU(), nn.Flatten(), nn.Dense(2)]), IMAGE),
]
NAMES = [f"{i}-{type(layer).__name__}" for i, (layer, _) in enumerate(LAYERS)]
each_layer = pytest.mark.parametrize("layer, shape", LAYERS, ids=NAMES)


@each_layer
@pytest.mark.parametrize("training", [True, False])
def test_backward_fits_forward(layer, shape, training):
    spec = layer.spec(ArraySpec(shape, F64))
    params, state = layer.init(Key(0), spec)
    names = tuple(params)
    x = np.random.default_rng(1).standard_normal((3, *shape))

    def forward(x, *values):
        given = dict(zip(names, values, strict=True))
        output, cache, _ = layer.forward(given, state, (x,), training=training, rng=Key(1))
        return output, (given, cache)

    def backward(grad, kept):
        given, cache = kept
        (dx,), grads = layer.backward(given, cache, grad, needs=Needs((True,), names))
        return (dx, *(grads[name] for name in names))

    report = cs.gradient_check(forward, backward, x, *params.values())
    assert report, str(report)


@each_layer
@pytest.mark.parametrize("dtype", [F32, F64, np.dtype(np.int32)])
def test_spec_foretells_what_init_and_forward_make(layer, shape, dtype):
    spec = layer.spec(ArraySpec(shape, dtype))
    params, state = layer.init(Key(0), spec)
    assert {name: (a.shape, a.dtype) for name, a in params.items()} == spec.params
    for count in (2, 0):
        x = np.zeros((count, *shape), dtype)
        output, _, _ = layer.forward(params, state, (x,), training=True, rng=Key(0))
        assert output.shape == (count, *spec.output.shape)
        assert output.dtype == spec.output.dtype


@each_layer
def test_apply_equals_forward_without_training(layer, shape):
    params, state = layer.init(Key(0), layer.spec(ArraySpec(shape, F32)))
    x = np.random.default_rng(1).standard_normal((3, *shape)).astype(F32)
    output, _, _ = layer.forward(params, state, (x,), training=False, rng=None)
    np.testing.assert_array_equal(layer.apply(params, state, (x,)), output)


@each_layer
def test_only_what_is_needed_is_computed(layer, shape):
    params, state = layer.init(Key(0), layer.spec(ArraySpec(shape, F64)))
    x = np.ones((2, *shape))
    for names in (tuple(params), tuple(params)[:1]):
        output, cache, _ = layer.forward(params, state, (x,), training=True, rng=Key(0))
        needs = Needs((False,), names)
        _, grads = layer.backward(params, cache, np.ones_like(output), needs=needs)
        assert set(grads) == set(names)


@pytest.mark.parametrize(
    "layer, shape",
    [
        (nn.Conv2D(2, 3), (4, 4, 1)),
        (nn.DepthwiseConv2D(3), (4, 4, 1)),
        (nn.SeparableConv2D(2, 3), (4, 4, 1)),
        (nn.ConvTranspose2D(2, 3), (4, 4, 1)),
        (nn.Conv1D(2, 3), (4, 1)),
        (nn.Dense(2), (4,)),
    ],
    ids=repr,
)
def test_no_gradient_of_an_input_that_needs_none(layer, shape):
    x = np.ones((2, *shape))
    params, _ = layer.init(Key(0), layer.spec(ArraySpec(x.shape[1:], F64)))
    output, cache, _ = layer.forward(params, {}, (x,), training=True, rng=None)
    (dx,), _ = layer.backward(params, cache, output, needs=Needs((False,), ("weight",)))
    assert dx is None


@each_layer
def test_nothing_handed_in_is_changed(layer, shape):
    params, state = layer.init(Key(0), layer.spec(ArraySpec(shape, F64)))
    x = np.random.default_rng(0).standard_normal((2, *shape))
    x.flags.writeable = False
    for array in params.values():
        array.flags.writeable = False
    output, cache, _ = layer.forward(params, state, (x,), training=True, rng=Key(0))
    grad = np.ones_like(output)
    grad.flags.writeable = False
    layer.backward(params, cache, grad, needs=Needs((True,), tuple(params)))


@each_layer
def test_a_layer_survives_json(layer, shape):
    config = json.loads(json.dumps(layer.to_config()))
    copy = nn.layer_from_config(config)
    assert copy == layer
    assert hash(copy) == hash(layer)
    assert copy.spec(ArraySpec(shape, F32)) == layer.spec(ArraySpec(shape, F32))


def test_pairs_are_written_out_so_that_equal_layers_are_equal():
    assert nn.Conv2D(8, 3, padding=1) == nn.Conv2D(np.int64(8), (3, 3), padding=[[1, 1], [1, 1]])
    assert nn.MaxPool2D(2) == nn.MaxPool2D(2, stride=2)
    assert nn.Conv1D(8, 3, padding=1) == nn.Conv1D(np.int64(8), 3, padding=[1, 1])
    assert nn.MaxPool1D(2) == nn.MaxPool1D(2, stride=2)


@pytest.mark.parametrize(
    "layer, shape, cost",
    [
        (nn.Conv2D(8, 3, padding="same"), (8, 8, 4), 8 * 8 * 3 * 3 * 4 * 8),
        (nn.Conv2D(8, 3, stride=2, groups=4), (9, 7, 4), 4 * 3 * 3 * 3 * 8),
        (nn.DepthwiseConv2D(3, depth_multiplier=2), (5, 6, 4), 3 * 4 * 3 * 3 * 8),
        (nn.SeparableConv2D(8, 3), (5, 6, 4), 3 * 4 * (3 * 3 * 4 + 4 * 8)),
        (nn.ConvTranspose2D(8, 3, stride=2, groups=2), (5, 6, 4), 5 * 6 * 3 * 3 * 4 * 4),
        (nn.Conv1D(8, 3, groups=2), (10, 4), 8 * 3 * 2 * 8),
        (nn.MaxPool1D(2), (8, 4), 0),
        (nn.Dense(10), (64,), 640),
        (nn.MaxPool2D(2), (8, 8, 4), 0),
        (nn.DepthwiseConv2D(3, depth_multiplier=2), (8, 8, 4), 6 * 6 * 9 * 8),
        (nn.SeparableConv2D(5, 3), (8, 8, 4), 6 * 6 * (9 * 4 + 4 * 5)),
        (nn.ConvTranspose2D(8, 2, stride=2), (4, 4, 3), 4 * 4 * 4 * 3 * 8),
    ],
    ids=repr,
)
def test_multiply_adds(layer, shape, cost):
    assert layer.multiply_adds(ArraySpec(shape, F32)) == cost


# ------------------------------------------------------------------------- single layers


@pytest.mark.parametrize(
    "layer, shape, name, fan_in",
    [
        (nn.DepthwiseConv2D(5, depth_multiplier=4), (9, 9, 64), "weight", 25),
        (nn.SeparableConv2D(64, 5), (9, 9, 64), "depthwise_weight", 25),
        (nn.SeparableConv2D(64, 5), (9, 9, 64), "weight", 64),
        (nn.ConvTranspose2D(64, 4, stride=2, groups=2), (9, 9, 64), "weight", 4 * 32),
        (nn.Conv1D(64, 5, groups=2), (9, 64), "weight", 5 * 32),
    ],
)
def test_weights_are_drawn_for_the_products_that_meet_in_one_output(layer, shape, name, fan_in):
    params, _ = layer.init(Key(0), layer.spec(ArraySpec(shape, F64)))
    weight = params.pop(name)
    # The deviation of n normal numbers is itself right to about 1 / sqrt(2 n): 5 sigma.
    close = 5 / np.sqrt(2 * weight.size)
    assert abs(weight.std() / np.sqrt(2 / fan_in) - 1) < close
    assert not params.get("bias", np.zeros(1)).any()


def test_a_separable_convolution_is_its_two_halves():
    x = np.random.default_rng(0).standard_normal((2, *IMAGE))
    layer = nn.SeparableConv2D(3, 3, depth_multiplier=2, activation="relu")
    params, _ = layer.init(Key(0), layer.spec(ArraySpec(IMAGE, F64)))
    first, last = nn.DepthwiseConv2D(3, depth_multiplier=2, bias=False), nn.Conv2D(3, 1)
    between = first.apply({"weight": params["depthwise_weight"]}, {}, (x,))
    expected = np.maximum(last.apply(params, {}, (between,)), 0)
    np.testing.assert_array_equal(layer.apply(params, {}, (x,)), expected)


def test_a_signal_by_hand():
    layer = nn.Conv1D(1, 2)
    params = {"weight": np.array([10.0, 1.0]).reshape(2, 1, 1), "bias": np.array([0.5])}
    x = np.array([1.0, 2.0, 3.0]).reshape(1, 3, 1)
    np.testing.assert_array_equal(layer.apply(params, {}, (x,)).ravel(), [12.5, 23.5])


def test_dropout_keeps_the_mean_and_scales_what_stays(run_layer):
    x = np.ones((200, 100))
    ran = run_layer(nn.Dropout(0.25), x)
    assert set(np.unique(ran.output)) == {0.0, 1 / 0.75}
    assert abs((ran.output == 0).mean() - 0.25) < 0.01  # 3 sigma of 20,000 draws
    np.testing.assert_allclose(ran.input_grad, ran.grad * ran.output, rtol=1e-15)


def test_dropout_draws_by_key_and_does_nothing_for_inference():
    x = np.ones((4, 50), F32)
    layer = nn.Dropout(0.5)

    def drop(key):
        return layer.forward({}, {}, (x,), training=True, rng=key)[0]

    np.testing.assert_array_equal(drop(Key(1, 7)), drop(Key(1, 7)))
    assert (drop(Key(1, 7)) != drop(Key(1, 8))).any()
    assert (drop(Key(1, 7)) != drop(Key(2, 7))).any()
    assert (drop(Key(1).child("a")) != drop(Key(1).child("b"))).any()
    np.testing.assert_array_equal(layer.apply({}, {}, (x,)), x)


def test_max_pool_caches_places_not_values():
    x = np.random.default_rng(0).standard_normal((2, 8, 8, 4))
    _, cache, _ = nn.MaxPool2D(2).forward({}, {}, (x,), training=True, rng=None)
    index, shape = cache
    assert index.dtype == np.uint8
    assert index.shape == (2, 4, 4, 4)
    assert shape == x.shape


def test_the_first_of_equal_maxima_gets_the_gradient(run_layer):
    ran = run_layer(nn.MaxPool2D(2), np.zeros((1, 2, 2, 1)))
    np.testing.assert_array_equal(ran.input_grad.ravel() != 0, [True, False, False, False])


def test_normalize_by_channel_and_from_integers():
    layer = nn.Normalize((10, 20), (2, 4))
    x = np.array([[[[12, 12]]]], np.uint8)
    y = layer.apply({}, {}, (x,))
    assert y.dtype == np.float32
    np.testing.assert_array_equal(y.ravel(), [1, -2])
    assert layer.spec(ArraySpec((1, 1, 2), x.dtype)).output == ArraySpec((1, 1, 2), F32)


# ------------------------------------------------------------------------- errors


@pytest.mark.parametrize(
    "make, message",
    [
        (lambda: nn.Conv2D(0, 3), "Conv2D: out_channels must be an integer of at least 1; got 0"),
        (
            lambda: nn.Conv2D(8, (3, 0)),
            r"Conv2D: kernel_size\[1\] must be an integer of at lea",
        ),
        (lambda: nn.Conv2D(8, 3, stride=1.5), "Conv2D: stride must be"),
        (lambda: nn.Conv2D(8, 3, padding="some"), "Conv2D: padding must be .* Did you mean 'same'"),
        (lambda: nn.Conv2D(8, 3, padding=-1), "Conv2D: padding must be"),
        (lambda: nn.Conv2D(8, 3, groups=3), "Conv2D: groups must divide out_channels, 8; got 3"),
        (lambda: nn.Conv2D(8, 3, activation="rleu"), "activation must be .* Did you mean 'relu'"),
        (lambda: nn.Dense(3, activation="softmax"), "Dense: activation .* the loss applies the so"),
        (lambda: nn.Conv2D(3, 1, activation="softmax"), "Conv2D: .* the loss applies the softmax"),
        (lambda: nn.MaxPool2D(2, stride=0), "MaxPool2D: stride must be"),
        (
            lambda: nn.DepthwiseConv2D(3, depth_multiplier=0),
            "^DepthwiseConv2D: depth_multiplier must be an integer of at least 1; got 0",
        ),
        (lambda: nn.SeparableConv2D(0, 3), "^SeparableConv2D: out_channels must be .* got 0"),
        (lambda: nn.SeparableConv2D(4, 3, stride=0), "^SeparableConv2D: stride must be"),
        (
            lambda: nn.ConvTranspose2D(4, 3, groups=3),
            "^ConvTranspose2D: groups must divide out_channels, 4; got 3",
        ),
        (lambda: nn.ConvTranspose2D(4, 3, output_padding=-1), "ConvTranspose2D: output_padding mu"),
        (lambda: nn.Conv1D(4, (3,)), "^Conv1D: kernel_size must be an integer of at least 1"),
        (lambda: nn.Conv1D(0, 3), "^Conv1D: out_channels must be"),
        (lambda: nn.Conv1D(4, 3, groups=3), "^Conv1D: groups must divide out_channels, 4; got 3"),
        (
            lambda: nn.Conv1D(4, 3, padding=(1, -1)),
            r"^Conv1D: padding\[1\] must be an integer of a",
        ),
        (lambda: nn.Conv1D(4, 3, padding=(1, 1, 1)), r"Conv1D: padding must be .* \(before, after"),
        (lambda: nn.Conv1D(4, 3, padding="sme"), "^Conv1D: padding must be .* Did you mean 'same'"),
        (lambda: nn.Conv1D(4, 3, activation="rleu"), "^Conv1D: activation .* Did you mean 'relu'"),
        (lambda: nn.MaxPool1D("2"), "^MaxPool1D: kernel_size must be"),
        (lambda: nn.AvgPool1D(2, stride=0), "^AvgPool1D: stride must be"),
        (lambda: nn.MaxPool1D(2, ceil_mode=2), "^MaxPool1D: ceil_mode must be True or False"),
        (lambda: nn.Conv2D(3, 1, bias="no"), "Conv2D: bias must be True or False; got 'no'"),
        (lambda: nn.Dense(3, bias=None), "Dense: bias must be True or False; got None"),
        (lambda: nn.MaxPool2D(2, ceil_mode=2), "MaxPool2D: ceil_mode must be True or False; got 2"),
        (
            lambda: nn.AvgPool2D(2, count_include_pad="yes"),
            "AvgPool2D: count_include_pad must be True or False; got 'yes'",
        ),
        (
            lambda: nn.Dropout(np.timedelta64(0, "s")),
            "Dropout: drop_probability must be a number from",
        ),
        (lambda: nn.Normalize(0, 10**400), "Normalize: std must be a number above 0; got 1000"),
        (lambda: nn.AvgPool2D("2"), "AvgPool2D: kernel_size must be"),
        (lambda: nn.Dense(2.0), "Dense: out_features must be an integer of at least 1; got 2.0"),
        (lambda: nn.Dropout(1), "Dropout: drop_probability must be a number from 0 up to, not"),
        (lambda: nn.Dropout(True), "Dropout: drop_probability must be"),
        (lambda: nn.BatchNorm(1.5), "BatchNorm: momentum must be a number from 0 to 1; got 1.5"),
        (lambda: nn.BatchNorm(eps=-1), "BatchNorm: eps must be a number of at least 0; got -1"),
        (lambda: nn.Concat(0), "Concat: axis must not be 0, the examples of the batch; got 0"),
        (lambda: nn.LeakyReLU(-0.1), "LeakyReLU: negative_slope must be a number of at least 0"),
        (lambda: nn.GELU("erf"), "GELU: approximate must be one of 'none', 'tanh'; got 'erf'"),
        (lambda: nn.Upsample2D(0), "Upsample2D: scale must be an integer of at least 1; got 0"),
        (lambda: nn.Pad2D("same"), "Pad2D: padding must be"),
        (lambda: nn.Normalize(float("nan"), 1), "Normalize: mean must be a finite number; got nan"),
        (lambda: nn.Normalize(0, (1, 0)), r"Normalize: std\[1\] must be a number above 0; got 0"),
    ],
)
def test_bad_arguments_name_layer_argument_rule_and_value(make, message):
    with pytest.raises(cs.errors.ArgumentError, match=message):
        make()


@pytest.mark.parametrize(
    "layer, shapes, message",
    [
        (nn.Conv2D(8, 9), [(8, 8, 1)], "Conv2D: kernel_size must fit .* 9x9 over .* 8x8"),
        (nn.Conv2D(8, 3), [(64,)], r"Conv2D: its input must have the shape \(height, width, "),
        (
            nn.Conv2D(8, 3, groups=4),
            [(8, 8, 6)],
            "Conv2D: groups must divide the input's 6 chan",
        ),
        (nn.Dense(8), [(4, 4, 2)], r"Dense: its input must .* got shape \(4, 4, 2\)\. Put Flatten"),
        (nn.MaxPool2D(9), [(8, 8, 1)], "MaxPool2D: kernel_size must fit"),
        (nn.AvgPool2D(1, padding=1), [(8, 8, 1)], "AvgPool2D: padding must leave every window"),
        (nn.GlobalAvgPool2D(), [(3,)], "GlobalAvgPool2D: its input must have the shape"),
        (nn.DepthwiseConv2D(9), [(8, 8, 1)], "^DepthwiseConv2D: kernel_size must fit"),
        (nn.SeparableConv2D(4, 9), [(8, 8, 1)], "^SeparableConv2D: kernel_size must fit .* 8x8"),
        (nn.SeparableConv2D(4, 3), [(8, 8)], "^SeparableConv2D: its input must have the shape"),
        (
            nn.ConvTranspose2D(4, 3, groups=2),
            [(8, 8, 3)],
            "^ConvTranspose2D: groups must divide the input's 3 channels",
        ),
        (
            nn.ConvTranspose2D(4, 2, stride=2, output_padding=2),
            [(8, 8, 3)],
            "^ConvTranspose2D: output_padding must be smaller than the stride or the dilation",
        ),
        (nn.ConvTranspose2D(4, 1, padding=4), [(8, 8, 3)], "^ConvTranspose2D: padding must leave"),
        (nn.Conv1D(8, 9), [(8, 1)], "^Conv1D: kernel_size must fit .* 1x9 over .* 1x8"),
        (nn.Conv1D(8, 3, groups=4), [(8, 6)], "^Conv1D: groups must divide the input's 6 channels"),
        (
            nn.Conv1D(8, 3),
            [(8, 8, 1)],
            r"^Conv1D: its input must have the shape \(length, channels\); got shape \(8, 8, 1\)",
        ),
        (nn.AvgPool1D(1, padding=1), [(8, 1)], "^AvgPool1D: padding must leave every window"),
        (nn.GlobalMaxPool1D(), [(8,)], "^GlobalMaxPool1D: its input must have the shape"),
        (nn.Normalize((1, 2), 1), [(4, 4, 3)], "Normalize: mean must be one number, or one for"),
        (
            nn.Normalize(0, 1e-300),
            [(3,)],
            "Normalize: std must be finite and at least .* in float",
        ),
        (nn.Normalize(0, (1, 1e300)), [(2,)], "Normalize: std must be finite and at least .* in f"),
        (nn.Normalize(-1e300, 1), [(3,)], "Normalize: mean must be finite in float32; got -1e.300"),
        (
            nn.Add(),
            [(3, 4), (4, 3)],
            r"Add: its inputs must have one shape; got .*4\) and \(4, 3\)",
        ),
        (nn.Add(), [(3,)], "Add: inputs must be at least two; got 1 inputs"),
        (nn.Concat(), [(3, 4), (4, 3)], r"Concat: its inputs .* \(3, 4\) and \(4, 3\)"),
        (nn.Concat(), [(4,), (3, 4)], "Concat: its inputs must have one shape but for axis -1"),
        (nn.Concat(3), [(4,), (4,)], "Concat: axis must be an axis of its inputs, from 1 to 1"),
        (nn.BatchNorm(), [()], r"BatchNorm: its input must have the shape \(..., channels\)"),
        (nn.Pad2D(1), [(3,)], "Pad2D: its input must have the shape"),
        (nn.Pad2D(1, 1e300), [(3, 3, 1)], "Pad2D: value must be finite in float32"),
        (nn.ReLU(), [(3,), (3,)], "ReLU: inputs must be exactly one; got 2 inputs"),
    ],
    ids=repr,
)
def test_spec_refuses_shapes_that_do_not_fit(layer, shapes, message):
    with pytest.raises(cs.errors.ArgumentError, match=message):
        layer.spec(*(ArraySpec(shape, F32) for shape in shapes))


def test_dropout_needs_a_key_to_train():
    with pytest.raises(cs.errors.ArgumentError, match="Dropout: rng must be a Key while training"):
        nn.Dropout(0.5).forward({}, {}, (np.ones((1, 1)),), training=True, rng=None)


@pytest.mark.parametrize(
    "config, message",
    [
        ({"type": "Conv3D", "out_channels": 1}, "type must be a known layer .* mean 'Conv2D'"),
        ({"out_channels": 1}, 'config must be a dict with a "type"'),
        ([], 'config must be a dict with a "type"'),
        ({"type": "Dense", "units": 3}, "Dense: a field of its description must be one of .*units"),
        ({"type": "Dense"}, "Dense: its description must name every field without a default"),
        ({"type": "Dense", "out_features": 0}, "Dense: out_features must be"),
        ({"type": "Graph", "nodes": 3}, "Graph: its description must have inputs, nodes"),
    ],
)
def test_malformed_descriptions(config, message):
    with pytest.raises(cs.errors.ArgumentError, match=message):
        nn.layer_from_config(config)


@pytest.mark.parametrize("depth", [65, 300, 5000])
def test_descriptions_that_nest_too_deeply(depth):
    config = {"type": "ReLU"}
    for _ in range(depth):
        node = {"name": "a", "layer": config, "inputs": ["x"]}
        config = {"type": "Graph", "inputs": ["x"], "nodes": [node], "output": "a"}
    with pytest.raises(cs.errors.ArgumentError, match="at most 64 graphs within each other"):
        nn.layer_from_config(config)


def test_a_name_can_be_registered_once():
    with pytest.raises(cs.errors.ArgumentError, match="cls must have a name that is not taken"):
        nn.register_layer(type("Conv2D", (nn.Dense,), {}))
