"""Time the layers of well-known networks: convstep, NumPy, and PyTorch if it is there.

Each result is compared with NumPy's before it is timed. For the others,
"x 3.00" says that they take three times as long as convstep. PyTorch runs
without autograd, in the better of its two layouts. NumPy is convstep's
portable code; its matrix products choose their own threads.

example: convstep bench --threads 1
"""

import argparse
import math
from collections.abc import Callable, Iterator
from contextlib import nullcontext
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

import convstep as cs
from convstep.cli.options import count
from convstep.cli.stopwatch import burst
from convstep.cli.terminal import note

OPERATIONS = ("forward", "input_grad", "weight_grad")
# Of the largest element: float32's rounding in long sums, and a transform's.
TOLERANCE = 1e-4

Call = Callable[[], Any]
Array = NDArray[np.float32]


class Layer(NamedTuple):
    """A convolution that keeps the image's size, at stride 1: x is (N, H, W, C)."""

    title: str
    x: tuple[int, int, int, int]
    kernel: int
    out_channels: int
    stride: int = 1
    groups: int = 1

    @property
    def options(self) -> dict[str, Any]:
        """What the convolution takes beside arrays."""
        padding = (self.kernel - 1) // 2
        return {"stride": self.stride, "padding": padding, "groups": self.groups}


LAYERS = (
    Layer("LeNet 5x5, 1 to 6", (64, 28, 28, 1), 5, 6),
    Layer("ResNet-20 3x3, 16 to 16", (32, 32, 32, 16), 3, 16),
    Layer("ResNet-50 7x7 s2, 3 to 64", (1, 224, 224, 3), 7, 64, 2),
    Layer("ResNet-50 3x3, 64 to 64", (1, 56, 56, 64), 3, 64),
    Layer("ResNet-50 3x3, 256 to 256", (1, 14, 14, 256), 3, 256),
    Layer("ResNet-50 1x1, 64 to 256", (1, 56, 56, 64), 1, 256),
    Layer("MobileNet 3x3 depthwise", (1, 56, 56, 128), 3, 128, 1, 128),
    Layer("one small image 3x3, 1 to 8", (1, 8, 8, 1), 3, 8),
)


class Arrays(NamedTuple):
    """The operands of a layer."""

    x: Array
    weight: Array
    bias: Array
    grad: Array


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add what `bench` takes."""
    parser.add_argument("--threads", type=count, metavar="N", help="how many (as many as CPUs)")
    parser.add_argument("--quick", action="store_true", help="forward only: a few seconds")


def run(args: argparse.Namespace) -> int:
    """Print a line for each layer and operation; 1 if a result is wrong."""
    if args.threads:
        cs.set_num_threads(args.threads)
    torch = _torch()
    if torch is None:
        note("bench", "PyTorch is not installed: compared with NumPy alone.")
    others = ["NumPy"] + ["PyTorch"] * (torch is not None)
    _header(others)
    ratios: dict[str, list[float]] = {name: [] for name in others}
    wrong = 0
    with torch.inference_mode() if torch else nullcontext():
        for layer, operation, calls in _work(torch, quick=args.quick):
            if not _error(calls) <= TOLERANCE:  # NaN is wrong too
                wrong += 1
                print(f"{layer.title:28s} {operation:12s} WRONG: differs from NumPy's result")
                continue
            seconds = _seconds(calls)
            for name in others:
                ratios[name].append(seconds[name] / seconds["convstep"])
            print(_line(layer.title, operation, seconds), flush=True)
    if not wrong:
        means = "".join(f" {_times(_mean(values))}" for values in ratios.values())
        print(f"{'geometric mean':41s}{'':13s}{means}")
    return int(wrong > 0)


def _work(torch: Any, *, quick: bool) -> Iterator[tuple[Layer, str, dict[str, Call]]]:
    """Go through layers and operations, with everybody's calls."""
    for layer in LAYERS:
        arrays = _arrays(layer)
        for operation in OPERATIONS[:1] if quick else OPERATIONS:
            yield layer, operation, _calls(layer, operation, arrays, torch)


def _header(others: list[str]) -> None:
    """Say what runs and with how many threads, then name the columns."""
    backend = cs.backend_info()
    runs = backend["target"] if backend["backend"] == "compiled" else "no compiled core: NumPy"
    print(f"convstep {cs.__version__} ({runs}), threads: {backend['threads']}, float32")
    columns = "".join(f" {name:>9s}" for name in others)
    print(f"{'layer':28s} {'operation':12s}{'convstep':>13s}{columns}")


