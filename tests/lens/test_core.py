"""The page computes what `convstep.ops` does: its core, as it was bundled, on generated cases."""

import shutil
import subprocess
from pathlib import Path

import numpy as np
import pytest

from convstep import ops
from convstep.ops.geometry import resolve_padding

ROOT = Path(__file__).parents[2]
CASES = 60


def geometries(draw, groups=(1,), pooled=False):
    """Sizes at which the windows fit, rectangular and uneven in everything.

    None of a pooling's windows lies wholly in padding: `ops` refuses those.
    """
    while True:
        kernel, stride, dilation = (draw.integers(1, top, 2) for top in (4, 4, 3))
        padding = draw.integers(0, 3, 4)
        size = draw.integers(1, 8, 2)
        axes = list(zip(size, kernel, stride, dilation, padding[::2], padding[1::2], strict=True))
        if all(map(fits, axes)) and not (pooled and any(map(misses, axes))):
            break
    return size.tolist(), {
        "kernel": kernel.tolist(), "stride": stride.tolist(), "padding": padding.tolist(),
        "dilation": dilation.tolist(), "groups": int(draw.choice(groups)),
    }  # fmt: skip


def fits(axis):
    size, kernel, _, dilation, before, after = axis
    return size + before + after >= (kernel - 1) * dilation + 1


def misses(axis):
    """Whether a window along this axis has no cell of the input."""
    size, kernel, stride, dilation, before, after = axis
    last = size + after - (kernel - 1) * dilation
    taps = dilation * np.arange(kernel)
    return any(
        not np.any((start + taps >= 0) & (start + taps < size))
        for start in range(-before, last, stride)
    )


def options(g):
    top, bottom, left, right = g["padding"]
    return {
        "stride": tuple(g["stride"]), "padding": ((top, bottom), (left, right)),
        "dilation": tuple(g["dilation"]),
    }  # fmt: skip


def close(got, right):
    np.testing.assert_allclose(got, right, rtol=1e-12, atol=1e-12)
    assert got.shape == right.shape


