"""The portable bodies: NumPy, vectorised over everything but the window's positions.

They get clean arguments in one dtype (the public functions of `convstep.ops` see to that) and
do nothing but arithmetic. Each walks over the positions (i, j) of the window, and meets all
outputs at once there: the bridge between the loops of `convstep.loops` and the kernels.
"""

from collections.abc import Callable
from typing import Any

from convstep.ops.portable import (
    activation,
    conv,
    dense,
    elementwise,
    gates,
    norm,
    pad,
    pool,
    upsample,
)

BODIES: dict[str, Callable[..., Any]] = {
    body.__name__: body
    for body in (
        conv.conv2d,
        conv.conv2d_input_grad,
        conv.conv2d_weight_grad,
        conv.conv2d_bias_grad,
        pool.max_pool2d,
        pool.max_pool2d_backward,
        pool.max_pool2d_with_index,
        pool.max_pool2d_index_backward,
        pool.avg_pool2d,
        pool.avg_pool2d_backward,
        pad.pad2d,
        pad.pad2d_backward,
        dense.dense,
        dense.dense_input_grad,
        dense.dense_weight_grad,
        dense.dense_bias_grad,
        norm.batch_norm,
        norm.batch_statistics,
        norm.batch_norm_backward,
        norm.batch_norm_train,
        norm.batch_norm_train_backward,
        activation.relu,
        activation.relu_backward,
        activation.relu6,
        activation.relu6_backward,
        activation.leaky_relu,
        activation.leaky_relu_backward,
        activation.sigmoid,
        activation.sigmoid_backward,
        activation.tanh,
        activation.tanh_backward,
        activation.softmax,
        activation.softmax_backward,
        activation.log_softmax,
        activation.log_softmax_backward,
        gates.hard_swish,
        gates.hard_swish_backward,
        gates.silu,
        gates.silu_backward,
        gates.gelu,
        gates.gelu_backward,
        upsample.upsample_nearest2d,
        upsample.upsample_nearest2d_backward,
        elementwise.add,
        elementwise.accumulate,
        elementwise.sgd_update,
        elementwise.adam_update,
    )
}
