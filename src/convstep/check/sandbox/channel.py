"""Lines to and from a process that may say nothing, or never stop."""

import contextlib
import os
import queue
import threading
import time
from typing import IO

__all__ = ["Broken", "Channel", "Late", "TooLong"]

_CHUNK = 1 << 16
_WAITING = 16  # chunks; then the process waits until they are read


class Late(Exception):
    """Nothing came in time."""


class Broken(Exception):
    """The other end is gone."""


class TooLong(Exception):
    """A line is longer than it may be."""


class Channel:
    """Two pipes, each served by a thread, so that neither can make the caller wait for ever.

    Pipes cannot be waited for with a time limit on every system; threads can.
    """

    def __init__(self, write_to: IO[bytes], read_from: IO[bytes], largest: int) -> None:
        self._largest = largest
        self._out: queue.SimpleQueue[bytes] = queue.SimpleQueue()
        self._in: queue.Queue[bytes] = queue.Queue(_WAITING)
        self._rest = b""
        self._closed = threading.Event()
        for target, pipe in ((self._writing, write_to), (self._reading, read_from)):
            threading.Thread(target=target, args=(pipe,), daemon=True, name="convstep pipe").start()

    def send(self, line: bytes) -> None:
        """Send a line, some time."""
        self._out.put(line + b"\n")

    def receive(self, seconds: float) -> bytes:
        """The next line, without its end.

        Raises
        ------
        Late
            If it does not come in time.
        Broken
            If the other end is closed.
        TooLong
            If it has no end within the limit.
        """
        deadline = time.monotonic() + seconds
        parts, length = [self._rest], len(self._rest)
        while b"\n" not in parts[-1]:
            if length > self._largest:
                raise TooLong
            try:
                chunk = self._in.get(timeout=max(0.0, deadline - time.monotonic()))
            except queue.Empty:
                self._rest = b"".join(parts)
                raise Late from None
            if not chunk:
                raise Broken
            parts.append(chunk)
            length += len(chunk)
        line, _, self._rest = b"".join(parts).partition(b"\n")
        return line

    def close(self) -> None:
        """Let both threads end; the process is gone."""
        self._closed.set()
        self._out.put(b"")
        while not self._in.empty():
            self._in.get_nowait()

    def _writing(self, pipe: IO[bytes]) -> None:
        with contextlib.suppress(OSError):  # the reader finds out
            while line := self._out.get():
                view = memoryview(line)
                while view:
                    view = view[os.write(pipe.fileno(), view) :]
        _close(pipe)

    def _reading(self, pipe: IO[bytes]) -> None:
        chunk = b"-"
        while chunk and not self._closed.is_set():
            try:
                chunk = os.read(pipe.fileno(), _CHUNK)
            except OSError:
                chunk = b""
            self._put(chunk)
        _close(pipe)

    def _put(self, chunk: bytes) -> None:
        while not self._closed.is_set():
            try:
                return self._in.put(chunk, timeout=1.0)
            except queue.Full:
                continue


def _close(pipe: IO[bytes]) -> None:
    with contextlib.suppress(OSError):
        pipe.close()
