"""Pooling: worked by hand, from the definition, the rules for ties, the kept index."""

import re

import numpy as np
import oracle
import pytest
from cases import DTYPES, assert_close
from hypothesis import assume, given
from hypothesis import strategies as st

from convstep import ops
from convstep.errors import ArgumentError
from convstep.ops import geometry
from convstep.ops.pool import max_pool2d_index_backward, max_pool2d_with_index

TIES = ("all", "first", "split")


def image(rows):
    return np.array(rows, float)[np.newaxis, :, :, np.newaxis]


def plane(x):
    return x[0, :, :, 0].tolist()


# ------------------------------------------------------------------- worked by hand

ROWS = [[1, 2, 3, 4, 5], [6, 7, 8, 9, 10], [11, 12, 13, 14, 15]]


def test_rectangles_by_hand(body):
    x = image(ROWS)
    assert plane(ops.max_pool2d(x, (3, 2))) == [[12, 14]]
    assert plane(ops.avg_pool2d(x, (1, 5))) == [[3], [8], [13]]
    assert plane(ops.max_pool2d(x, (1, 2), stride=(2, 3))) == [[2, 5], [12, 15]]
    assert plane(ops.max_pool2d(x, 2, stride=1, dilation=(2, 3))) == [[14, 15]]


def test_the_stride_is_the_kernel_unless_given(body):
    assert ops.max_pool2d(np.ones((1, 9, 9, 1)), (2, 3)).shape == (1, 4, 3, 1)
    assert ops.avg_pool2d(np.ones((1, 9, 9, 1)), (2, 3), stride=1).shape == (1, 8, 7, 1)


def test_padding_never_wins(body):
    x = image([[-5, -3], [-4, -2]])
    assert plane(ops.max_pool2d(x, 2, stride=1, padding=1)) == [
        [-5, -3, -3],
        [-4, -2, -2],
        [-4, -2, -2],
    ]
    low = np.full((1, 2, 2, 1), -np.inf)
    assert plane(ops.max_pool2d(low, 2, padding=1)) == [[-np.inf] * 2] * 2
    grad = np.ones((1, 2, 2, 1))
    for ties in TIES:
        assert plane(ops.max_pool2d_backward(grad, low, 2, padding=1, ties=ties)) == [[1, 1]] * 2


def test_ceil_mode_by_hand(body):
    """Five columns in windows of two: the third hangs over the end."""
    x = image([[1, 2, 3, 4, 5]])
    options = {"stride": (1, 2), "ceil_mode": True}
    assert plane(ops.max_pool2d(x, (1, 2), **options)) == [[2, 4, 5]]
    assert plane(ops.avg_pool2d(x, (1, 2), **options)) == [[1.5, 3.5, 5]]
    found = ops.avg_pool2d(x, (1, 2), **options, count_include_pad=True)
    assert plane(found) == [[1.5, 3.5, 5]]
    back = ops.avg_pool2d_backward(image([[2, 4, 6]]), x.shape, (1, 2), **options)
    assert plane(back) == [[1, 1, 2, 2, 6]]


def test_no_window_starts_in_the_trailing_padding(body):
    """Four columns, one of padding on each side, windows of three, three on: a fourth would."""
    x = image([[1, 2, 3, 4]])
    options = {"stride": (1, 3), "padding": (0, 1), "ceil_mode": True}
    assert plane(ops.max_pool2d(x, (1, 3), **options)) == [[2, 4]]
    options = {"stride": (1, 2), "padding": ((0, 0), (0, 3)), "ceil_mode": True}
    assert plane(ops.max_pool2d(x, (1, 4), **options)) == [[4, 4]]


