"""Every instruction set, in both dtypes, against convolution as an einsum of gathered columns."""

from typing import NamedTuple

import numpy as np
import pytest
from bodies import running
from helpers import columns, each_dtype, each_target, needs_core

import convstep as cs

pytestmark = needs_core


class Case(NamedTuple):
    """One convolution; chosen so that tiles, blocks, panels and passes end at odd places."""

    x: tuple[int, int, int, int]
    kernel: tuple[int, int]
    out_channels: int
    stride: tuple[int, int] = (1, 1)
    padding: tuple[tuple[int, int], tuple[int, int]] = ((0, 0), (0, 0))
    dilation: tuple[int, int] = (1, 1)
    groups: int = 1


CASES = [
    Case((1, 1, 1, 1), (1, 1), 1),
    Case((2, 5, 7, 3), (3, 2), 5, padding=((1, 1), (0, 1))),
    Case((1, 9, 8, 4), (2, 3), 17, stride=(2, 3), padding=((0, 2), (3, 1))),
    Case((3, 8, 8, 1), (3, 3), 16, padding=((1, 1), (1, 1))),
    Case((2, 11, 6, 6), (3, 3), 9, dilation=(2, 1), groups=3, padding=((2, 2), (1, 1))),
    Case((2, 10, 10, 12), (3, 3), 12, groups=12, padding=((1, 1), (1, 1))),  # depthwise
    Case((2, 7, 7, 6), (2, 2), 18, groups=6, stride=(2, 2)),  # three outputs for each input
    Case((1, 6, 6, 70), (1, 1), 130),  # several blocks of channels in every instruction set
    Case((1, 12, 12, 8), (9, 7), 8, padding=((4, 4), (3, 3))),  # several passes over the taps
    Case((2, 20, 30, 5), (3, 3), 20, padding=((1, 1), (1, 1))),  # several panels of pixels
    Case((1, 3, 3, 2), (2, 2), 4, stride=(5, 1), padding=((0, 3), (0, 0))),  # pixels nobody reads
    Case((3, 4, 5, 6), (4, 5), 19),  # a kernel as large as the images
    Case((11, 3, 2, 40), (3, 2), 33),
    Case((0, 5, 5, 3), (3, 3), 4),
    Case((2, 5, 5, 0), (3, 3), 4),
    Case((2, 5, 5, 3), (3, 3), 0),
]


@each_target
@each_dtype
@pytest.mark.parametrize("case", CASES, ids=str)
def test_forward_and_gradients(case, target, dtype):
    rng = np.random.default_rng(3)
    c = case
    x = rng.standard_normal(c.x).astype(dtype)
    weight = rng.standard_normal((*c.kernel, c.x[3] // c.groups, c.out_channels)).astype(dtype)
    bias = rng.standard_normal(c.out_channels).astype(dtype)
    options = {name: getattr(c, name) for name in ("stride", "padding", "dilation", "groups")}
    with running(f"compiled-{target}"):
        y = cs.ops.conv2d(x, weight, bias, **options)
        grad = rng.standard_normal(y.shape).astype(dtype)
        grads = cs.ops.conv2d_backward(grad, x, weight, **options)

    def by_group(a, channels):
        return a.astype(np.float64).reshape(*a.shape[:-1], c.groups, channels)

    each_in, each_out = c.x[3] // c.groups, c.out_channels // c.groups
    gathered = by_group(
        columns(x, c.kernel, c.stride, c.padding, c.dilation, y.shape[1:3]), each_in
    )
    w, g = by_group(weight, each_out), by_group(grad, each_out)  # (kh, kw, in, groups, out)
    small = 1e-4 if dtype == np.float32 else 1e-12

    def close(got, want):  # fast precision promises 2e-5 of the largest number; it keeps well below
        largest = np.abs(want).max(initial=0)
        atol = 3e-6 * largest if dtype == np.float32 else 1e-12
        np.testing.assert_allclose(got, want, rtol=0, atol=atol)

    want = np.einsum("nhwijgc,ijcgo->nhwgo", gathered, w).reshape(y.shape) + bias
    close(y, want)
    want = np.einsum("nhwijgc,nhwgo->ijcgo", gathered, g).reshape(weight.shape)
    close(grads.weight, want)
    close(grads.bias, grad.astype(np.float64).sum((0, 1, 2)))
    # dx by adjointness, for one direction after another: <dx, d> = <grad, conv(d)>.
    for _ in range(3):
        d = rng.standard_normal(c.x)
        moved = by_group(
            columns(d, c.kernel, c.stride, c.padding, c.dilation, y.shape[1:3]), each_in
        )
        want = np.einsum("nhwijgc,ijcgo,nhwgo->", moved, w, g, optimize=True)
        size = 1 + np.abs(g).sum() * np.abs(w).max(initial=0)
        np.testing.assert_allclose(np.vdot(grads.x, d), want, rtol=0, atol=small * size)


@each_target
@each_dtype
@pytest.mark.parametrize("activation", ["relu", "relu6", "leaky_relu", "sigmoid", "tanh"])
def test_activation_is_applied_after_the_last_pass(activation, target, dtype):
    rng = np.random.default_rng(4)
    x = rng.standard_normal((1, 12, 12, 8)).astype(dtype)
    weight = rng.standard_normal((9, 9, 8, 21)).astype(dtype)
    with running(f"compiled-{target}"):
        plain = cs.ops.conv2d(x, weight)
        fused = cs.ops.conv2d(x, weight, activation=activation)
    with cs.use_backend("portable"):
        np.testing.assert_array_equal(fused, getattr(cs.ops, activation)(plain))


@each_target
def test_nan_and_infinity_pass_through(target):
    x = np.zeros((1, 1, 40, 1), np.float32)
    x[0, 0, :3, 0] = np.nan, np.inf, -np.inf
    with running(f"compiled-{target}"):
        y = cs.ops.conv2d(x, np.ones((1, 1, 1, 3), np.float32), activation="relu")
    np.testing.assert_array_equal(y[0, 0, :, 1], [np.nan, np.inf, 0] + [0] * 37)


@each_target
@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf])
def test_padding_adds_nothing_even_to_infinity(value, target):
    rng = np.random.default_rng(6)
    x, weight = rng.standard_normal((2, 5, 5, 3)), rng.standard_normal((3, 3, 3, 4))
    grad = rng.standard_normal((2, 5, 5, 4))
    weight[0, 0, 1, 2] = grad[1, 0, 0, 3] = value
    want, got = [], []
    for results, body in ((want, "portable"), (got, f"compiled-{target}")):
        with running(body), np.errstate(invalid="ignore"):
            results.append(cs.ops.conv2d(x, weight, padding=1))
            results.extend(cs.ops.conv2d_backward(grad, x, weight, padding=1))
    for a, b in zip(want, got, strict=True):
        assert not np.isfinite(a).all()
        np.testing.assert_allclose(b, a, rtol=1e-12)
