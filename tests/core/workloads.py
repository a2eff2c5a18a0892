"""Calls that together reach every compiled body and every algorithm, with work for threads."""

import hashlib

import numpy as np

import convstep as cs
from convstep.ops import elementwise
from convstep.ops.norm import batch_norm_train, batch_norm_train_backward

CONVOLUTIONS = {  # x, weight, options
    "3x3": ((2, 20, 20, 32), (3, 3, 32, 48), {"padding": 1}),
    "3x3, few tiles": ((1, 7, 7, 96), (3, 3, 96, 64), {"padding": 1}),
    "3x3, odd channels": ((2, 13, 11, 21), (3, 3, 21, 37), {"padding": ((1, 0), (2, 1))}),
    "1x1": ((2, 14, 14, 100), (1, 1, 100, 130), {}),
    "strided": ((2, 15, 17, 24), (3, 3, 24, 40), {"padding": "same", "stride": 2}),
    "few channels": ((2, 40, 40, 3), (7, 7, 3, 16), {"padding": 3, "stride": 2}),
    "few outputs": ((4, 28, 28, 1), (5, 5, 1, 6), {}),
    "row of a signal": ((8, 1, 300, 4), (1, 9, 4, 8), {"padding": (0, 4)}),
    "dilated": ((2, 16, 16, 20), (3, 3, 20, 20), {"padding": 2, "dilation": 2}),
    "depthwise": ((2, 24, 24, 36), (3, 3, 1, 36), {"padding": 1, "groups": 36}),
    "depthwise, twice": ((2, 14, 14, 20), (5, 5, 1, 40), {"padding": 2, "groups": 20, "stride": 2}),
    "grouped": ((2, 14, 14, 32), (3, 3, 4, 32), {"padding": 1, "groups": 8}),
}
POOLINGS = {  # x, kernel, options
    "2x2": ((4, 32, 32, 24), 2, {}),
    "overlapping": ((2, 33, 31, 20), 3, {"stride": 2, "padding": 1}),
    "hanging over": ((2, 23, 23, 7), (3, 2), {"stride": 2, "ceil_mode": True}),
}


def _normal(rng, shape, dtype):
    return rng.standard_normal(shape).astype(dtype)


def convolutions(dtype, seed=0):
    """Yield (name, arrays): the results of each convolution, and of its backward."""
    for name, (x_shape, weight_shape, options) in CONVOLUTIONS.items():
        rng = np.random.default_rng(seed)
        x, weight = _normal(rng, x_shape, dtype), _normal(rng, weight_shape, dtype)
        bias = _normal(rng, weight_shape[3], dtype)
        y = cs.ops.conv2d(x, weight, bias, activation="relu", **options)
        yield name, (y, *cs.ops.conv2d_backward(y, x, weight, **options))


def others(dtype, seed=0):
    """Yield (name, arrays) for pooling, dense layers, normalization and activations."""
    for name, (shape, kernel, options) in POOLINGS.items():
        x = np.random.default_rng(seed).integers(-9, 9, shape).astype(dtype)  # with ties
        y = cs.ops.max_pool2d(x, kernel, **options)
        back = [
            cs.ops.max_pool2d_backward(y, x, kernel, ties=ties, **options)
            for ties in ("first", "all", "split")
        ]
        yield f"maximum, {name}", (y, *back)
        y = cs.ops.avg_pool2d(x, kernel, **options)
        yield f"average, {name}", (y, cs.ops.avg_pool2d_backward(y, x.shape, kernel, **options))
    rng = np.random.default_rng(seed)
    x = _normal(rng, (8, 20, 20, 30), dtype)
    yield "global average", (cs.ops.global_avg_pool2d(x),)
    scale, shift = _normal(rng, (2, 30), dtype)
    y, mean, variance = batch_norm_train(x, scale, shift, 1e-5, "relu6")
    back = batch_norm_train_backward(x, x, None, scale, mean, variance, 1e-5, "relu6", bias=shift)
    yield "batch norm", (y, mean, variance, *back)
    yield "sum", (elementwise.add(x, y, "relu"),)
    for activation in ("relu", "relu6", "leaky_relu", "sigmoid", "tanh"):
        y = getattr(cs.ops, activation)(x)
        yield activation, (y, getattr(cs.ops, f"{activation}_backward")(x, y))
    rows, weight = _normal(rng, (64, 300), dtype), _normal(rng, (300, 70), dtype)
    y = cs.ops.dense(rows, weight)
    yield "dense", (y, *cs.ops.dense_backward(y, rows, weight))


def digest(results):
    """Return one text that changes with any bit of any result."""
    total = hashlib.sha256()
    for name, arrays in results:
        total.update(name.encode())
        for array in arrays:
            if array is not None:
                total.update(np.ascontiguousarray(array).tobytes())
    return total.hexdigest()


def everything():
    """Return the digest of every workload in both types."""
    return " ".join(
        digest(results(dtype))
        for dtype in (np.float32, np.float64)
        for results in (convolutions, others)
    )


if __name__ == "__main__":
    print(everything())
