"""Batch norm on the compiled core against float64: blocks, folded rows, offsets, threads."""

import numpy as np
import pytest
from bodies import running
from helpers import each_dtype, each_target, needs_core

import convstep as cs
from convstep.ops.norm import batch_norm_train, batch_norm_train_backward

pytestmark = needs_core

EPS = 1e-3
SHAPES = [  # rows, channels: one row, one channel, lines cut short, several blocks, tasks, strips
    (1, 1),
    (1, 37),
    (2, 3),
    (5, 1),
    (100, 6),
    (63, 17),
    (64, 16),
    (1000, 24),
    (40_007, 1),
    (3001, 64),
    (700, 257),
    (33, 1300),
]


def drawn(rows, channels, dtype, offset=0.0):
    rng = np.random.default_rng(rows * 7919 + channels)
    x = (rng.standard_normal((rows, channels)) + offset).astype(dtype)
    grad = rng.standard_normal((rows, channels)).astype(dtype)
    weight, bias = rng.standard_normal((2, channels)).astype(dtype)
    return x, grad, weight, bias


def _back(grad, x, weight, bias, mean, variance):
    return batch_norm_train_backward(grad, x, None, weight, mean, variance, EPS, "relu", bias=bias)


def assert_close(found, expected, dtype, scale=1.0):
    assert found.dtype == dtype
    bound = 200 * np.finfo(dtype).eps * scale
    np.testing.assert_allclose(found, expected, rtol=0, atol=bound * max(1, abs(expected).max()))


@each_target
@each_dtype
@pytest.mark.parametrize("shape", SHAPES, ids=str)
def test_every_body_follows_the_portable_one(shape, dtype, target):
    x, grad, weight, bias = drawn(*shape, dtype)
    for activation in (None, "relu", "relu6", "leaky_relu"):
        with running("portable"):
            wide = [array.astype(np.float64) for array in (x, weight, bias)]
            y, mean, variance = batch_norm_train(*wide, EPS, activation)
        with running(f"compiled-{target}"):
            got_y, got_mean, got_variance = batch_norm_train(x, weight, bias, EPS, activation)
            steps = batch_norm_train_backward(
                grad, x, None, weight, got_mean, got_variance, EPS, activation, bias=bias
            )
        assert_close(got_mean, mean, dtype)
        assert_close(got_variance, variance, dtype)
        # a channel of one row, or of few that lie close, is divided by little
        scale = 1 / np.sqrt(variance.min() + EPS)
        assert_close(got_y, y, dtype, scale)
        with running("portable"):  # the masks of the same y
            wide = [a.astype(np.float64) for a in (grad, x, got_y, weight, got_mean, got_variance)]
            expected = batch_norm_train_backward(*wide, EPS, activation)
        for part, truth in zip(steps, expected, strict=True):
            assert_close(part, truth, dtype, scale**2)


@each_target
@pytest.mark.parametrize("rows", [7, 5000])
def test_numbers_far_from_zero_keep_their_variance(rows, target):
    """A sum of squares in float32 would lose all of it: the mean is 1000 deviations away."""
    x, _, _, _ = drawn(rows, 5, np.float32, offset=1000.0)
    with running(f"compiled-{target}"):
        mean, variance = cs.ops.batch_statistics(x)
    np.testing.assert_allclose(mean, x.mean(axis=0, dtype=np.float64), rtol=3e-7)
    np.testing.assert_allclose(variance, x.var(axis=0, dtype=np.float64), rtol=2e-5)


@each_target
def test_a_drift_over_the_rows_counts_as_variance(target):
    x = np.linspace(0, 1000, 40_000, dtype=np.float32).reshape(-1, 1) * np.ones(3, np.float32)
    with running(f"compiled-{target}"):
        _, variance = cs.ops.batch_statistics(x)
    np.testing.assert_allclose(variance, x.var(axis=0, dtype=np.float64), rtol=1e-6)


@each_target
def test_what_is_not_finite_stays_in_its_channel(target):
    x, grad, weight, bias = drawn(50, 3, np.float32)
    x[7, 1] = np.nan
    with running(f"compiled-{target}"):
        y, mean, variance = batch_norm_train(x, weight, bias, EPS, "relu")
        dx = _back(grad, x, weight, bias, mean, variance).x
    assert np.isnan(y[:, 1]).all()
    assert np.isnan([mean[1], variance[1]]).all()
    assert np.isnan(dx[:, 1]).all()
    assert np.isfinite(y[:, [0, 2]]).all()
    assert np.isfinite(dx[:, [0, 2]]).all()


@each_target
def test_an_infinite_gradient_stops_where_the_activation_does(target):
    x, grad, weight, bias = drawn(50, 3, np.float32)
    with running(f"compiled-{target}"):
        y, mean, variance = batch_norm_train(x, weight, bias, EPS, "relu")
        grad[y == 0] = np.inf
        grads = _back(grad, x, weight, bias, mean, variance)
    assert all(np.isfinite(part).all() for part in grads)


@each_dtype
@pytest.mark.parametrize("shape", [(40_007, 3), (9000, 16), (300, 700)], ids=str)
def test_the_same_bits_for_any_number_of_threads(shape, dtype):
    x, grad, weight, bias = drawn(*shape, dtype)
    before = cs.get_num_threads()
    results = set()
    try:
        for threads in (1, 2, 3, 7):
            cs.set_num_threads(threads)
            y, mean, variance = batch_norm_train(x, weight, bias, EPS, "relu")
            grads = _back(grad, x, weight, bias, mean, variance)
            results.add(b"".join(a.tobytes() for a in (y, mean, variance, *grads)))
    finally:
        cs.set_num_threads(before)
    assert len(results) == 1


@each_target
@pytest.mark.parametrize("rows, channels", [(4096, 8), (3000, 64)], ids=str)
def test_the_mean_of_a_nearly_constant_channel_is_nearly_exact(rows, channels, target):
    """A mean off by a few roundings would give such a channel a gradient that it has not."""
    x = drawn(rows, channels, np.float64)[0] * 1e-2 + 1000
    x = x.astype(np.float32)
    with running(f"compiled-{target}"):
        mean = cs.ops.batch_statistics(x)[0]
    np.testing.assert_array_less(abs(mean - x.mean(0, np.float64)), 1.01 * np.spacing(mean))
