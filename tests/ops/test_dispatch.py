"""Which body runs: the choice, its scope, and what is told about it."""

import warnings

import numpy as np
import pytest
from bodies import BODIES, REQUIRED, running

import convstep as cs
from convstep import ops
from convstep.errors import ArgumentError, BackendError
from convstep.ops import compiled, dispatch


@pytest.mark.parametrize("name", BODIES)
def test_the_chosen_body_is_what_runs(name, monkeypatch):
    """Each table is marked, so that a result tells whose it is."""
    called = []
    for table, word in ((dispatch.PORTABLE, "portable"), (dispatch.COMPILED, "compiled")):
        for key in table:
            monkeypatch.setitem(table, key, lambda *_, word=word: called.append(word) or np.ones(1))
    with running(name):
        backend = name.partition("-")[0]
        told = cs.backend_info()
        assert told["backend"] == backend
        assert told["operations"]["conv2d"] == backend
        if backend == "compiled":
            assert told["target"] == name.partition("-")[2]
        for dtype, runs in {"f4": backend, "f8": backend, "f2": backend, "g": "portable"}.items():
            x, weight = np.ones((1, 2, 2, 1), dtype), np.ones((1, 1, 1, 1), dtype)
            ops.conv2d(x, weight)
            ops.conv2d_backward(x, x, weight)
            ops.conv_transpose2d(x, weight)
            assert called == [runs] * 5, dtype
            called.clear()


def test_what_is_told_is_true():
    told = cs.backend_info()
    assert told["core"] is compiled.available() is (told["reason"] is None)
    assert told["core"] or not REQUIRED
    assert set(told["operations"]) == set(dispatch.PORTABLE)
    assert set(told["operations"].values()) <= {"compiled", "portable"}
    assert told["threads"] == cs.get_num_threads() >= 1
    if told["core"]:
        assert told["target"] in told["targets"]
    else:
        assert (told["target"], told["targets"]) == (None, [])


def test_a_choice_ends_with_its_block():
    before = cs.backend_info()["backend"]
    with cs.use_backend("portable"):
        with cs.use_backend(before):
            assert cs.backend_info()["backend"] == before
        assert cs.backend_info()["backend"] == "portable"
        with pytest.raises(ArgumentError), cs.use_backend("cuda"):
            pass
        assert cs.backend_info()["backend"] == "portable"
    with pytest.raises(ZeroDivisionError), cs.use_backend("portable"):
        1 / 0  # noqa: B018
    assert cs.backend_info()["backend"] == before


def test_a_choice_without_a_block_stays():
    choice = cs.use_backend("portable")
    assert cs.backend_info()["backend"] == "portable"
    with choice:
        pass
    assert cs.backend_info()["backend"] == ("compiled" if compiled.available() else "portable")


@pytest.fixture
def no_core(monkeypatch):
    monkeypatch.delenv("CONVSTEP_FORCE_TARGET", raising=False)
    monkeypatch.setattr(compiled, "available", lambda: False)
    monkeypatch.setattr(compiled, "unavailable_reason", lambda: "for this test")
    monkeypatch.setitem(dispatch._state, "told", False)
    monkeypatch.setitem(dispatch._state, "backend", None)


def test_without_a_core_the_portable_bodies_run(no_core):
    assert cs.backend_info()["operations"]["conv2d"] == "portable"
    with pytest.raises(BackendError, match="for this test"):
        cs.use_backend("compiled")
    assert ops.conv2d(np.ones((1, 2, 2, 1)), np.ones((1, 1, 1, 1))).sum() == 4


def test_heavy_work_without_a_core_is_told_once(no_core, monkeypatch):
    x, weight = np.ones((1, 2, 2, 1)), np.ones((1, 1, 1, 1))
    ops.conv2d(x, weight)  # too little work for a word; a warning would be an error here
    monkeypatch.setattr(dispatch, "_NOTICE_FROM", 1)
    with pytest.warns(RuntimeWarning, match=r"for this test.*use_backend\('portable'\)") as told:
        ops.conv2d(x, weight)
    assert told[0].filename == __file__
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        ops.conv2d(x, weight)


def test_a_choice_of_portable_is_not_commented(no_core, monkeypatch):
    monkeypatch.setattr(dispatch, "_NOTICE_FROM", 1)
    with cs.use_backend("portable"):
        ops.conv2d(np.ones((1, 2, 2, 1)), np.ones((1, 1, 1, 1)))


def test_a_forced_target_without_a_core_is_an_error(monkeypatch):
    monkeypatch.setattr(compiled, "available", lambda: False)
    monkeypatch.setattr(compiled.core, "_REASON", "installed without it", raising=False)
    monkeypatch.setitem(dispatch._state, "backend", None)
    monkeypatch.setenv("CONVSTEP_FORCE_TARGET", "avx2")
    with pytest.raises(BackendError, match="CONVSTEP_FORCE_TARGET asks for 'avx2'"):
        cs.ops.relu(np.ones(3))
    monkeypatch.delenv("CONVSTEP_FORCE_TARGET")
    assert cs.backend_info()["backend"] == "portable"
