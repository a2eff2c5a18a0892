"""Where a function of the lesson is wrong, said in sentences that a stranger can follow."""

import numpy as np
import pytest

import convstep as cs
from convstep import loops


def found(**functions):
    report = cs.check.check(**functions)
    assert [f.status for f in report.functions] == ["wrong"] * len(functions)
    return report.functions[0]


def only_last(X, pad):
    padded = loops.zero_pad(X, pad)
    padded[1:] *= 1.5
    return padded


def forward_with(change):
    def conv_forward(A_prev, W, b, hparameters):
        Z, cache = loops.conv_forward(A_prev, W, b, hparameters)
        return change(Z, hparameters), cache

    return conv_forward


def backward_with(change):
    def conv_backward(dZ, cache):
        return change(*loops.conv_backward(dZ, cache), cache)

    return conv_backward


def without_stride(dA, cache, mode="max"):
    return loops.pool_backward(dA, (cache[0], {**cache[1], "stride": 1}), mode)


def border(Z, hparameters):
    Z[:, 0] = Z[:, -1] = 7
    return Z


@pytest.mark.parametrize(
    "functions, sentence",
    [
        ({"zero_pad": only_last}, "wrong in every case with several examples, right in all others"),
        (
            {"zero_pad": only_last},
            "X_pad is right in the first example and wrong from the second on",
        ),
        (
            {"pool_backward": without_stride},
            "wrong only in cases with stride over 1",
        ),
        ({"conv_forward": forward_with(lambda Z, hp: -Z)}, "Z is -1 times what it should be"),
        ({"conv_forward": forward_with(lambda Z, hp: 0 * Z)}, "Z is all zeros"),
        ({"conv_forward": forward_with(lambda Z, hp: Z[..., None])}, "Z has shape"),
        ({"conv_forward": forward_with(border)}, "Z is wrong only at the border"),
        (
            {
                "conv_backward": backward_with(
                    lambda dA, dW, db, cache: (dA, dW / len(cache[0]), db)
                )
            },
            "dW is 1 / m times what it should be",
        ),
        (
            {"conv_backward": backward_with(lambda dA, dW, db, cache: (dA, dW + 1, db))},
            "dA_prev and db are right; dW is wrong",
        ),
        (
            {"conv_backward": backward_with(lambda dA, dW, db, cache: (dA, dW))},
            "it returns a tuple of 2; (dA_prev, dW, db) is asked for",
        ),
        ({"create_mask_from_window": lambda x: None}, "it returns None"),
        (
            {
                "distribute_value": lambda dz, shape: np.full(
                    shape, dz / 0 if dz < 0 else dz / np.prod(shape)
                )
            },
            "wrong in every case with a negative number, right in all others",
        ),
        ({"zero_pad": lambda X, pad: X[99]}, "IndexError: index 99 is out of bounds"),
    ],
)
def test_the_sentence(functions, sentence):
    told = found(**functions).localisation
    assert any(one.startswith(sentence) for one in told), told


def test_an_exception_has_its_line():
    def zero_pad(X, pad):
        return X[99]

    line = zero_pad.__code__.co_firstlineno + 1
    assert f"(line {line}), in every case" in found(zero_pad=zero_pad).localisation[0]


def test_the_factor_may_be_a_product_of_sizes():
    def distribute_value(dz, shape):
        return np.full(shape, float(dz))

    told = found(distribute_value=distribute_value).localisation
    assert "a is n_H * n_W times what it should be" in told
