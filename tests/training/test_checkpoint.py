"""Checkpoints: a run that goes on from one ends with the bits of a run that was never stopped."""

import errno
import os
import re

import numpy as np
import pytest

import convstep as cs
from convstep import nn
from convstep.errors import ArgumentError, FileFormatError
from convstep.training import Callback, Checkpoint, EarlyStopping
from convstep.training.checkpoint import _keep

OPTIONS = {
    "epochs": 4,
    "batch_size": 16,
    "optimizer": nn.SGD(0.1, momentum=0.9),
    "schedule": nn.CosineSchedule(warmup=0.1),
    "validation_split": 0.2,  # 192 examples: 12 batches in an epoch
    "keep_best": True,
    "progress": "none",
}


class Crash(Exception):
    """The end of the process, as far as a test in the same process can have it."""


class CrashAt(Callback):
    """Crashes after a step, before any checkpoint of that step is written."""

    def __init__(self, step):
        self.step = step

    def on_step(self, run, means):
        if run.arrays.weights.step == self.step:
            raise Crash


def noisy(batch, rng):
    return batch + rng.normal(0, 0.05, batch.shape).astype(batch.dtype)


def outcome(model):
    """Everything that a run leaves behind, but for the seconds."""
    history = model.history.to_dict()
    del history["series"]["seconds"]
    return model.params.flat.tobytes(), model._weights.step, history


def stopped_and_resumed(bars, make_model, path, crashes, every=5, **options):
    """Crash at these steps of the model, one after the other, and go on each time."""
    options = {**OPTIONS, **options}
    for number, crash in enumerate([*crashes, None]):
        model = make_model()
        callbacks = [*options.get("callbacks", []), *([CrashAt(crash)] if crash else [])]
        arguments = {**options, "callbacks": callbacks, "resume": number > 0}
        try:
            model.fit(*bars, checkpoint=Checkpoint(path, every=every), **arguments)
        except Crash:
            continue
    return model


def never_stopped(bars, make_model, **options):
    model = make_model()
    model.fit(*bars, **{**OPTIONS, **options})
    return model


@pytest.mark.parametrize(
    "options",
    [
        {},
        {"augment": noisy, "workers": 2},
        {"accumulate": 3, "clip_norm": 0.5},
        {"accumulate": 5, "augment": noisy, "workers": 1, "optimizer": nn.AdamW(0.01)},
        {"optimizer": nn.Adam(0.01), "schedule": nn.OneCycleSchedule()},
    ],
    ids=str,
)
def test_a_run_goes_on_with_the_same_bits(bars, make_model, tmp_path, options):
    whole = never_stopped(bars, make_model, **options)
    crashes = (1, 7, 16, 33) if "accumulate" not in options else (1, 6, 9)
    resumed = stopped_and_resumed(bars, make_model, tmp_path / "run", crashes, every=2, **options)
    assert outcome(resumed) == outcome(whole)


@pytest.mark.parametrize("accumulate", [1, 3])
def test_statistics_dropout_and_frozen_parameters_go_on_too(bars, tmp_path, accumulate):
    """Batch norm keeps state, dropout draws numbers, and what is frozen parts the optimizer's."""

    def normalized(**_):
        layers = [
            nn.Conv2D(8, 3, padding="same", bias=False),
            nn.BatchNorm(activation="relu"),
            nn.Conv2D(4, 3, activation="relu"),
            nn.BatchNorm(),
            nn.Flatten(),
            nn.Dropout(0.3),
            nn.Dense(3),
        ]
        model = cs.Model(cs.Sequential(layers), input_shape=(6, 6, 1), seed=5)
        model.freeze("conv2.*")
        return model

    options = {
        "optimizer": nn.Adam(0.01), "accumulate": accumulate, "augment": noisy, "workers": 2,
        "callbacks": [EarlyStopping(10)],
    }  # fmt: skip
    whole = never_stopped(bars, normalized, **options)
    resumed = stopped_and_resumed(bars, normalized, tmp_path / "run", (1, 6, 13), **options)
    assert outcome(resumed) == outcome(whole)
    assert set(resumed.state) == set(whole.state) != set()
    for name, array in whole.state.items():
        np.testing.assert_array_equal(resumed.state[name], array)


