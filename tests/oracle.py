"""Convolution and pooling from their definitions: one output cell after the other.

Slow, written without a look at the package, and the truth for what PyTorch does not have:
asymmetric padding with ceil mode, dilated averages, tie rules, NaN.
"""

import itertools
import math

import numpy as np


def named_padding(name, size, kernel, stride, dilation):
    """The padding that ONNX (SAME_UPPER, SAME_LOWER) and TensorFlow define, ((t, b), (l, r))."""
    pads = []
    for length, k, s, d in zip(size, kernel, stride, dilation, strict=True):
        outputs = math.ceil(length / s)
        total = max((outputs - 1) * s + ((k - 1) * d + 1) - length, 0)
        smaller, larger = total // 2, math.ceil(total / 2)
        pads.append({"same": (smaller, larger), "same_lower": (larger, smaller)}[name])
    return tuple(pads)


def positions(size, kernel, stride, pads, dilation, ceil_mode=False):
    """Where windows start along one axis, counted from the first real cell."""
    reach = (kernel - 1) * dilation + 1
    starts = []
    start = -pads[0]
    while start + reach <= size + pads[1]:
        starts.append(start)
        start += stride
    rest = starts and starts[-1] + reach < size + pads[1]
    if ceil_mode and rest and start < size:
        starts.append(start)
    return starts


def windows(size, kernel, stride, pads, dilation, ceil_mode=False):
    """For each output cell: (oh, ow) and its taps (i, j, row, column), real or not."""
    rows, columns = (
        positions(size[a], kernel[a], stride[a], pads[a], dilation[a], ceil_mode) for a in (0, 1)
    )
    for (oh, top), (ow, left) in itertools.product(enumerate(rows), enumerate(columns)):
        yield (
            (oh, ow),
            [
                (i, j, top + i * dilation[0], left + j * dilation[1])
                for i, j in itertools.product(range(kernel[0]), range(kernel[1]))
            ],
        )


def out_size(size, kernel, stride, pads, dilation, ceil_mode=False):
    return tuple(
        len(positions(size[a], kernel[a], stride[a], pads[a], dilation[a], ceil_mode))
        for a in (0, 1)
    )


def inside(size, row, column, pads=((0, 0), (0, 0))):
    (top, bottom), (left, right) = pads
    return -top <= row < size[0] + bottom and -left <= column < size[1] + right


def conv2d(x, weight, stride, pads, dilation, groups):
    """y, and a function that takes y's gradient to those of x and weight."""
    n, size, channels = x.shape[0], x.shape[1:3], x.shape[3]
    kernel, each, out_channels = weight.shape[:2], weight.shape[2], weight.shape[3]
    assert each * groups == channels
    geometry = (size, kernel, stride, pads, dilation)
    y = np.zeros((n, *out_size(*geometry), out_channels), x.dtype)

    def products():
        for (oh, ow), taps in windows(*geometry):
            for i, j, row, column in taps:
                if inside(size, row, column):
                    for o in range(out_channels):
                        first = o // (out_channels // groups) * each
                        yield oh, ow, o, i, j, row, column, slice(first, first + each)

    for oh, ow, o, i, j, row, column, group in products():
        y[:, oh, ow, o] += (x[:, row, column, group] * weight[i, j, :, o]).sum(axis=1)

    def backward(grad):
        dx, dweight = np.zeros_like(x), np.zeros_like(weight)
        for oh, ow, o, i, j, row, column, group in products():
            dx[:, row, column, group] += np.multiply.outer(grad[:, oh, ow, o], weight[i, j, :, o])
            dweight[i, j, :, o] += grad[:, oh, ow, o] @ x[:, row, column, group]
        return dx, dweight

    return y, backward


def max_pool2d(x, geometry, ceil_mode):
    """y, and a function (grad, ties) -> dx. A NaN is the largest, and equals a NaN."""
    size = x.shape[1:3]
    y = np.zeros((len(x), *out_size(size, *geometry, ceil_mode), x.shape[3]), x.dtype)
    winners = {}
    for (oh, ow), taps in windows(size, *geometry, ceil_mode):
        cells = [(row, column) for _, _, row, column in taps if inside(size, row, column)]
        for n, c in itertools.product(range(len(x)), range(x.shape[3])):
            values = [x[n, row, column, c] for row, column in cells]
            nans = [cell for cell, value in zip(cells, values, strict=True) if value != value]
            y[n, oh, ow, c] = np.nan if nans else max(values)
            winners[n, oh, ow, c] = nans or [
                cell for cell, value in zip(cells, values, strict=True) if value == max(values)
            ]

    def backward(grad, ties):
        dx = np.zeros(x.shape, grad.dtype)
        for (n, oh, ow, c), cells in winners.items():
            share = grad[n, oh, ow, c] / (len(cells) if ties == "split" else 1)
            for row, column in cells[:1] if ties == "first" else cells:
                dx[n, row, column, c] += share
        return dx

    return y, backward


def avg_pool2d(x, geometry, ceil_mode, count_include_pad):
    """y, and a function grad -> dx."""
    size, pads = x.shape[1:3], geometry[2]
    y = np.zeros((len(x), *out_size(size, *geometry, ceil_mode), x.shape[3]), x.dtype)
    shares = {}
    for (oh, ow), taps in windows(size, *geometry, ceil_mode):
        cells = [(row, column) for _, _, row, column in taps if inside(size, row, column)]
        counted = [
            inside(size, r, c, pads if count_include_pad else ((0, 0), (0, 0)))
            for _, _, r, c in taps
        ]
        shares[oh, ow] = (sum(counted), cells)
        y[:, oh, ow] = sum(x[:, row, column] for row, column in cells) / sum(counted)

    def backward(grad):
        dx = np.zeros(x.shape, grad.dtype)
        for (oh, ow), (count, cells) in shares.items():
            for row, column in cells:
                dx[:, row, column] += grad[:, oh, ow] / count
        return dx

    return y, backward
