"""The same work by other libraries, each in its best form; imported only when they are asked for.

Each function returns calls by name ("torch", or "torch channels_last" for a variant), with a
function that turns a call's result into our layout. None where the library cannot do the work.
"""

import importlib.util
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from typing import Any, NamedTuple

import numpy as np

from benchmarks.problem import Array, Arrays
from benchmarks.shapes import Case


class Contestant(NamedTuple):
    """One way to do the work."""

    call: Callable[[], Any]
    result: Callable[[Any], Array]


Contestants = dict[str, Contestant]


def installed(names: str) -> list[str]:
    """Return those of the names, parted by commas, that we know and that are there."""
    known = [name for name in names.split(",") if name in ("torch", "onnxruntime", "scipy")]
    return [name for name in known if importlib.util.find_spec(name)]


@contextmanager
def without_autograd(names: list[str]) -> Iterator[None]:
    """Keep PyTorch, where it takes part, from its bookkeeping for gradients."""
    if "torch" not in names:
        yield
        return
    import torch

    with torch.inference_mode():
        yield


def opponents(names: list[str], case: Case, operation: str, a: Arrays,
              threads: int) -> Contestants:  # fmt: skip
    """Return all that the named libraries offer for this work."""
    makers = {"torch": torch, "onnxruntime": onnxruntime, "scipy": scipy}
    found: Contestants = {}
    for name in names:
        found |= makers[name](case, operation, a, threads)
    return found


def torch(case: Case, operation: str, a: Arrays, threads: int) -> Contestants:
    """PyTorch in both of its layouts.

    Gradients come from the function that its autograd calls, asked for one of them.
    """
    import torch

    torch.set_num_threads(threads)
    found = {}
    for name, layout in (
        ("torch contiguous", torch.contiguous_format),
        ("torch channels_last", torch.channels_last),
    ):

        def images(array: Array, layout: Any = layout) -> Any:
            return torch.from_numpy(array).permute(0, 3, 1, 2).contiguous(memory_format=layout)

        def filters(array: Array, layout: Any = layout) -> Any:
            return torch.from_numpy(array).permute(3, 2, 0, 1).contiguous(memory_format=layout)

        x, grad = images(a.x), images(a.grad)
        if case.pooling:
            call = _torch_pooling(case, operation, x, grad)
        else:
            weight, bias = filters(a.weight), torch.from_numpy(a.bias)
            call = _torch_conv(case, operation, x, weight, bias, grad)
        order = (2, 3, 1, 0) if operation == "weight_grad" else (0, 2, 3, 1)
        found[name] = Contestant(call, partial(_from_torch, order))
    return found


def _from_torch(order: tuple[int, ...], result: Any) -> Array:
    y: Array = result.permute(*order).numpy()
    return y


def _torch_conv(case: Case, operation: str, x: Any, weight: Any, bias: Any,
                grad: Any) -> Callable[[], Any]:  # fmt: skip
    import torch

    transposed = case.kind == "transposed"
    stride, padding, dilation = list(case.stride), list(case.padding), list(case.dilation)
    groups = case.groups
    if operation == "forward" and transposed:
        return lambda: torch.nn.functional.conv_transpose2d(
            x, weight, bias, stride, padding, 0, groups, dilation
        )
    if operation == "forward":
        return lambda: torch.nn.functional.conv2d(
            x, weight, bias, stride, padding, dilation, groups
        )
    backward = torch.ops.aten.convolution_backward
    which = 0 if operation == "input_grad" else 1
    mask = [which == 0, which == 1, False]
    return lambda: backward(
        grad, x, weight, [case.out_channels], stride, padding, dilation,
        transposed, [0, 0], groups, mask,
    )[which]  # fmt: skip


def _torch_pooling(case: Case, operation: str, x: Any, grad: Any) -> Callable[[], Any]:
    import torch

    functional, aten = torch.nn.functional, torch.ops.aten
    kernel, stride, padding = list(case.kernel), list(case.stride), list(case.padding)
    if case.kind == "average":
        if operation == "forward":
            return lambda: functional.avg_pool2d(x, kernel, stride, padding, False, False)
        return lambda: aten.avg_pool2d_backward(
            grad, x, kernel, stride, padding, False, False, None
        )
    if operation == "forward":
        return lambda: functional.max_pool2d(x, kernel, stride, padding)
    if operation == "forward_index":
        return lambda: aten.max_pool2d_with_indices(x, kernel, stride, padding)[0]
    index = aten.max_pool2d_with_indices(x, kernel, stride, padding)[1]
    return lambda: aten.max_pool2d_with_indices_backward(
        grad, x, kernel, stride, padding, [1, 1], False, index
    )