def test_count_include_pad_by_hand(body):
    """One zero to the left: a window over it divides by one cell, or by two."""
    x = image([[6, 2, 4]])
    options = {"stride": (1, 2), "padding": ((0, 0), (1, 0))}
    assert plane(ops.avg_pool2d(x, (1, 2), **options)) == [[6, 3]]
    assert plane(ops.avg_pool2d(x, (1, 2), **options, count_include_pad=True)) == [[3, 3]]
    grad = image([[12, 10]])
    back = ops.avg_pool2d_backward(grad, x.shape, (1, 2), **options)
    assert plane(back) == [[12, 5, 5]]
    back = ops.avg_pool2d_backward(grad, x.shape, (1, 2), **options, count_include_pad=True)
    assert plane(back) == [[6, 5, 5]]


def test_cells_beyond_the_padding_do_not_count(body):
    """Four columns and one of padding: the second window of three reaches beyond both."""
    x = image([[6, 2, 4, 8]])
    options = {"stride": (1, 3), "padding": ((0, 0), (0, 1)), "ceil_mode": True}
    assert plane(ops.avg_pool2d(x, (1, 3), **options)) == [[4, 8]]
    assert plane(ops.avg_pool2d(x, (1, 3), **options, count_include_pad=True)) == [[4, 4]]


@pytest.mark.parametrize(
    "ties, expected",
    [
        ("all", [[0, 6], [16, 0], [10, 0]]),
        ("first", [[0, 6], [10, 0], [0, 0]]),
        ("split", [[0, 3], [8, 0], [5, 0]]),
    ],
)
def test_ties_by_hand(ties, expected, body):
    """Two windows, one below the other: two threes tie in each, and they share one."""
    x = image([[1, 3], [3, 2], [3, 0]])
    found = ops.max_pool2d_backward(image([[6], [10]]), x, 2, stride=1, ties=ties)
    assert plane(found) == expected


def test_global_average_by_hand(body):
    x = np.array([[1.0, 10.0], [2.0, 20.0], [3.0, 30.0]]).reshape(1, 1, 3, 2)
    np.testing.assert_array_equal(ops.global_avg_pool2d(x), [[2, 20]])
    back = ops.global_avg_pool2d_backward(np.array([[3.0, 6.0]]), x.shape)
    np.testing.assert_array_equal(back, np.array([[1, 2]] * 3).reshape(x.shape))


# -------------------------------------------------------------- from the definition


@st.composite
def configurations(draw):
    """Any geometry whose windows fit and meet a cell: asymmetric, dilated, hanging over."""
    size = draw(st.tuples(st.integers(1, 7), st.integers(1, 7)))
    kernel = draw(st.tuples(st.integers(1, 4), st.integers(1, 4)))
    stride = draw(st.tuples(st.integers(1, 4), st.integers(1, 4)))
    dilation = draw(st.tuples(st.integers(1, 3), st.integers(1, 3)))
    side = st.tuples(st.integers(0, 3), st.integers(0, 3))
    padding = draw(st.one_of(st.sampled_from(["same", "same_lower"]), st.tuples(side, side)))
    pads = padding
    if isinstance(padding, str):
        pads = oracle.named_padding(padding, size, kernel, stride, dilation)
    ceil_mode = draw(st.booleans())
    for a in (0, 1):
        starts = oracle.positions(size[a], kernel[a], stride[a], pads[a], dilation[a], ceil_mode)
        assume(starts)
        cells = [[s + k * dilation[a] for k in range(kernel[a])] for s in starts]
        assume(all(any(0 <= cell < size[a] for cell in window) for window in cells))
    shape = (draw(st.integers(0, 2)), *size, draw(st.integers(1, 3)))
    options = {"stride": stride, "padding": padding, "dilation": dilation, "ceil_mode": ceil_mode}
    return shape, kernel, options, pads, draw(st.integers(0, 2**32 - 1))


def drawn(seed, shape):
    return np.random.default_rng(seed).standard_normal(shape, np.float32).astype(np.float64)


def tied(seed, shape, nans=False, low=False):
    """Few different numbers; with NaNs or minus infinities among them."""
    rng = np.random.default_rng(seed)
    x = rng.integers(-1, 2, shape) / 2
    x[rng.random(shape) < 0.3 * low] = -np.inf
    x[rng.random(shape) < 0.2 * nans] = np.nan
    return x


