"""Pulling a stream in a thread of its own."""

from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from contextlib import contextmanager
from threading import Semaphore, Thread
from typing import Any, Self

OVER = object()
"""What comes after a stream's last batch."""
_PATIENCE = 1.0  # seconds


@contextmanager
def closed_after(stream: Iterator[Any]) -> Iterator[None]:
    """Close a stream, if it is one that can be closed, as generators can."""
    try:
        yield
    finally:
        close = getattr(stream, "close", None)
        if close is not None:
            close()


class Reader:
    """Pulls a stream in one thread, in which the stream is closed too.

    At the end it waits for all that was asked for; where an exception ends it, for nothing: a
    stream may block for as long as it likes, and nothing can wake it. Whoever waits for it is
    then let go, by a `CancelledError`, and the thread ends when the stream gives its next item, or
    with the process.
    """

    def __init__(self, stream: Iterator[Any]) -> None:
        self._stream = stream
        self._asked: deque[Future[Any]] = deque()
        self._wake = Semaphore(0)  # once for each that is asked for, and once to end
        self._left = False
        self._thread = Thread(target=self._run, name="convstep-stream", daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        try:
            if kind is None:
                self._wake.release()
                self._thread.join()
        finally:  # where all is done already, none of this does anything
            self._left = True
            self._wake.release()
            for future in self._asked.copy():
                future.cancel()
            self._thread.join(_PATIENCE)

    def pull(self) -> Callable[[], Any]:
        """Ask for the next item; return the function that waits for it."""
        future: Future[Any] = Future()
        self._asked.append(future)
        self._wake.release()
        return future.result

    def _run(self) -> None:
        with closed_after(self._stream):
            while self._wake.acquire() and self._asked and not self._left:
                self._answer(self._asked[0])
                self._asked.popleft()

    def _answer(self, future: Future[Any]) -> None:
        """Hand over the next item, or the error that came instead."""
        try:
            item = next(self._stream, OVER)
        except BaseException as error:
            if future.set_running_or_notify_cancel():
                future.set_exception(error)
        else:
            if future.set_running_or_notify_cancel():
                future.set_result(item)
