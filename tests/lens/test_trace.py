"""Traces against `convstep.loops`: from the steps alone, every result is put together again."""

import base64
import json
import re

import numpy as np
import pytest

import convstep as cs
from convstep import lens, loops
from convstep.lens.step import blocks

CASES = [  # A_prev's shape, f, n_C, stride, pad
    ((1, 1, 1, 1), 1, 1, 1, 0),
    ((2, 4, 6, 3), 3, 2, 1, 0),
    ((2, 5, 3, 2), 2, 4, 2, 1),
    ((1, 3, 4, 1), 5, 2, 3, 2),
    ((3, 2, 2, 2), 1, 3, 4, 3),
]
DTYPES = [np.float64, np.float32, np.int8, np.uint8, np.bool_]
MODES = ["max", "average"]


def drawn(shape, dtype=np.float64, seed=0):
    values = np.random.default_rng((seed, *shape)).integers(-9, 10, shape)
    return values.astype(dtype) if np.issubdtype(dtype, np.integer) else (values / 4).astype(dtype)


def convolution(case, dtype=np.float64):
    shape, f, n_C, stride, pad = case
    arrays = drawn(shape, dtype), drawn((f, f, shape[3], n_C), dtype), drawn((1, 1, 1, n_C), dtype)
    return *arrays, {"stride": stride, "pad": pad}


def pooling(case, dtype=np.float64):
    """Whole numbers: several cells of a window tie."""
    shape, f, _, stride, _ = case
    return np.round(drawn(shape)).astype(dtype), {"f": min(f, *shape[1:3]), "stride": stride}


def same(got, right):
    tolerance = 1e-12 if right.dtype == np.float64 else 1e-5
    np.testing.assert_allclose(got, right, rtol=tolerance, atol=tolerance)
    assert got.shape == right.shape
    assert got.dtype == right.dtype


def window(step):
    return np.s_[step.i, step.vert_start : step.vert_end, step.horiz_start : step.horiz_end]


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("case", CASES)
def test_conv_forward(case, dtype):
    A_prev, W, b, hparameters = convolution(case, dtype)
    right, _ = loops.conv_forward(A_prev, W, b, hparameters)
    trace = lens.trace_conv_forward(A_prev, W, b, hparameters)
    Z = np.zeros_like(right)
    for step in trace:
        np.testing.assert_array_equal(step.products, step.a_slice_prev * step.W.astype(Z.dtype))
        assert step.value == pytest.approx(step.products.sum() + step.b)
        Z[step.cell] = step.value
        assert step.value.dtype == right.dtype
    same(Z, right)
    same(trace.result, right)


@pytest.mark.parametrize("dtype", DTYPES[:2])
@pytest.mark.parametrize("case", CASES)
def test_conv_backward(case, dtype):
    Z, cache = loops.conv_forward(*convolution(case, dtype))
    dZ, pad = drawn(Z.shape, dtype, seed=1), case[4]
    right = loops.conv_backward(dZ, cache)
    trace = lens.trace_conv_backward(dZ, cache)
    A_prev_pad = loops.zero_pad(cache[0], pad)
    dA_prev_pad, dW, db = (np.zeros_like(one) for one in (A_prev_pad, *cache[1:3]))
    for step in trace:
        np.testing.assert_array_equal(step.a_slice, A_prev_pad[window(step)])
        np.testing.assert_array_equal(step.W, cache[1][..., step.c])
        assert step.grad == dZ[step.cell]
        dA_prev_pad[window(step)] += step.da_slice
        dW[..., step.c] += step.dW
        db[..., step.c] += step.db
    rows, columns = case[0][1:3]
    inner = dA_prev_pad[:, pad : pad + rows, pad : pad + columns]
    for got, one, result in zip((inner, dW, db), right, trace.result, strict=True):
        same(got, one)
        same(result, one)
    totals = trace.totals()
    np.testing.assert_allclose(totals["dA_prev_pad"], dA_prev_pad)
    for name, one in zip(("dA_prev", "dW", "db"), right, strict=True):
        same(totals[name], one)


