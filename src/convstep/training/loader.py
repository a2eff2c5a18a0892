"""Batches made ready in background threads while the step computes."""

from collections import deque
from collections.abc import Callable, Generator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import closing
from typing import TypeVar

_T = TypeVar("_T")

AHEAD = 1
"""How many results may wait beside those that the threads work on."""


def in_order(
    jobs: Generator[Callable[[], _T | None], None, None], workers: int
) -> Generator[_T, None, None]:
    """Run jobs, `workers` of them at a time, and yield what they return, in the order of jobs.

    The first None ends it. With 0 workers a job is run when its result is asked for. An exception
    of a job is raised in its turn. However it ends, no thread is left; close the iterator where
    it is not run to its end.
    """
    with closing(jobs):
        results = _in_threads(jobs, workers) if workers else (job() for job in jobs)
        with closing(results):
            for result in results:
                if result is None:
                    return
                yield result


def _in_threads(
    jobs: Generator[Callable[[], _T], None, None], workers: int
) -> Generator[_T, None, None]:
    pending: deque[Future[_T]] = deque()
    with ThreadPoolExecutor(workers, "convstep-loader") as pool:
        try:
            for job in jobs:
                pending.append(pool.submit(job))
                if len(pending) >= workers + AHEAD:
                    yield pending.popleft().result()
            while pending:
                yield pending.popleft().result()
        finally:
            jobs.close()  # before the threads are waited for: they may wait for more of a stream
            for future in pending:
                future.cancel()
