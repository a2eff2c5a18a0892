"""Data that does not lie in memory, streams, and what is computed while it is read."""

import itertools
import os
import signal
import sys
import threading
import time

import numpy as np
import pytest

import convstep as cs
from convstep import nn
from convstep.errors import ArgumentError
from convstep.training import Callback, Checkpoint

QUIET = {"epochs": 2, "batch_size": 16, "progress": "none"}


@pytest.fixture(autouse=True)
def no_thread_is_left():
    before = threading.active_count()
    yield
    assert threading.active_count() == before


def fitted(model, *data, **options):
    history = model.fit(*data, **{**QUIET, **options})
    return model.params.flat.tobytes(), history["loss"].tolist()


def noisy(batch, rng):
    batch += rng.normal(0, 0.05, batch.shape).astype(batch.dtype)
    return batch


@pytest.mark.parametrize("workers", [1, 2, 4])
@pytest.mark.parametrize("accumulate", [1, 3])
def test_any_number_of_workers_gives_the_same_bits(bars, make_model, workers, accumulate):
    options = {"augment": noisy, "accumulate": accumulate}
    expected = fitted(make_model(), *bars, **options)
    assert fitted(make_model(), *bars, **options, workers=workers) == expected


def memmaps(folder, bars):
    x = np.memmap(folder / "x", bars.x.dtype, "w+", shape=bars.x.shape)
    x[:] = bars.x
    return np.memmap(folder / "x", bars.x.dtype, "r", shape=bars.x.shape), bars.y


def datasets(folder, bars):
    h5py = pytest.importorskip("h5py", reason="h5py is not installed")
    file = h5py.File(folder / "data.h5", "w")
    return file.create_dataset("x", data=bars.x), file.create_dataset("y", data=bars.y)


class Drawer:
    """A source of one's own."""

    def __init__(self, x, y):
        self.x, self.y = x, y

    def __len__(self):
        return len(self.x)

    def take(self, indices):
        return self.x[indices], self.y[indices].tolist()


@pytest.mark.parametrize("make", [memmaps, datasets], ids=["memmap", "hdf5"])
@pytest.mark.parametrize("scale, expected", [(16, {"value_range": [0, 16]}), (300, {})])
def test_the_range_of_values_is_noted_where_a_few_images_tell(
    bars, make_model, tmp_path, make, scale, expected
):
    model = make_model()
    x = np.linspace(0, scale, bars.x.size, dtype=np.float32).reshape(bars.x.shape)
    model.fit(*make(tmp_path, bars._replace(x=x)), **QUIET)
    assert model.metadata == expected


@pytest.mark.parametrize("make", [memmaps, datasets], ids=["memmap", "hdf5"])
@pytest.mark.parametrize("workers", [0, 2])
def test_data_on_a_disk_is_trained_on_as_from_memory(bars, make_model, tmp_path, make, workers):
    options = {"validation_split": 0.25, "augment": noisy}
    expected = fitted(make_model(), *bars, **options)
    data = make(tmp_path, bars)
    model = make_model()
    assert fitted(model, *data, **options, workers=workers) == expected
    assert model.evaluate(*data) == pytest.approx(model.evaluate(*bars))


def test_a_source_of_ones_own(bars, make_model):
    drawer = Drawer(*bars)
    validation = {"validation_data": drawer}
    assert fitted(make_model(), drawer, **validation) == fitted(make_model(), *bars)
    model = make_model()
    assert model.evaluate(drawer) == pytest.approx(model.evaluate(*bars))


@pytest.mark.parametrize(
    "take, message",
    [
        (lambda bars, indices: None, r"what it returns must be a pair \(x, y\)"),
        (lambda bars, indices: (bars.x[:1], bars.y[:1]), "must be the 16 examples that were asked"),
    ],
)
def test_a_source_that_gives_something_else_is_told(bars, make_model, take, message):
    class Wrong(Drawer):
        def take(self, indices):
            return take(bars, indices)

    with pytest.raises(ArgumentError, match=f"Source.take: .*{message}"):
        make_model().fit(Wrong(*bars), **QUIET)


def test_no_more_than_a_few_batches_are_read_at_once(bars, make_model, tmp_path):
    x, y = datasets(tmp_path, bars)
    read = []

    class Watched(Drawer):
        def take(self, indices):
            read.append(len(indices))
            unique, places = np.unique(indices, return_inverse=True)
            return self.x[unique][places], self.y[unique][places]

    make_model().fit(Watched(x, y), **{**QUIET, "workers": 2})
    assert max(read) == 16