def test_whole_numbers_do_not_overflow_on_the_way_back():
    hparameters = {"stride": 1, "pad": 0}
    A_prev, W = np.full((1, 2, 2, 1), 100, np.int8), np.full((1, 1, 1, 1), 100, np.int8)
    _, cache = cs.conv_forward(A_prev, W, np.zeros((1, 1, 1, 1), np.int8), hparameters)
    step = lens.trace_conv_backward(np.full((1, 2, 2, 1), 100, np.int8), cache)[0]
    assert step.da_slice.item() == step.dW.item() == 10_000


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("case", CASES)
def test_pool_forward(case, dtype, mode):
    A_prev, hparameters = pooling(case, dtype)
    right, _ = loops.pool_forward(A_prev, hparameters, mode)
    trace = lens.trace_pool_forward(A_prev, hparameters, mode)
    A = np.zeros_like(right)
    for step in trace:
        np.testing.assert_array_equal(step.a_slice, A_prev[*window(step), step.c])
        assert (step.mask is None) == (mode == "average")
        A[step.cell] = step.value
        assert step.value.dtype == right.dtype
    same(A, right)
    same(trace.result, right)


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("dtype", DTYPES[:2])
@pytest.mark.parametrize("case", CASES)
def test_pool_backward(case, dtype, mode):
    A, cache = loops.pool_forward(*pooling(case, dtype), mode)
    dA = drawn(A.shape, dtype, seed=1)
    right = loops.pool_backward(dA, cache, mode)
    trace = lens.trace_pool_backward(dA, cache, mode)
    dA_prev = np.zeros_like(cache[0])
    for step in trace:
        dA_prev[*window(step), step.c] += step.da_slice
        added = step.mask * step.grad if mode == "max" else step.share
        np.testing.assert_array_equal(step.da_slice, added)
    for got in (dA_prev, trace.result, trace.totals()["dA_prev"]):
        same(got, right)


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("pad", [0, 2])
def test_zero_pad(pad, dtype):
    X = drawn((2, 3, 1, 2), dtype)
    right = loops.zero_pad(X, pad)
    trace = lens.trace_zero_pad(X, pad)
    X_pad = np.full_like(right, 1)
    for step in trace:
        assert step.value == (0 if step.source is None else X[step.source])
        X_pad[step.cell] = step.value
    same(X_pad, right)
    same(trace.result, right)


# ------------------------------------------------------------- totals: stopped on the way


@pytest.mark.parametrize("case", CASES)
def test_totals_are_those_of_loops_that_stop(case):
    """A gradient that is zero from some cell on is that of the loops stopped before it."""
    Z, cache = loops.conv_forward(*convolution(case))
    dZ = drawn(Z.shape, seed=1)
    trace = lens.trace_conv_backward(dZ, cache)
    for k in range(len(trace)):
        right = loops.conv_backward(first(dZ, k), cache)
        totals = trace.totals(k)
        for name, one in zip(("dA_prev", "dW", "db"), right, strict=True):
            same(totals[name], one)


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("case", CASES)
def test_totals_of_pooling(case, mode):
    A, cache = loops.pool_forward(*pooling(case), mode)
    dA = drawn(A.shape, seed=1)
    forth, back = lens.trace_pool_forward(*cache, mode), lens.trace_pool_backward(dA, cache, mode)
    for k in range(len(back)):
        same(forth.totals(k)["A"], first(A, k))
        same(back.totals(k)["dA_prev"], loops.pool_backward(first(dA, k), cache, mode))


def first(values, k):
    return np.where(np.arange(values.size).reshape(values.shape) <= k, values, 0)


def test_totals_know_nothing_of_what_is_to_come():
    Z, cache = loops.conv_forward(*convolution(CASES[1]))
    A_prev, W, _, _ = cache
    A_prev[-1, -1, -1] = W[..., -1] = np.inf
    trace = lens.trace_conv_backward(np.ones_like(Z), cache)
    assert all(np.isfinite(one).all() for one in trace.totals(0).values())
    assert np.isfinite(trace.totals(len(trace) - 1)["dW"][0, 0]).all()
    assert not np.isfinite(trace.totals(1)["dA_prev"]).all()


def test_blocks_are_the_cells_up_to_one():
    shape = (2, 3, 2, 2)
    for k, cell in enumerate(np.ndindex(shape)):
        count = np.zeros(shape, int)
        for block in blocks(cell, shape):
            count[block] += 1
        assert (count.ravel() == (np.arange(count.size) <= k)).all()


# --------------------------------------------------------------------------- a sequence


@pytest.fixture
def trace():
    return lens.trace_conv_forward(*convolution(CASES[2]))


def test_the_steps_come_in_the_loops_order(trace):
    assert [step.cell for step in trace] == list(np.ndindex(trace.result.shape))
    assert [step.index for step in trace] == list(range(len(trace)))
    assert len(trace) == trace.result.size


