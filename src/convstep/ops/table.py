"""The table of operations: one row for each, with its two functions and its bodies.

Tests, benchmarks and reference pages go through this table. To add an operation: write the
public pair, a portable body (in `portable.BODIES`), and a row here; the tests say what is missing.
"""

from collections.abc import Callable
from typing import Any, NamedTuple

from convstep import ops
from convstep.ops.elementwise import add, add_backward
from convstep.ops.norm import batch_norm_train, batch_norm_train_backward
from convstep.ops.pool import max_pool2d_index_backward, max_pool2d_with_index


class Operation(NamedTuple):
    """A public function, its backward, and the names of the bodies that they run."""

    forward: Callable[..., Any]
    backward: Callable[..., Any]
    bodies: tuple[str, ...]

    @property
    def name(self) -> str:
        """The name of the public function."""
        return self.forward.__name__


_CONV = ("conv2d", "conv2d_input_grad", "conv2d_weight_grad", "conv2d_bias_grad")
_AVERAGE = ("avg_pool2d", "avg_pool2d_backward")

OPERATIONS = (
    Operation(ops.conv2d, ops.conv2d_backward, _CONV),
    Operation(ops.conv_transpose2d, ops.conv_transpose2d_backward, _CONV),
    Operation(ops.max_pool2d, ops.max_pool2d_backward, ("max_pool2d", "max_pool2d_backward")),
    Operation(
        max_pool2d_with_index,
        max_pool2d_index_backward,
        ("max_pool2d_with_index", "max_pool2d_index_backward"),
    ),
    Operation(ops.avg_pool2d, ops.avg_pool2d_backward, _AVERAGE),
    Operation(ops.global_avg_pool2d, ops.global_avg_pool2d_backward, _AVERAGE),
    Operation(ops.pad2d, ops.pad2d_backward, ("pad2d", "pad2d_backward")),
    Operation(
        ops.dense,
        ops.dense_backward,
        ("dense", "dense_input_grad", "dense_weight_grad", "dense_bias_grad"),
    ),
    Operation(
        ops.batch_norm,
        ops.batch_norm_backward,
        ("batch_norm", "batch_norm_backward", "batch_statistics"),
    ),
    Operation(
        batch_norm_train,
        batch_norm_train_backward,
        ("batch_norm_train", "batch_norm_train_backward"),
    ),
    Operation(add, add_backward, ("add",)),
    Operation(ops.relu, ops.relu_backward, ("relu", "relu_backward")),
    Operation(ops.relu6, ops.relu6_backward, ("relu6", "relu6_backward")),
    Operation(
        ops.leaky_relu,
        ops.leaky_relu_backward,
        ("leaky_relu", "leaky_relu_backward"),
    ),
    Operation(ops.sigmoid, ops.sigmoid_backward, ("sigmoid", "sigmoid_backward")),
    Operation(ops.tanh, ops.tanh_backward, ("tanh", "tanh_backward")),
    Operation(ops.hard_swish, ops.hard_swish_backward, ("hard_swish", "hard_swish_backward")),
    Operation(ops.silu, ops.silu_backward, ("silu", "silu_backward")),
    Operation(ops.gelu, ops.gelu_backward, ("gelu", "gelu_backward")),
    Operation(
        ops.upsample_nearest2d,
        ops.upsample_nearest2d_backward,
        ("upsample_nearest2d", "upsample_nearest2d_backward"),
    ),
    Operation(ops.softmax, ops.softmax_backward, ("softmax", "softmax_backward")),
    Operation(
        ops.log_softmax,
        ops.log_softmax_backward,
        ("log_softmax", "log_softmax_backward"),
    ),
)

IN_PLACE = ("accumulate", "sgd_update", "adam_update")  # bodies that change an array, of no pair
