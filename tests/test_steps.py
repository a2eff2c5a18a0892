"""The eight functions against the loops, on shapes, dtypes and arrays of every kind."""

import numpy as np
import oracle
import pytest
from cases import DTYPES, TOLERANCE, assert_close
from hypothesis import given
from hypothesis import strategies as st

import convstep as cs
from convstep import loops

MODES = ("max", "average")


# ------------------------------------------------------------------ generated shapes


def drawn(seed, *shapes):
    rng = np.random.default_rng(seed)
    return [rng.standard_normal(shape, np.float32).astype(np.float64) for shape in shapes]


def tied(seed, shape):
    """Few different numbers, so that nearly every window has a tie."""
    return np.random.default_rng(seed).integers(-1, 2, shape) / 2


@st.composite
def convolutions(draw):
    """Shapes of A_prev and W and a dictionary; m may be 0, and the window fits."""
    f, stride, pad = draw(st.integers(1, 4)), draw(st.integers(1, 4)), draw(st.integers(0, 3))
    least = max(1, f - 2 * pad)
    size = draw(st.tuples(st.integers(least, least + 4), st.integers(least, least + 4)))
    m, n_C_prev, n_C = draw(st.integers(0, 2)), draw(st.integers(1, 4)), draw(st.integers(1, 4))
    hparameters = {"stride": stride, "pad": pad}
    if draw(st.booleans()):
        hparameters = {"f": f, "stride": np.int16(stride), "padding": np.uint8(pad)}
    plain = {"stride": stride, "pad": pad}
    seed = draw(st.integers(0, 2**32 - 1))
    return (m, *size, n_C_prev), (f, f, n_C_prev, n_C), hparameters, plain, seed


@st.composite
def poolings(draw):
    f, stride = draw(st.integers(1, 4)), draw(st.integers(1, 4))
    size = draw(st.tuples(st.integers(f, f + 5), st.integers(f, f + 5)))
    shape = (draw(st.integers(0, 2)), *size, draw(st.integers(1, 4)))
    return shape, {"f": f, "stride": stride}, draw(st.integers(0, 2**32 - 1)), draw(st.booleans())


@given(case=convolutions())
def test_convolution_is_that_of_the_loops(body, case):
    shape, filters, hparameters, plain, seed = case
    A_prev, W, b = drawn(seed, shape, filters, (1, 1, 1, filters[3]))
    Z, cache = loops.conv_forward(A_prev, W, b, plain)
    bound, bound_cache = loops.conv_forward(abs(A_prev), abs(W), abs(b), plain)
    (dZ,) = drawn(seed + 1, Z.shape)
    grads = loops.conv_backward(dZ, cache)
    bounds = loops.conv_backward(abs(dZ), bound_cache)
    for dtype in DTYPES:
        given = [array.astype(dtype) for array in (A_prev, W, b)]
        found, kept = cs.conv_forward(*given, hparameters)
        assert_close(found, Z, bound, dtype)
        assert len(kept) == 4
        assert all(a is b for a, b in zip(kept, (*given, hparameters), strict=True))
        backs = cs.conv_backward(dZ.astype(dtype), kept)
        for back, grad, bound_ in zip(backs, grads, bounds, strict=True):
            assert_close(back, grad, bound_, dtype)


@given(case=poolings())
def test_pooling_is_that_of_the_loops(body, case):
    shape, hparameters, seed, ties = case
    A_prev = tied(seed, shape) if ties else drawn(seed, shape)[0]
    for mode in MODES:
        A, cache = loops.pool_forward(A_prev, hparameters, mode)
        bound, _ = loops.pool_forward(abs(A_prev), hparameters, mode)
        (dA,) = drawn(seed + 1, A.shape)
        dA_prev = loops.pool_backward(dA, cache, mode)
        bound_back = loops.pool_backward(abs(dA), cache, mode)
        for dtype in DTYPES:
            given = A_prev.astype(dtype)
            found, kept = cs.pool_forward(given, hparameters, mode)
            assert_close(found, A, 0 * A if mode == "max" else bound, dtype)
            assert len(kept) == 2
            assert kept[0] is given
            assert kept[1] is hparameters
            assert_close(cs.pool_backward(dA.astype(dtype), kept, mode), dA_prev, bound_back, dtype)


