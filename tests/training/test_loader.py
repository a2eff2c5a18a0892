"""Batches made ready in threads: the same, in order, without a thread left behind."""

import threading
import time

import pytest

from convstep.training.loader import AHEAD, in_order


def jobs(count, seen=None, fail=None, pause=0.0):
    """Numbers from 0, each from a job that notes when it runs."""

    def job(number):
        time.sleep(pause if number % 2 else 0)
        if seen is not None:
            seen.append(number)
        if number == fail:
            raise RuntimeError(f"job {number}")
        return number

    for number in range(count):
        yield lambda number=number: job(number)


@pytest.fixture(autouse=True)
def no_thread_is_left():
    before = threading.active_count()
    yield
    assert threading.active_count() == before


@pytest.mark.parametrize("workers", [0, 1, 2, 5])
def test_results_come_in_order(workers):
    assert list(in_order(jobs(20, pause=0.002), workers)) == list(range(20))


@pytest.mark.parametrize("workers", [0, 1, 3])
def test_the_first_none_is_the_end(workers):
    def endless():
        number = 0
        while True:
            yield lambda number=number: number if number < 5 else None
            number += 1

    assert list(in_order(endless(), workers)) == [0, 1, 2, 3, 4]


@pytest.mark.parametrize("workers", [0, 1, 3])
def test_an_exception_comes_in_its_turn(workers):
    results = in_order(jobs(20, fail=7), workers)
    assert [next(results) for _ in range(7)] == list(range(7))
    with pytest.raises(RuntimeError, match="job 7"):
        next(results)


@pytest.mark.parametrize("workers", [1, 2, 4])
def test_only_a_few_are_made_ahead(workers):
    seen = []
    results = in_order(jobs(100, seen), workers)
    for wanted in range(10):
        assert next(results) == wanted
        time.sleep(0.005)
        assert len(seen) <= wanted + workers + AHEAD + 1
    results.close()
    assert len(seen) < 20


@pytest.mark.parametrize("workers", [0, 2])
def test_closing_closes_the_jobs_too(workers):
    closed = []

    def watched():
        try:
            yield from jobs(10)
        finally:
            closed.append(True)

    results = in_order(watched(), workers)
    next(results)
    results.close()
    assert closed == [True]
