"""Element-wise kernels and optimizers' steps on the compiled core, against the portable bodies."""

import numpy as np
import pytest
from bodies import running
from helpers import each_dtype, each_target, needs_core

import convstep as cs
from convstep.ops import elementwise, optimizer

pytestmark = needs_core

SIZES = [0, 1, 3, 16, 33, 1000, 16_385, 70_001]  # within a vector, a task, several tasks
SPECIAL = [np.nan, np.inf, -np.inf, -0.0, 0.0, 6.0, 5.9, 6.1, -1e-40]


def drawn(size, dtype, seed=0):
    rng = np.random.default_rng(seed)
    x = (4 * rng.standard_normal(size)).astype(dtype)
    x[: len(SPECIAL)] = SPECIAL[:size]
    return x


def on_both(target, compute):
    """Return what it gives on the portable body and on the compiled one."""
    with running("portable"):
        expected = compute()
    with running(f"compiled-{target}"):
        return compute(), expected


@each_target
@each_dtype
@pytest.mark.parametrize("size", SIZES)
def test_rectifiers_have_the_portable_ones_bits(size, dtype, target):
    x, grad = drawn(size, dtype), np.roll(drawn(size, dtype, 1), 4)
    for name in ("relu", "relu6", "leaky_relu"):
        y, expected = on_both(target, lambda name=name: getattr(cs.ops, name)(x))
        np.testing.assert_array_equal(y, expected)
        backward = getattr(cs.ops, f"{name}_backward")
        dx, expected = on_both(target, lambda f=backward, y=y: f(grad, y))
        np.testing.assert_array_equal(dx, expected)


@each_target
@each_dtype
@pytest.mark.parametrize("size", SIZES)
@pytest.mark.filterwarnings("ignore:invalid value:RuntimeWarning")
def test_sums_have_the_portable_ones_bits(size, dtype, target):
    a, b = drawn(size, dtype), np.roll(drawn(size, dtype, 2), 2)
    for activation in (None, "relu", "relu6", "leaky_relu"):
        y, expected = on_both(target, lambda how=activation: elementwise.add(a, b, how))
        np.testing.assert_array_equal(y, expected)
    total = a.copy()
    with running(f"compiled-{target}"):
        elementwise.accumulate(total, b)
    np.testing.assert_array_equal(total, a + b)


@each_target
def test_other_activations_of_a_sum_run_on_the_compiled_sum(target):
    a, b = drawn(50, np.float64)[9:], drawn(50, np.float64, 1)[9:]
    y, expected = on_both(target, lambda: elementwise.add(a, b, "tanh"))
    np.testing.assert_allclose(y, expected, rtol=1e-15)


@each_target
def test_views_are_read_as_they_are_seen(target):
    wide = drawn(600, np.float32).reshape(10, 60)
    with running(f"compiled-{target}"):
        np.testing.assert_array_equal(cs.ops.relu(wide[::2, ::3]), np.maximum(wide[::2, ::3], 0))
        np.testing.assert_array_equal(elementwise.add(wide.T, wide.T), 2 * wide.T)
        rows = wide.copy()
        elementwise.accumulate(rows[:, ::2], rows[:, 1::2])
    np.testing.assert_array_equal(rows[:, ::2], wide[:, ::2] + wide[:, 1::2])


STEPS = {
    "plain": {"learning_rate": 0.1},
    "momentum": {"learning_rate": 0.1, "momentum": 0.9, "weight_decay": 1e-2},
    "nesterov": {"learning_rate": 0.1, "momentum": 0.9, "nesterov": True},
}
RATES = {"learning_rate": 0.01, "beta1": 0.9, "beta2": 0.99, "epsilon": 1e-8}
ADAMS = {
    "Adam": {**RATES, "weight_decay": 0.0},
    "decaying": {**RATES, "weight_decay": 1e-2},
    "AdamW": {**RATES, "weight_decay": 1e-2, "decoupled": True},
}


def vectors(size, dtype):
    rng = np.random.default_rng(3)
    params, moving = rng.standard_normal((2, size)).astype(dtype)
    grads = rng.standard_normal((5, size)).astype(dtype)
    return params, moving, grads


def sgd_steps(size, dtype, options):
    params, velocity, grads = vectors(size, dtype)
    kept = velocity if options.get("momentum") else None
    before = grads.copy()
    for grad in grads:
        optimizer.sgd_update(params, grad, kept, **options)
    np.testing.assert_array_equal(grads, before)
    return np.concatenate([params, velocity])


def adam_steps(size, dtype, options):
    params, _, grads = vectors(size, dtype)
    mean, square = np.zeros_like(params), np.zeros_like(params)
    for step, grad in enumerate(grads, 1):
        optimizer.adam_update(params, grad, mean, square, step=step, **options)
    return np.concatenate([params, mean, square])


@each_target
@each_dtype
@pytest.mark.parametrize("size", SIZES)
def test_steps_follow_the_portable_ones(size, dtype, target):
    close = {"rtol": 1e-5 if dtype == np.float32 else 1e-13, "atol": 0}
    close["atol"] = close["rtol"]
    for options in STEPS.values():
        found, expected = on_both(target, lambda o=options: sgd_steps(size, dtype, o))
        np.testing.assert_allclose(found, expected, **close)
    for options in ADAMS.values():
        found, expected = on_both(target, lambda o=options: adam_steps(size, dtype, o))
        np.testing.assert_allclose(found, expected, **close)


def test_a_step_on_a_span_leaves_the_rest():
    params, velocity, grads = vectors(50, np.float32)
    before = params.copy()
    optimizer.sgd_update(
        params[10:20], grads[0, 10:20], velocity[10:20], learning_rate=1.0, momentum=0.5
    )
    changed = np.flatnonzero(params != before)
    assert changed.tolist() == list(range(10, 20))


def test_infinite_weights_do_not_spoil_steps_without_decay():
    params, grads = np.full(20, np.inf, np.float32), np.ones(20, np.float32)
    optimizer.sgd_update(params, grads, None, learning_rate=0.1)
    assert (params == np.inf).all()


@each_dtype
def test_the_same_bits_for_any_number_of_threads(dtype):
    before = cs.get_num_threads()
    results = set()
    try:
        for threads in (1, 2, 3, 7):
            cs.set_num_threads(threads)
            parts = [adam_steps(100_001, dtype, ADAMS["decaying"])]
            parts += [sgd_steps(100_001, dtype, options) for options in STEPS.values()]
            parts.append(elementwise.add(parts[0], parts[0], "relu6"))
            results.add(b"".join(part.tobytes() for part in parts))
    finally:
        cs.set_num_threads(before)
    assert len(results) == 1