@given(configuration=configurations(), ties=st.sampled_from(TIES), odd=st.booleans())
def test_max_pooling_is_the_definition(body, configuration, ties, odd):
    shape, kernel, options, pads, seed = configuration
    x = tied(seed, shape, nans=odd, low=odd)
    geometry = (kernel, options["stride"], pads, options["dilation"])
    y, back = oracle.max_pool2d(x, geometry, options["ceil_mode"])
    grad = drawn(seed, y.shape)
    for dtype in DTYPES:
        a = x.astype(dtype)
        found = ops.max_pool2d(a, kernel, **options)
        assert found.dtype == dtype
        np.testing.assert_array_equal(found, y)
        dx = ops.max_pool2d_backward(grad.astype(dtype), a, kernel, **options, ties=ties)
        assert_close(dx, back(grad, ties), back(abs(grad), ties), dtype)


@given(configuration=configurations(), count_include_pad=st.booleans())
def test_average_pooling_is_the_definition(body, configuration, count_include_pad):
    shape, kernel, options, pads, seed = configuration
    x = drawn(seed, shape)
    definition = (kernel, options["stride"], pads, options["dilation"]), options["ceil_mode"]
    y, back = oracle.avg_pool2d(x, *definition, count_include_pad)
    bound, _ = oracle.avg_pool2d(abs(x), *definition, count_include_pad)
    grad = drawn(seed + 1, y.shape)
    options = {**options, "count_include_pad": count_include_pad}
    for dtype in DTYPES:
        assert_close(ops.avg_pool2d(x.astype(dtype), kernel, **options), y, bound, dtype)
        dx = ops.avg_pool2d_backward(grad.astype(dtype), shape, kernel, **options)
        assert_close(dx, back(grad), back(abs(grad)), dtype)


@given(configuration=configurations(), odd=st.booleans())
def test_the_kept_index_gives_the_same_as_the_public_pair(body, configuration, odd):
    shape, kernel, options, _, seed = configuration
    for dtype in (*DTYPES, np.dtype(np.float16), np.dtype(np.int32)):
        x = tied(seed, shape, nans=odd and dtype.kind == "f", low=dtype.kind == "f").astype(dtype)
        y, index = max_pool2d_with_index(x, kernel, **options)
        expected = ops.max_pool2d(x, kernel, **options)
        np.testing.assert_array_equal(y, expected)
        assert y.dtype == expected.dtype
        assert index.shape == y.shape
        assert index.dtype == np.uint8
        grad = drawn(seed, y.shape).astype(y.dtype)
        dx = max_pool2d_index_backward(grad, index, x.shape, kernel, **options)
        public = ops.max_pool2d_backward(grad, x, kernel, **options, ties="first")
        np.testing.assert_array_equal(dx, public)
        assert dx.dtype == public.dtype


def test_the_index_of_a_large_window_needs_more_than_a_byte(body):
    x = np.zeros((1, 20, 20, 1))
    x[0, 19, 19] = 1
    assert max_pool2d_with_index(x, 16)[1].dtype == np.uint8
    y, index = max_pool2d_with_index(x, 20)
    assert (y.item(), index.item()) == (1, 399)
    dx = max_pool2d_index_backward(np.ones((1, 1, 1, 1)), index, x.shape, 20)
    np.testing.assert_array_equal(dx, x)


@given(configuration=configurations(), count_include_pad=st.booleans())
def test_the_average_and_its_gradient_are_adjoint(body, configuration, count_include_pad):
    shape, kernel, options, _, seed = configuration
    options = {**options, "count_include_pad": count_include_pad}
    x = drawn(seed, shape)
    y = ops.avg_pool2d(x, kernel, **options)
    grad = drawn(seed + 1, y.shape)
    back = ops.avg_pool2d_backward(grad, shape, kernel, **options)
    bound = np.sum(ops.avg_pool2d(abs(x), kernel, **options) * abs(grad))
    assert abs(np.sum(y * grad) - np.sum(x * back)) <= 1e-12 * bound