@given(case=poolings(), nans=st.booleans())
@pytest.mark.parametrize("ties", ["all", "first", "split"])
def test_each_rule_for_ties(body, ties, case, nans):
    """Whole arrays, from the definition of each rule; with NaNs, which are the maxima."""
    shape, hparameters, seed, _ = case
    A_prev = tied(seed, shape)
    if nans:
        A_prev[np.random.default_rng(seed).random(shape) < 0.2] = np.nan
    f, stride = hparameters["f"], hparameters["stride"]
    geometry = ((f, f), (stride, stride), ((0, 0), (0, 0)), (1, 1))
    expected, back = oracle.max_pool2d(A_prev, geometry, False)
    A, cache = cs.pool_forward(A_prev, hparameters)
    np.testing.assert_array_equal(A, expected)
    (dA,) = drawn(seed, A.shape)
    dA_prev = cs.pool_backward(dA, cache, ties=ties)
    assert_close(dA_prev, back(dA, ties), back(abs(dA), ties))


@given(
    rows=st.integers(1, 5),
    columns=st.integers(1, 5),
    seed=st.integers(0, 2**32 - 1),
    dtype=st.sampled_from(["f8", "f4", "i4", "?", ">f8"]),
    nan=st.booleans(),
)
def test_the_mask_is_that_of_the_loops(rows, columns, seed, dtype, nan):
    x = tied(seed, (rows, columns)).astype(dtype)
    if nan and x.dtype.kind == "f":
        x.flat[seed % x.size] = np.nan
    mask = cs.create_mask_from_window(x)
    assert mask.dtype == bool
    np.testing.assert_array_equal(mask, loops.create_mask_from_window(x))


@given(dz=st.floats(-1e300, 1e300), shape=st.tuples(st.integers(1, 6), st.integers(1, 6)))
def test_a_distributed_value_adds_up(dz, shape):
    a = cs.distribute_value(dz, shape)
    assert a.shape == shape
    assert (a == dz / (shape[0] * shape[1])).all()
    np.testing.assert_array_equal(a, loops.distribute_value(dz, shape))


@given(seed=st.integers(0, 2**32 - 1), f=st.integers(0, 5), n_C_prev=st.integers(0, 5))
def test_a_single_step_is_that_of_the_loops(seed, f, n_C_prev):
    a, W, b = drawn(seed, (f, f, n_C_prev), (f, f, n_C_prev), (1, 1, 1))
    bound = loops.conv_single_step(abs(a), abs(W), abs(b))
    for dtype in DTYPES:
        Z = cs.conv_single_step(a.astype(dtype), W.astype(dtype), b.astype(dtype))
        assert isinstance(Z, dtype.type)
        assert abs(Z - loops.conv_single_step(a, W, b)) <= TOLERANCE[dtype] * bound


@given(seed=st.integers(0, 2**32 - 1), pad=st.integers(0, 4), m=st.integers(0, 2))
def test_padding_is_that_of_the_loops(body, seed, pad, m):
    (X,) = drawn(seed, (m, 3, 2, 2))
    for dtype in ("f8", "f4", "f2", "g", "i4", "u1", "?", ">f4", ">i2"):
        x = X.astype(dtype)
        found = cs.zero_pad(x, pad)
        assert found.dtype == np.dtype(dtype).newbyteorder("=")
        np.testing.assert_array_equal(found, loops.zero_pad(x, pad))
        assert not np.shares_memory(found, x)


# ------------------------------------------------------------------- arrays of every kind


class Ours(np.ndarray):
    """A subclass that lies about its arithmetic."""

    def __array_finalize__(self, obj):
        pass

    def __add__(self, other):
        raise AssertionError("the arithmetic of a subclass was called")

    __mul__ = __matmul__ = __add__


