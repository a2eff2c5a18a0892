"""The lesson's numbers, through the checked functions and through the loops, to every digit.

Every case seeds NumPy's legacy generator with 1 and draws in the order of the lesson.
"""

import numpy as np
import pytest

import convstep as cs

EITHER = pytest.mark.parametrize("lib", [cs, cs.loops], ids=["convstep", "loops"])


def draws(*shapes):
    rng = np.random.RandomState(1)
    return [rng.randn(*shape) for shape in shapes]


def assert_printed(actual, text):
    """Compare with a text of numbers, each within half a unit of its last digit (8 in arrays)."""
    printed = text.replace("[", " ").replace("]", " ").replace(",", " ").split()
    actual = np.ravel(actual)
    assert actual.dtype == np.float64
    assert len(actual) == len(printed)
    for value, word in zip(actual, printed, strict=True):
        digits = len(word.partition(".")[2]) if len(printed) == 1 else 8
        assert abs(value - float(word)) <= 0.5000001 * 10.0**-digits, word


@EITHER
def test_zero_pad(lib, body):
    (x,) = draws((4, 3, 3, 2))
    assert_printed(
        x[1, 1],
        "[[0.90085595, -0.68372786], [-0.12289023, -0.93576943], [-0.26788808, 0.53035547]]",
    )
    padded = lib.zero_pad(x, 2)
    assert padded.shape == (4, 7, 7, 2)
    np.testing.assert_array_equal(padded[:, 2:5, 2:5], x)
    padded[:, 2:5, 2:5] = 0
    assert not padded.any()
    assert lib.zero_pad(x, 3).shape == (4, 9, 9, 2)


@EITHER
def test_conv_single_step(lib, body):
    a, W, b = draws((4, 4, 3), (4, 4, 3), (1, 1, 1))
    Z = lib.conv_single_step(a, W, b)
    assert_printed(Z, "-6.99908945068")
    assert isinstance(Z, np.floating)
    assert np.ndim(Z) == 0


@EITHER
def test_conv_forward(lib, body):
    A_prev, W, b = draws((10, 4, 4, 3), (2, 2, 3, 8), (1, 1, 1, 8))
    Z, cache = lib.conv_forward(A_prev, W, b, {"pad": 2, "stride": 2})
    assert Z.shape == (10, 4, 4, 8)
    assert_printed(Z.mean(), "0.0489952035289")
    assert_printed(
        Z[3, 2, 1],
        "[-0.61490741, -6.7439236, -2.55153897, 1.75698377, "
        "3.56208902, 0.53036437, 5.18531798, 8.75898442]",
    )
    assert_printed(cache[0][1][2][3], "[-0.20075807, 0.18656139, 0.41005165]")


@EITHER
def test_conv_backward(lib, body):
    A_prev, W, b = draws((10, 4, 4, 3), (2, 2, 3, 8), (1, 1, 1, 8))
    Z, cache = lib.conv_forward(A_prev, W, b, {"pad": 2, "stride": 2})
    dA, dW, db = lib.conv_backward(Z, cache)
    assert (dA.shape, dW.shape, db.shape) == (A_prev.shape, W.shape, b.shape)
    assert_printed(dA.mean(), "1.45243777754")
    assert_printed(dW.mean(), "1.72699145831")
    assert_printed(db.mean(), "7.83923256462")


@EITHER
def test_pool_forward(lib, body):
    (A_prev,) = draws((2, 4, 4, 3))
    hparameters = {"stride": 2, "f": 3}
    A, _ = lib.pool_forward(A_prev, hparameters)
    assert A.shape == (2, 1, 1, 3)
    assert_printed(A, "[1.74481176, 0.86540763, 1.13376944], [1.13162939, 1.51981682, 2.18557541]")
    A, _ = lib.pool_forward(A_prev, hparameters, mode="average")
    assert A.shape == (2, 1, 1, 3)
    assert_printed(
        A, "[0.02105773, -0.20328806, -0.40389855], [-0.22154621, 0.51716526, 0.48155844]"
    )