@given(configuration=configurations())
def test_every_rule_for_ties_shares_the_gradient_out(body, configuration):
    """First and split hand on all of it, no more; without ties all three agree."""
    shape, kernel, options, _, seed = configuration
    x = tied(seed, shape)
    y = ops.max_pool2d(x, kernel, **options)
    grad = abs(drawn(seed, y.shape))
    for ties in ("first", "split"):
        dx = ops.max_pool2d_backward(grad, x, kernel, **options, ties=ties)
        np.testing.assert_allclose(dx.sum(), grad.sum(), rtol=1e-12)
    distinct = np.random.default_rng(seed).permutation(x.size).reshape(shape).astype(float)
    grads = [ops.max_pool2d_backward(grad, distinct, kernel, **options, ties=t) for t in TIES]
    np.testing.assert_array_equal(grads[0], grads[1])
    np.testing.assert_array_equal(grads[0], grads[2])


@pytest.mark.parametrize("dtype", ["f8", "f4", "f2", "g"])
@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf], ids=str)
def test_an_infinite_gradient_reaches_the_maximum_alone(value, dtype, body):
    """A product with a mask would make NaNs of the zeros around it."""
    x, grad = image([[1, 3], [3, 2]]).astype(dtype), np.full((1, 1, 1, 1), value, dtype)
    expected = {"first": [[0, value], [0, 0]], "all": [[0, value], [value, 0]]}
    for ties, cells in expected.items():
        dx = ops.max_pool2d_backward(grad, x, 2, ties=ties)
        np.testing.assert_array_equal(dx[0, :, :, 0], cells)
    _, index = max_pool2d_with_index(x, 2)
    dx = max_pool2d_index_backward(grad, index, x.shape, 2)
    np.testing.assert_array_equal(dx[0, :, :, 0], expected["first"])


# --------------------------------------------------------------------- arrays


def test_results_are_new_memory_and_inputs_stay(body):
    x = drawn(0, (1, 4, 4, 2))
    before = x.copy()
    for y in (
        ops.max_pool2d(x, 1),
        ops.avg_pool2d(x, 1),
        max_pool2d_with_index(x, 1)[0],
        ops.max_pool2d_backward(x, x, 1),
        ops.avg_pool2d_backward(x, x.shape, 1),
        ops.global_avg_pool2d(x[:, :1, :1]),
    ):
        assert not np.shares_memory(y, x)
        y[...] = 7
    np.testing.assert_array_equal(x, before)


def test_memory_of_every_kind(body):
    x = drawn(0, (2, 5, 6, 3))
    options = {"stride": 2, "padding": 1}
    y, mean = ops.max_pool2d(x, 3, **options), ops.avg_pool2d(x, 3, **options)
    dx = ops.max_pool2d_backward(y, x, 3, **options)
    dmean = ops.avg_pool2d_backward(y, x.shape, 3, **options)
    for view in (np.asfortranarray, lambda a: a[::-1].copy()[::-1], lambda a: a.astype(">f8")):
        a, g = view(x), view(y)
        np.testing.assert_array_equal(ops.max_pool2d(a, 3, **options), y)
        np.testing.assert_allclose(ops.avg_pool2d(a, 3, **options), mean, rtol=1e-14)
        np.testing.assert_array_equal(ops.max_pool2d_backward(g, a, 3, **options), dx)
        np.testing.assert_array_equal(ops.avg_pool2d_backward(g, x.shape, 3, **options), dmean)


def test_nothing_in_gives_nothing_out(body):
    for shape in ((0, 4, 4, 2), (2, 4, 4, 0)):
        x = np.ones(shape)
        for y in (ops.max_pool2d(x, 2), ops.avg_pool2d(x, 2)):
            assert y.shape == (shape[0], 2, 2, shape[3])
        for ties in TIES:
            assert ops.max_pool2d_backward(y, x, 2, ties=ties).shape == shape
        assert ops.avg_pool2d_backward(y, shape, 2).shape == shape
        mean = ops.global_avg_pool2d(x)
        assert mean.shape == (shape[0], shape[3])
        assert ops.global_avg_pool2d_backward(mean, shape).shape == shape


