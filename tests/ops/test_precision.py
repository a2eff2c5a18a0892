"""set_precision: what may be chosen, for how long, and what it changes."""

import numpy as np
import pytest

import convstep as cs
from convstep.ops import compiled

needs_core = pytest.mark.skipif(not compiled.available(), reason="needs the compiled core")


@pytest.fixture(autouse=True)
def _fast_again():
    yield
    cs.set_precision("fast")


def chosen():
    return cs.backend_info()["precision"]


@needs_core
def test_it_holds_until_the_next_choice():
    assert chosen() == "fast"
    cs.set_precision("exact")
    assert chosen() == "exact"
    cs.set_precision("fast")
    assert chosen() == "fast"


@needs_core
def test_a_with_block_goes_back_even_after_an_error():
    with cs.set_precision("exact"):
        with cs.set_precision("fast"):
            assert chosen() == "fast"
        assert chosen() == "exact"
    with pytest.raises(ZeroDivisionError), cs.set_precision("exact"):
        _ = 1 / 0
    assert chosen() == "fast"


@pytest.mark.parametrize("name", ["fats", "EXACT", "", None, 1, b"fast"])
def test_another_name_is_refused_and_changes_nothing(name):
    before = chosen()
    with pytest.raises(cs.errors.ArgumentError, match=r"^set_precision: name must be one of"):
        cs.set_precision(name)
    assert chosen() == before


@needs_core
def test_exact_results_do_not_depend_on_the_batch():
    rng = np.random.default_rng(0)
    x = rng.standard_normal((5, 14, 14, 64)).astype(np.float32)
    weight = rng.standard_normal((3, 3, 64, 64)).astype(np.float32)
    grad = rng.standard_normal((5, 14, 14, 64)).astype(np.float32)
    with cs.set_precision("exact"):
        y = cs.ops.conv2d(x, weight, padding=1)
        dx = cs.ops.conv2d_backward(grad, x, weight, padding=1, needs="x").x
        for i in range(5):
            one = slice(i, i + 1)
            assert (cs.ops.conv2d(x[one], weight, padding=1) == y[one]).all()
            part = cs.ops.conv2d_backward(grad[one], x[one], weight, padding=1, needs="x").x
            assert (part == dx[one]).all()
    assert not (cs.ops.conv2d(x, weight, padding=1) == y).all(), "fast was no other algorithm"


@pytest.mark.parametrize(
    ("image", "kernel", "out_channels", "padding"),
    [
        ((1, 1, 30), (1, 1), 7, 0),  # a dense layer
        ((4, 5, 6), (4, 5), 19, 0),  # a kernel as large as the image: one too
        ((12, 13, 3), (3, 3), 8, 1),  # few channels
        ((7, 7, 40), (3, 3), 20, 1),
        ((9, 9, 16), (2, 2), 2, 0),
    ],
)
def test_exact_results_of_many_images_are_those_of_one(image, kernel, out_channels, padding):
    rng = np.random.default_rng(1)
    x = rng.standard_normal((20, *image)).astype(np.float32)
    weight = rng.standard_normal((*kernel, image[2], out_channels)).astype(np.float32)
    with cs.set_precision("exact"):
        y = cs.ops.conv2d(x, weight, padding=padding)
        grad = rng.standard_normal(y.shape).astype(np.float32)
        dx = cs.ops.conv2d_backward(grad, x, weight, padding=padding, needs="x").x
        for one in (slice(0, 1), slice(7, 8), slice(17, 20)):
            assert (cs.ops.conv2d(x[one], weight, padding=padding) == y[one]).all()
            part = cs.ops.conv2d_backward(grad[one], x[one], weight, padding=padding, needs="x").x
            assert (part == dx[one]).all()
