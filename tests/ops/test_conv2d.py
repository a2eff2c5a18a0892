"""Convolution: worked by hand, from the definition, on any body, and as a linear map."""

import itertools

import numpy as np
import oracle
import pytest
from bodies import BODIES, running
from cases import DTYPES, TOLERANCE, assert_close
from hypothesis import assume, given
from hypothesis import strategies as st

import convstep as cs
from convstep import ops


def image(rows):
    return np.array(rows, float)[np.newaxis, :, :, np.newaxis]


def filters(rows):
    return np.array(rows, float)[:, :, np.newaxis, np.newaxis]


# ------------------------------------------------------------------- worked by hand


def test_a_filter_is_not_turned(body):
    y = ops.conv2d(image([[1, 2, 3], [4, 5, 6], [7, 8, 9]]), filters([[1, 0], [0, 10]]))
    np.testing.assert_array_equal(y[0, :, :, 0], [[51, 62], [84, 95]])


def test_rectangles_strides_and_padding_by_hand(body):
    """A 1x2 filter [1, 10], two columns on, with one zero to the left and a zero row above."""
    x = image([[1, 2, 3], [4, 5, 6]])
    y = ops.conv2d(x, filters([[1, 10]]), [0.5], stride=(1, 2), padding=((1, 0), (1, 0)))
    np.testing.assert_array_equal(y[0, :, :, 0], [[0.5, 0.5], [10.5, 32.5], [40.5, 65.5]])


def test_dilation_by_hand(body):
    x = image([[1, 2, 3, 4], [5, 6, 7, 8], [9, 10, 11, 12]])
    y = ops.conv2d(x, filters([[1, 10], [100, 1000]]), dilation=(2, 3))
    np.testing.assert_array_equal(y[0, :, :, 0], [[1 + 40 + 900 + 12000]])


def test_groups_by_hand(body):
    """Channels 0, 1 feed outputs 0, 1; channels 2, 3 feed outputs 2, 3."""
    x = np.array([1.0, 2.0, 3.0, 4.0]).reshape(1, 1, 1, 4)
    weight = np.array([[1.0, 10.0, 100.0, 1000.0], [2.0, 20.0, 200.0, 2000.0]])
    y = ops.conv2d(x, weight.reshape(1, 1, 2, 4), groups=2)
    np.testing.assert_array_equal(y.ravel(), [5, 50, 1100, 11000])


def test_depthwise_with_a_multiplier_by_hand(body):
    """Each channel has two filters; its outputs lie side by side."""
    x = np.array([1.0, 2.0, 3.0]).reshape(1, 1, 1, 3)
    weight = np.array([1.0, 10.0, 1.0, 10.0, 1.0, 10.0]).reshape(1, 1, 1, 6)
    y = ops.conv2d(x, weight, groups=3)
    np.testing.assert_array_equal(y.ravel(), [1, 10, 2, 20, 3, 30])


def test_gradients_by_hand(body):
    x, weight = image([[1, 2], [3, 4], [5, 6]]), filters([[1, 10], [100, 1000]])
    grads = ops.conv2d_backward(image([[1], [2]]), x, weight)
    np.testing.assert_array_equal(grads.x[0, :, :, 0], [[1, 10], [102, 1020], [200, 2000]])
    np.testing.assert_array_equal(grads.weight[:, :, 0, 0], [[7, 10], [13, 16]])
    np.testing.assert_array_equal(grads.bias, [3])


def test_transposed_convolution_by_hand(body):
    """Each cell stamps the filter, two columns on; output_padding adds an empty column."""
    x, weight = image([[1, 2]]), filters([[1, 10, 100]])
    y = ops.conv_transpose2d(x, weight, stride=2)
    np.testing.assert_array_equal(y[0, 0, :, 0], [1, 10, 102, 20, 200])
    y = ops.conv_transpose2d(x, weight, [0.5], stride=2, padding=((0, 0), (1, 1)))
    np.testing.assert_array_equal(y[0, 0, :, 0], [10.5, 102.5, 20.5])
    y = ops.conv_transpose2d(x, weight, stride=(1, 2), output_padding=(0, 1))
    np.testing.assert_array_equal(y[0, 0, :, 0], [1, 10, 102, 20, 200, 0])


# -------------------------------------------------------------- from the definition