def onnxruntime(case: Case, operation: str, a: Arrays, threads: int) -> Contestants:
    """ONNX Runtime's forward: one node, with and without its blocked layout (level "all").

    Its results stay in its own memory: nothing is copied to NumPy.
    """
    if operation != "forward" or (case.multiply_adds and a.x.dtype != np.float32):
        return {}
    import onnxruntime as ort  # type: ignore[import-untyped]

    ort.set_default_logger_severity(3)
    x = ort.OrtValue.ortvalue_from_numpy(np.ascontiguousarray(a.x.transpose(0, 3, 1, 2)))
    model = _onnx_model(case, a)
    found = {}
    for name, level in (
        ("onnxruntime all", ort.GraphOptimizationLevel.ORT_ENABLE_ALL),
        ("onnxruntime extended", ort.GraphOptimizationLevel.ORT_ENABLE_EXTENDED),
    ):
        options = ort.SessionOptions()
        options.intra_op_num_threads, options.inter_op_num_threads = threads, 1
        options.graph_optimization_level = level
        session = ort.InferenceSession(model, options, providers=["CPUExecutionProvider"])
        found[name] = Contestant(
            partial(session.run_with_ort_values, None, {"x": x}),
            lambda result: result[0].numpy().transpose(0, 2, 3, 1),
        )
    return found


def _onnx_model(case: Case, a: Arrays) -> bytes:
    from onnx import TensorProto, helper, numpy_helper

    options: dict[str, Any] = {
        "kernel_shape": case.kernel, "strides": case.stride, "pads": 2 * case.padding,
    }  # fmt: skip
    kinds = {"conv": "Conv", "transposed": "ConvTranspose", "max": "MaxPool",
             "average": "AveragePool"}  # fmt: skip
    names, constants = ["x"], []
    if not case.pooling:
        options |= {"dilations": case.dilation, "group": case.groups}
        names += ["weight", "bias"]
        weight = np.ascontiguousarray(a.weight.transpose(3, 2, 0, 1))
        constants = [numpy_helper.from_array(weight, "weight"),
                     numpy_helper.from_array(a.bias, "bias")]  # fmt: skip
    batch, height, width, channels = case.x
    kind = TensorProto.FLOAT if a.x.dtype == np.float32 else TensorProto.DOUBLE
    graph = helper.make_graph(
        [helper.make_node(kinds[case.kind], names, ["y"], **options)],
        "case",
        [helper.make_tensor_value_info("x", kind, (batch, channels, height, width))],
        [helper.make_tensor_value_info("y", kind, None)],
        constants,
    )
    opset = [helper.make_opsetid("", 17)]
    model: bytes = helper.make_model(graph, opset_imports=opset, ir_version=8).SerializeToString()
    return model


def scipy(case: Case, operation: str, a: Arrays, threads: int) -> Contestants:
    """SciPy's filters: one image, one channel, one filter."""
    single = (case.x[0], case.x[3], case.out_channels) == (1, 1, 1)
    plain = case.kind == "conv" and case.stride == case.dilation == (1, 1)
    if operation != "forward" or not single or not plain:
        return {}
    from scipy import ndimage, signal  # type: ignore[import-untyped]

    image, kernel = a.x[0, :, :, 0], a.weight[:, :, 0, 0]
    padded = np.pad(image, [(p, p) for p in case.padding])
    height, width = case.out

    def correlate(method: str) -> Callable[[], Any]:
        return lambda: signal.correlate(padded, kernel, "valid", method) + a.bias

    def filtered() -> Any:
        whole = ndimage.correlate(padded, kernel, mode="constant")
        return whole[kernel.shape[0] // 2 :, kernel.shape[1] // 2 :][:height, :width] + a.bias

    def result(y: Array) -> Array:
        return y.reshape(1, height, width, 1)

    return {
        "scipy signal direct": Contestant(correlate("direct"), result),
        "scipy signal fft": Contestant(correlate("fft"), result),
        "scipy ndimage": Contestant(filtered, result),
    }
