"""Whatever a function returns, it is graded, told, and written as JSON."""

import json

import numpy as np
import pytest

from convstep.check import check


def full(value, dtype=float):
    return lambda *arguments: np.full(np.shape(arguments[0]), value, dtype)


ODD = {
    "nan": lambda *a: np.nan,
    "nans": full(np.nan),
    "infinities": full(-np.inf),
    "large": full(1e308),
    "tiny": full(5e-324),
    "bytes": full(-128, np.int8),
    "unsigned": full(2**64 - 1, np.uint64),
    "halves": full(6e4, np.float16),
    "long": full(1, np.longdouble),
    "complex": full(1j, complex),
    "booleans": full(True, bool),
    "objects": full(None, object),
    "int": lambda *a: 10**300,
    "huge int": lambda *a: 10**400,
    "none": lambda *a: None,
    "text": lambda *a: "\x1b[2Jx" * 100,
    "empty": lambda *a: np.zeros((0, 3)),
    "nothing": lambda *a: (),
    "arguments": lambda *a: a,
    "dictionary": lambda *a: {"a": np.nan, 1: 2},
    "deep": lambda *a: [[[[[[[[[1]]]]]]]]],
    "generator": lambda *a: (x for x in a),
    "class": lambda *a: int,
    "module": lambda *a: np,
    "dates": lambda *a: np.array(["2020-01-01"], "M8[D]"),
    "masked": lambda *a: np.ma.masked_array([1.0, 2.0], [True, False]),
    "no dimension": lambda *a: np.array(np.inf),
    "pair": lambda *a: (np.nan, {"stride": np.inf}),
    "pair of arrays": lambda *a: (np.full(np.shape(a[0]), np.nan), a),
    "pair of large": lambda *a: (np.full(np.shape(a[0]), 1e308), (np.inf,) * 4),
    "three": lambda *a: (np.zeros(3), np.array([]), np.nan),
}


@pytest.mark.parametrize(
    "function, name",
    [*(("create_mask_from_window", name) for name in ODD), ("conv_forward", "none")],
)
def test_an_odd_value_is_a_wrong_one(function, name):
    report = check(**{function: ODD[name]}, only=[function])
    assert [one.status for one in report.functions] == ["wrong"]
    assert "\x1b" not in str(report)
    json.dumps(report.as_dict(), allow_nan=False)


def test_values_are_seen_at_the_time_of_the_call():
    """A result that lies in a buffer, used again for the next call, is not altered later."""
    buffers = {}

    def zero_pad(X, pad):
        padded = np.pad(X, ((0, 0), (pad, pad), (pad, pad), (0, 0)))
        buffer = buffers.setdefault(padded.shape, padded)
        buffer[...] = padded
        return buffer

    assert check(zero_pad=zero_pad).ok