@st.composite
def configurations(draw, most=6):
    """Shapes and options, with every form of padding; the window fits."""
    size = draw(st.tuples(st.integers(1, most), st.integers(1, most)))
    kernel = draw(st.tuples(st.integers(1, 4), st.integers(1, 4)))
    stride = draw(st.tuples(st.integers(1, 4), st.integers(1, 4)))
    dilation = draw(st.tuples(st.integers(1, 3), st.integers(1, 3)))
    side = st.tuples(st.integers(0, 4), st.integers(0, 4))
    padding = draw(st.one_of(st.sampled_from(["same", "same_lower"]), st.tuples(side, side)))
    pads = padding
    if isinstance(padding, str):
        pads = oracle.named_padding(padding, size, kernel, stride, dilation)
    assume(min(oracle.out_size(size, kernel, stride, pads, dilation)) > 0)
    groups, each_in, each_out = (draw(st.integers(1, 3)) for _ in range(3))
    x_shape = (draw(st.integers(0, 2)), *size, groups * each_in)
    weight_shape = (*kernel, each_in, groups * each_out)
    options = {"stride": stride, "padding": padding, "dilation": dilation, "groups": groups}
    return x_shape, weight_shape, options, pads, draw(st.integers(0, 2**32 - 1))


def drawn(seed, *shapes):
    rng = np.random.default_rng(seed)
    return [rng.standard_normal(shape, np.float32).astype(np.float64) for shape in shapes]


@given(configuration=configurations())
def test_it_is_the_definition(body, configuration):
    x_shape, weight_shape, options, pads, seed = configuration
    x, weight = drawn(seed, x_shape, weight_shape)
    geometry = (options["stride"], pads, options["dilation"], options["groups"])
    y, back = oracle.conv2d(x, weight, *geometry)
    y_bound, back_bound = oracle.conv2d(abs(x), abs(weight), *geometry)
    (grad,) = drawn(seed + 1, y.shape)
    for dtype in DTYPES:
        a, w, g = x.astype(dtype), weight.astype(dtype), grad.astype(dtype)
        assert_close(ops.conv2d(a, w, **options), y, y_bound, dtype)
        found = ops.conv2d_backward(g, a, w, **options)
        for part, expected, bound in zip(found, back(grad), back_bound(abs(grad)), strict=False):
            assert_close(part, expected, bound, dtype)


@given(configuration=configurations())
def test_the_transposed_one_is_its_adjoint(body, configuration):
    """<conv2d(a, w), x> = <a, conv_transpose2d(x, w)>, whatever the geometry."""
    x_shape, weight_shape, options, pads, seed = configuration
    options = {**options, "padding": pads}
    size, stride, dilation = x_shape[1:3], options["stride"], options["dilation"]
    a, weight = drawn(seed, x_shape, weight_shape)
    y = ops.conv2d(a, weight, **options)
    (x,) = drawn(seed + 1, y.shape)
    least = [
        (y.shape[k + 1] - 1) * stride[k] + (weight_shape[k] - 1) * dilation[k] + 1 - sum(pads[k])
        for k in (0, 1)
    ]
    extra = tuple(size[k] - least[k] for k in (0, 1))
    assume(min(extra) >= 0)
    back = ops.conv_transpose2d(x, weight, output_padding=extra, **options)
    assert back.shape == a.shape
    bound = np.sum(ops.conv2d(abs(a), abs(weight), **options) * abs(x))
    assert abs(np.sum(y * x) - np.sum(a * back)) <= 1e-12 * bound


@pytest.mark.parametrize("padding", ["same", "same_lower"])
@pytest.mark.parametrize("kernel", [1, 2, 3, 4])
@pytest.mark.parametrize("stride", [(1, 1), (2, 2), (3, 1), (1, 4)])
def test_same_makes_the_transposed_one_stride_times_as_large(stride, kernel, padding, body):
    size = 4 * stride[0], 3 * stride[1]
    x, weight, a = drawn(kernel, (2, 4, 3, 2), (kernel, kernel, 5, 2), (2, *size, 5))
    options = {"stride": stride, "padding": padding}
    y = ops.conv_transpose2d(x, weight, **options)
    assert y.shape == a.shape
    forth = ops.conv2d(a, weight, **options)
    np.testing.assert_allclose(np.sum(forth * x), np.sum(a * y), rtol=1e-10)
    found = ops.conv_transpose2d_backward(a, x, weight, **options)
    np.testing.assert_allclose(found.x, forth, rtol=1e-12)


# ---------------------------------------------------------------- sizes and padding


