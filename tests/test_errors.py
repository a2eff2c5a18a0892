"""Every bad argument of the eight functions: the class of the error, and what its message names.

Each row is a call, and how its message begins: function, argument, rule, what came.
"""

import numpy as np
import pytest

import convstep as cs
from convstep import errors
from convstep.errors import ArgumentError, ArgumentTypeError, MissingKeyError

X = np.ones((2, 4, 5, 3))
W = np.ones((2, 2, 3, 8))
B = np.ones((1, 1, 1, 8))
HP = {"stride": 1, "pad": 0}
CACHE = (X, W, B, HP)
POOL_HP = {"f": 2, "stride": 1}
POOL_CACHE = (X, POOL_HP)

VALUE, TYPE, KEY = ArgumentError, ArgumentTypeError, MissingKeyError


def forward(A_prev=X, W=W, b=B, **hparameters):
    return cs.conv_forward(A_prev, W, b, {**HP, **hparameters})


def pool(A_prev=X, mode="max", **hparameters):
    return cs.pool_forward(A_prev, {**POOL_HP, **hparameters}, mode)


def without(hparameters, key):
    return {k: v for k, v in hparameters.items() if k != key}


ROWS = [
    # ranks
    (
        lambda: forward(X[0]),
        VALUE,
        "conv_forward: A_prev must have 4 axes (m, n_H_prev, n_W_prev, n_C_prev); got 3 "
        "(shape (4, 5, 3)).",
    ),
    (
        lambda: forward(W=W[0]),
        VALUE,
        "conv_forward: W must have 4 axes (f, f, n_C_prev, n_C); got 3 (shape (2, 3, 8)).",
    ),
    (
        lambda: forward(b=np.ones(8)),
        VALUE,
        "conv_forward: b must have 4 axes (1, 1, 1, n_C); got 1 (shape (8,)).",
    ),
    (
        lambda: forward(b=np.ones((1, 1, 1, 7))),
        VALUE,
        "conv_forward: b must have one number per filter: shape (1, 1, 1, 8); "
        "got an array of float64 (shape (1, 1, 1, 7)).",
    ),
    (
        lambda: pool(X[0]),
        VALUE,
        "pool_forward: A_prev must have 4 axes (m, n_H_prev, n_W_prev, n_C_prev); got 3 "
        "(shape (4, 5, 3)).",
    ),
    (
        lambda: cs.zero_pad(X[0], 1),
        VALUE,
        "zero_pad: X must have 4 axes (m, n_H, n_W, n_C); got 3 (shape (4, 5, 3)).",
    ),
    (
        lambda: cs.conv_single_step(X, X, 0),
        VALUE,
        "conv_single_step: a_slice_prev must have 3 axes (f, f, n_C_prev); got 4 (shape (2, "
        "4, 5, 3)).",
    ),
    (
        lambda: cs.conv_single_step(X[0], W[0], 0),
        VALUE,
        "conv_single_step: W must have a_slice_prev's shape (4, 5, 3); "
        "got an array of float64 (shape (2, 3, 8)).",
    ),
    (
        lambda: cs.conv_single_step(X[0], X[0], [1, 2]),
        VALUE,
        "conv_single_step: b must be one number; got an array of int64 (shape (2,)).",
    ),
    (
        lambda: cs.create_mask_from_window(X),
        VALUE,
        "create_mask_from_window: x must have 2 axes (rows, cols); got 4 (shape (2, 4, 5, 3)).",
    ),
    (
        lambda: cs.create_mask_from_window(np.ones((0, 3))),
        VALUE,
        "create_mask_from_window: x must hold at least one number; got an array of float64 "
        "(shape (0, 3)).",
    ),
    # channels and squares
    (
        lambda: forward(W=np.ones((3, 3, 4, 8))),
        VALUE,
        "conv_forward: W must have 3 input channels (axis 2) to match A_prev; got 4 (shape "
        "(3, 3, 4, 8)).",
    ),
    (
        lambda: forward(W=np.ones((2, 2, 1, 8))),
        VALUE,
        "conv_forward: W must have 3 input channels (axis 2) to match A_prev; got 1 (shape "
        "(2, 2, 1, 8)).",
    ),
    (
        lambda: forward(W=np.ones((2, 3, 3, 8))),
        VALUE,
        "conv_forward: W must be square, (f, f, n_C_prev, n_C), with f at least 1; "
        "got an array of float64 (shape (2, 3, 3, 8)). convstep.ops.conv2d takes rectangular "
        "filters.",
    ),
    (
        lambda: forward(W=np.ones((0, 0, 3, 8))),
        VALUE,
        "conv_forward: W must be square, (f, f, n_C_prev, n_C), with f at least 1; "
        "got an array of float64 (shape (0, 0, 3, 8)).",
    ),
    # stride, pad, f
    (
        lambda: forward(stride=0),
        VALUE,
        "conv_forward: hparameters['stride'] must be an integer of at least 1; got 0 (int).",
    ),
    (
        lambda: forward(stride=-2),
        VALUE,
        "conv_forward: hparameters['stride'] must be an integer of at least 1; got -2 (int).",
    ),
    (
        lambda: forward(stride=1.0),
        TYPE,
        "conv_forward: hparameters['stride'] must be an integer of at least 1; got 1.0 (float).",
    ),
    (
        lambda: forward(stride=True),
        TYPE,
        "conv_forward: hparameters['stride'] must be an integer of at least 1; got True (bool).",
    ),
    (
        lambda: forward(stride="2"),
        TYPE,
        "conv_forward: hparameters['stride'] must be an integer of at least 1; got '2' (str).",
    ),
    (
        lambda: forward(stride=(1, 1)),
        TYPE,
        "conv_forward: hparameters['stride'] must be an integer of at least 1; got (1, 1) (tuple).",
    ),
    (
        lambda: forward(stride=None),
        TYPE,
        "conv_forward: hparameters['stride'] must be an integer of at least 1; got None "
        "(NoneType).",
    ),
    (
        lambda: forward(pad=-1),
        VALUE,
        "conv_forward: hparameters['pad'] must be an integer of at least 0; got -1 (int).",
    ),
    (
        lambda: forward(pad=np.float64(1)),
        TYPE,
        "conv_forward: hparameters['pad'] must be an integer of at least 0; got "
        "np.float64(1.0) (float64).",
    ),
    (
        lambda: cs.conv_forward(X, W, B, {"stride": 1, "padding": -1}),
        VALUE,
        "conv_forward: hparameters['padding'] must be an integer of at least 0; got -1 (int).",
    ),
    (
        lambda: forward(pad=1, padding=2),
        VALUE,
        "conv_forward: hparameters['padding'] must equal hparameters['pad'], since it means "
        "the same; "
        "got 2, with 1 for 'pad'.",
    ),
    (
        lambda: forward(pad=np.array([1, 2]), padding=np.array([1, 2])),
        TYPE,
        "conv_forward: hparameters['pad'] must be an integer of at least 0; "
        "got an array of int64 (shape (2,)).",
    ),
    (
        lambda: forward(f=3),
        VALUE,
        "conv_forward: hparameters['f'] must equal 2, the size of the filters W, or be left "
        "out; got 3 (int).",
    ),
    (
        lambda: forward(f=1),
        VALUE,
        "conv_forward: hparameters['f'] must equal 2, the size of the filters W, or be left out; "
        "got 1 (int).",
    ),
    (
        lambda: cs.zero_pad(X, -1),
        VALUE,
        "zero_pad: pad must be an integer of at least 0; got -1 (int).",
    ),
    (
        lambda: cs.zero_pad(X, 1.5),
        TYPE,
        "zero_pad: pad must be an integer of at least 0; got 1.5 (float).",
    ),
    (
        lambda: cs.zero_pad(X, (1, 1)),
        TYPE,
        "zero_pad: pad must be an integer of at least 0; got (1, 1) (tuple).",
    ),
    (
        lambda: pool(f=0),
        VALUE,
        "pool_forward: hparameters['f'] must be an integer of at least 1; got 0 (int).",
    ),
    (
        lambda: pool(stride=0),
        VALUE,
        "pool_forward: hparameters['stride'] must be an integer of at least 1; got 0 (int).",
    ),
    (
        lambda: pool(pad=1),
        VALUE,
        "pool_forward: hparameters['pad'] must be 0 or left out, since the lesson's pooling "
        "has no padding; "
        "got 1 (int). convstep.ops.max_pool2d and avg_pool2d have it.",
    ),
    (
        lambda: pool(padding=np.int64(1)),
        VALUE,
        "pool_forward: hparameters['padding'] must be 0 or left out, since the lesson's "
        "pooling has no "
        "padding; got np.int64(1) (int64). convstep.ops.max_pool2d and avg_pool2d have it.",
    ),
    # windows that do not fit
    (
        lambda: forward(W=np.ones((5, 5, 3, 8))),
        VALUE,
        "conv_forward: W must fit into the padded input; got a window of 5x5 over a padded "
        "input of 4x5.",
    ),
    (
        lambda: forward(W=np.ones((7, 7, 3, 8)), pad=1, stride=3),
        VALUE,
        "conv_forward: W must fit into the padded input; got a window of 7x7 over a padded "
        "input of 6x7.",
    ),
    (
        lambda: pool(f=5, stride=2),
        VALUE,
        "pool_forward: hparameters['f'] must fit into the padded input; "
        "got a window of 5x5 over a padded input of 4x5.",
    ),
    # keys
    (
        lambda: cs.conv_forward(X, W, B, {"pad": 0}),
        KEY,
        "conv_forward: hparameters must have the key 'stride'; got the keys: 'pad'.",
    ),
    (
        lambda: cs.conv_forward(X, W, B, {"stride": 1, "f": 2}),
        KEY,
        "conv_forward: hparameters must have the key 'pad'; got the keys: 'stride', 'f'.",
    ),
    (
        lambda: cs.conv_forward(X, W, B, {}),
        KEY,
        "conv_forward: hparameters must have the key 'stride'; got the keys: none.",
    ),
    (
        lambda: cs.pool_forward(X, {"stride": 1}),
        KEY,
        "pool_forward: hparameters must have the key 'f'; got the keys: 'stride'.",
    ),
    (
        lambda: cs.pool_forward(X, {"f": 1}),
        KEY,
        "pool_forward: hparameters must have the key 'stride'; got the keys: 'f'.",
    ),
    (
        lambda: forward(strides=1),
        VALUE,
        "conv_forward: hparameters must have no keys but 'f', 'pad', 'padding', 'stride'; "
        "got 'strides'. Did you mean 'stride'?",
    ),
    (
        lambda: pool(Stride=1),
        VALUE,
        "pool_forward: hparameters must have no keys but 'f', 'pad', 'padding', 'stride'; "
        "got 'Stride'. Did you mean 'stride'?",
    ),
    (
        lambda: forward(paddings=1),
        VALUE,
        "conv_forward: hparameters must have no keys but 'f', 'pad', 'padding', 'stride'; "
        "got 'paddings'. Did you mean 'padding'?",
    ),
    (
        lambda: cs.pool_forward(X, {**POOL_HP, 7: 1}),
        VALUE,
        "pool_forward: hparameters must have no keys but 'f', 'pad', 'padding', 'stride'; got 7.",
    ),
    (
        lambda: cs.conv_forward(X, W, B, 1),
        TYPE,
        'conv_forward: hparameters must be a dictionary such as {"stride": 1, "pad": 0}; got '
        "1 (int).",
    ),
    (
        lambda: cs.pool_forward(X, None),
        TYPE,
        'pool_forward: hparameters must be a dictionary such as {"stride": 1, "pad": 0}; got '
        "None (NoneType).",
    ),
    # modes and ties
    (
        lambda: pool(mode="avg"),
        VALUE,
        "pool_forward: mode must be one of 'max', 'average'; got 'avg' (str).",
    ),
    (
        lambda: pool(mode="Max"),
        VALUE,
        "pool_forward: mode must be one of 'max', 'average'; got 'Max' (str). Did you mean 'max'?",
    ),
    (
        lambda: pool(mode=None),
        VALUE,
        "pool_forward: mode must be one of 'max', 'average'; got None (NoneType).",
    ),
    (
        lambda: cs.pool_backward(X, POOL_CACHE, mode="mean"),
        VALUE,
        "pool_backward: mode must be one of 'max', 'average'; got 'mean' (str).",
    ),
    (
        lambda: cs.pool_backward(np.ones((2, 3, 4, 3)), POOL_CACHE, ties="last"),
        VALUE,
        "pool_backward: ties must be one of 'all', 'first', 'split'; got 'last' (str).",
    ),
    (
        lambda: cs.pool_backward(np.ones((2, 3, 4, 3)), POOL_CACHE, "average", ties="al"),
        VALUE,
        "pool_backward: ties must be one of 'all', 'first', 'split'; got 'al' (str). Did you "
        "mean 'all'?",
    ),
    # gradients and caches
    (
        lambda: cs.conv_backward(np.ones((2, 3, 3, 8)), CACHE),
        VALUE,
        "conv_backward: dZ must have Z's shape (2, 3, 4, 8); got an array of float64 (shape "
        "(2, 3, 3, 8)).",
    ),
    (
        lambda: cs.conv_backward(np.ones((3, 4, 8)), CACHE),
        VALUE,
        "conv_backward: dZ must have 4 axes (m, n_H, n_W, n_C); got 3 (shape (3, 4, 8)).",
    ),
    (
        lambda: cs.pool_backward(np.ones((2, 3, 4, 1)), POOL_CACHE),
        VALUE,
        "pool_backward: dA must have A's shape (2, 3, 4, 3); got an array of float64 (shape "
        "(2, 3, 4, 1)).",
    ),
    (
        lambda: cs.conv_backward(X, POOL_CACHE),
        TYPE,
        "conv_backward: cache must be the cache (A_prev, W, b, hparameters) that conv_forward "
        "returned; "
        "got tuple of 2, as pool_forward returns it.",
    ),
    (
        lambda: cs.pool_backward(X, CACHE),
        TYPE,
        "pool_backward: cache must be the cache (A_prev, hparameters) that pool_forward returned; "
        "got tuple of 4, as conv_forward returns it.",
    ),
    (
        lambda: cs.conv_backward(X, None),
        TYPE,
        "conv_backward: cache must be the cache (A_prev, W, b, hparameters) that conv_forward "
        "returned; "
        "got NoneType.",
    ),
    (
        lambda: cs.pool_backward(X, (X, W, B)),
        TYPE,
        "pool_backward: cache must be the cache (A_prev, hparameters) that pool_forward returned; "
        "got tuple of 3.",
    ),
    (
        lambda: cs.conv_backward(X, X),
        TYPE,
        "conv_backward: cache must be the cache (A_prev, W, b, hparameters) that conv_forward "
        "returned; "
        "got ndarray.",
    ),
    (
        lambda: cs.conv_backward(X, (W, X, B, HP)),
        VALUE,
        "conv_backward: W must be square, (f, f, n_C_prev, n_C), with f at least 1; "
        "got an array of float64 (shape (2, 4, 5, 3)).",
    ),
    (
        lambda: cs.pool_backward(X, (POOL_HP, X)),
        TYPE,
        "pool_backward: A_prev must be an array of real numbers; got an array of object",
    ),
    # dtypes
    (
        lambda: forward(X.astype(complex)),
        TYPE,
        "conv_forward: A_prev must be an array of real numbers; got an array of complex128 "
        "(shape (2, 4, 5, 3)).",
    ),
    (
        lambda: forward(W=W.astype(object)),
        TYPE,
        "conv_forward: W must be an array of real numbers; got an array of object (shape (2, "
        "2, 3, 8)).",
    ),
    (
        lambda: forward(b=B.astype(str)),
        TYPE,
        "conv_forward: b must be an array of real numbers; got an array of <U32 (shape (1, 1, "
        "1, 8)).",
    ),
    (
        lambda: cs.conv_backward(1j * np.ones((2, 3, 4, 8)), CACHE),
        TYPE,
        "conv_backward: dZ must be an array of real numbers; got an array of complex128 "
        "(shape (2, 3, 4, 8)).",
    ),
    (
        lambda: cs.zero_pad(X.astype("M8[s]"), 1),
        TYPE,
        "zero_pad: X must be an array of real numbers; got an array of datetime64[s] (shape "
        "(2, 4, 5, 3)).",
    ),
    (
        lambda: pool(X.astype(bytes)),
        TYPE,
        "pool_forward: A_prev must be an array of real numbers; got an array of |S32 (shape "
        "(2, 4, 5, 3)).",
    ),
    (
        lambda: cs.conv_single_step(X[0], X[0], "b"),
        TYPE,
        "conv_single_step: b must be an array of real numbers; got an array of <U1 array('b', "
        "dtype='<U1') "
        "(shape ()).",
    ),
    (
        lambda: cs.create_mask_from_window([[1, 2], [3]]),
        TYPE,
        "create_mask_from_window: x must be an array of real numbers; got [[1, 2], [3]] (list). "
        "Its rows differ in length.",
    ),
    (
        lambda: cs.create_mask_from_window(None),
        TYPE,
        "create_mask_from_window: x must be an array of real numbers; got an array of object",
    ),
    # distribute_value
    (
        lambda: cs.distribute_value([1, 2], (2, 2)),
        VALUE,
        "distribute_value: dz must be one number; got an array of int64 (shape (2,)).",
    ),
    (
        lambda: cs.distribute_value(1j, (2, 2)),
        TYPE,
        "distribute_value: dz must be an array of real numbers; got an array of complex128",
    ),
    (
        lambda: cs.distribute_value(1, 4),
        TYPE,
        "distribute_value: shape must be a pair (n_H, n_W); got 4 (int).",
    ),
    (lambda: cs.distribute_value(1, (2, 2, 2)), TYPE, "distribute_value: shape must be"),
    (
        lambda: cs.distribute_value(1, (2, 0)),
        VALUE,
        "distribute_value: shape[1] must be an integer of at least 1; got 0 (int).",
    ),
    (
        lambda: cs.distribute_value(1, (2.0, 2)),
        TYPE,
        "distribute_value: shape[0] must be an integer of at least 1; got 2.0 (float).",
    ),
]