@EITHER
def test_pool_backward(lib, body):
    A_prev, dA = draws((5, 5, 3, 2), (5, 4, 2, 2))
    assert_printed(dA.mean(), "0.145713902729")
    _, cache = lib.pool_forward(A_prev, {"stride": 1, "f": 2})
    assert_printed(
        lib.pool_backward(dA, cache, mode="max")[1, 1],
        "[[0, 0], [5.05844394, -1.68282702], [0, 0]]",
    )
    assert_printed(
        lib.pool_backward(dA, cache, mode="average")[1, 1],
        "[[0.08485462, 0.2787552], [1.26461098, -0.25749373], [1.17975636, -0.53624893]]",
    )


@EITHER
@pytest.mark.parametrize(
    "x, place",
    [(None, (0, 0)), ([[1, 3], [4, 2]], (1, 0)), ([[1, 3], [2, 6]], (1, 1))],
    ids=["drawn", "second row", "last"],
)
def test_create_mask_from_window(lib, x, place):
    x = draws((2, 3))[0] if x is None else np.array(x)
    mask = lib.create_mask_from_window(x)
    assert mask.dtype == bool
    assert np.argwhere(mask).tolist() == [list(place)]


@EITHER
@pytest.mark.parametrize("dz, share", [(2, 0.5), (0.666, 0.1665)])
def test_distribute_value(lib, dz, share):
    a = lib.distribute_value(dz, (2, 2))
    assert a.dtype == np.float64
    np.testing.assert_array_equal(a, np.full((2, 2), share))


@EITHER
def test_the_pooling_figure(lib, body):
    """The published figure says 3.25 where 3.5 is right."""
    rows = np.array([[2, 3, 1, 9], [4, 7, 3, 5], [8, 2, 2, 2], [1, 3, 4, 5]])
    A, _ = lib.pool_forward(rows.reshape(1, 4, 4, 1), {"f": 2, "stride": 2})
    np.testing.assert_array_equal(A[0, :, :, 0], [[7, 9], [8, 5]])
    A, _ = lib.pool_forward(rows.reshape(1, 4, 4, 1), {"f": 2, "stride": 2}, mode="average")
    np.testing.assert_array_equal(A[0, :, :, 0], [[4, 4.5], [3.5, 3.25]])


# ------------------------------------------------- where the published versions go wrong


