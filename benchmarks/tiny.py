"""Latency: what a call costs beside its arithmetic, in microseconds, on one thread.

kernel    the compiled function with arrays that are ready
public    cs.ops: checks, sizes, choice of body, the result's memory
taught    cs.conv_forward and so on, where the lesson has the case; back, it makes all gradients
portable  the public call by NumPy
torch     PyTorch's better layout, without autograd

example: python -m benchmarks.tiny
"""

import argparse
from collections.abc import Callable
from typing import Any

import convstep as cs
from benchmarks import problem
from benchmarks.opponents import installed, opponents, without_autograd
from benchmarks.race import race, typical
from benchmarks.shapes import Case, select
from convstep.ops.compiled import core


class Recorder:
    """Stands for the compiled module, and notes the last call."""

    def __init__(self, module: Any) -> None:
        self.module = module
        self.last: list[Any] = []  # name, arguments

    def __getattr__(self, name: str) -> Any:
        def call(*arguments: Any) -> Any:
            self.last = [name, arguments]
            return getattr(self.module, name)(*arguments)

        return call


def kernel_call(public: Callable[[], Any]) -> Callable[[], Any] | None:
    """Return the call that a public function makes to the compiled core; None if it makes none."""
    module: Any = core.kernels
    recorder: Any = Recorder(module)
    core.kernels = recorder
    core.core.cache_clear()
    public()
    core.kernels = module
    core.core.cache_clear()
    if not recorder.last:
        return None
    name, arguments = recorder.last
    function = getattr(module, name)
    return lambda: function(*arguments)


def portable(call: Callable[[], Any]) -> Callable[[], Any]:
    """Run a call on the portable bodies."""

    def inside() -> Any:
        with cs.use_backend("portable"):
            return call()

    return inside


def taught(case: Case, operation: str, a: problem.Arrays) -> Callable[[], Any] | None:
    """Return the call of the taught function, None where there is none."""
    f, stride, pad = case.kernel[0], case.stride[0], case.padding[0]
    square = all(each[0] == each[1] for each in (case.kernel, case.stride, case.padding))
    if not square or case.dilation != (1, 1):
        return None
    if case.pooling:
        mode, hparameters = case.kind, {"f": f, "stride": stride}
        if pad:
            return None
        if operation == "forward":
            return lambda: cs.pool_forward(a.x, hparameters, mode)
        pooled = cs.pool_forward(a.x, hparameters, mode)[1]
        back = {"max": "input_grad_from_x", "average": "input_grad"}[mode]
        return (lambda: cs.pool_backward(a.grad, pooled, mode)) if operation == back else None
    if case.kind != "conv" or case.groups != 1:
        return None
    options, bias = {"stride": stride, "pad": pad}, a.bias.reshape(1, 1, 1, -1)
    if operation == "forward":
        return lambda: cs.conv_forward(a.x, a.weight, bias, options)
    cache = cs.conv_forward(a.x, a.weight, bias, options)[1]
    return lambda: cs.conv_backward(a.grad, cache)


def latencies(case: Case, operation: str, rounds: int) -> dict[str, float]:
    """Time one; microseconds by contestant, the better of PyTorch's layouts."""
    a = problem.arrays(case, "float32")
    public = problem.ours(case, operation, a)
    kernel = kernel_call(public)
    lesson = taught(case, operation, a)
    calls = {"public": public, "portable": portable(public)}
    calls |= {"kernel": kernel} if kernel else {}
    calls |= {"taught": lesson} if lesson else {}
    others = opponents(installed("torch"), case, operation, a, 1)
    with without_autograd(installed("torch")):
        times = race(calls | {name: other.call for name, other in others.items()}, rounds)
    medians = {name: 1e6 * typical(found) for name, found in times.items()}
    layouts = [medians.pop(name) for name in others]
    return medians | ({"torch": min(layouts)} if layouts else {})


def main() -> None:
    """Print a Markdown table."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.tiny", description=__doc__)
    parser.add_argument("--held-out", action="store_true", help="those too")
    parser.add_argument("--repeats", type=int, default=3)
    args = parser.parse_args()
    cs.set_num_threads(1)
    print("## Latency of calls on tiny arrays, in µs\n\n1 thread, float32.\n")
    print("| case | operation | kernel | public | taught | portable | torch | torch / public |")
    print("|---|---|---:|---:|---:|---:|---:|---:|")
    for case in select(families=["tiny"]):
        if case.held_out and not args.held_out:
            continue
        for operation in problem.operations(case):
            found = latencies(case, operation, args.repeats)
            columns = ("kernel", "public", "taught", "portable", "torch")
            cells = [f"{found[name]:.1f}" if name in found else "-" for name in columns]
            ratio = f"{found['torch'] / found['public']:.1f}" if "torch" in found else "-"
            row = [case.name, operation, *cells, ratio]
            print(f"| {' | '.join(row)} |", flush=True)
    print()


if __name__ == "__main__":
    main()