def kinds(x):
    """The same numbers in other hands."""
    yield "Fortran order", np.asfortranarray(x)
    yield "reversed view", x[::-1, ::-1, ::-1, ::-1].copy()[::-1, ::-1, ::-1, ::-1]
    yield "sliced view", np.repeat(x, 2, axis=2)[:, :, ::2]
    yield "broadcast view", np.broadcast_to(x, x.shape)
    yield "big-endian", x.astype(x.dtype.newbyteorder(">"))
    yield "list", x.tolist()
    yield "own subclass", x.view(Ours)
    yield "masked array", np.ma.masked_array(x, mask=x > 0)
    fixed = x.copy()
    fixed.flags.writeable = False
    yield "read-only", fixed


def assert_owned(results, arguments, kind):
    """Results are plain, native, writable arrays that share no memory with an argument."""
    for result in results:
        assert type(result) is np.ndarray, kind
        assert result.dtype.isnative, kind
        assert result.flags.writeable, kind
        for argument in arguments:
            if isinstance(argument, np.ndarray):
                assert not np.shares_memory(result, argument), kind


def test_convolution_of_arrays_of_every_kind(body):
    A_prev, W, b, dZ = drawn(0, (2, 4, 5, 3), (2, 2, 3, 4), (1, 1, 1, 4), (2, 3, 3, 4))
    hparameters = {"stride": 2, "pad": 1}
    Z, cache = cs.conv_forward(A_prev, W, b, hparameters)
    grads = cs.conv_backward(dZ, cache)
    for (kind, a), (_, w), (_, c), (_, d) in zip(
        kinds(A_prev), kinds(W), kinds(b), kinds(dZ), strict=True
    ):
        found, cache = cs.conv_forward(a, w, c, hparameters)
        assert cache[0] is a
        assert cache[1] is w
        assert cache[2] is c
        assert cache[3] is hparameters
        backs = cs.conv_backward(d, cache)
        for actual, expected in zip((found, *backs), (Z, *grads), strict=True):
            np.testing.assert_allclose(actual, expected, rtol=1e-12, atol=1e-12, err_msg=kind)
        assert_owned((found, *backs), (a, w, c, d), kind)
        for array, before in zip((a, w, c, d), (A_prev, W, b, dZ), strict=True):
            np.testing.assert_array_equal(np.asarray(array), before)
    assert hparameters == {"stride": 2, "pad": 1}


@pytest.mark.parametrize("mode", MODES)
def test_pooling_of_arrays_of_every_kind(mode, body):
    A_prev, dA = drawn(0, (2, 4, 5, 3), (2, 2, 2, 3))
    hparameters = {"stride": 2, "f": 2}
    A, cache = cs.pool_forward(A_prev, hparameters, mode)
    dA_prev = cs.pool_backward(dA, cache, mode)
    for (kind, a), (_, d) in zip(kinds(A_prev), kinds(dA), strict=True):
        found, cache = cs.pool_forward(a, hparameters, mode)
        assert cache[0] is a
        back = cs.pool_backward(d, cache, mode)
        np.testing.assert_array_equal(found, A, err_msg=kind)
        np.testing.assert_allclose(back, dA_prev, rtol=1e-12, err_msg=kind)
        assert_owned((found, back), (a, d), kind)
        for array, before in zip((a, d), (A_prev, dA), strict=True):
            np.testing.assert_array_equal(np.asarray(array), before)


def test_the_small_ones_take_arrays_of_every_kind():
    (x,) = drawn(0, (1, 3, 3, 2))
    mask, padded = cs.create_mask_from_window(x[0, :, :, 0]), cs.zero_pad(x, 0)
    Z = cs.conv_single_step(x[0], x[0], 1.0)
    for kind, a in kinds(x):
        plane = np.asarray(a)[0, :, :, 0] if isinstance(a, list) else a[0, :, :, 0]
        found = cs.create_mask_from_window(plane)
        np.testing.assert_array_equal(found, mask, err_msg=kind)
        assert type(found) is np.ndarray
        np.testing.assert_array_equal(cs.zero_pad(a, 0), padded, err_msg=kind)
        assert_owned([cs.zero_pad(a, 0)], [a], kind)
        np.testing.assert_allclose(cs.conv_single_step(a[0], a[0], [[1]]), Z, rtol=1e-14)


