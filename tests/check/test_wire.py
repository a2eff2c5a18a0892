import json

import numpy as np
import pytest

from convstep.check.outcome import Opaque, same
from convstep.check.wire import WireError, decode, encode


def sent(value):
    return decode(json.loads(json.dumps(encode(value))))


@pytest.mark.parametrize(
    "value",
    [
        None, True, 3, -(10**30), 0.1, float("inf"), "max", np.float32(0.1), np.int8(-3),
        np.arange(6.0).reshape(2, 3).T, np.zeros((0, 3)), np.array(2.5), np.ones(3, ">f4"),
        np.array([True, False]), (1, [2.0, (None,)]), {"stride": 2, "pad": np.ones(2)},
    ],
    ids=repr,
)  # fmt: skip
def test_values_come_back(value):
    back = sent(value)
    assert type(back) is type(value)
    if isinstance(value, np.ndarray):
        assert back.dtype == value.dtype.newbyteorder("=")
        np.testing.assert_array_equal(back, value)
    else:
        assert same(value, back) or value == back


def test_nan_comes_back():
    assert np.isnan(sent(float("nan"))) and np.isnan(sent(np.array([np.nan])))


class Evil:
    __class__ = np.ndarray

    def __reduce__(self):
        raise AssertionError("pickled")

    def __repr__(self):
        raise AssertionError("shown")


@pytest.mark.parametrize(
    "value",
    [Evil(), object(), {1: 2}, {1, 2}, np.array([None]), np.array(["a"]), np.ones(2, complex),
     10**400, np.broadcast_to(1.0, (10**9,)), lambda: 0, type],
    ids=lambda value: type(value).__name__,
)  # fmt: skip
def test_what_no_exercise_asks_for_is_only_named(value):
    assert isinstance(sent(value), Opaque)


def test_a_list_in_itself_ends():
    loop = []
    loop.append(loop)
    assert isinstance(sent(loop), list)


class Sub(np.ndarray):
    def __array_finalize__(self, other):
        pass

    def tobytes(self):
        raise AssertionError("asked")


def test_an_array_of_a_class_of_its_own_is_read_as_a_plain_one():
    np.testing.assert_array_equal(sent(np.arange(3.0).view(Sub)), [0, 1, 2])


@pytest.mark.parametrize(
    "message",
    [
        3, "x", [], {}, {"array": 1}, {"array": ["<f8", [2], "AAAA"]}, {"array": ["O", [1], ""]},
        {"array": ["<f8", [-1], ""]}, {"array": ["<f8", [10**12], ""]}, {"array": ["<f8", "x", ""]},
        {"array": ["<c16", [1], "AAAAAAAAAAAAAAAAAAAAAA=="]}, {"int": "x"}, {"float": []},
        {"pickle": "x"}, {"list": {}}, {"dict": [[1]]}, {"int": "1", "float": "1"},
        {"tuple": [{"tuple": [7]}]}, {"array": ["<f8", [True], "AAAAAAAA8D8="]},
    ],
    ids=repr,
)  # fmt: skip
def test_a_forged_message_is_refused(message):
    with pytest.raises(WireError):
        decode(message)


def test_what_cannot_be_sent_is_told_by_the_name_of_its_type():
    class Named(type):
        def __getattribute__(cls, name):
            raise SystemExit

    class Odd(metaclass=Named):
        pass

    assert sent(Odd()) == Opaque("Odd")
    assert sent(x for x in ()) == Opaque("generator")
    assert sent(np.ones(2, complex)) == Opaque("array of complex128, shape (2,)")
