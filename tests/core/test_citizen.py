"""The core beside others: memory, affinity, and the pools of PyTorch and scikit-learn."""

import os
import sys
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import pytest
import workloads
from helpers import each_dtype, needs_core, succeeds

import convstep as cs

pytestmark = needs_core
HERE = f"import sys; sys.path.insert(0, {str(Path(__file__).parent)!r})\n"


@each_dtype
@pytest.mark.parametrize("work", [workloads.convolutions, workloads.others])
def test_every_operation_has_the_same_bits_for_any_number_of_threads(work, dtype):
    before = cs.get_num_threads()
    try:
        cs.set_num_threads(1)
        alone = {name: workloads.digest([(name, arrays)]) for name, arrays in work(dtype)}
        for count in (2, 3, 4, 7):
            cs.set_num_threads(count)
            for name, arrays in work(dtype):
                assert workloads.digest([(name, arrays)]) == alone[name], (name, count)
    finally:
        cs.set_num_threads(before)


@pytest.mark.skipif(not hasattr(os, "sched_setaffinity"), reason="no affinity here")
def test_affinity_changes_no_bit():
    cpus = sorted(os.sched_getaffinity(0))
    texts = {
        count: succeeds(
            f"import os; os.sched_setaffinity(0, {cpus[:count]}); {HERE}"
            "import workloads; print(workloads.everything())",
            OMP_NUM_THREADS="",
        )
        for count in (1, 2, len(cpus))
        if count <= len(cpus)
    }
    assert len(set(texts.values())) == 1, texts


@pytest.mark.skipif(sys.platform != "linux", reason="reads the resident size in /proc")
def test_memory_does_not_grow_with_the_number_of_shapes():
    code = (
        HERE
        + """
import resource
import numpy as np, convstep as cs
def resident():
    return int(open("/proc/self/statm").read().split()[1]) * resource.getpagesize()
rng = np.random.default_rng(0)
def run(count, offset):
    for i in range(offset, offset + count):  # (height, width, channels, kernel) never come twice
        height, width, channels = 3 + i % 23, 3 + i // 23 % 23, 1 + i // 529
        x = np.ones((1, height, width, channels), np.float32)
        weight = np.ones((1 + i % 3, 1 + i % 2, channels, 2 + i % 7), np.float32)
        y = cs.ops.conv2d(x, weight)
        cs.ops.conv2d_backward(y, x, weight)
        z = cs.ops.max_pool2d(x, 2)
        cs.ops.max_pool2d_backward(z, x, 2)
        cs.ops.avg_pool2d(x, (2, 3))
run(1000, 0)
before = resident()
run(10000, 1000)
print(resident() - before)
"""
    )
    assert int(succeeds(code)) < 4 * 2**20


def test_beside_the_pool_of_pytorch():
    if find_spec("torch") is None:
        pytest.skip("needs PyTorch")
    code = (
        HERE
        + """
import threading
import torch, workloads
alone = workloads.everything()
stop = threading.Event()
def other():
    x, w = torch.randn(4, 64, 28, 28), torch.randn(64, 64, 3, 3)
    while not stop.is_set():
        torch.nn.functional.conv2d(x, w)
thread = threading.Thread(target=other)
thread.start()
beside = workloads.everything()
stop.set()
thread.join()
torch.nn.functional.conv2d(torch.randn(4, 64, 28, 28), torch.randn(64, 64, 3, 3))
assert beside == alone == workloads.everything()
"""
    )
    succeeds(code)


def test_beside_the_pool_of_scikit_learn():
    if find_spec("sklearn") is None:
        pytest.skip("needs scikit-learn")
    code = (
        HERE
        + """
import numpy as np, workloads
from sklearn.cluster import KMeans
alone = workloads.everything()
points = np.random.default_rng(0).standard_normal((3000, 20))
for _ in range(3):
    KMeans(8, n_init=2, random_state=0).fit(points)
    assert workloads.everything() == alone
"""
    )
    succeeds(code)


def bent(array, how):
    """Return an equal array that does not lie in memory as a fresh one does."""
    if how == "columns first":
        return np.asfortranarray(array)
    if how == "every other":
        wide = np.repeat(array, 2, axis=-1)
        return wide[..., ::2]
    if how == "backwards":
        return np.ascontiguousarray(array[::-1])[::-1]
    if how == "one byte off":
        block = np.empty(array.nbytes + 1, np.uint8)
        odd = block[1:].view(array.dtype).reshape(array.shape)
        odd[...] = array
        return odd
    if how == "other byte order":
        return array.astype(array.dtype.newbyteorder())
    raise ValueError(how)


@each_dtype
@pytest.mark.parametrize(
    "how", ["columns first", "every other", "backwards", "one byte off", "other byte order"]
)
def test_arrays_may_lie_anyhow_in_memory(how, dtype):
    rng = np.random.default_rng(1)
    x, weight = rng.standard_normal((2, 9, 8, 6)), rng.standard_normal((3, 3, 6, 5))
    x, weight, bias = x.astype(dtype), weight.astype(dtype), rng.standard_normal(5).astype(dtype)
    y = cs.ops.conv2d(x, weight, bias)
    grads = cs.ops.conv2d_backward(y, x, weight)
    pooled = cs.ops.max_pool2d(x, 2)
    odd_x, odd_weight, odd_bias, odd_y = (bent(a, how) for a in (x, weight, bias, y))
    before = [a.copy() for a in (odd_x, odd_weight, odd_bias, odd_y)]
    got = cs.ops.conv2d(odd_x, odd_weight, odd_bias)
    assert (got == y).all()
    for ours, plain in zip(cs.ops.conv2d_backward(odd_y, odd_x, odd_weight), grads, strict=True):
        assert (ours == plain).all()
    assert (cs.ops.max_pool2d(odd_x, 2) == pooled).all()
    odd_pooled, index_grad = bent(pooled, how), cs.ops.max_pool2d_backward(pooled, x, 2)
    assert (cs.ops.max_pool2d_backward(odd_pooled, odd_x, 2) == index_grad).all()
    assert (cs.ops.avg_pool2d(odd_x, 2) == cs.ops.avg_pool2d(x, 2)).all()
    rows, matrix, numbers = x[:, 0, 0], weight[0, 0], bias
    made = cs.ops.dense(rows, matrix, numbers)
    odd_rows, odd_matrix, odd_made = (bent(a, how) for a in (rows.copy(), matrix.copy(), made))
    assert (cs.ops.dense(odd_rows, odd_matrix, bent(numbers, how)) == made).all()
    plain = cs.ops.dense_backward(made, rows, matrix)
    for ours, one in zip(cs.ops.dense_backward(odd_made, odd_rows, odd_matrix), plain, strict=True):
        assert (ours == one).all()
    for array, copy in zip((odd_x, odd_weight, odd_bias, odd_y), before, strict=True):
        assert (array == copy).all()
    assert type(got) is np.ndarray
    assert got.flags.c_contiguous
    assert got.flags.writeable
    assert got.flags.owndata