@pytest.mark.parametrize("call, kind, begins", ROWS, ids=[row[2][:70] for row in ROWS])
def test_the_message_names_function_argument_rule_and_value(call, kind, begins):
    with pytest.raises(ArgumentError) as caught:
        call()
    assert type(caught.value) is kind
    assert str(caught.value).startswith(begins)
    assert "\n" not in str(caught.value)


def test_a_message_is_no_longer_than_it_helps():
    with pytest.raises(ArgumentError) as caught:
        cs.zero_pad(X, list(range(10_000)))
    assert len(str(caught.value)) < 200


def test_a_bad_argument_changes_nothing():
    """The same dictionary and arrays can be used again after an error."""
    hparameters = {"stride": 0, "pad": 0}
    with pytest.raises(ArgumentError):
        cs.conv_forward(X, W, B, hparameters)
    assert hparameters == {"stride": 0, "pad": 0}


@pytest.mark.parametrize(
    "kind, bases",
    [
        (errors.ArgumentError, (errors.ConvstepError, ValueError)),
        (errors.ArgumentTypeError, (errors.ArgumentError, ValueError, TypeError)),
        (errors.MissingKeyError, (errors.ArgumentError, ValueError, KeyError)),
        (errors.BackendError, (errors.ConvstepError, RuntimeError)),
        (errors.FileFormatError, (errors.ConvstepError, ValueError)),
        (errors.MissingExtraError, (errors.ConvstepError, ImportError)),
    ],
)
def test_errors_are_also_python_s_own(kind, bases):
    assert issubclass(kind, bases[0])
    assert all(issubclass(kind, base) for base in bases)
    assert str(kind("what happened")) == "what happened"


def test_every_error_is_in_the_tree_that_its_docstring_draws():
    drawn = errors.__doc__
    for name in errors.__all__:
        if name.endswith("Error"):
            assert name in drawn
            assert issubclass(getattr(errors, name), errors.ConvstepError)


@pytest.mark.parametrize(
    "word, known, guess",
    [
        ("strid", ("pad", "stride"), "stride"),
        ("PAD", ("pad", "stride"), "pad"),
        ("zzz", ("pad",), ""),
    ],
)
def test_the_nearest_word(word, known, guess):
    assert errors.nearest(word, known) == guess


@pytest.mark.parametrize(
    "value, text",
    [
        (3, "3 (int)"),
        ("a", "'a' (str)"),
        (np.ones((2, 3)), "an array of float64 (shape (2, 3))"),
        (np.array([7]), "an array of int64 array([7]) (shape (1,))"),
        (errors.Shown("as it is"), "as it is"),
    ],
)
def test_values_are_shown_short(value, text):
    assert errors.describe(value) == text
