import numpy as np
import pytest

import convstep as cs
from convstep import loops


def example(**functions):
    return cs.check.check(**functions).functions[0].example


def test_sizes_go_down_to_what_the_mistake_needs():
    def conv_forward(A_prev, W, b, hparameters):
        Z, cache = loops.conv_forward(A_prev, W, b, hparameters)
        if hparameters["stride"] > 1 and Z.shape[0] > 1:
            Z[1, -1, -1, -1] += 1
        return Z, cache

    shown = example(conv_forward=conv_forward)
    sizes = {name: shown.setting[name] for name in ("m", "n_C_prev", "n_C", "f", "stride", "pad")}
    assert sizes == {"m": 2, "n_C_prev": 1, "n_C": 1, "f": 1, "stride": 2, "pad": 0}
    assert shown.setting["n_H"] == shown.setting["n_W"] == 1
    assert shown.index == [1, 0, 0, 0]
    assert shown.where.startswith("example 1, row 0, column 0, channel 0")


def test_numbers_become_zero_where_they_do_not_matter():
    def create_mask_from_window(x):
        mask = loops.create_mask_from_window(x)
        mask[0, 0] = mask[0, 0] and x[0, 0] < 100 and not (x.shape[1] > 1 and x[0, 1] < 0)
        return mask

    shown = example(create_mask_from_window=create_mask_from_window)
    x = np.array(shown.arguments["x"])
    assert x.shape == (1, 2)
    assert x[0, 0] == 0 and x[0, 1] < 0


def test_the_example_is_one_that_fails():
    def pool_backward(dA, cache, mode="max"):
        return loops.pool_backward(dA, (cache[0], {**cache[1], "stride": 1}), mode)

    shown = example(pool_backward=pool_backward)
    dA, (A_prev, hparameters), mode = shown.arguments.values()
    call = (np.array(dA), (np.array(A_prev), hparameters), mode)
    np.testing.assert_allclose(loops.pool_backward(*call), shown.expected)
    np.testing.assert_allclose(pool_backward(*call), shown.got)
    index = tuple(shown.index)
    assert np.array(shown.expected)[index] == shown.cell_expected != shown.cell_got


def test_the_window_is_told_of_the_input_cell_and_of_the_output_cell():
    def conv_backward(dZ, cache):
        dA, dW, db = loops.conv_backward(dZ, cache)
        dA[0, -1, -1, 0] += 9
        return dA, dW, db

    shown = example(conv_backward=conv_backward)
    assert shown.output == "dA_prev"
    assert "1 window uses this cell: (h, w) = (0, 0)" in shown.where


@pytest.mark.parametrize("values", [np.nan, np.inf])
def test_what_is_no_number_in_json_is_a_word(values):
    shown = example(zero_pad=lambda X, pad: loops.zero_pad(X, pad) * values)
    assert isinstance(np.array(shown.got).ravel()[0], str)


def test_what_is_wrong_by_little_is_shown_where_it_is():
    """A verdict and the place that is shown for it go by one bound."""

    def conv_forward(A_prev, W, b, hparameters):
        Z, cache = loops.conv_forward(A_prev, W, b, hparameters)
        Z[-1, -1, -1, -1] += 5e-5 * np.abs(Z).max()
        return Z, cache

    shown = example(conv_forward=conv_forward)
    assert shown.output == "Z" and shown.index is not None