def _line(title: str, operation: str, seconds: dict[str, float]) -> str:
    ours = seconds["convstep"]
    others = "".join(
        f" {_times(took / ours)}" for name, took in seconds.items() if name != "convstep"
    )
    return f"{title:28s} {operation:12s}{ours * 1e6:10.1f} us{others}"


def _times(ratio: float) -> str:
    return f"x {ratio:7.2f}"


def _mean(ratios: list[float]) -> float:
    """Return the geometric mean."""
    return math.exp(sum(map(math.log, ratios)) / len(ratios))


def _arrays(layer: Layer) -> Arrays:
    """Draw operands: activations as after a ReLU, weights in He's scale."""
    rng = np.random.default_rng(0)
    inputs = layer.x[3] // layer.groups
    weight = rng.standard_normal(
        (layer.kernel, layer.kernel, inputs, layer.out_channels), np.float32
    )
    weight *= np.float32(math.sqrt(2 / (layer.kernel**2 * inputs)))
    x = np.maximum(rng.standard_normal(layer.x, np.float32), 0)
    height, width = (-(-size // layer.stride) for size in layer.x[1:3])
    grad = rng.standard_normal((layer.x[0], height, width, layer.out_channels), np.float32)
    return Arrays(x, weight, rng.standard_normal(layer.out_channels, np.float32), grad)


def _calls(layer: Layer, operation: str, arrays: Arrays, torch: Any) -> dict[str, Call]:
    """Return the same work by everybody; PyTorch's two layouts as two calls."""
    ours = _ours(layer, operation, arrays)
    calls = {"convstep": ours, "NumPy": lambda: _portably(ours)}
    if torch is not None:
        for layout in (torch.contiguous_format, torch.channels_last):
            calls[f"PyTorch {layout}"] = _by_torch(layer, operation, arrays, torch, layout)
    return calls


def _ours(layer: Layer, operation: str, arrays: Arrays) -> Call:
    x, weight, bias, grad = arrays
    if operation == "forward":
        return lambda: cs.ops.conv2d(x, weight, bias, **layer.options)
    if operation == "input_grad":
        return lambda: cs.ops.conv2d_backward(grad, x, weight, needs=("x",), **layer.options).x
    return lambda: (
        cs.ops.conv2d_backward(grad, x, weight, needs=("weight",), **layer.options).weight
    )


def _portably(call: Call) -> Any:
    with cs.use_backend("portable"):
        return call()


def _torch() -> Any:
    """Import PyTorch, with as many threads; None if it is not there."""
    try:
        import torch
    except ImportError:
        return None
    torch.set_num_threads(cs.get_num_threads())
    return torch


def _by_torch(layer: Layer, operation: str, arrays: Arrays, torch: Any, layout: Any) -> Call:
    """Return PyTorch's call; for a gradient the function that its autograd would call."""

    def turned(array: Array, *axes: int) -> Any:
        return torch.from_numpy(array).permute(*axes).contiguous(memory_format=layout)

    x, grad = turned(arrays.x, 0, 3, 1, 2), turned(arrays.grad, 0, 3, 1, 2)
    weight, bias = turned(arrays.weight, 3, 2, 0, 1), torch.from_numpy(arrays.bias)
    sizes = [[layer.stride] * 2, [(layer.kernel - 1) // 2] * 2, [1, 1]]
    if operation == "forward":
        call = torch.nn.functional.conv2d
        arguments = [x, weight, bias, *sizes, layer.groups]
    else:
        call = torch.ops.aten.convolution_backward
        mask = [operation == name for name in ("input_grad", "weight_grad", "bias_grad")]
        arguments = [grad, x, weight, None, *sizes, False, [0, 0], layer.groups, mask]
    return lambda: call(*arguments)


def _error(calls: dict[str, Call]) -> float:
    """Return our largest difference from NumPy's result, to its largest element."""
    right = calls["NumPy"]()
    return float(np.abs(calls["convstep"]() - right).max() / np.abs(right).max())


def _seconds(calls: dict[str, Call]) -> dict[str, float]:
    """Time the calls in turns; the better of PyTorch's layouts stands for it."""
    bursts = [{name: burst(call) for name, call in calls.items()} for _ in range(2)]
    best: dict[str, float] = {}
    for name in calls:
        side = name.split()[0]
        best[side] = min(best.get(side, math.inf), *(one[name] for one in bursts))
    return best
