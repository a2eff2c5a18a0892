"""The same network in PyTorch: the modules that a user of PyTorch would write, with our weights.

A graph's nodes become `torch.nn` modules, called in order. Images are (N, C, H, W) there, so a
dense layer after `Flatten` has its rows in the order of (C, H, W).
"""

from collections.abc import Callable
from typing import Any

import torch
from torch import nn as tnn

from convstep import nn
from convstep.graph import Graph
from convstep.nn.layer import Arrays, ArraySpec, Layer

ACTIVATIONS: dict[str, Callable[[], tnn.Module]] = {
    "relu": lambda: tnn.ReLU(inplace=True),
    "relu6": lambda: tnn.ReLU6(inplace=True),
    "sigmoid": tnn.Sigmoid,
    "tanh": tnn.Tanh,
}


class Twin(tnn.Module):
    """A graph of ours as a module of PyTorch's."""

    def __init__(self, graph: Graph, params: Arrays, spec: ArraySpec) -> None:
        super().__init__()
        self.inputs, self.output = graph.inputs, graph.output
        self.steps: list[tuple[str, tuple[str, ...], str]] = []
        self.layers = tnn.ModuleDict()
        image: tuple[int, ...] = ()
        for node, given, _ in graph.node_specs(spec):
            own = {
                name.removeprefix(f"{node.name}."): torch.from_numpy(array.copy())
                for name, array in params.items()
                if name.startswith(f"{node.name}.")
            }
            self.layers[node.name] = _module(node.layer, own, given, image)
            self.steps.append((node.name, node.inputs, node.name))
            if isinstance(node.layer, nn.Flatten):
                image = given[0].shape if len(given[0].shape) == 3 else ()
            elif not isinstance(node.layer, nn.Dropout):
                image = ()

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """Run the nodes in order."""
        values = {self.inputs[0]: x}
        for name, inputs, layer in self.steps:
            values[name] = self.layers[layer](*(values[each] for each in inputs))
        return values[self.output]


class _Activated(tnn.Module):
    def __init__(self, layer: tnn.Module, activation: tnn.Module) -> None:
        super().__init__()
        self.layer, self.activation = layer, activation

    def forward(self, *x: torch.Tensor) -> torch.Tensor:
        return self.activation(self.layer(*x))


class _Sum(tnn.Module):
    def forward(self, *x: torch.Tensor) -> torch.Tensor:
        total = x[0] + x[1]
        for each in x[2:]:
            total = total + each
        return total


class _Mean(tnn.Module):
    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return x.mean((2, 3))


class _Shortcut(tnn.Module):
    """Every stride-th pixel, with channels of zeros around its own."""

    def __init__(self, stride: tuple[int, int], channels: int) -> None:
        super().__init__()
        self.stride, self.before, self.after = stride, channels // 2, channels - channels // 2

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        x = x[:, :, :: self.stride[0], :: self.stride[1]]
        return tnn.functional.pad(x, (0, 0, 0, 0, self.before, self.after))


class _Scaled(tnn.Module):
    """(x - mean) / std."""

    def __init__(self, mean: Any, std: Any) -> None:
        super().__init__()
        self.mean, self.std = mean, std

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return (x - self.mean) / self.std


def _module(layer: Layer, own: dict[str, Any], given: tuple[ArraySpec, ...],
            image: tuple[int, ...]) -> tnn.Module:  # fmt: skip
    if isinstance(layer, Graph):
        params = {name: array.numpy() for name, array in own.items()}
        return Twin(layer, params, given[0])
    made = _plain(layer, own, given[0].shape, image)
    activation = getattr(layer, "activation", None)
    return _Activated(made, ACTIVATIONS[activation]()) if activation else made


def _plain(layer: Any, own: dict[str, Any], shape: tuple[int, ...],
           image: tuple[int, ...]) -> tnn.Module:  # fmt: skip
    channels = shape[-1]
    match layer:
        case nn.DepthwiseConv2D():
            return _convolution(layer, own, channels, channels * layer.depth_multiplier, channels)
        case nn.Conv2D():
            return _convolution(layer, own, channels, layer.out_channels, layer.groups)
        case nn.Dense():
            weight = own["weight"]
            if image:  # rows in the order of (H, W, C) -> (C, H, W)
                weight = weight.reshape(*image, -1).permute(2, 0, 1, 3).reshape(weight.shape)
            linear = tnn.Linear(*weight.shape, bias=layer.bias, dtype=weight.dtype)
            return _filled(linear, weight.T, own)
        case nn.BatchNorm():
            dtype = own["weight"].dtype
            norm = tnn.BatchNorm2d(channels, layer.eps, layer.momentum, dtype=dtype)
            return _filled(norm, own["weight"], own)
        case nn.IdentityShortcut():
            return _Shortcut(layer.stride, layer.out_channels - channels)
        case nn.MaxPool2D():
            return tnn.MaxPool2d(layer.kernel_size, layer.stride, _sides(layer))
        case nn.AvgPool2D():
            return tnn.AvgPool2d(
                layer.kernel_size, layer.stride, _sides(layer), count_include_pad=False
            )
        case nn.GlobalAvgPool2D():
            return _Mean()
        case nn.Flatten():
            return tnn.Flatten()
        case nn.Dropout():
            return tnn.Dropout(layer.drop_probability)
        case nn.Add():
            return _Sum()
        case nn.ReLU():
            return tnn.ReLU()
        case nn.Normalize():
            return _Scaled(layer.mean, layer.std)
    raise TypeError(f"no twin for {layer}")


def _convolution(layer: Any, own: dict[str, Any], inputs: int, outputs: int,
                 groups: int) -> tnn.Module:  # fmt: skip
    weight = own["weight"]
    made = tnn.Conv2d(
        inputs, outputs, layer.kernel_size, layer.stride, _sides(layer, weight.shape[:2]),
        layer.dilation, groups, bias=layer.bias, dtype=weight.dtype,
    )  # fmt: skip
    return _filled(made, weight.permute(3, 2, 0, 1), own)


def _sides(layer: Any, kernel: Any = None) -> tuple[int, int]:
    if layer.padding == "same":
        if layer.stride != (1, 1) or any(size % 2 == 0 for size in kernel):
            raise TypeError(f'PyTorch has no "same" for {layer}')
        return kernel[0] // 2, kernel[1] // 2
    if layer.padding == "valid":
        return 0, 0
    (top, bottom), (left, right) = layer.padding
    if top != bottom or left != right:
        raise TypeError(f"PyTorch has no such padding: {layer}")
    return top, left


def _filled(module: tnn.Module, weight: Any, own: dict[str, Any]) -> tnn.Module:
    with torch.no_grad():
        module.weight.copy_(weight)
        if "bias" in own:
            module.bias.copy_(own["bias"])
    return module


def images(array: Any, layout: Any = torch.contiguous_format) -> torch.Tensor:
    """Return (N, H, W, C) as (N, C, H, W) in a layout of PyTorch's."""
    return torch.from_numpy(array).permute(0, 3, 1, 2).contiguous(memory_format=layout)
