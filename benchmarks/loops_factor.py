"""How many times sooner than the lesson's own loops: `convstep.loops` against the public functions.

The arrays are the lesson's (float64, as np.random.randn draws them) and the layers of LeNet and
of the signs network. Both sides compute the same numbers, which is checked first.

example: python -m benchmarks.loops_factor
"""

import argparse
import statistics
import time
from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np

import convstep as cs
from convstep import loops
from convstep.cli.stopwatch import burst


class Layer(NamedTuple):
    """A convolution in the lesson's words, or a pooling where there is no n_C."""

    name: str
    A_prev: tuple[int, int, int, int]
    f: int
    n_C: int | None
    stride: int
    pad: int = 0


LAYERS = (
    Layer("the lesson's convolution", (10, 4, 4, 3), 2, 8, 2, 2),
    Layer("the lesson's pooling", (2, 4, 4, 3), 3, None, 2),
    Layer("LeNet, first convolution", (8, 28, 28, 1), 5, 6, 1, 2),
    Layer("LeNet, second convolution", (8, 14, 14, 6), 5, 16, 1),
    Layer("LeNet, pooling", (8, 28, 28, 6), 2, None, 2),
    Layer("signs, first convolution", (4, 64, 64, 3), 4, 8, 1, 2),
    Layer("signs, second convolution", (8, 8, 8, 8), 2, 16, 1, 1),
    Layer("signs, pooling", (8, 64, 64, 8), 8, None, 8),
)


def pair(module: Any, layer: Layer) -> tuple[Callable[[], Any], Callable[[], Any]]:
    """Return forward and backward by `loops`, or by the public functions of the same names."""
    rng = np.random.default_rng(1)
    A_prev = rng.standard_normal(layer.A_prev)
    if layer.n_C is None:
        options = {"f": layer.f, "stride": layer.stride}
        A, cache = module.pool_forward(A_prev, options)
        dA = rng.standard_normal(A.shape)
        return (
            lambda: module.pool_forward(A_prev, options)[0],
            lambda: module.pool_backward(dA, cache),
        )
    W = rng.standard_normal((layer.f, layer.f, layer.A_prev[3], layer.n_C))
    b = rng.standard_normal((1, 1, 1, layer.n_C))
    options = {"stride": layer.stride, "pad": layer.pad}
    Z, cache = module.conv_forward(A_prev, W, b, options)
    dZ = rng.standard_normal(Z.shape)
    return (
        lambda: module.conv_forward(A_prev, W, b, options)[0],
        lambda: module.conv_backward(dZ, cache),
    )


def same(one: Any, other: Any) -> bool:
    """Compare arrays, or tuples of them."""
    if isinstance(one, tuple):
        return all(map(same, one, other))
    return np.allclose(one, other, rtol=1e-9, atol=1e-9)


def slowly(call: Callable[[], Any]) -> float:
    """Time a call of the loops: the median of three, or once where it takes seconds."""
    samples: list[float] = []
    while len(samples) < 3 and sum(samples) < 2:
        start = time.perf_counter()
        call()
        samples.append(time.perf_counter() - start)
    return statistics.median(samples)


def main() -> None:
    """Print a Markdown table."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.loops_factor", description=__doc__)
    parser.add_argument("--threads", type=int, default=1)
    cs.set_num_threads(threads := parser.parse_args().threads)
    print(f"## Beside the lesson's own loops\n\nThreads: {threads}; float64, as in the lesson.\n")
    print("| layer | batch | way | loops | convstep | times sooner |")
    print("|---|---:|---|---:|---:|---:|")
    for layer in LAYERS:
        for way, slow, quick in zip(
            ("forward", "backward"), pair(loops, layer), pair(cs, layer), strict=True
        ):
            if not same(slow(), quick()):
                raise SystemExit(f"{layer.name}, {way}: the results differ")
            by_loops, ours = slowly(slow), statistics.median(burst(quick) for _ in range(3))
            print(
                f"| {layer.name} | {layer.A_prev[0]} | {way} | {by_loops * 1e3:.2f} ms "
                f"| {ours * 1e6:.0f} µs | {by_loops / ours:,.0f} |",
                flush=True,
            )
    print()


if __name__ == "__main__":
    main()
