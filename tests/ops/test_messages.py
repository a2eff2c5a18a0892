"""Every bad argument of the general operations, and of the functions around them.

Each row is a call, the class of its error, and how the message begins: function, argument, rule,
what came.
"""

import numpy as np
import pytest

import convstep as cs
from convstep import ops
from convstep.errors import ArgumentError, ArgumentTypeError

VALUE, TYPE = ArgumentError, ArgumentTypeError

X = np.ones((2, 4, 5, 3))
K = np.ones((2, 2, 3, 6))
BANK = np.ones((2, 2, 4, 3))  # of a transposed convolution: 3 channels in, 4 out
Y = np.ones((2, 3, 4, 6))
V = np.ones(3)
F = np.ones((4, 3))

ROWS = [
    # conv2d
    (
        lambda: ops.conv2d(X[0], K),
        VALUE,
        "conv2d: x must have 4 axes (batch, height, width, channels); got 3 (shape (4, 5, 3)).",
    ),
    (
        lambda: ops.conv2d(X, K[0]),
        VALUE,
        "conv2d: weight must have 4 axes (height, width, in_channels / groups, out_channels); "
        "got 3 (shape (2, 3, 6)).",
    ),
    (
        lambda: ops.conv2d(X, np.ones((0, 2, 3, 6))),
        VALUE,
        "conv2d: weight must have a kernel of at least 1x1; got an array of float64 (shape "
        "(0, 2, 3, 6)).",
    ),
    (
        lambda: ops.conv2d(X, np.ones((2, 2, 4, 6))),
        VALUE,
        "conv2d: weight must have 3 input channels (axis 2) to match x; got 4 (shape (2, 2, "
        "4, 6)).",
    ),
    (
        lambda: ops.conv2d(X, K, groups=3),
        VALUE,
        "conv2d: weight must have 1 input channels (axis 2) to match x; got 3 (shape (2, 2, "
        "3, 6)). "
        "x has 3 channels in 3 groups.",
    ),
    (
        lambda: ops.conv2d(X, K, groups=2),
        VALUE,
        "conv2d: groups must divide the input and the output channels; "
        "got 2, for 3 input channels and 6 output channels.",
    ),
    (
        lambda: ops.conv2d(X, K, groups=0),
        VALUE,
        "conv2d: groups must be an integer of at least 1; got 0 (int).",
    ),
    (
        lambda: ops.conv2d(X, K, groups=1.0),
        TYPE,
        "conv2d: groups must be an integer of at least 1; got 1.0 (float).",
    ),
    (
        lambda: ops.conv2d(X, K, np.ones(5)),
        VALUE,
        "conv2d: bias must have one number per output channel: shape (6,); "
        "got an array of float64 (shape (5,)).",
    ),
    (
        lambda: ops.conv2d(X, K, np.ones((1, 1, 1, 6))),
        VALUE,
        "conv2d: bias must have 1 axis (output channels); got 4 (shape (1, 1, 1, 6)).",
    ),
    (
        lambda: ops.conv2d(X, K, stride=0),
        VALUE,
        "conv2d: stride must be an integer of at least 1; got 0 (int).",
    ),
    (
        lambda: ops.conv2d(X, K, stride=(1, 0)),
        VALUE,
        "conv2d: stride[1] must be an integer of at least 1; got 0 (int).",
    ),
    (
        lambda: ops.conv2d(X, K, stride=(1, 1, 1)),
        TYPE,
        "conv2d: stride must be an integer of at least 1 or a pair (height, width) of them; "
        "got (1, 1, 1) (tuple).",
    ),
    (
        lambda: ops.conv2d(X, K, stride=None),
        TYPE,
        "conv2d: stride must be an integer of at least 1 or a pair (height, width) of them; "
        "got None (NoneType).",
    ),
    (
        lambda: ops.conv2d(X, K, stride=True),
        TYPE,
        "conv2d: stride must be an integer of at least 1; got True (bool).",
    ),
    (
        lambda: ops.conv2d(X, K, stride=np.array([1.0, 1.0])),
        TYPE,
        "conv2d: stride[0] must be an integer of at least 1; got 1.0 (float).",
    ),
    (
        lambda: ops.conv2d(X, K, stride=np.array(2.5)),
        TYPE,
        "conv2d: stride must be an integer of at least 1 or a pair (height, width) of them; "
        "got 2.5 (float).",
    ),
    (
        lambda: ops.conv2d(X, K, dilation=-1),
        VALUE,
        "conv2d: dilation must be an integer of at least 1; got -1 (int).",
    ),
    (
        lambda: ops.conv2d(X, K, padding=-1),
        VALUE,
        "conv2d: padding must be an integer of at least 0; got -1 (int).",
    ),
    (
        lambda: ops.conv2d(X, K, padding=((0, 0), (0, -1))),
        VALUE,
        "conv2d: padding[1][1] must be an integer of at least 0; got -1 (int).",
    ),
    (
        lambda: ops.conv2d(X, K, padding=((0, 0), 1)),
        TYPE,
        "conv2d: padding must be ((top, bottom), (left, right)) when it is nested; got ((0, "
        "0), 1) (tuple).",
    ),
    (
        lambda: ops.conv2d(X, K, padding=(1, 1, 1, 1)),
        TYPE,
        "conv2d: padding must be an integer of at least 0 or a pair (height, width) of them; "
        "got (1, 1, 1, 1) (tuple).",
    ),
    (
        lambda: ops.conv2d(X, K, padding="SAME"),
        VALUE,
        "conv2d: padding must be numbers or one of 'same', 'same_lower', 'valid'; "
        "got 'SAME' (str). Did you mean 'same'?",
    ),
    (
        lambda: ops.conv2d(X, np.ones((5, 1, 3, 6))),
        VALUE,
        "conv2d: weight must fit into the padded input; "
        "got a window of 5x1 over a padded input of 4x5.",
    ),
    (
        lambda: ops.conv2d(X, K, dilation=(1, 5), padding=((0, 1), (0, 0))),
        VALUE,
        "conv2d: weight must fit into the padded input; got a window of 2x6 over a "
        "padded input of 5x5 "
        "(kernel 2x2, dilation 1x5).",
    ),
    (
        lambda: ops.conv2d(X, K, activation="ReLU"),
        VALUE,
        "conv2d: activation must be one of 'relu', 'relu6', 'leaky_relu', 'sigmoid', 'tanh'; "
        "got 'ReLU' (str). Did you mean 'relu'?",
    ),
    (
        lambda: ops.conv2d(X, K, activation=3),
        VALUE,
        "conv2d: activation must be one of 'relu', 'relu6', 'leaky_relu', 'sigmoid', 'tanh'; "
        "got 3 (int).",
    ),
    (
        lambda: ops.conv2d(1j * X, K),
        TYPE,
        "conv2d: x must be an array of real numbers; got an array of complex128",
    ),
    (
        lambda: ops.conv2d(X, K, [1j] * 6),
        TYPE,
        "conv2d: bias must be an array of real numbers; got an array of complex128 (shape (6,)).",
    ),
    (
        lambda: ops.conv2d_backward(Y[:1], X, K),
        VALUE,
        "conv2d_backward: grad must have the output's shape (2, 3, 4, 6); "
        "got an array of float64 (shape (1, 3, 4, 6)).",
    ),
    (
        lambda: ops.conv2d_backward(Y, X, K, needs=("x", "w")),
        VALUE,
        "conv2d_backward: needs must be one of 'x', 'weight', 'bias'; got 'w' (str).",
    ),
    (
        lambda: ops.conv2d_backward(Y, X, K, needs=None),
        TYPE,
        "conv2d_backward: needs must be some of 'x', 'weight', 'bias'; got None (NoneType).",
    ),
    (
        lambda: ops.conv2d_backward(Y, X, K[:, :, :1]),
        VALUE,
        "conv2d_backward: weight must have 3 input channels (axis 2) to match x; got 1 (shape "
        "(2, 2, 1, 6)).",
    ),
    # conv_transpose2d
    (
        lambda: ops.conv_transpose2d(X, K),
        VALUE,
        "conv_transpose2d: weight must have 3 input channels (axis 3) to match x; got 6 "
        "(shape (2, 2, 3, 6)).",
    ),
    (
        lambda: ops.conv_transpose2d(X, BANK, groups=2),
        VALUE,
        "conv_transpose2d: groups must divide the input channels; got 2, for 3 input channels.",
    ),
    (
        lambda: ops.conv_transpose2d(X, BANK, np.ones(3)),
        VALUE,
        "conv_transpose2d: bias must have one number per output channel: shape (4,); "
        "got an array of float64 (shape (3,)).",
    ),
    (
        lambda: ops.conv_transpose2d(X, BANK, output_padding=1),
        VALUE,
        "conv_transpose2d: output_padding must be smaller than the stride or the dilation; "
        "got 1 (int).",
    ),
    (
        lambda: ops.conv_transpose2d(X, BANK, output_padding=-1),
        VALUE,
        "conv_transpose2d: output_padding must be an integer of at least 0; got -1 (int).",
    ),
    (
        lambda: ops.conv_transpose2d(X, BANK, stride=2, padding="same", output_padding=1),
        VALUE,
        "conv_transpose2d: output_padding must be 0 with padding='same', which sets the size "
        "by itself; "
        "got 1 (int).",
    ),
    (
        lambda: ops.conv_transpose2d(X, BANK, padding=3),
        VALUE,
        "conv_transpose2d: padding must leave at least one row and one column; "
        "got ((3, 3), (3, 3)), which leaves -1x0.",
    ),
    (
        lambda: ops.conv_transpose2d_backward(X, X, BANK),
        VALUE,
        "conv_transpose2d_backward: grad must have the output's shape (2, 5, 6, 4); "
        "got an array of float64 (shape (2, 4, 5, 3)).",
    ),
    # pooling
    (
        lambda: ops.max_pool2d(X[0], 2),
        VALUE,
        "max_pool2d: x must have 4 axes (batch, height, width, channels); got 3 (shape (4, 5, 3)).",
    ),
    (
        lambda: ops.max_pool2d(X, 0),
        VALUE,
        "max_pool2d: kernel_size must be an integer of at least 1; got 0 (int).",
    ),
    (
        lambda: ops.max_pool2d(X, 2.0),
        TYPE,
        "max_pool2d: kernel_size must be an integer of at least 1 or a pair (height, width) "
        "of them; "
        "got 2.0 (float).",
    ),
    (
        lambda: ops.max_pool2d(X, 5),
        VALUE,
        "max_pool2d: kernel_size must fit into the padded input; "
        "got a window of 5x5 over a padded input of 4x5.",
    ),
    (
        lambda: ops.max_pool2d(X, 2, padding=2),
        VALUE,
        "max_pool2d: padding must leave every window at least one cell of the input; "
        "got ((2, 2), (2, 2)), where the windows of output row 0 have none.",
    ),
    (
        lambda: ops.avg_pool2d(X, 2, padding=((0, 0), (0, 3))),
        VALUE,
        "avg_pool2d: padding must leave every window at least one cell of the input; "
        "got ((0, 0), (0, 3)), where the windows of output column 3 have none.",
    ),
    (
        lambda: ops.max_pool2d(X, (2, 1), padding=((3, 3), (0, 0)), dilation=(6, 1)),
        VALUE,
        "max_pool2d: padding must leave every window at least one cell of the input;",
    ),
    (
        lambda: ops.max_pool2d_backward(X, X, 2, ties="best"),
        VALUE,
        "max_pool2d_backward: ties must be one of 'all', 'first', 'split'; got 'best' (str).",
    ),
    (
        lambda: ops.max_pool2d_backward(X, X, 2),
        VALUE,
        "max_pool2d_backward: grad must have the output's shape (2, 2, 2, 3); "
        "got an array of float64 (shape (2, 4, 5, 3)).",
    ),
    (
        lambda: ops.avg_pool2d_backward(X, X.shape, 2),
        VALUE,
        "avg_pool2d_backward: grad must have the output's shape (2, 2, 2, 3); "
        "got an array of float64 (shape (2, 4, 5, 3)).",
    ),
    (
        lambda: ops.avg_pool2d_backward(X, X, 2),
        TYPE,
        "avg_pool2d_backward: x_shape must be the shape (N, H, W, C) of x; got an array of "
        "float64 (shape",
    ),
    (
        lambda: ops.avg_pool2d_backward(X, (2, 4, 5), 2),
        TYPE,
        "avg_pool2d_backward: x_shape must be the shape (N, H, W, C) of x; got (2, 4, 5) (tuple).",
    ),
    (
        lambda: ops.global_avg_pool2d(np.ones((2, 0, 5, 3))),
        VALUE,
        "global_avg_pool2d: x must have at least one row and one column; got (2, 0, 5, 3)",
    ),
    (
        lambda: ops.global_avg_pool2d_backward(F, X.shape),
        VALUE,
        "global_avg_pool2d_backward: grad must have the output's shape (2, 3); "
        "got an array of float64 (shape (4, 3)).",
    ),
    (
        lambda: ops.max_pool2d(X, 2, ceil_mode="False"),
        TYPE,
        "max_pool2d: ceil_mode must be True or False; got 'False' (str).",
    ),
    (
        lambda: ops.avg_pool2d(X, 2, count_include_pad=None),
        TYPE,
        "avg_pool2d: count_include_pad must be True or False; got None (NoneType).",
    ),
    (
        lambda: ops.conv2d(X, K, padding=2**40),
        VALUE,
        "conv2d: padding must be at most 2147483647; got 1099511627776 (int).",
    ),
    # padding
    (
        lambda: ops.pad2d(X, -1),
        VALUE,
        "pad2d: padding must be an integer of at least 0; got -1 (int).",
    ),
    (
        lambda: ops.pad2d(X, "same"),
        TYPE,
        "pad2d: padding must be an integer of at least 0 or a pair",
    ),
    (
        lambda: ops.pad2d(X.astype("u1"), 1, -1),
        VALUE,
        "pad2d: value must be a number that uint8, the dtype of x, can hold; got -1 (int).",
    ),
    (
        lambda: ops.pad2d(X.astype("i4"), 1, 0.5),
        VALUE,
        "pad2d: value must be a number that int32, the dtype of x, can hold; got 0.5 (float).",
    ),
    (
        lambda: ops.pad2d(X.astype("i4"), 1, np.nan),
        VALUE,
        "pad2d: value must be a number that int32, the dtype of x, can hold; got nan (float).",
    ),
    (
        lambda: ops.pad2d(X.astype("f4"), 1, 1e300),
        VALUE,
        "pad2d: value must be a number that float32, the dtype of x, can hold; got 1e+300 (float).",
    ),
    (lambda: ops.pad2d(X, 1, "abc"), TYPE, "pad2d: value must be an array of real numbers; got"),
    (lambda: ops.pad2d(X, 1, None), TYPE, "pad2d: value must be an array of real numbers; got"),
    (lambda: ops.pad2d(X, 1, 1j), TYPE, "pad2d: value must be an array of real numbers; got"),
    (
        lambda: ops.pad2d(X, 1, V),
        VALUE,
        "pad2d: value must be one number; got an array of float64 (shape (3,)).",
    ),
    (
        lambda: ops.pad2d_backward(X, 3),
        VALUE,
        "pad2d_backward: grad must be at least as large as the padding ((3, 3), (3, 3)); "
        "got an array of float64 (shape (2, 4, 5, 3)).",
    ),
    # dense
    (
        lambda: ops.dense(V, F),
        VALUE,
        "dense: x must have 2 axes (batch, in_features); got 1 (shape (3,)).",
    ),
    (
        lambda: ops.dense(F, F),
        VALUE,
        "dense: weight must have 3 input features (axis 0) to match x; got",
    ),
    (
        lambda: ops.dense(F, F.T, V),
        VALUE,
        "dense: bias must have one number per output channel: shape (4,); got an array of "
        "float64 (shape (3,)).",
    ),
    (
        lambda: ops.dense(F, F.T, activation="gelu"),
        VALUE,
        "dense: activation must be one of 'relu', 'relu6', 'leaky_relu', 'sigmoid', 'tanh'; "
        "got 'gelu' (str).",
    ),
    (
        lambda: ops.dense_backward(F, F, F.T),
        VALUE,
        "dense_backward: grad must have the output's shape (4, 4); got an array of float64 "
        "(shape (4, 3)).",
    ),
    (
        lambda: ops.dense_backward(np.ones((4, 4)), F, F.T, needs="bais"),
        VALUE,
        "dense_backward: needs must be one of 'x', 'weight', 'bias'; got 'bais' (str). Did "
        "you mean 'bias'?",
    ),
    # batch norm
    (
        lambda: ops.batch_norm(V, V, V),
        VALUE,
        "batch_norm: x must have at least 2 axes (batch, ..., channels); got",
    ),
    (
        lambda: ops.batch_norm(F, np.ones(4), V),
        VALUE,
        "batch_norm: weight must have one number per channel: shape (3,); got an array of "
        "float64 (shape (4,)).",
    ),
    (
        lambda: ops.batch_norm(F, V, np.ones((3, 1))),
        VALUE,
        "batch_norm: bias must have 1 axis (channels); got 2 (shape (3, 1)).",
    ),
    (
        lambda: ops.batch_norm(F, V, V, mean=V),
        VALUE,
        "batch_norm: variance must be given with the other statistic; got None (NoneType).",
    ),
    (
        lambda: ops.batch_norm(F, V, V, variance=V),
        VALUE,
        "batch_norm: mean must be given with the other statistic; got None (NoneType).",
    ),
    (
        lambda: ops.batch_norm(F[:0], V, V),
        VALUE,
        "batch_norm: x must not be empty, to have a mean and a variance; got an array of "
        "float64 (shape (0, 3)).",
    ),
    (
        lambda: ops.batch_norm(F, V, V, eps=-1),
        VALUE,
        "batch_norm: eps must be a number of at least 0; got -1 (int).",
    ),
    (
        lambda: ops.batch_norm(F, V, V, eps=np.nan),
        VALUE,
        "batch_norm: eps must be a number of at least 0; got nan (float).",
    ),
    (
        lambda: ops.batch_norm(F, V, V, eps="small"),
        TYPE,
        "batch_norm: eps must be an array of real numbers; got",
    ),
    (
        lambda: ops.batch_norm_backward(F[:2], F, V),
        VALUE,
        "batch_norm_backward: grad must have x's shape (4, 3); got an array of float64 (shape "
        "(2, 3)).",
    ),
    (
        lambda: ops.batch_statistics(F[:0]),
        VALUE,
        "batch_statistics: x must not be empty, to have a mean and a variance; got",
    ),
    # activations and softmax
    (
        lambda: ops.relu("abc"),
        TYPE,
        "relu: x must be an array of real numbers; got an array of <U3",
    ),
    (
        lambda: ops.relu_backward(V, F),
        VALUE,
        "relu_backward: grad must have y's shape (4, 3); got an array of float64 (shape (3,)).",
    ),
    (
        lambda: ops.softmax(F, 2),
        VALUE,
        "softmax: axis must be one of the 2 axes of x, one that is not empty; got 2 (int).",
    ),
    (
        lambda: ops.softmax(1.0),
        VALUE,
        "softmax: axis must be one of the 0 axes of x, one that is not empty; got -1 (int).",
    ),
    (
        lambda: ops.log_softmax(np.ones((3, 0))),
        VALUE,
        "log_softmax: axis must be one of the 2 axes of x, one that is not empty; got -1 (int).",
    ),
    (
        lambda: ops.softmax(F, None),
        TYPE,
        "softmax: axis must be one of the 2 axes of x, one that is not empty; got None (NoneType).",
    ),
    (
        lambda: ops.softmax_backward(F, F, -3),
        VALUE,
        "softmax_backward: axis must be one of the 2 axes of y, one that is not empty; got -3 "
        "(int).",
    ),
    # the rest of the public face
    (
        lambda: cs.use_backend("numpy"),
        VALUE,
        "use_backend: name must be one of 'compiled', 'portable'; got 'numpy' (str).",
    ),
    (
        lambda: cs.set_num_threads(0),
        VALUE,
        "set_num_threads: n must be an integer of at least 1; got 0 (int).",
    ),
    (
        lambda: cs.set_num_threads(1.0),
        TYPE,
        "set_num_threads: n must be an integer of at least 1; got 1.0 (float).",
    ),
    (
        lambda: cs.gradient_check(ops.relu, ops.relu_backward),
        VALUE,
        "gradient_check: arrays must be at least one array; got () (tuple).",
    ),
    (
        lambda: cs.gradient_check(ops.relu, lambda grad, x: grad[:1], V),
        VALUE,
        "gradient_check: backward must return a gradient of shape (3,) for arrays[0]; "
        "got an array of float64",
    ),
    (
        lambda: cs.gradient_check(ops.relu, ops.relu_backward, "x"),
        TYPE,
        "gradient_check: arrays[0] must be an array of real numbers; got an array of <U1",
    ),
]