# A_prev, W, b -> Z, dA_prev, dW, db (dZ has Z's dtype)
DTYPE_RULES = [
    ("f8", "f8", "f8", "f8", "f8", "f8", "f8"),
    ("f4", "f4", "f4", "f4", "f4", "f4", "f4"),
    ("f2", "f2", "f2", "f2", "f2", "f2", "f2"),
    ("g", "g", "g", "g", "g", "g", "g"),
    ("f4", "f8", "f4", "f8", "f4", "f8", "f4"),
    ("f4", "f4", "f8", "f8", "f4", "f4", "f8"),
    ("u1", "f4", "f4", "f4", "f8", "f4", "f4"),
    ("i8", "i8", "i8", "f8", "f8", "f8", "f8"),
    ("?", "i2", "u2", "f8", "f8", "f8", "f8"),
    (">f4", ">f4", ">f4", "f4", "f4", "f4", "f4"),
    (">i4", "f2", "f2", "f8", "f8", "f2", "f2"),
]


@pytest.mark.parametrize("dtypes", DTYPE_RULES, ids=lambda dtypes: "-".join(dtypes[:3]))
def test_dtypes_of_convolution(dtypes, body):
    shapes = ((1, 3, 3, 2), (2, 2, 2, 3), (1, 1, 1, 3))
    A_prev, W, b = (np.ones(s, d) for s, d in zip(shapes, dtypes, strict=False))
    Z, cache = cs.conv_forward(A_prev, W, b, {"stride": 1, "pad": 0})
    assert (Z == 9).all()
    results = (Z, *cs.conv_backward(Z, cache))
    assert [r.dtype for r in results] == [np.dtype(d) for d in dtypes[3:]]
    assert (results[3] == 36).all()


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize(
    "given, result",
    [
        ("f8", "f8"),
        ("f4", "f4"),
        ("f2", "f2"),
        ("g", "g"),
        ("i4", "f8"),
        ("?", "f8"),
        (">f4", "f4"),
    ],
)
def test_dtypes_of_pooling(given, result, mode, body):
    A, cache = cs.pool_forward(np.ones((1, 4, 4, 1), given), {"f": 2, "stride": 2}, mode)
    assert A.dtype == np.dtype(result)
    assert (A == 1).all()
    for dA in (A, A.astype("f8"), A.astype("f4"), A.astype("i4")):
        assert cs.pool_backward(dA, cache, mode).dtype == np.dtype(result)


@pytest.mark.parametrize("given", ["f4", "f2", ">f4"])
def test_a_gradient_in_few_bits_costs_no_more_than_its_own(given, body):
    """A third is not exact in few bits: the sums and shares are taken in the argument's."""
    A_prev, W, b = np.ones((1, 3, 3, 1)), np.ones((1, 1, 1, 1)), np.zeros((1, 1, 1, 1))
    _, cache = cs.conv_forward(A_prev, W, b, {"stride": 1, "pad": 0})
    dZ = np.full((1, 3, 3, 1), 1 / 3).astype(given)
    exact = 9 * dZ.astype("f8").flat[0]
    _, dW, db = cs.conv_backward(dZ, cache)
    np.testing.assert_allclose([dW.item(), db.item()], exact, rtol=1e-15)
    _, cache = cs.pool_forward(A_prev, {"f": 3, "stride": 1}, "average")
    dA_prev = cs.pool_backward(dZ[:, :1, :1], cache, "average")
    np.testing.assert_allclose(dA_prev, exact / 81, rtol=1e-15)


@pytest.mark.parametrize(
    "a, W, b, result",
    [
        ("f8", "f8", "f8", "f8"),
        ("f4", "f4", "f4", "f4"),
        ("f4", "f4", None, "f4"),
        ("f4", "f4", "f8", "f8"),
        ("f2", "f2", "f2", "f2"),
        ("i4", "i4", "i4", "f8"),
        (">f8", ">f8", ">f8", "f8"),
        ("?", "?", None, "f8"),
        ("g", "f4", "f4", "g"),
    ],
)
def test_dtypes_of_a_single_step(a, W, b, result):
    """A Python number as b adds no dtype of its own."""
    ones = np.ones((2, 2, 3))
    bias = 1.0 if b is None else np.ones((1, 1, 1), b)
    Z = cs.conv_single_step(ones.astype(a), ones.astype(W), bias)
    assert isinstance(Z, np.floating)
    assert Z.dtype == np.dtype(result)
    assert Z == 13