def test_what_is_wrong_in_a_batch_is_told_when_it_comes(bars, make_model, tmp_path):
    x = bars.x.copy()
    x[77, 1, 2, 0] = np.nan
    data = memmaps(tmp_path, bars._replace(x=x))
    for workers in (0, 2):
        with pytest.raises(ArgumentError, match=r"Model.fit: x must hold finite numbers only"):
            make_model().fit(*data, **QUIET, workers=workers)


@pytest.mark.parametrize("make", [memmaps, datasets], ids=["memmap", "hdf5"])
def test_what_does_not_fit_at_all_is_told_at_once(bars, make_model, tmp_path, make):
    x, y = make(tmp_path, bars._replace(x=bars.x[:, :5]))
    with pytest.raises(ArgumentError, match=r"x must have shape \(N, 6, 6, 1\)"):
        make_model().fit(x, y, **QUIET)
    with pytest.raises(ArgumentError, match="y must have one target for each of the 240 examples"):
        make_model().fit(x, bars.y[:7], **QUIET)


def test_an_error_of_a_source_reaches_the_caller(bars, make_model):
    class Broken(Drawer):
        def take(self, indices):
            if 77 in indices and len(indices) > 1:
                raise OSError("the disk is gone")
            return super().take(indices)

    for workers in (0, 1, 3):
        with pytest.raises(OSError, match="the disk is gone"):
            make_model().fit(Broken(*bars), **QUIET, workers=workers)


@pytest.mark.parametrize("error", [KeyboardInterrupt, RuntimeError])
def test_however_it_ends_no_thread_is_left(bars, make_model, error):
    class End(Callback):
        def on_step(self, run, means):
            if run.arrays.weights.step == 3:
                raise error

    with pytest.raises(error):
        make_model().fit(*bars, **QUIET, workers=3, callbacks=[End()])


# ------------------------------------------------------------------ streams


def batches_of(bars, size=40):
    def batches():
        for start in range(0, len(bars.x), size):
            yield bars.x[start : start + size], bars.y[start : start + size]

    return batches


def by_hand(bars, model, epochs, size=40):
    """The same steps one after the other: each a fit of one whole batch."""
    for _ in range(epochs):
        for x, y in batches_of(bars, size)():
            model.fit(x, y, epochs=1, batch_size=size, optimizer=nn.SGD(0.1), progress="none")
    return model.params.flat.tobytes()


@pytest.mark.parametrize("workers", [0, 1, 3])
def test_a_function_is_called_for_each_epoch(bars, make_model, workers):
    model, seen = make_model(dropout=0.0), []
    history = model.fit(
        batches_of(bars), optimizer=nn.SGD(0.1), workers=workers, **QUIET,
        augment=lambda batch, rng: (seen.append(len(batch)), batch)[1],
    )  # fmt: skip
    assert seen == [40] * 12
    assert history.epochs == 2
    np.testing.assert_allclose(
        model.params.flat, np.frombuffer(by_hand(bars, make_model(dropout=0.0), 2), np.float32),
        rtol=1e-3, atol=1e-5,
    )  # fmt: skip


def test_an_endless_stream_is_cut_into_epochs(bars, make_model):
    def endless():
        while True:
            yield from batches_of(bars)()

    for workers in (0, 2):
        model = make_model()
        history = model.fit(
            endless, steps_per_epoch=4, schedule=nn.CosineSchedule(), workers=workers, **QUIET
        )
        assert model._weights.step == 8
        assert history["learning_rate"][-1] < history["learning_rate"][0]


def test_a_function_may_know_the_epoch(bars, make_model):
    epochs = []

    def batches(epoch):
        epochs.append(epoch)
        return iter([tuple(bars)])

    make_model().fit(batches, **QUIET)
    assert epochs == [1, 2]


def test_batches_may_have_weights(bars, make_model):
    half = np.arange(240) < 120
    one, other = make_model(dropout=0.0), make_model(dropout=0.0)
    one.fit(lambda: iter([(*bars, half.astype(float))]), **QUIET)
    other.fit(lambda: iter([(bars.x[half], bars.y[half])]), **QUIET)
    np.testing.assert_allclose(one.params.flat, other.params.flat, atol=1e-5)


def test_a_generator_lasts_for_one_epoch(bars, make_model):
    model = make_model()
    model.fit(batches_of(bars)(), **{**QUIET, "epochs": 1})
    assert model._weights.step == 6
    message = r"x must give its batches 2 times.*x=batches, not x=batches\(\)"
    with pytest.raises(ArgumentError, match=message):
        model.fit(batches_of(bars)(), **QUIET)