@pytest.mark.parametrize("call, kind, begins", ROWS, ids=[row[2][:70] for row in ROWS])
def test_the_message_names_function_argument_rule_and_value(call, kind, begins):
    with pytest.raises(ArgumentError) as caught:
        call()
    assert type(caught.value) is kind
    assert str(caught.value).startswith(begins)
    assert "\n" not in str(caught.value)


def test_advice_on_pictures_and_on_channels_first():
    weight = np.ones((3, 3, 5, 4))
    with pytest.raises(ArgumentError, match=r"got 2 \(shape \(6, 6\)\).*x\[None, :, :, None\]"):
        ops.conv2d(np.ones((6, 6)), weight)
    with pytest.raises(ArgumentError, match=r"x\[None\]\."):
        ops.max_pool2d(np.ones((6, 6, 5)), 2)
    with pytest.raises(ArgumentError, match=r"x\.transpose\(0, 2, 3, 1\)"):
        ops.conv2d(np.ones((2, 5, 6, 6)), weight)


@pytest.mark.parametrize(
    "call",
    [
        lambda: ops.max_pool2d(np.ones((1, 4, 4, 1)), 2**31 - 1, padding=2**31 - 1),
        lambda: ops.conv2d(np.ones((1, 4, 4, 1)), np.ones((3, 3, 1, 1)), padding=2**31 - 1),
        lambda: ops.conv_transpose2d(np.ones((1, 4, 4, 1)), np.ones((3, 3, 1, 1)), stride=2**30),
        lambda: ops.pad2d(np.ones((1, 4, 4, 1)), 2**31 - 1),
        lambda: cs.zero_pad(np.ones((1, 4, 4, 1)), 2**31 - 1),
        lambda: cs.distribute_value(1, (2**31 - 1, 2**31 - 1)),
    ],
)
def test_sizes_beyond_any_memory_are_refused_at_once(call):
    with pytest.raises(ArgumentError, match="must"):
        call()


@pytest.mark.parametrize("value", [np.timedelta64(2, "s"), np.timedelta64(2, "D")])
def test_a_time_is_no_integer(value):
    for call in (
        lambda: ops.conv2d(np.ones((1, 4, 4, 1)), np.ones((3, 3, 1, 1)), stride=value),
        lambda: cs.zero_pad(np.ones((1, 4, 4, 1)), value),
    ):
        with pytest.raises(ArgumentTypeError, match="must be an integer"):
            call()


def test_arrays_without_axes_stay_arrays():
    for activation in (ops.relu, ops.sigmoid, ops.tanh, ops.leaky_relu):
        assert isinstance(activation(np.array(1.0)), np.ndarray)
