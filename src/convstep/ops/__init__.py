"""The general operations on arrays: convolution, pooling and what networks need around them.

Images are (N, H, W, C), filters (kernel_height, kernel_width, in_channels / groups,
out_channels). Every operation has a ``..._backward``. Here arguments are checked, sizes worked
out and the body chosen; the arithmetic is in `portable` and in the compiled core.
"""

from convstep.ops.activation import (
    leaky_relu,
    leaky_relu_backward,
    log_softmax,
    log_softmax_backward,
    relu,
    relu6,
    relu6_backward,
    relu_backward,
    sigmoid,
    sigmoid_backward,
    softmax,
    softmax_backward,
    tanh,
    tanh_backward,
)
from convstep.ops.conv import ConvGrads, conv2d, conv2d_backward
from convstep.ops.conv_transpose import conv_transpose2d, conv_transpose2d_backward
from convstep.ops.dense import DenseGrads, dense, dense_backward
from convstep.ops.gates import (
    gelu,
    gelu_backward,
    hard_swish,
    hard_swish_backward,
    silu,
    silu_backward,
)
from convstep.ops.norm import NormGrads, batch_norm, batch_norm_backward, batch_statistics
from convstep.ops.pad import pad2d, pad2d_backward
from convstep.ops.pool import (
    avg_pool2d,
    avg_pool2d_backward,
    global_avg_pool2d,
    global_avg_pool2d_backward,
    max_pool2d,
    max_pool2d_backward,
)
from convstep.ops.upsample import upsample_nearest2d, upsample_nearest2d_backward

__all__ = [
    "ConvGrads",
    "DenseGrads",
    "NormGrads",
    "avg_pool2d",
    "avg_pool2d_backward",
    "batch_norm",
    "batch_norm_backward",
    "batch_statistics",
    "conv2d",
    "conv2d_backward",
    "conv_transpose2d",
    "conv_transpose2d_backward",
    "dense",
    "dense_backward",
    "gelu",
    "gelu_backward",
    "global_avg_pool2d",
    "global_avg_pool2d_backward",
    "hard_swish",
    "hard_swish_backward",
    "leaky_relu",
    "leaky_relu_backward",
    "log_softmax",
    "log_softmax_backward",
    "max_pool2d",
    "max_pool2d_backward",
    "pad2d",
    "pad2d_backward",
    "relu",
    "relu6",
    "relu6_backward",
    "relu_backward",
    "sigmoid",
    "sigmoid_backward",
    "silu",
    "silu_backward",
    "softmax",
    "softmax_backward",
    "tanh",
    "tanh_backward",
    "upsample_nearest2d",
    "upsample_nearest2d_backward",
]