@pytest.mark.parametrize(
    "given, result",
    [("f8", "f8"), ("f4", "f4"), ("f2", "f2"), ("g", "g"), ("u1", "f8"), ("?", "f8")],
)
def test_dtypes_of_results(given, result, body):
    x = np.ones((1, 4, 4, 1), given)
    for y in (ops.max_pool2d(x, 2), ops.avg_pool2d(x, 2), ops.global_avg_pool2d(x)):
        assert y.dtype == np.dtype(result)
        assert (y == 1).all()
    y = np.ones((1, 2, 2, 1), "f8")
    assert ops.max_pool2d_backward(y, x, 2).dtype == np.dtype(result)
    grad = np.ones((1, 2, 2, 1), given)
    assert ops.avg_pool2d_backward(grad, x.shape, 2).dtype == np.dtype(result)


def test_numpy_integers_are_integers(body):
    x = drawn(0, (1, 6, 6, 2))
    y = ops.max_pool2d(x, np.int64(2), stride=(np.int8(1), np.uint16(2)), dilation=np.array([1, 2]))
    np.testing.assert_array_equal(y, ops.max_pool2d(x, 2, stride=(1, 2), dilation=(1, 2)))
    for yes in (1, np.True_, np.int8(1)):
        ceil = ops.max_pool2d(x, 4, ceil_mode=yes)
        np.testing.assert_array_equal(ceil, ops.max_pool2d(x, 4, ceil_mode=True))
    shape = tuple(np.array(x.shape))
    grad = ops.avg_pool2d(x, 2)
    np.testing.assert_array_equal(
        ops.avg_pool2d_backward(grad, shape, 2), ops.avg_pool2d_backward(grad, x.shape, 2)
    )


def test_windows_in_padding_are_found_wherever_they_are():
    """`require_cells` against a count of each window's cells, one by one."""
    rng = np.random.default_rng(5)
    refused = 0
    for _ in range(3000):
        size, kernel, dilation, stride = (int(n) for n in rng.integers(1, 6, 4))
        before, after = (int(n) for n in rng.integers(0, 9, 2))
        padding = ((before, after), (0, 0))
        try:
            window = geometry.sliding_window(
                "f",
                (size, 1),
                (kernel, 1),
                stride=(stride, 1),
                padding=padding,
                dilation=(dilation, 1),
            )
        except ArgumentError:
            continue
        cells = [
            sum(0 <= o * stride - before + k * dilation < size for k in range(kernel))
            for o in range(window.out[0])
        ]
        assert [tap.i for tap in geometry.taps(window)] == [
            k
            for k in range(kernel)
            if any(0 <= o * stride - before + k * dilation < size for o in range(window.out[0]))
        ]
        if all(cells):
            geometry.require_cells("f", window)
        else:
            refused += 1
            with pytest.raises(ArgumentError) as caught:
                geometry.require_cells("f", window)
            named = re.search(r"output row (\d+) have none", str(caught.value))
            assert cells[int(named[1])] == 0
    assert refused > 100


def test_huge_windows_cost_no_more_than_their_cells():
    """A window of 2**62 places, all but 16 of them in padding."""
    x = np.arange(16.0).reshape(1, 4, 4, 1)
    options = {"kernel_size": 2**31 - 1, "padding": 2**30 - 1}
    assert ops.max_pool2d(x, **options).ravel().tolist() == [15]
    assert ops.avg_pool2d(x, **options).ravel().tolist() == [7.5]
    y, index = max_pool2d_with_index(x, **options)
    dx = max_pool2d_index_backward(np.ones_like(y), index, x.shape, **options)
    np.testing.assert_array_equal(dx.ravel(), [0] * 15 + [1])
