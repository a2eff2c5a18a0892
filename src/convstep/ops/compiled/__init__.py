"""The compiled bodies: adapters from arrays to the kernels of `convstep._kernels`.

They have the portable bodies' names and signatures. Here results are allocated, and the instruction
set is chosen; the kernels only compute.
"""

from collections.abc import Callable
from typing import Any

from convstep.ops.compiled import conv, dense, elementwise, norm, pool
from convstep.ops.compiled.core import (
    DTYPES,
    available,
    refuse_force,
    select_target,
    target,
    targets,
    unavailable_reason,
)

__all__ = [
    "BODIES",
    "DTYPES",
    "available",
    "refuse_force",
    "select_target",
    "target",
    "targets",
    "unavailable_reason",
]

BODIES: dict[str, Callable[..., Any]] = {
    body.__name__: body
    for body in (
        conv.conv2d,
        conv.conv2d_input_grad,
        conv.conv2d_weight_grad,
        conv.conv2d_bias_grad,
        dense.dense,
        dense.dense_input_grad,
        dense.dense_weight_grad,
        dense.dense_bias_grad,
        pool.max_pool2d,
        pool.max_pool2d_backward,
        pool.max_pool2d_with_index,
        pool.max_pool2d_index_backward,
        pool.avg_pool2d,
        pool.avg_pool2d_backward,
        norm.batch_norm,
        norm.batch_statistics,
        norm.batch_norm_backward,
        norm.batch_norm_train,
        norm.batch_norm_train_backward,
        elementwise.relu,
        elementwise.relu_backward,
        elementwise.relu6,
        elementwise.relu6_backward,
        elementwise.leaky_relu,
        elementwise.leaky_relu_backward,
        elementwise.add,
        elementwise.accumulate,
        elementwise.sgd_update,
        elementwise.adam_update,
    )
}