@pytest.mark.parametrize("crash", [1, 4, 5, 6, 11, 12, 13, 24, 25, 47, 48])
def test_any_step_will_do(bars, make_model, tmp_path, crash):
    whole = never_stopped(bars, make_model)
    resumed = stopped_and_resumed(bars, make_model, tmp_path / "run", [crash])
    assert outcome(resumed) == outcome(whole)


def test_without_a_step_count_epochs_are_kept(bars, make_model, tmp_path):
    whole = never_stopped(bars, make_model)
    resumed = stopped_and_resumed(bars, make_model, tmp_path / "run", [3, 30], every=None)
    assert outcome(resumed) == outcome(whole)


def test_a_finished_run_only_comes_back(bars, make_model, tmp_path):
    whole = stopped_and_resumed(bars, make_model, tmp_path / "run", [])
    again, steps = make_model(), []

    class Count(Callback):
        def on_step(self, run, means):
            steps.append(1)

    again.fit(*bars, **OPTIONS, checkpoint=tmp_path / "run", resume=True, callbacks=[Count()])
    assert outcome(again) == outcome(whole) and not steps


def test_a_model_that_was_trained_before_goes_on_as_well(bars, make_model, tmp_path):
    def trained():
        model = make_model()
        model.fit(*bars, epochs=1, progress="none")
        return model

    whole = never_stopped(bars, trained)
    resumed = stopped_and_resumed(bars, trained, tmp_path / "run", [whole._weights.step - 20])
    assert outcome(resumed) == outcome(whole)


def test_early_stopping_counts_on(bars, make_model, tmp_path):
    def stopping():
        return {"callbacks": [EarlyStopping(3, "validation_accuracy", min_delta=0.2)], "epochs": 20}

    whole = never_stopped(bars, make_model, **stopping())
    assert whole.history.epochs < 20
    resumed = stopped_and_resumed(bars, make_model, tmp_path / "run", [20, 40], **stopping())
    assert outcome(resumed) == outcome(whole)


def test_ctrl_c_leaves_a_checkpoint_of_the_step_that_was_over(bars, make_model, tmp_path):
    class Press:
        def __init__(self, at):
            self.calls, self.at = 0, at

        def __call__(self, batch, rng):
            self.calls += 1
            if self.calls == self.at:
                raise KeyboardInterrupt
            return batch

    whole = never_stopped(bars, make_model, augment=Press(0))
    model = make_model()
    options = {**OPTIONS, "checkpoint": Checkpoint(tmp_path / "run")}
    with pytest.raises(KeyboardInterrupt):
        model.fit(*bars, **options, augment=Press(18))
    steps = []

    class First(Callback):
        def on_step(self, run, means):
            steps.append(run.arrays.weights.step)

    again = make_model()
    again.fit(*bars, **options, augment=Press(0), resume=True, callbacks=[First()])
    assert steps[0] == 18  # the one that was cut short, and no other before it
    assert outcome(again) == outcome(whole)


def test_streams_go_on_where_they_were(bars, make_model, tmp_path):
    def batches(epoch):
        order = np.random.default_rng(epoch).permutation(len(bars.x))
        for start in range(0, len(order), 40):
            chosen = order[start : start + 40]
            yield bars.x[chosen], bars.y[chosen]

    def fitted(crashes):
        for number, crash in enumerate([*crashes, None]):
            model = make_model()
            try:
                model.fit(
                    batches, epochs=3, steps_per_epoch=6, workers=2, progress="none",
                    checkpoint=Checkpoint(tmp_path / f"run{len(crashes)}", every=4),
                    resume=number > 0, callbacks=[CrashAt(crash)] if crash else [],
                )  # fmt: skip
            except Crash:
                continue
        return model

    assert outcome(fitted([3, 5, 11])) == outcome(fitted([]))


# ------------------------------------------------------------------ what goes wrong


@pytest.fixture
def stopped(bars, make_model, tmp_path):
    """The file of a run that crashed, and a function that goes on with it."""
    path = tmp_path / "run"
    with pytest.raises(Crash):
        make_model().fit(
            *bars, **OPTIONS, checkpoint=Checkpoint(path, every=2), callbacks=[CrashAt(9)]
        )

    def resume(x=bars.x, y=bars.y, make=make_model, **options):
        model = make()
        model.fit(x, y, **{**OPTIONS, "checkpoint": path, "resume": True, **options})
        return model

    return path, resume


