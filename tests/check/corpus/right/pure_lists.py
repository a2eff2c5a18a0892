# expect: zero_pad = right; conv_single_step = note:returns_float; conv_forward = right; pool_forward = right; create_mask_from_window = right; distribute_value = right; pool_backward = right
# -*- coding: utf-8 -*-
# As little NumPy as possible: I wanted to understand what happens.
from math import fsum, prod
from statistics import mean

import numpy


def zero_pad(X, pad):
    padded = []
    for image in X.tolist():
        depth = len(image[0][0])
        width = len(image[0]) + 2 * pad
        rows = [[[0.0] * depth for _ in range(pad)] + row + [[0.0] * depth for _ in range(pad)] for row in image]
        border = lambda: [[[0.0] * depth for _ in range(width)] for _ in range(pad)]
        padded.append(border() + rows + border())
    return numpy.array(padded)


def _flatten(nested):
    if isinstance(nested, list):
        for inner in nested:
            yield from _flatten(inner)
    else:
        yield nested


def conv_single_step(a_slice_prev, W, b):
    products = [p * q for p, q in zip(_flatten(a_slice_prev.tolist()), _flatten(W.tolist()))]
    return fsum([*products, *_flatten(b.tolist())])


def conv_forward(A_prev, W, b, hparameters):
    stride, pad = hparameters["stride"], hparameters["pad"]
    f = len(W)
    images = zero_pad(A_prev, pad).tolist()
    weights, biases = W.tolist(), list(_flatten(b.tolist()))
    Z = []
    for image in images:
        H, V = len(image), len(image[0])
        Z.append([
            [
                [
                    biases[k] + fsum(
                        image[top + y][left + x][c] * weights[y][x][c][k]
                        for y in range(f) for x in range(f) for c in range(len(image[0][0]))
                    )
                    for k in range(len(biases))
                ]
                for left in range(0, V - f + 1, stride)
            ]
            for top in range(0, H - f + 1, stride)
        ])
    return numpy.array(Z), (A_prev, W, b, hparameters)


def pool_forward(A_prev, hparameters, mode="max"):
    f, stride = hparameters["f"], hparameters["stride"]
    combine = max if mode == "max" else mean
    A = [
        [
            [
                [combine([image[top + y][left + x][c] for y in range(f) for x in range(f)]) for c in range(len(image[0][0]))]
                for left in range(0, len(image[0]) - f + 1, stride)
            ]
            for top in range(0, len(image) - f + 1, stride)
        ]
        for image in A_prev.tolist()
    ]
    return numpy.array(A), (A_prev, hparameters)


def create_mask_from_window(x):
    top = max(map(max, x.tolist()))
    return numpy.array([[cell == top for cell in row] for row in x.tolist()])


def distribute_value(dz, shape):
    rows, columns = shape
    return numpy.array([[dz / prod(shape) for _ in range(columns)] for _ in range(rows)])


def pool_backward(dA, cache, mode="max"):
    A_prev, hparameters = cache
    f, stride = hparameters["f"], hparameters["stride"]
    image = A_prev.tolist()
    result = [[[[0.0 for _ in row_cell] for row_cell in row] for row in one] for one in image]
    for i, maps in enumerate(dA.tolist()):
        for h, row in enumerate(maps):
            for w, cell in enumerate(row):
                for c, gradient in enumerate(cell):
                    places = [(h * stride + y, w * stride + x) for y in range(f) for x in range(f)]
                    biggest = max(image[i][r][q][c] for r, q in places)
                    for r, q in places:
                        if mode == "average":
                            result[i][r][q][c] += gradient / len(places)
                        elif image[i][r][q][c] == biggest:
                            result[i][r][q][c] += gradient
    return numpy.array(result)