def test_it_is_a_sequence(trace):
    assert trace[-1].index == len(trace) - 1
    assert [step.index for step in trace[3:9:2]] == [3, 5, 7]
    assert [step.index for step in trace[-2:]] == [len(trace) - 2, len(trace) - 1]
    assert trace.step_at(1, 2, 1, 3).cell == (1, 2, 1, 3)
    for k in (len(trace), -len(trace) - 1):
        with pytest.raises(IndexError, match=f"trace_conv_forward: no step {k}, of {len(trace)}"):
            trace[k]


def test_an_empty_trace_has_no_steps():
    A_prev, W, b, hparameters = convolution(((0, 4, 4, 2), 3, 2, 1, 1))
    trace = lens.trace_conv_forward(A_prev, W, b, hparameters)
    assert list(trace) == []
    assert trace._repr_html_() == "<p>A trace without a step.</p>"
    with pytest.raises(cs.errors.ArgumentError, match=r"Trace.totals: step must be one of"):
        trace.totals()


def test_later_changes_of_the_arrays_are_not_seen():
    A_prev, W, b, hparameters = convolution(CASES[2])
    Z, cache = cs.conv_forward(A_prev, W, b, hparameters)
    traces = [
        lens.trace_conv_forward(A_prev, W, b, hparameters), lens.trace_conv_backward(Z, cache),
        lens.trace_zero_pad(A_prev, 1), lens.trace_pool_forward(A_prev, {"f": 2, "stride": 1}),
    ]  # fmt: skip
    before = [trace[9].describe() for trace in traces]
    for one in (A_prev, W, b, Z):
        one[...] = 77
    assert [trace[9].describe() for trace in traces] == before
    with pytest.raises(ValueError, match="read-only"):
        traces[0][0].a_slice_prev[...] = 1


def test_a_trace_over_large_arrays_computes_nothing_until_asked(monkeypatch):
    """400 million steps of 100 thousand products each: a loop over them would never end."""
    A_prev, W = np.ones((10, 200, 200, 16), np.float32), np.ones((7, 7, 16, 1000), np.float32)
    for module, name in ((cs.steps, "conv_forward"), (loops, "conv_single_step")):
        monkeypatch.setattr(module, name, None)
    b, hparameters = np.zeros((1, 1, 1, 1000), np.float32), {"stride": 1, "pad": 3}
    trace = lens.trace_conv_forward(A_prev, W, b, hparameters)
    assert len(trace) == 400_000_000
    monkeypatch.undo()
    assert trace.step_at(3, 100, 100, 999).value == 7 * 7 * 16


# --------------------------------------------------------------------------- in words


def test_a_long_sum_is_shortened():
    A_prev, W, b, hparameters = convolution(((1, 6, 6, 8), 3, 1, 1, 0))
    step = lens.trace_conv_forward(A_prev, W, b, hparameters)[0]
    (sum_,) = re.findall(r"= (.*) \+ b$", step.describe(), re.M)
    terms = [term for term in sum_.split(" + ") if not term.startswith("...")]
    assert "... (61 more)" in sum_
    shown = [*step.products.flat][:9] + [*step.products.flat][-2:]
    assert [eval(term) for term in terms] == shown
    assert repr(step).startswith("ConvForwardStep(0: i=0, h=0, w=0, c=0, ")


def test_the_padding_is_told():
    step = lens.trace_zero_pad(np.ones((1, 2, 2, 1), bool), 1)[0]
    assert step.describe().endswith("X_pad[0, 0, 0, 0] = 0, for it lies in the padding")


# ----------------------------------------------------------------------------- errors

ONES = np.ones((1, 4, 4, 1))
CONV_CACHE = (ONES, np.ones((2, 2, 1, 1)), np.ones((1, 1, 1, 1)), {"stride": 1, "pad": 0})
POOL_CACHE = (ONES, {"f": 2, "stride": 2})


@pytest.mark.parametrize(
    "call, told",
    [
        (lambda: lens.trace_zero_pad(ONES, -1), "trace_zero_pad: pad must"),
        (lambda: lens.trace_conv_forward(ONES[0], *CONV_CACHE[1:]), "trace_conv_forward: A_prev"),
        (lambda: lens.trace_conv_forward(*CONV_CACHE[:3], {}), "trace_conv_forward: hparameters"),
        (lambda: lens.trace_conv_backward(ONES, CONV_CACHE), "trace_conv_backward: dZ must"),
        (lambda: lens.trace_conv_backward(ONES, POOL_CACHE), "trace_conv_backward: cache must"),
        (lambda: lens.trace_pool_forward(*POOL_CACHE, "min"), "trace_pool_forward: mode must"),
        (lambda: lens.trace_pool_backward(ONES, POOL_CACHE), "trace_pool_backward: dA must"),
        (lambda: lens.trace_zero_pad(ONES, 0).step_at(0, 4, 0, 0), "Trace.step_at: h must be less"),
        (lambda: lens.trace_zero_pad(ONES, 0).step_at(0, 0, -1, 0), "Trace.step_at: w must be"),
        (lambda: lens.trace_zero_pad(ONES, 0).totals(16), "Trace.totals: step must be less than"),
        (lambda: lens.trace_zero_pad(ONES, 0).situation(-17), "Trace.situation: step must be"),
    ],
)  # fmt: skip
def test_errors_name_who_was_called(call, told):
    with pytest.raises(cs.errors.ArgumentError, match=f"^{re.escape(told)}"):
        call()