@pytest.mark.parametrize("workers", [0, 2])
@pytest.mark.parametrize(
    "stream, options, message",
    [
        (lambda: 5, {}, "x must be a function that returns an iterator over batches"),
        (lambda: iter([]), {}, "x must yield at least one batch, each time .*; got 0 in epoch 1"),
        (lambda: iter([5]), {}, r"batches must be pairs \(x, y\), or \(x, y, weight\)"),
        (lambda: iter([None]), {}, r"batches must be pairs \(x, y\), or \(x, y, weight\)"),
        (
            lambda: iter([(np.zeros((3, 6, 6)), [0, 1, 2])]),
            {"steps_per_epoch": 2},
            "x must last for 2 steps, each time that it is called; got 1 in epoch 1",
        ),
        (lambda: iter([(np.zeros((3, 6, 6)), [0, 1, 3])]), {}, "y must hold labels from 0 to 2"),
        (
            lambda: iter([(np.zeros((3, 6, 6)), [0, 1, 2], [0.0, 0, 0])]),
            {},
            "the weights of examples and classes must leave at least one",
        ),
        (
            lambda: iter([]),
            {"schedule": nn.CosineSchedule()},
            "schedule must be constant where nobody .* steps_per_epoch",
        ),
        (lambda: iter([]), {"validation_split": 0.1}, "validation_split must be 0 where x is a st"),
        (lambda: iter([]), {"sample_weight": [1]}, "sample_weight must be None where x is a st"),
        (lambda: iter([]), {"y": [1]}, "y must be None where x gives the targets too"),
        (np.zeros((3, 6, 6)), {}, "y must be given, but for a function"),
        (
            np.zeros((3, 6, 6)),
            {"y": [0, 1, 2], "steps_per_epoch": 3},
            "steps_per_epoch must be None where the examples are numbered",
        ),
    ],
)
def test_streams_that_cannot_be_trained_on(make_model, workers, stream, options, message):
    with pytest.raises(cs.errors.ArgumentError, match=f"Model.fit: {message}"):
        make_model().fit(stream, **{**QUIET, **options}, workers=workers)


def test_an_error_of_a_stream_reaches_the_caller(bars, make_model):
    def broken():
        yield tuple(bars)
        raise OSError("the disk is gone")

    for workers in (0, 2):
        with pytest.raises(OSError, match="the disk is gone"):
            make_model().fit(broken, **QUIET, workers=workers)


def test_a_stream_is_closed(bars, make_model):
    closed = []

    def endless():
        try:
            while True:
                yield tuple(bars)
        finally:
            closed.append(True)

    for workers in (0, 2):
        make_model().fit(endless, steps_per_epoch=2, workers=workers, **QUIET)
    assert closed == [True] * 4


@pytest.mark.skipif(sys.platform == "win32", reason="nothing wakes the main thread there")
@pytest.mark.parametrize("workers", [0, 1, 3])
@pytest.mark.parametrize("whole", [3, 6])
def test_a_stream_that_blocks_does_not_hold_up_an_interrupt(bars, make_model, workers, whole):
    """Blocked in its fourth batch of six, which is asked for ahead, or in its seventh: its end."""
    go_on, closed = threading.Event(), threading.Event()

    def stuck():
        try:
            yield from itertools.islice(batches_of(bars)(), whole)
            go_on.wait(60)
        finally:
            closed.set()

    started = time.monotonic()
    interrupt = threading.Timer(0.5, os.kill, [os.getpid(), signal.SIGINT])
    interrupt.start()
    with pytest.raises(KeyboardInterrupt):
        make_model().fit(stuck, **QUIET, workers=workers)
    assert time.monotonic() - started < 10
    interrupt.join()
    go_on.set()
    assert closed.wait(10)
    for thread in threading.enumerate():
        if thread.name == "convstep-stream":
            thread.join(10)


@pytest.mark.parametrize("workers", [1, 3])
def test_a_stream_is_pulled_in_one_thread_also_where_it_goes_on(
    bars, make_model, tmp_path, workers
):
    """As a connection to a database wants it."""
    threads = []

    def noted(epoch):
        seen = set()
        threads.append(seen)
        for batch in batches_of(bars)():
            seen.add(threading.get_ident())
            yield batch

    class Stop(Callback):
        def on_step(self, run, means):
            if run.arrays.weights.step == 3:
                raise RuntimeError("crash")

    options = {**QUIET, "workers": workers, "checkpoint": Checkpoint(tmp_path / "run", every=2)}
    with pytest.raises(RuntimeError, match="crash"):
        make_model().fit(noted, **options, callbacks=[Stop()])
    make_model().fit(noted, **options, resume=True)
    assert [len(seen) for seen in threads] == [1, 1, 1]