@pytest.mark.parametrize(
    "options, message",
    [
        ({"epochs": 5}, "epochs must be 4, as in the run that began .*run; got 5"),
        ({"batch_size": 8}, "batch_size must be 16, as in the run"),
        ({"optimizer": nn.Adam()}, r"optimizer must be SGD\(.*, as in the run .* got Adam\("),
        ({"augment": noisy}, "augment must be None, as in the run .*; got noisy"),
        ({"keep_best": False}, "keep_best must be True"),
        ({"clip_norm": 1.0}, "clip_norm must be None"),
        ({"validation_split": 0.3}, "x and y must be {'examples': 192"),
    ],
)
def test_other_arguments_are_refused(stopped, options, message):
    path, resume = stopped
    before = path.read_bytes()
    with pytest.raises(ArgumentError, match=f"Model.fit: {message}"):
        resume(**options)
    assert path.read_bytes() == before


def test_other_data_is_refused(stopped, bars):
    _, resume = stopped
    with pytest.raises(ArgumentError, match="x and y must be"):
        resume(x=bars.x + 1)
    with pytest.raises(ArgumentError, match="x and y must be"):
        resume(y=(bars.y + 1) % 3)


def test_another_network_is_refused(stopped, make_model):
    _, resume = stopped
    with pytest.raises(ArgumentError, match="graph must be"):
        resume(make=lambda: make_model(dropout=0.3))
    with pytest.raises(ArgumentError, match="seed must be 0"):
        resume(make=lambda: make_model(seed=1))


def test_a_run_is_not_written_over(stopped):
    _, resume = stopped
    with pytest.raises(ArgumentError, match="checkpoint must name a new file, or come with resume"):
        resume(resume=False)


def test_a_callback_that_is_gone_is_missed(bars, make_model, tmp_path):
    options = {**OPTIONS, "checkpoint": tmp_path / "run"}
    make_model().fit(*bars, **options, callbacks=[EarlyStopping(2)])
    with pytest.raises(ArgumentError, match="callbacks must hold EarlyStopping1"):
        make_model().fit(*bars, **options, resume=True)


def test_a_damaged_checkpoint_is_named_with_the_one_before_it(stopped, bars, make_model):
    path, resume = stopped
    whole = never_stopped(bars, make_model)
    content = bytearray(path.read_bytes())
    content[-3] ^= 1
    path.write_bytes(content)
    message = rf"{re.escape(str(path))} is damaged or no checkpoint file .* Move .*\.previous"
    with pytest.raises(FileFormatError, match=message):
        resume()
    assert path.read_bytes() == content
    os.replace(f"{path}.previous", path)
    assert outcome(resume()) == outcome(whole)


@pytest.mark.parametrize("content", [b"", b"hello", bytes(1000)])
def test_a_file_of_another_kind_is_no_checkpoint(stopped, content):
    path, resume = stopped
    path.write_bytes(content)
    with pytest.raises(FileFormatError, match="is damaged or no checkpoint file"):
        resume()


def test_a_model_file_is_no_checkpoint(stopped, make_model):
    path, resume = stopped
    make_model().save(path)
    with pytest.raises(FileFormatError, match="no checkpoint file"):
        resume()