@pytest.mark.parametrize(
    "size, kernel, stride, dilation, same, same_lower",
    # From the formula of TensorFlow and ONNX, by hand: (before, after)
    [
        (5, 3, 1, 1, (1, 1), (1, 1)),
        (5, 2, 1, 1, (0, 1), (1, 0)),
        (6, 3, 2, 1, (0, 1), (1, 0)),
        (7, 3, 2, 1, (1, 1), (1, 1)),
        (5, 4, 1, 2, (3, 3), (3, 3)),
        (4, 2, 1, 3, (1, 2), (2, 1)),
        (5, 1, 2, 1, (0, 0), (0, 0)),
        (8, 2, 5, 1, (0, 0), (0, 0)),
        (1, 5, 3, 1, (2, 2), (2, 2)),
    ],
)
def test_same_padding_by_hand(size, kernel, stride, dilation, same, same_lower):
    x, weight = drawn(0, (1, size, size, 1), (kernel, kernel, 1, 1))
    for name, pads in (("same", same), ("same_lower", same_lower)):
        options = {"stride": stride, "dilation": dilation}
        y = ops.conv2d(x, weight, padding=name, **options)
        assert y.shape == (1, -(-size // stride), -(-size // stride), 1)
        np.testing.assert_array_equal(y, ops.conv2d(x, weight, padding=(pads, pads), **options))


@pytest.mark.parametrize(
    "forms",
    [
        [1, (1, 1), [1, 1], ((1, 1), (1, 1)), np.int8(1), (np.int64(1), 1), np.array([1, 1])],
        [0, "valid", (0, 0), ((0, 0), (0, 0))],
        [(0, 2), ((0, 0), (2, 2)), [[0, 0], [2, 2]], np.array([[0, 0], [2, 2]])],
    ],
    ids=["one", "none", "two"],
)
def test_padding_has_many_forms(forms):
    x, weight = drawn(0, (1, 5, 6, 2), (3, 2, 2, 3))
    results = [ops.conv2d(x, weight, padding=form) for form in forms]
    back = [ops.conv_transpose2d(results[0], weight, padding=form) for form in forms]
    for result, adjoint in zip(results, back, strict=True):
        np.testing.assert_array_equal(result, results[0])
        np.testing.assert_array_equal(adjoint, back[0])


@given(
    size=st.tuples(st.integers(1, 30), st.integers(1, 30)),
    kernel=st.tuples(st.integers(1, 9), st.integers(1, 9)),
    stride=st.tuples(st.integers(1, 9), st.integers(1, 9)),
    dilation=st.tuples(st.integers(1, 5), st.integers(1, 5)),
    sides=st.tuples(*[st.tuples(st.integers(0, 9), st.integers(0, 9))] * 2),
    ceil_mode=st.booleans(),
)
def test_sizes_are_counted_right(size, kernel, stride, dilation, sides, ceil_mode):
    """The formula against counting windows one by one."""
    counted = oracle.out_size(size, kernel, stride, sides, dilation, ceil_mode)
    assume(min(counted) > 0)
    options = {"stride": stride, "padding": sides, "dilation": dilation}
    shape = (1, *counted, 1)
    x = np.zeros((1, *size, 1))
    if not ceil_mode:
        assert ops.conv2d(x, np.zeros((*kernel, 1, 1)), **options).shape == shape
    if all(
        any(0 <= start + k * dilation[a] < size[a] for k in range(kernel[a]))
        for a in (0, 1)
        for start in oracle.positions(
            size[a], kernel[a], stride[a], sides[a], dilation[a], ceil_mode
        )
    ):
        assert ops.max_pool2d(x, kernel, ceil_mode=ceil_mode, **options).shape == shape
    else:
        with pytest.raises(cs.errors.ArgumentError, match="leave every window at least one cell"):
            ops.max_pool2d(x, kernel, ceil_mode=ceil_mode, **options)


# ------------------------------------------------------------------- arrays and bodies


@pytest.mark.parametrize("groups", [1, 2, 4], ids="groups{}".format)
def test_nothing_in_gives_nothing_out(groups, body):
    """An empty batch, no input channels, no output channels: sums of nothing are zero."""
    for n, channels, outputs in [(0, 4, 4), (2, 0, 4), (2, 4, 0), (0, 0, 0)]:
        x = np.ones((n, 3, 3, channels))
        weight = np.ones((2, 2, channels // groups, outputs))
        y = ops.conv2d(x, weight, np.full(outputs, 2.0), groups=groups, activation="relu")
        assert y.shape == (n, 2, 2, outputs)
        if channels == 0:
            assert (y == 2).all()
        grads = ops.conv2d_backward(y, x, weight, groups=groups)
        assert [grad.shape for grad in grads] == [x.shape, weight.shape, (outputs,)]
        if n == 0 or outputs == 0:
            assert not any(grad.any() for grad in grads)
        back = ops.conv_transpose2d(y, weight, groups=groups)
        assert back.shape == x.shape
        grads = ops.conv_transpose2d_backward(back, y, weight, groups=groups)
        assert [grad.shape for grad in grads] == [y.shape, weight.shape, (channels,)]


def strange(x):
    """The same numbers in memory of every kind."""
    yield "Fortran order", np.asfortranarray(x)
    yield "negative strides", x[::-1, ::-1, ::-1, ::-1].copy()[::-1, ::-1, ::-1, ::-1]
    wide = np.zeros((*x.shape[:-1], 2 * x.shape[-1]), x.dtype)
    wide[..., ::2] = x
    yield "every second cell", wide[..., ::2]
    yield "transposed", np.ascontiguousarray(x.T).T
    raw = np.zeros(x.nbytes + 1, np.uint8)
    unaligned = raw[1:].view(x.dtype).reshape(x.shape)
    unaligned[...] = x
    yield "unaligned", unaligned
    yield "big-endian", x.astype(x.dtype.newbyteorder(">"))
    fixed = x.copy()
    fixed.flags.writeable = False
    yield "read-only", fixed


def test_memory_of_every_kind(body):
    options = {"stride": (1, 2), "padding": 1, "groups": 2}
    for dtype in DTYPES:
        x, weight, grad = (
            a.astype(dtype) for a in drawn(0, (2, 4, 5, 4), (3, 3, 2, 6), (2, 4, 3, 6))
        )
        bias = np.arange(6, dtype=dtype)
        y = ops.conv2d(x, weight, bias, **options)
        grads = ops.conv2d_backward(grad, x, weight, **options)
        kinds = zip(strange(x), strange(weight), strange(grad), strict=True)
        for (kind, x_), (_, weight_), (_, grad_) in kinds:
            before = [a.copy() for a in (x_, weight_, grad_)]
            again = ops.conv2d(x_, weight_, bias[::-1].copy()[::-1], **options)
            found = ops.conv2d_backward(grad_, x_, weight_, **options)
            for actual, expected in zip((again, *found), (y, *grads), strict=True):
                np.testing.assert_allclose(actual, expected, rtol=1e-5, atol=1e-5, err_msg=kind)
                assert actual.dtype == dtype
                assert actual.dtype.isnative
                assert actual.flags.writeable
                assert not any(np.shares_memory(actual, a) for a in (x_, weight_, grad_))
            for a, b in zip(before, (x_, weight_, grad_), strict=True):
                np.testing.assert_array_equal(a, b)


def test_a_1x1_filter_returns_new_memory(body):
    x = np.ones((1, 2, 2, 1))
    y = ops.conv2d(x, np.ones((1, 1, 1, 1)))
    dx = ops.conv2d_backward(y, x, np.ones((1, 1, 1, 1))).x
    assert not np.shares_memory(x, y)
    assert not np.shares_memory(y, dx)


@given(configuration=configurations(), tenth=st.integers(-10, 10))
def test_it_is_linear(body, configuration, tenth):
    x_shape, weight_shape, options, _, seed = configuration
    x, other, weight, more = drawn(seed, x_shape, x_shape, weight_shape, weight_shape)
    factor = tenth / 10

    def conv(x, weight):
        return ops.conv2d(x, weight, **options)

    bound = conv(abs(x) + abs(other), abs(weight) + abs(more)) * 2
    mixed = conv(factor * x + other, weight) - (factor * conv(x, weight) + conv(other, weight))
    assert (abs(mixed) <= 1e-12 * bound).all()
    mixed = conv(x, factor * weight + more) - (factor * conv(x, weight) + conv(x, more))
    assert (abs(mixed) <= 1e-12 * bound).all()


PAIRS = [pair for pair in itertools.permutations(BODIES, 2) if "portable" in pair]


@pytest.mark.parametrize("forward, backward", PAIRS)
@given(configuration=configurations(most=9))
def test_forward_on_one_body_and_backward_on_another(forward, backward, configuration):
    x_shape, weight_shape, options, _, seed = configuration
    for dtype in DTYPES:
        x, weight = (a.astype(dtype) for a in drawn(seed, x_shape, weight_shape))
        results = {}
        for there, back in ((forward, backward), (backward, forward)):
            with running(there):
                y = ops.conv2d(x, weight, **options)
                bounds = [ops.conv2d(abs(x), abs(weight), **options)]
            with running(back):
                results[there] = (y, *ops.conv2d_backward(y, x, weight, **options))
                bounds += ops.conv2d_backward(abs(y), abs(x), abs(weight), **options)
        # A gradient of y inherits y's own error, hence the factor.
        for one, two, bound in zip(*results.values(), bounds, strict=True):
            scale = bound if bound is bounds[0] else np.maximum(bound, bound.max(initial=0))
            assert (abs(one - two) <= 64 * TOLERANCE[np.dtype(dtype)] * scale).all()


@pytest.mark.parametrize("name", ["x", "weight", "bias"])
def test_only_what_is_needed_is_computed(name, body):
    x, weight, grad = drawn(0, (1, 4, 4, 2), (3, 3, 2, 3), (1, 2, 2, 3))
    everything = ops.conv2d_backward(grad, x, weight)
    for needs in (name, [name], (name, name)):
        found = ops.conv2d_backward(grad, x, weight, needs=needs)
        for field in found._fields:
            if field == name:
                np.testing.assert_array_equal(getattr(found, name), getattr(everything, name))
            else:
                assert getattr(found, field) is None
    assert ops.conv2d_backward(grad, x, weight, needs=()) == (None, None, None)


@pytest.mark.parametrize(
    "x, weight, bias, result",
    [
        ("f4", "f4", "f4", "f4"),
        ("f4", "f8", None, "f8"),
        ("f2", "f2", "f2", "f2"),
        ("f2", "f4", None, "f4"),
        ("i4", "f4", None, "f8"),
        ("i2", "f4", None, "f4"),
        ("i8", "i8", "i8", "f8"),
        ("?", "?", None, "f8"),
        ("u1", "f2", None, "f2"),
        ("f8", "f8", "g", "g"),
        (">f4", ">f4", ">f4", "=f4"),
    ],
)
def test_dtypes_of_results(x, weight, bias, result, body):
    a, w = np.ones((1, 3, 3, 2), x), np.ones((2, 2, 2, 3), weight)
    b = None if bias is None else np.ones(3, bias)
    y = ops.conv2d(a, w, b)
    assert y.dtype == np.dtype(result)
    assert y.dtype.isnative
    assert (y == (8 if bias is None else 9)).all()
    grads = ops.conv2d_backward(y, a, w)
    floating = {"i": "f8", "?": "f8", "u": "f8"}
    for grad, dtype in zip(grads, (x, weight, result), strict=True):
        kind = np.dtype(dtype).kind
        own = np.dtype(floating.get("?" if kind == "b" else kind, dtype)).newbyteorder("=")
        assert grad.dtype == own


def test_float16_is_computed_in_float32(body):
    """4096 ones sum up to 4096; in float16 they stop at 2048."""
    x, weight = np.ones((1, 1, 1, 4096), np.float16), np.ones((1, 1, 4096, 1), np.float16)
    assert ops.conv2d(x, weight).item() == 4096
    many = np.ones((1, 64, 64, 1), np.float16)
    grads = ops.conv2d_backward(many, many, np.ones((1, 1, 1, 1), np.float16))
    assert grads.weight.item() == grads.bias.item() == 4096


def test_longdouble_is_computed_in_longdouble(body):
    tiny = np.finfo(np.longdouble).eps
    x = np.array([1, tiny], np.longdouble).reshape(1, 1, 1, 2)
    assert ops.conv2d(x, np.ones((1, 1, 2, 1), np.longdouble)).item() == 1 + tiny


def test_nan_and_infinity_stay_where_they_are(body):
    """They reach the windows that they are in, and no others."""
    x, weight = np.zeros((1, 5, 5, 1)), np.ones((2, 2, 1, 1))
    x[0, 1, 1], x[0, 4, 4] = np.nan, np.inf
    y = ops.conv2d(x, weight)[0, :, :, 0]
    assert np.isnan(y[:2, :2]).all()
    assert y[3, 3] == np.inf
    y[:2, :2] = y[3, 3] = 0
    assert not y.any()