# ----------------------------------------------------------------------------- the page


def array(packed):
    numbers = np.frombuffer(base64.b64decode(packed["data"]), packed["dtype"])
    return numbers.reshape(packed["shape"])


def all_traces():
    """One of each, by the page's name for it."""
    A_prev, W, b, hparameters = convolution(CASES[2])
    Z, cache = cs.conv_forward(A_prev, W, b, hparameters)
    yield "zero_pad", lens.trace_zero_pad(A_prev, 2)
    yield "conv_forward", lens.trace_conv_forward(A_prev, W, b, hparameters)
    yield "conv_backward", lens.trace_conv_backward(Z, cache)
    for mode in MODES:
        A, cache = cs.pool_forward(A_prev, {"f": 2, "stride": 1}, mode)
        yield f"{mode}_pool_forward", lens.trace_pool_forward(*cache, mode)
        yield f"{mode}_pool_backward", lens.trace_pool_backward(A, cache, mode)


TRACES = dict(all_traces())


@pytest.mark.parametrize("operation", TRACES)
def test_the_page_gets_what_the_trace_has(operation):
    trace = TRACES[operation]
    found = trace.situation(5)
    assert found["operation"] == operation
    assert found["cell"] == list(trace[5].cell)
    assert found["stride"] == [trace.stride] * 2
    assert found["padding"] == [trace.pad] * 4
    assert found["kernel"] == [trace.f] * 2
    held = vars(trace)
    names = {"A_prev": held.get("X", held.get("A_prev")), "W": held.get("W")}
    names["grad"] = held.get("dZ", held.get("dA"))
    for name, values in names.items():
        assert (name in found) == (values is not None)
        if values is not None:
            np.testing.assert_array_equal(array(found[name]), values)
    if "b" in held:
        np.testing.assert_array_equal(array(found["b"]), held["b"].ravel())
    assert trace.situation(trace[5]) == found


def test_of_many_examples_a_page_gets_one():
    X = drawn((24, 200, 200, 1))
    trace = lens.trace_zero_pad(X, 1)
    step = trace.step_at(7, 3, 2, 0)
    found = trace.situation(step)
    np.testing.assert_array_equal(array(found["A_prev"]), X[7:8])
    assert found["cell"] == [0, 3, 2, 0]
    assert found["note"].startswith("Example i = 7 of 24 alone")
    assert "note" not in lens.trace_zero_pad(X[:23], 1).situation()


def test_a_gradient_of_one_example_is_said_to_be_that():
    _, cache = cs.conv_forward(np.ones((24, 200, 200, 1)), *CONV_CACHE[1:])
    trace = lens.trace_conv_backward(np.zeros((24, 199, 199, 1)), cache)
    found = trace.situation(-1)
    assert found["grad"]["shape"] == [1, 199, 199, 1]
    assert found["note"].endswith(" So dW and db are this example's too.")


def test_an_example_may_be_too_large_for_a_page():
    trace = lens.trace_zero_pad(np.zeros((2, 4000, 2500, 1)), 0)
    with pytest.raises(cs.errors.ArgumentError, match=r"zero_pad: one example must .* got 106 MB"):
        trace.situation()


def test_the_page_is_one_file(tmp_path):
    trace = TRACES["conv_backward"]
    path = tmp_path / "page.html"
    path.write_text("before")
    trace.to_html(path, step=-1)
    html = path.read_text(encoding="utf-8")
    data = json.loads(re.search(r'id="data">(.*?)</script>', html, re.S)[1])
    assert (data["view"], data["situation"]) == ("steps", trace.situation(len(trace) - 1))
    assert [one.name for one in tmp_path.iterdir()] == ["page.html"]
    assert "conv_backward, step by step" in trace._repr_html_()
    with pytest.raises(OSError, match="does not exist"):
        trace.to_html(tmp_path / "nowhere" / "page.html")
