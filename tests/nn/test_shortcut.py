"""`IdentityShortcut`: pixels that stay, zeros around them."""

import numpy as np
import pytest

import convstep as cs
from convstep import nn


def test_by_hand():
    x = np.arange(1.0, 13).reshape(1, 3, 2, 2)
    model = cs.Model(
        cs.Sequential([nn.IdentityShortcut(5, stride=(2, 1))]), input_shape=(3, 2, 2), dtype=float
    )
    trace = model.trace(x, grad=np.arange(20.0).reshape(1, 2, 2, 5))
    expected = [
        [[0, 1, 2, 0, 0], [0, 3, 4, 0, 0]],
        [[0, 9, 10, 0, 0], [0, 11, 12, 0, 0]],
    ]
    np.testing.assert_array_equal(trace.values["shortcut1"][0], expected)
    back = [[[1, 2], [6, 7]], [[0, 0], [0, 0]], [[11, 12], [16, 17]]]
    np.testing.assert_array_equal(trace.grads["x"][0], back)


def test_as_wide_as_the_input():
    x = np.ones((1, 2, 2, 3), np.float32)
    model = cs.Model(cs.Sequential([nn.IdentityShortcut(3)]), input_shape=(2, 2, 3))
    np.testing.assert_array_equal(model.predict(x), x)


def test_fewer_channels_than_the_input_has():
    graph = cs.Sequential([nn.IdentityShortcut(3)])
    message = (
        r"shortcut1 \(IdentityShortcut\): out_channels must be at least the input's 4 channels"
    )
    with pytest.raises(cs.errors.ArgumentError, match=message):
        cs.Model(graph, input_shape=(2, 2, 4))