def test_convolution(core):
    draw = np.random.default_rng(0)
    calls, rights = [], []
    for _ in range(CASES):
        size, g = geometries(draw, groups=(1, 1, 2, 3))
        channels, filters = draw.integers(1, 3, 2) * g["groups"]
        x = draw.normal(size=(draw.integers(1, 3), *size, channels))
        weight = draw.normal(size=(*g["kernel"], channels // g["groups"], filters))
        bias = draw.normal(size=filters)
        known = options(g) | {"groups": g["groups"]}
        y = ops.conv2d(x, weight, bias, **known)
        grad = draw.normal(size=y.shape)
        calls += [("conv2d", x, weight, bias, g), ("conv2dBackward", grad, x, weight, g)]
        rights += [y, ops.conv2d_backward(grad, x, weight, **known)]
    for got, right in zip(core(calls), rights, strict=True):
        if isinstance(got, dict):
            for name in ("x", "weight", "bias"):
                close(got[name], getattr(right, name))
        else:
            close(got, right)


@pytest.mark.parametrize("ties", ["all", "first"])
def test_max_pooling(core, ties):
    """Whole numbers, so that many windows have several maxima; none lies in padding alone."""
    draw = np.random.default_rng(1)
    calls, rights = [], []
    for _ in range(CASES):
        size, g = geometries(draw, pooled=True)
        x = draw.integers(-2, 2, (2, *size, 2)).astype(float)
        y = ops.max_pool2d(x, tuple(g["kernel"]), **options(g))
        grad = draw.normal(size=y.shape)
        calls += [("pool2d", x, g, "max"), ("pool2dBackward", grad, x, g, "max", ties)]
        rights += [
            y, ops.max_pool2d_backward(grad, x, tuple(g["kernel"]), ties=ties, **options(g))
        ]  # fmt: skip
    for got, right in zip(core(calls), rights, strict=True):
        close(got, right)


@pytest.mark.parametrize("counted", [True, False])
def test_average_pooling(core, counted):
    draw = np.random.default_rng(2)
    calls, rights = [], []
    for _ in range(CASES):
        size, g = geometries(draw, pooled=True)
        x = draw.normal(size=(2, *size, 2))
        known = options(g) | {"count_include_pad": counted}
        y = ops.avg_pool2d(x, tuple(g["kernel"]), **known)
        grad = draw.normal(size=y.shape)
        calls += [
            ("pool2d", x, g, "average", counted),
            ("pool2dBackward", grad, x, g, "average", "all", counted),
        ]
        rights += [y, ops.avg_pool2d_backward(grad, x.shape, tuple(g["kernel"]), **known)]
    for got, right in zip(core(calls), rights, strict=True):
        close(got, right)


def test_values_that_are_not_finite(core):
    """A NaN makes its windows NaN, and two zeros of either sign tie."""
    g = {"kernel": [1, 2], "stride": [1, 2], "padding": [0] * 4, "dilation": [1, 1], "groups": 1}
    x = np.array([np.nan, 1, -np.inf, -np.inf, -0.0, 0.0, np.inf, 2]).reshape(1, 1, 8, 1)
    ones = np.ones((1, 1, 4, 1))
    forward, ties = core([("pool2d", x, g, "max"), ("pool2dBackward", ones, x, g, "max", "all")])
    np.testing.assert_array_equal(forward, ops.max_pool2d(x, (1, 2)))
    right = ops.max_pool2d_backward(ones, x, (1, 2), ties="all")
    np.testing.assert_array_equal(ties, right)


def test_zeros_around(core):
    x = np.random.default_rng(3).normal(size=(2, 3, 4, 2))
    (got,) = core([("pad2d", x, [1, 0, 2, 3])])
    np.testing.assert_array_equal(got, np.pad(x, ((0, 0), (1, 0), (2, 3), (0, 0))))


def test_who_reads_a_cell(core):
    """`readers` by trying every window, and `unused` by what none of them reads."""
    draw = np.random.default_rng(5)
    calls, rights = [], []
    for _ in range(CASES):
        size, kernel, stride, dilation, before, after = draw.integers(
            [1, 1, 1, 1, 0, 0], [9, 4, 4, 3, 3, 3]
        ).tolist()
        one = {
            "size": size, "kernel": kernel, "stride": stride, "dilation": dilation,
            "before": before, "after": after,
        }  # fmt: skip
        length, extent = size + before + after, (kernel - 1) * dilation + 1
        starts = range(0, length - extent + 1, stride)
        windows = [{start + k * dilation for k in range(kernel)} for start in starts]
        calls += [("outputs", one), ("unused", one)]
        rights += [len(windows), length - max((s + extent for s in starts), default=0)]
        for place in range(length):
            calls.append(("readers", one, place))
            rights.append([n for n, cells in enumerate(windows) if place in cells])
    assert core(calls) == rights


def test_same_padding_is_that_of_ops(core):
    draw = np.random.default_rng(6)
    calls, rights = [], []
    for _ in range(CASES):
        size, kernel, stride, dilation = draw.integers([1, 1, 1, 1], [12, 6, 5, 4]).tolist()
        one = {"size": size, "kernel": kernel, "stride": stride, "dilation": dilation}
        calls.append(("samePadding", one | {"before": 0, "after": 0}))
        pairs = [(n, 1) for n in (size, kernel, stride, dilation)]
        rights.append(list(resolve_padding("conv2d", "same", *pairs)[0]))
    assert core(calls) == rights


def test_the_bundle_is_what_the_sources_make(node, tmp_path):
    """Byte for byte: whoever changes web/src runs `npm run build` there and commits the result."""
    web, npm = ROOT / "web", shutil.which("npm")
    if npm is None or not (web / "node_modules" / "esbuild").is_dir():
        pytest.skip("needs npm, and `npm ci` run in web/")
    script = (web / "package.json").read_text(encoding="utf-8")
    assert "${OUT:-" in script
    subprocess.run(
        [npm, "run", "build"], cwd=web, check=True, capture_output=True, timeout=60,
        env={"PATH": f"{Path(node).parent}:{Path(npm).parent}:/usr/bin:/bin", "OUT": str(tmp_path)},
    )  # fmt: skip
    assets = ROOT / "src" / "convstep" / "lens" / "assets"
    built = {path.name: path.read_bytes() for path in tmp_path.iterdir()}
    assert built == {path.name: path.read_bytes() for path in assets.iterdir()}