def test_float16_is_computed_in_float32():
    ones = np.ones((1, 1, 4096), np.float16)
    assert cs.conv_single_step(ones, ones, np.zeros(1, np.float16)) == 4096
    image = np.ones((1, 64, 64, 1), np.float16)
    A, cache = cs.pool_forward(image, {"f": 64, "stride": 1}, "average")
    assert A.item() == 1
    assert A.dtype == np.float16
    assert (cs.pool_backward(A, cache, "average") == np.float16(1 / 4096)).all()


@pytest.mark.parametrize(
    "dz, dtype",
    [
        (1, "f8"),
        (True, "f8"),
        (0.5, "f8"),
        (np.float32(1), "f4"),
        (np.float16(1), "f2"),
        (np.ones((1, 1), ">f4"), "f4"),
    ],
)
def test_dtypes_of_a_distributed_value(dz, dtype):
    a = cs.distribute_value(dz, [2, np.int8(2)])
    assert a.dtype == np.dtype(dtype)
    assert (a == float(np.ravel(dz)[0]) / 4).all()


# ---------------------------------------------------------------- the dictionary's rules


@pytest.mark.parametrize(
    "hparameters",
    [
        {"stride": 2, "pad": 1},
        {"stride": 2, "padding": 1},
        {"stride": 2, "pad": 1, "padding": 1},
        {"stride": np.int32(2), "pad": np.uint8(1), "f": np.int64(2)},
    ],
    ids=str,
)
def test_dictionaries_of_convolution(hparameters):
    A_prev, W, b = drawn(0, (1, 4, 4, 1), (2, 2, 1, 1), (1, 1, 1, 1))
    Z, cache = cs.conv_forward(A_prev, W, b, hparameters)
    np.testing.assert_array_equal(Z, cs.conv_forward(A_prev, W, b, {"stride": 2, "pad": 1})[0])
    assert cache[3] is hparameters
    assert cs.conv_backward(Z, cache)[0].shape == A_prev.shape


@pytest.mark.parametrize(
    "hparameters",
    [
        {"f": 2, "stride": 2},
        {"f": 2, "stride": 2, "pad": 0},
        {"f": 2, "stride": 2, "padding": 0},
        {"f": np.int16(2), "stride": np.uint64(2), "pad": np.int8(0), "padding": 0},
    ],
    ids=str,
)
def test_dictionaries_of_pooling(hparameters):
    (A_prev,) = drawn(0, (1, 4, 4, 1))
    A, cache = cs.pool_forward(A_prev, hparameters)
    np.testing.assert_array_equal(A, cs.pool_forward(A_prev, {"f": 2, "stride": 2})[0])
    assert cs.pool_backward(A, cache).shape == A_prev.shape


def test_one_dictionary_travels_through_a_network():
    hparameters = {"f": 2, "stride": 1, "pad": 0}
    A_prev, W, b = drawn(0, (2, 5, 5, 1), (2, 2, 1, 3), (1, 1, 1, 3))
    Z, conv_cache = cs.conv_forward(A_prev, W, b, hparameters)
    A, pool_cache = cs.pool_forward(Z, hparameters)
    dZ = cs.pool_backward(A, pool_cache)
    assert cs.conv_backward(dZ, conv_cache)[0].shape == A_prev.shape
    assert hparameters == {"f": 2, "stride": 1, "pad": 0}


def test_the_other_published_names():
    A_prev, W, b = drawn(0, (1, 4, 4, 1), (2, 2, 1, 2), (1, 1, 1, 2))
    Z, cache = cs.conv_forward(A_prev, W, b, {"stride": 1, "padding": 1})
    for alias, grad in zip(
        cs.steps.conv_backward_propogation(Z, cache), cs.conv_backward(Z, cache), strict=True
    ):
        np.testing.assert_array_equal(alias, grad)
    x = np.array([[1.0, 3.0], [3.0, 2.0]])
    np.testing.assert_array_equal(cs.steps.max_pool(x), cs.create_mask_from_window(x))
    np.testing.assert_array_equal(cs.steps.average_pool(3, (2, 3)), cs.distribute_value(3, (2, 3)))
