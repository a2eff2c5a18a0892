"""The definition itself: against an outside oracle, and against differences."""

import numpy as np
import oracle
import pytest

import convstep as cs
from convstep import loops


def drawn(*shapes):
    rng = np.random.default_rng(5)
    return [rng.standard_normal(shape) for shape in shapes]


CONVS = [  # shape of A_prev, f, n_C, stride, pad
    ((1, 1, 1, 1), 1, 1, 1, 0),
    ((2, 4, 6, 3), 3, 2, 1, 0),
    ((2, 5, 3, 2), 2, 4, 2, 1),
    ((1, 3, 4, 1), 5, 2, 3, 2),
    ((3, 2, 2, 2), 1, 3, 4, 3),
    ((0, 4, 4, 2), 3, 2, 1, 1),
]


@pytest.mark.parametrize("shape, f, n_C, stride, pad", CONVS)
def test_convolution(shape, f, n_C, stride, pad):
    A_prev, W, b = drawn(shape, (f, f, shape[3], n_C), (1, 1, 1, n_C))
    pads = ((pad, pad), (pad, pad))
    expected, back = oracle.conv2d(A_prev, W, (stride, stride), pads, (1, 1), groups=1)
    Z, cache = loops.conv_forward(A_prev, W, b, {"stride": stride, "pad": pad})
    np.testing.assert_allclose(Z, expected + b, rtol=1e-12, atol=1e-13)
    (dZ,) = drawn(Z.shape)
    dA_prev, dW, db = loops.conv_backward(dZ, cache)
    dx, dweight = back(dZ)
    np.testing.assert_allclose(dA_prev, dx, rtol=1e-12, atol=1e-13)
    np.testing.assert_allclose(dW, dweight, rtol=1e-12, atol=1e-13)
    np.testing.assert_allclose(db.ravel(), dZ.sum(axis=(0, 1, 2)), rtol=1e-12, atol=1e-13)


POOLS = [((1, 1, 1, 1), 1, 1), ((2, 4, 7, 3), 2, 2), ((2, 6, 5, 2), 3, 1), ((1, 7, 7, 1), 2, 3)]


@pytest.mark.parametrize("shape, f, stride", POOLS)
@pytest.mark.parametrize("ties", [False, True], ids=["distinct", "tied"])
def test_pooling(shape, f, stride, ties):
    (A_prev,) = drawn(shape)
    A_prev = np.round(A_prev) if ties else A_prev
    geometry = ((f, f), (stride, stride), ((0, 0), (0, 0)), (1, 1))
    hparameters = {"f": f, "stride": stride}
    for mode, (expected, back) in {
        "max": oracle.max_pool2d(A_prev, geometry, False),
        "average": oracle.avg_pool2d(A_prev, geometry, False, False),
    }.items():
        A, cache = loops.pool_forward(A_prev, hparameters, mode=mode)
        np.testing.assert_allclose(A, expected, rtol=1e-12)
        (dA,) = drawn(A.shape)
        dA_prev = loops.pool_backward(dA, cache, mode=mode)
        rule = ("all",) if mode == "max" else ()
        np.testing.assert_allclose(dA_prev, back(dA, *rule), rtol=1e-12, atol=1e-15)


def test_gradients_by_differences():
    A_prev, W, b = drawn((2, 4, 5, 2), (3, 3, 2, 3), (1, 1, 1, 3))
    hparameters = {"stride": 2, "pad": 1, "f": 2}
    assert cs.gradient_check(
        lambda *arrays: loops.conv_forward(*arrays, hparameters), loops.conv_backward, A_prev, W, b
    )
    for mode in ("max", "average"):
        assert cs.gradient_check(
            lambda A_prev, mode=mode: loops.pool_forward(A_prev, hparameters, mode),
            lambda dA, cache, mode=mode: loops.pool_backward(dA, cache, mode),
            A_prev,
        )


EIGHT = [name for name in vars(loops) if hasattr(cs.steps, name) and name in cs.__all__]


def test_every_function_has_its_checked_twin():
    assert len(EIGHT) == 8
    assert all(getattr(cs, name) is getattr(cs.steps, name) for name in EIGHT)


def test_the_cache_keeps_what_it_got():
    A_prev, W, b = drawn((1, 3, 3, 1), (2, 2, 1, 1), (1, 1, 1, 1))
    hparameters = {"stride": 1, "pad": 1}
    _, cache = loops.conv_forward(A_prev, W, b, hparameters)
    assert all(
        kept is given for kept, given in zip(cache, (A_prev, W, b, hparameters), strict=True)
    )
    _, cache = loops.pool_forward(A_prev, {"f": 2, **hparameters})
    assert cache[0] is A_prev
    assert cache[0].shape == (1, 3, 3, 1)


@pytest.mark.parametrize("dtype", [np.uint8, np.int8, np.int64, np.float16, np.float32, np.float64])
def test_small_integers_do_not_overflow(dtype):
    """The loops and the steps agree in value and dtype on whole numbers of every type."""
    A_prev = np.full((1, 3, 3, 2), 100, dtype)
    W, b = np.full((2, 2, 2, 1), 2, dtype), np.full((1, 1, 1, 1), 1, dtype)
    hparameters = {"stride": 1, "pad": 1}
    slow, fast = (module.conv_forward(A_prev, W, b, hparameters)[0] for module in (loops, cs))
    np.testing.assert_array_equal(slow, fast)
    assert slow.dtype == fast.dtype
    assert slow[0, 1, 1, 0] == 1601
    step = loops.conv_single_step(A_prev[0, :2, :2], W[..., 0], b)
    assert isinstance(step, np.floating)
    assert step == 1601