def conv_example(pad, stride=1, shape=(1, 3, 4, 2), f=2, n_C=2):
    rng = np.random.default_rng(0)
    m, n_H_prev, n_W_prev, n_C_prev = shape
    n_H, n_W = ((n - f + 2 * pad) // stride + 1 for n in (n_H_prev, n_W_prev))
    arrays = rng.standard_normal(shape), rng.standard_normal((f, f, n_C_prev, n_C))
    dZ = rng.standard_normal((m, n_H, n_W, n_C))
    return *arrays, rng.standard_normal((1, 1, 1, n_C)), dZ, {"stride": stride, "pad": pad}


@EITHER
@pytest.mark.parametrize("shape", [(1, 1, 1), (1,), (), (1, 1, 1, 1)], ids=str)
def test_a_bias_of_one_element_has_any_shape(lib, shape):
    """float(b) of a (1, 1, 1) array is a TypeError in NumPy 2.4."""
    ones = np.ones((2, 2, 3))
    assert lib.conv_single_step(ones, ones, np.full(shape, 0.5)) == 12.5


@EITHER
def test_the_bias_is_added_once(lib, body):
    """Not to every product, nor before the sum."""
    zeros = np.zeros((3, 3, 2))
    assert lib.conv_single_step(zeros, zeros, np.array([7.0])) == 7
    A_prev, W, b, _, hparameters = conv_example(pad=1)
    Z, _ = lib.conv_forward(0 * A_prev, W, b, hparameters)
    np.testing.assert_array_equal(Z, np.broadcast_to(b, Z.shape))


@EITHER
@pytest.mark.parametrize("pad", [0, 1, 3])
def test_the_padding_is_cut_away_at_any_pad(lib, pad, body):
    """[pad:-pad] is empty at pad 0; and the sum must leave the padded copy."""
    A_prev, W, b, dZ, hparameters = conv_example(pad)
    _, cache = lib.conv_forward(A_prev, W, b, hparameters)
    dA_prev, dW, db = lib.conv_backward(dZ, cache)
    report = cs.gradient_check(
        lambda A_prev, W, b: cs.loops.conv_forward(A_prev, W, b, hparameters)[0],
        lambda grad, *_: lib.conv_backward(grad, cache),
        *(A_prev, W, b),
    )
    assert report, str(report)
    assert dA_prev.any(axis=(1, 2)).all()
    assert dW.any()
    assert db.shape == b.shape


@EITHER
def test_every_step_of_conv_backward_has_the_shape_of_its_own(lib, body):
    """dA_prev has n_C_prev channels, not n_C; height is not width."""
    A_prev, W, b, dZ, hparameters = conv_example(pad=0, stride=2, shape=(2, 5, 8, 1), f=3, n_C=4)
    _, cache = lib.conv_forward(A_prev, W, b, hparameters)
    shapes = [grad.shape for grad in lib.conv_backward(dZ, cache)]
    assert shapes == [A_prev.shape, W.shape, b.shape]


@EITHER
def test_gradients_are_sums_and_not_means(lib, body):
    A_prev, W, b, dZ, hparameters = conv_example(pad=0)
    _, cache = lib.conv_forward(A_prev, W, b, hparameters)
    once = lib.conv_backward(dZ, cache)
    _, cache = lib.conv_forward(np.repeat(A_prev, 5, axis=0), W, b, hparameters)
    five = lib.conv_backward(np.repeat(dZ, 5, axis=0), cache)
    np.testing.assert_allclose(five[0], np.repeat(once[0], 5, axis=0), rtol=1e-12)
    np.testing.assert_allclose(five[1], 5 * once[1], rtol=1e-12)
    np.testing.assert_allclose(five[2], 5 * once[2], rtol=1e-12)
    np.testing.assert_allclose(once[2].ravel(), dZ.sum(axis=(0, 1, 2)), rtol=1e-12)


@EITHER
def test_a_turned_filter_is_seen(lib, body):
    """The means of the lesson's check are the same for a filter turned by half a circle."""
    W = np.array([[1.0, 2.0], [3.0, 4.0]]).reshape(2, 2, 1, 1)
    _, cache = lib.conv_forward(
        np.zeros((1, 2, 2, 1)), W, np.zeros((1, 1, 1, 1)), {"stride": 1, "pad": 0}
    )
    dA_prev, _, _ = lib.conv_backward(np.ones((1, 1, 1, 1)), cache)
    np.testing.assert_array_equal(dA_prev[0, :, :, 0], [[1, 2], [3, 4]])


@EITHER
@pytest.mark.parametrize("mode", ["max", "average"])
def test_pool_backward_takes_its_stride(lib, mode, body):
    """The published check has stride 1, which hides a stride that was forgotten."""
    x = np.arange(16.0).reshape(1, 4, 4, 1)
    _, cache = lib.pool_forward(x, {"f": 2, "stride": 2}, mode=mode)
    dA = np.array([[4.0, 8.0], [12.0, 16.0]]).reshape(1, 2, 2, 1)
    found = lib.pool_backward(dA, cache, mode=mode)[0, :, :, 0]
    if mode == "max":
        expected = [[0, 0, 0, 0], [0, 4, 0, 8], [0, 0, 0, 0], [0, 12, 0, 16]]
    else:
        expected = [[1, 1, 2, 2], [1, 1, 2, 2], [3, 3, 4, 4], [3, 3, 4, 4]]
    np.testing.assert_array_equal(found, expected)


@EITHER
@pytest.mark.parametrize("mode", ["max", "average"])
def test_height_and_width_are_not_exchanged(lib, mode, body):
    x = np.arange(2 * 3 * 7 * 2, dtype=float).reshape(2, 3, 7, 2)
    A, cache = lib.pool_forward(x, {"f": 2, "stride": 1}, mode=mode)
    assert A.shape == (2, 2, 6, 2)
    assert lib.pool_backward(A, cache, mode=mode).shape == x.shape


@EITHER
def test_the_mask_reads_its_argument(lib):
    x = np.array([[5.0, 1.0]])
    assert lib.create_mask_from_window(x).tolist() == [[True, False]]
    assert lib.create_mask_from_window(-x).tolist() == [[False, True]]


@EITHER
def test_an_average_is_distributed_and_not_masked(lib, body):
    x = np.arange(4.0).reshape(1, 2, 2, 1)
    _, cache = lib.pool_forward(x, {"f": 2, "stride": 2}, mode="average")
    dA_prev = lib.pool_backward(np.ones((1, 1, 1, 1)), cache, mode="average")
    np.testing.assert_array_equal(dA_prev, np.full(x.shape, 0.25))


@EITHER
def test_tied_maxima_all_get_the_gradient(lib, body):
    x = np.array([[1.0, 3.0], [3.0, 2.0]])
    np.testing.assert_array_equal(lib.create_mask_from_window(x), [[False, True], [True, False]])
    _, cache = lib.pool_forward(x.reshape(1, 2, 2, 1), {"f": 2, "stride": 2})
    dA_prev = lib.pool_backward(np.full((1, 1, 1, 1), 5.0), cache)
    np.testing.assert_array_equal(dA_prev[0, :, :, 0], [[0, 5], [5, 0]])


@EITHER
def test_a_nan_keeps_its_gradient(lib, body):
    """In the published versions the mask is all False, and the gradient is lost."""
    x = np.array([[1.0, np.nan], [np.nan, 2.0]])
    np.testing.assert_array_equal(lib.create_mask_from_window(x), [[False, True], [True, False]])
    A, cache = lib.pool_forward(x.reshape(1, 2, 2, 1), {"f": 2, "stride": 1})
    assert np.isnan(A).all()
    dA_prev = lib.pool_backward(np.full((1, 1, 1, 1), 5.0), cache)
    np.testing.assert_array_equal(dA_prev[0, :, :, 0], [[0, 5], [5, 0]])


@EITHER
def test_an_unknown_mode_does_not_give_zeros(lib):
    x = np.ones((1, 2, 2, 1))
    with pytest.raises(ValueError, match="mode"):
        lib.pool_forward(x, {"f": 2, "stride": 2}, mode="avg")
    with pytest.raises(ValueError, match="mode"):
        lib.pool_backward(x[:, :1, :1], (x, {"f": 2, "stride": 2}), mode="avg")


@pytest.mark.parametrize("n, f, pad, stride", [(3, 4, 0, 2), (2, 5, 1, 2), (1, 5, 1, 3)])
def test_a_window_larger_than_the_input_gives_no_number(n, f, pad, stride):
    """int((n - f + 2 * pad) / stride) + 1 is 1 for all of these."""
    assert int((n - f + 2 * pad) / stride) + 1 == 1
    W, b = np.ones((f, f, 1, 1)), np.zeros((1, 1, 1, 1))
    with pytest.raises(ValueError, match="fit into the padded input"):
        cs.conv_forward(np.ones((1, n, n, 1)), W, b, {"stride": stride, "pad": pad})
    with pytest.raises(ValueError, match="fit into the padded input"):
        cs.pool_forward(np.ones((1, n, n, 1)), {"stride": stride, "f": f})


def test_one_input_channel_does_not_broadcast():
    with pytest.raises(ValueError, match="3 input channels"):
        cs.conv_forward(
            np.ones((1, 3, 3, 3)),
            np.ones((2, 2, 1, 4)),
            np.zeros((1, 1, 1, 4)),
            {"stride": 1, "pad": 0},
        )


def test_a_rectangular_filter_is_not_read_as_a_square():
    with pytest.raises(ValueError, match="square"):
        cs.conv_forward(
            np.ones((1, 5, 5, 3)),
            np.ones((2, 3, 3, 4)),
            np.zeros((1, 1, 1, 4)),
            {"stride": 1, "pad": 0},
        )