def test_a_checkpoint_cut_short_at_any_place_is_told(stopped):
    path, resume = stopped
    content = path.read_bytes()
    for length in range(0, len(content), len(content) // 20):
        path.write_bytes(content[:length])
        with pytest.raises(FileFormatError, match="is damaged or no checkpoint file"):
            resume()


def test_a_missing_checkpoint_beside_the_one_before_is_told(stopped):
    path, resume = stopped
    path.unlink()
    with pytest.raises(ArgumentError, match=r"checkpoint must not be missing where .*previous is"):
        resume()


def test_a_full_disk_leaves_the_last_good_checkpoint(bars, make_model, tmp_path, monkeypatch):
    path, written = tmp_path / "run", []
    real = os.fsync

    def full(descriptor):
        written.append(1)
        if len(written) > 3:
            raise OSError(errno.ENOSPC, "No space left on device")
        real(descriptor)

    monkeypatch.setattr(os, "fsync", full)
    model = make_model()
    with pytest.raises(OSError, match="No space left on device") as caught:
        model.fit(*bars, **OPTIONS, checkpoint=Checkpoint(path, every=2))
    assert caught.value.filename == str(path)
    assert f"the last good checkpoint is {path}, of step 4" in str(caught.value)
    monkeypatch.undo()
    assert {each.name for each in tmp_path.iterdir()} == {"run", "run.previous"}
    again = make_model()
    again.fit(*bars, **OPTIONS, checkpoint=Checkpoint(path, every=2), resume=True)
    assert outcome(again) == outcome(never_stopped(bars, make_model))


def test_parameters_that_are_no_numbers_are_never_the_last_good_checkpoint(
    bars, make_model, tmp_path
):
    class Break(Callback):
        def on_step(self, run, means):
            if run.arrays.weights.step == 7:
                run.arrays.weights.params["dense1.bias"][0] = np.nan

    path = tmp_path / "run"
    message = rf"parameter dense1.bias is not finite.* checkpoint is {re.escape(str(path))}, of st"
    with pytest.raises(ArgumentError, match=f"{message}ep 6"):
        make_model().fit(
            *bars, **OPTIONS, checkpoint=Checkpoint(path, every=1), callbacks=[Break()]
        )
    again = make_model()
    again.fit(*bars, **OPTIONS, checkpoint=Checkpoint(path, every=1), resume=True)
    assert outcome(again) == outcome(never_stopped(bars, make_model))


def test_a_folder_that_is_not_there(bars, make_model, tmp_path):
    with pytest.raises(FileNotFoundError, match="no checkpoint was written before") as caught:
        make_model().fit(*bars, **OPTIONS, checkpoint=tmp_path / "none" / "run")
    assert caught.value.filename == str(tmp_path / "none" / "run")


def test_what_a_killed_write_left_is_taken_away(stopped, tmp_path):
    _, resume = stopped
    (tmp_path / ".run.abc.part").write_bytes(b"half")
    (tmp_path / ".runs.abc.part").write_bytes(b"another's")
    resume()
    assert {each.name for each in tmp_path.iterdir()} == {"run", "run.previous", ".runs.abc.part"}


def test_a_write_killed_when_the_last_one_had_its_second_name_leaves_nothing(tmp_path):
    path, previous = tmp_path / "run", tmp_path / "run.previous"
    path.write_bytes(b"last")
    os.link(path, previous)
    _keep(path, previous)
    assert {each.name for each in tmp_path.iterdir()} == {"run", "run.previous"}


@pytest.mark.parametrize(
    "options, message",
    [
        ({"resume": True}, "resume must come with checkpoint"),
        ({"checkpoint": 5}, "checkpoint must be of class Checkpoint; .* a path"),
        ({"checkpoint": "."}, "checkpoint must name a file, not a folder"),
    ],
)
def test_bad_arguments(bars, make_model, options, message):
    with pytest.raises(ArgumentError, match=f"Model.fit: {message}"):
        make_model().fit(*bars, **{**OPTIONS, **options})


def test_every_is_a_count(tmp_path):
    with pytest.raises(ArgumentError, match="Checkpoint: every must be an integer of at least 1"):
        Checkpoint(tmp_path / "run", every=0)


def test_the_state_of_a_callback_of_ones_own(bars, make_model, tmp_path):
    class Mine(Callback):
        def __init__(self):
            self.sum, self.seen = np.zeros(2), 0

        def on_epoch(self, run, values):
            self.sum, self.seen = self.sum + values["loss"], self.seen + 1

        def state_dict(self):
            return {"sum": self.sum, "seen": self.seen}

        def load_state_dict(self, state):
            self.sum, self.seen = state["sum"], state["seen"]

    one, other = Mine(), Mine()
    never_stopped(bars, make_model, callbacks=[one])
    crashed = {"checkpoint": tmp_path / "run", "callbacks": [Mine(), CrashAt(30)]}
    with pytest.raises(Crash):
        make_model().fit(*bars, **{**OPTIONS, **crashed})
    make_model().fit(
        *bars, **{**OPTIONS, "checkpoint": tmp_path / "run", "resume": True, "callbacks": [other]}
    )
    assert other.seen == one.seen == 4
    np.testing.assert_array_equal(other.sum, one.sum)


def test_a_state_that_cannot_be_kept_is_told(bars, make_model, tmp_path):
    class Mine(Callback):
        def state_dict(self):
            return {"model": cs}

    with pytest.raises(ArgumentError, match="the state of Mine1 must hold only arrays and what"):
        make_model().fit(*bars, **OPTIONS, checkpoint=tmp_path / "run", callbacks=[Mine()])
