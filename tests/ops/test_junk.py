"""Whatever comes in the place of an argument, nothing but the package's own errors comes out."""

import itertools

import numpy as np
import pytest

import convstep as cs
from convstep import ops
from convstep.errors import ArgumentError
from convstep.ops import elementwise, norm

X, K, Y = np.ones((2, 4, 5, 4)), np.ones((2, 2, 4, 6)), np.ones((2, 3, 4, 6))
B, HP = np.ones((1, 1, 1, 6)), {"stride": 1, "pad": 0}
V, F = np.ones(3), np.arange(12.0).reshape(4, 3)
POOL = {"stride": 1, "padding": 0, "dilation": 1, "ceil_mode": False}
CONV = {"stride": 1, "padding": 0, "dilation": 1, "groups": 1}
P = np.ones((2, 3, 4, 4))
SQUARE = np.ones((2, 2, 3))

CALLS = [  # a call that works; then each of its arguments is exchanged
    (ops.conv2d, [X, K, np.ones(6)], {**CONV, "activation": None}),
    (ops.conv2d_backward, [Y, X, K], {**CONV, "needs": "x"}),
    (ops.conv_transpose2d, [Y, K, np.ones(4)], {**CONV, "output_padding": 0}),
    (ops.conv_transpose2d_backward, [X, Y, K], {**CONV, "output_padding": 0, "needs": ("x",)}),
    (ops.max_pool2d, [X, 2], POOL),
    (ops.max_pool2d_backward, [P, X, 2], {**POOL, "ties": "all"}),
    (ops.avg_pool2d, [X, 2], {**POOL, "count_include_pad": False}),
    (ops.avg_pool2d_backward, [P, X.shape, 2], {**POOL, "count_include_pad": True}),
    (ops.global_avg_pool2d, [X], {}),
    (ops.global_avg_pool2d_backward, [np.ones((2, 4)), X.shape], {}),
    (ops.pad2d, [X, 1, 0], {}),
    (ops.pad2d_backward, [X, 1], {}),
    (ops.dense, [F, F.T, np.ones(4)], {"activation": None}),
    (ops.dense_backward, [np.ones((4, 4)), F, F.T], {"needs": ()}),
    (ops.batch_norm, [F, V, V], {"mean": V, "variance": V, "eps": 1e-5}),
    (ops.batch_norm_backward, [F, F, V], {"mean": None, "variance": None, "eps": 1e-5}),
    (ops.batch_statistics, [F], {}),
    (norm.batch_norm_train, [F, V, V, 1e-5], {"activation": "relu"}),
    (norm.batch_norm_train_backward, [F, F, F, V, V, V, 1e-5, "relu"], {"bias": V}),
    (elementwise.add, [F, F, "relu"], {}),
    (elementwise.add_backward, [F, F, "relu"], {}),
    *((getattr(ops, name), [F], {}) for name in ("relu", "relu6", "leaky_relu", "sigmoid", "tanh")),
    *(
        (getattr(ops, f"{n}_backward"), [F, F], {})
        for n in ("relu", "relu6", "leaky_relu", "sigmoid", "tanh")
    ),
    *((getattr(ops, name), [F], {"axis": -1}) for name in ("softmax", "log_softmax")),
    *((getattr(ops, f"{n}_backward"), [F, F], {"axis": 1}) for n in ("softmax", "log_softmax")),
    (cs.zero_pad, [X, 1], {}),
    (cs.conv_single_step, [SQUARE, SQUARE, 1.0], {}),
    (cs.conv_forward, [X, K, B, HP], {}),
    (cs.conv_backward, [Y, (X, K, B, HP)], {}),
    (cs.pool_forward, [X, {"f": 2, "stride": 1}], {"mode": "max"}),
    (cs.pool_backward, [P, (X, {"f": 2, "stride": 1})], {"mode": "max", "ties": "all"}),
    (cs.create_mask_from_window, [F], {}),
    (cs.distribute_value, [1.0, (2, 2)], {}),
    (cs.set_num_threads, [cs.get_num_threads()], {}),
]

JUNK = [
    None,
    True,
    -1,
    0,
    3,
    1.5,
    float("nan"),
    1j,
    2**70,
    "a",
    "same",
    b"a",
    (),
    (1,),
    (1, 2),
    (1.0, 2),
    (1, 2, 3),
    (None, None),
    ((1, 1), (1, 1)),
    ((1, 2), (3,)),
    ((1, 1), 1),
    [[1, 2], [3]],
    {},
    {"stride": 1},
    {"a": 1, 2: 3},
    {1, 2},
    object(),
    len,
    np.bool_(True),
    np.float64(2),
    np.zeros(()),
    np.zeros(0),
    np.zeros((2, 2)),
    np.zeros((0, 0, 0, 0)),
    np.zeros((1, 1, 1, 1)),
    np.array("a"),
    np.array([None]),
    np.array([1, 2]),
    np.array([[1, 2], [3, 4]]),
    np.zeros(2, [("a", "f8")]),
    (np.zeros(2), np.zeros(2), np.zeros(2), {}),
    (X, K, B, {"stride": "1", "pad": []}),
    (X, {"f": np.zeros(2), "stride": 1}),
]


@pytest.fixture(autouse=True)
def _same_threads_afterwards():
    before = cs.get_num_threads()
    yield
    cs.set_num_threads(before)


@pytest.mark.parametrize("call", CALLS, ids=[call[0].__name__ for call in CALLS])
def test_only_the_package_s_own_errors_come_out(call, body):
    function, arguments, options = call
    function(*arguments, **options)
    messages = []
    for place, junk in itertools.product([*range(len(arguments)), *options], JUNK):
        given, chosen = list(arguments), dict(options)
        if isinstance(place, int):
            given[place] = junk
        else:
            chosen[place] = junk
        try:
            function(*given, **chosen)
        except ArgumentError as error:
            messages.append(str(error))
    assert len(messages) > len(JUNK) // 3
    for message in messages:
        assert message.startswith(f"{function.__name__}: ")
        assert " must " in message
        assert "; got " in message
