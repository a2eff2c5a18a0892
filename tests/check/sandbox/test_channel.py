"""Lines over pipes whose other end says nothing, too much, or is gone."""

import contextlib
import os
import threading
import time

import pytest

from convstep.check.sandbox.channel import Broken, Channel, Late, TooLong


@pytest.fixture
def ends():
    """A channel, and what the other side writes to and reads from."""
    (to_read, theirs), (mine, to_write) = os.pipe(), os.pipe()
    channel = Channel(os.fdopen(to_write, "wb", 0), os.fdopen(to_read, "rb", 0), largest=1000)
    yield channel, theirs, mine
    for end in (theirs, mine):
        with contextlib.suppress(OSError):
            os.close(end)
    channel.close()


def test_lines_arrive_whole_and_in_order(ends):
    channel, theirs, mine = ends
    channel.send(b"ask")
    assert os.read(mine, 100) == b"ask\n"
    os.write(theirs, b"one\ntw")
    os.write(theirs, b"o\n\nthree\n")
    assert [channel.receive(5) for _ in range(4)] == [b"one", b"two", b"", b"three"]


def test_a_line_may_come_late(ends):
    channel, theirs, _ = ends
    os.write(theirs, b"ha")
    with pytest.raises(Late):
        channel.receive(0.05)
    os.write(theirs, b"lf\n")
    assert channel.receive(5) == b"half"


def test_a_line_without_end_is_too_long(ends):
    channel, theirs, _ = ends
    os.write(theirs, b"x" * 2000)
    with pytest.raises(TooLong):
        channel.receive(5)


def test_a_flood_waits_until_it_is_read(ends):
    channel, theirs, _ = ends
    written = []

    def flood():
        with contextlib.suppress(OSError):
            while True:
                written.append(os.write(theirs, b"x" * 65536))

    flooding = threading.Thread(target=flood, daemon=True)
    flooding.start()
    time.sleep(0.3)
    assert sum(written) < 3_000_000
    with pytest.raises(TooLong):
        channel.receive(5)
    channel.close()
    flooding.join(5)
    assert not flooding.is_alive()


def test_an_end_that_is_closed(ends):
    channel, theirs, _ = ends
    os.close(theirs)
    with pytest.raises(Broken):
        channel.receive(5)


def test_nobody_reads(ends):
    """To send never waits, however much it is."""
    channel, _, _ = ends
    began = time.monotonic()
    channel.send(b"x" * 10_000_000)
    assert time.monotonic() - began < 1
    with pytest.raises(Late):
        channel.receive(0.05)
